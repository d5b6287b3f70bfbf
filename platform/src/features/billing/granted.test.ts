import fc from 'fast-check'
import { expect } from 'vitest'
import { billingTest } from '../../../test/billing.ts'
import { platformPerson } from '../../../test/people.ts'
import { leftOfGrants } from './granted.ts'

const test = billingTest()

const usd = (amount: number) => ({ amount, currency: 'USD' })

test('an operator sees what it was granted and what is left of each, and the platform who granted it', async ({
  platform,
  operator,
  stranger,
  till,
}) => {
  await operator.get('/v1/billing')
  const admin = await platformPerson(platform, 'owner')
  const grant = (amount: number, reason: string) =>
    admin.post('/v1/admin/credits', { operator: operator.organisation, amount: usd(amount), reason })
  expect((await grant(3_000, 'For the trouble in May')).status).toBe(201)
  expect((await grant(20_000, 'For the pilot')).status).toBe(201)
  await till.begin()

  const own = (await operator.get('/v1/billing/credits')).body.items
  expect(own).toMatchObject([
    { amount: usd(20_000), left: usd(23_000 - 9_700), reason: 'For the pilot' },
    { amount: usd(3_000), left: usd(0), reason: 'For the trouble in May' },
  ])
  expect((await stranger.get('/v1/billing/credits')).body.items).toEqual([])
  const granted = (await admin.get('/v1/admin/credits?limit=1')).body
  const rest = (await admin.get(`/v1/admin/credits?cursor=${granted.next}`)).body
  expect([...granted.items, ...rest.items]).toMatchObject([
    {
      operator: { id: operator.organisation },
      amount: usd(20_000),
      reason: 'For the pilot',
      by: expect.any(String),
    },
    { operator: { id: operator.organisation }, amount: usd(3_000) },
  ])
  expect((await operator.get('/v1/admin/credits')).status).toBe(403)
})

test('a program reads what is paid for with billing:read, and changes it with billing:write alone', async ({
  operator,
}) => {
  const reader = await operator.withToken(['billing:read'], 'owner')
  const writer = await operator.withToken(['billing:write'], 'owner')
  const other = await operator.withToken(['services:read', 'subscriptions:write', 'actions:read'], 'owner')
  const plan = { plan: 'starter' }
  for (const path of ['/v1/billing', '/v1/billing/credits', '/v1/invoices', '/v1/usage', '/v1/refunds']) {
    const statuses = [(await reader.get(path)).status, (await other.get(path)).status]
    expect([path, ...statuses]).toEqual([
      path,
      statuses[0] === 404 ? 404 : 200,
      statuses[0] === 404 ? 404 : 403,
    ])
  }
  expect((await reader.send('PUT', '/v1/billing/plan', plan)).status).toBe(403)
  expect((await other.send('PUT', '/v1/billing/plan', plan)).status).toBe(403)
  expect((await writer.send('PUT', '/v1/billing/plan', plan)).status).toBe(200)
  expect((await writer.post('/v1/billing/payment-method', { returnTo: '/billing' })).status).toBe(403)
  expect((await writer.post('/v1/billing/test-clock/advance', { days: 1 })).status).toBe(403)
})

const amounts = fc.array(fc.integer({ min: 1, max: 100_000 }), { maxLength: 8 })

test('what is left of grants is all that is left, the oldest used first', () => {
  fc.assert(
    fc.property(amounts, fc.nat(), (given, draw) => {
      const all = given.reduce((sum, amount) => sum + amount, 0)
      const left = draw % (all + 1)
      const each = leftOfGrants(given, left)
      expect(each.reduce((sum, amount) => sum + amount, 0)).toBe(left)
      expect(each.every((amount, i) => amount >= 0 && amount <= (given[i] ?? 0))).toBe(true)
      const first = each.findIndex((amount) => amount > 0)
      if (first >= 0) expect(each.slice(first + 1)).toEqual(given.slice(first + 1))
    }),
  )
})
