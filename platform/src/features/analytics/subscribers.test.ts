import { encodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'
import { createBusiness, signUpOperator } from '../../../test/people.ts'
import { publish, subscribe } from '../../../test/services.ts'
import { openMarket, subscriberUuid, upTo } from '../../../test/telling.ts'

test('of fewer than five active subscribers nothing is told, of five their number, day, state and release', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service } = await publish(provider)
  const path = `/v1/provider/services/${service}/subscribers`
  const operators = await Promise.all(upTo(5).map(() => signUpOperator(platform.app)))
  const businesses = await Promise.all(operators.map((operator) => createBusiness(operator)))
  const subscriptions: string[] = []
  for (const [i, operator] of operators.entries()) {
    expect((await provider.get(path)).body).toEqual({ items: [], next: null, isWithheld: true })
    subscriptions.push((await subscribe(operator, businesses[i] ?? '', service)).id)
  }
  const { body } = await provider.get(path)
  expect(body.isWithheld).toBe(false)
  expect(body.items).toHaveLength(5)
  for (const item of body.items)
    expect(item).toMatchObject({ state: 'active', version: '1.0.0', activity: 'not-yet', until: null })
  const told = JSON.stringify(body)
  for (const { organisation } of operators) expect(told).not.toContain(organisation)
  for (const id of [...businesses, ...subscriptions]) expect(told).not.toContain(id)
  const rows = await asAdmin<{ id: string }[]>(platform, 'select id from bizq.subscribers')
  for (const { id } of rows) expect(told).not.toContain(encodeId('sbr', id))

  await operators[0]?.send('DELETE', `/v1/subscriptions/${subscriptions[0]}`)
  expect((await provider.get(path)).body).toEqual({ items: [], next: null, isWithheld: true })
})

test('a release or a price that fewer than five share is told of no row', async ({ platform }) => {
  const market = await openMarket(platform)
  const newer = await market.release('1.0.1')
  await market.subscribed([
    ...upTo(6).map((by) => ({ by, daysAgo: 20 })),
    { by: 7, daysAgo: 4, release: newer },
    { by: 8, daysAgo: 4, release: newer, state: 'paused' },
  ])
  await asAdmin(
    platform,
    `update bizq.subscribers set price = '{"monthly":{"amount":400,"currency":"USD"},"usage":[],"trialDays":0}' where id = $1`,
    [subscriberUuid(1)],
  )
  const { items } = (await market.provider.get(`/v1/provider/services/${market.service}/subscribers`)).body
  // Six are on one release and one on the other: to tell the six would tell the one.
  expect(items.map(({ version }: { version: string | null }) => version)).toEqual(
    Array.from({ length: 8 }, () => null),
  )

  await market.subscribed(upTo(5).map((by) => ({ by: by + 10, daysAgo: 2, release: newer })))
  const wider = (await market.provider.get(`/v1/provider/services/${market.service}/subscribers`)).body.items
  const count = (version: string | null) =>
    wider.filter((item: { version: string | null }) => item.version === version).length
  expect([count('1.0.0'), count('1.0.1'), count(null)]).toEqual([6, 6, 1])
  const prices = wider.filter((item: { price: unknown }) => item.price !== null)
  expect(
    prices.every(({ price }: { price: { monthly: { amount: number } } }) => price.monthly.amount === 500),
  ).toBe(true)
})

test('it says of each whether it ran lately, and pages through all', async ({ platform }) => {
  const market = await openMarket(platform)
  await market.subscribed(upTo(6).map((by) => ({ by, daysAgo: 20 + by })))
  await market.ran([
    { by: 1, daysAgo: 2 },
    { by: 2, daysAgo: 12 },
  ])
  const path = `/v1/provider/services/${market.service}/subscribers`
  const first = (await market.provider.get(`${path}?limit=4`)).body
  const second = (await market.provider.get(`${path}?limit=4&cursor=${first.next}`)).body
  const all = [...first.items, ...second.items]
  expect(all.map(({ activity }) => activity)).toEqual([
    'ran-lately',
    'ran-before',
    'not-yet',
    'not-yet',
    'not-yet',
    'not-yet',
  ])
  expect(new Set(all.map(({ id }) => id)).size).toBe(6)
  expect(second.next).toBeNull()
})

test('a reason for cancelling reaches the provider without the names in it', async ({
  platform,
  operator,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service } = await publish(provider)
  const business = await createBusiness(operator)
  const { id } = await subscribe(operator, business, service)
  const path = `/v1/subscriptions/${id}/cancellation`
  const reason = { code: 'too-expensive', text: 'Call Ann Lee, ann@lee.test, it costs too much' }
  expect((await operator.post(path, { reason: { code: 'no-such' } })).status).toBe(422)
  expect((await operator.post(path, { reason })).body.state).toBe('cancelled')
  const rows = await asAdmin<{ reason_code: string; reason_text: string; was_trial: boolean }[]>(
    platform,
    'select reason_code, reason_text, was_trial from bizq.provider_endings where reason_code is not null',
  )
  expect(rows).toMatchObject([{ reason_code: 'too-expensive', was_trial: false }])
  expect(rows[0]?.reason_text).toContain('costs too much')
  expect(rows[0]?.reason_text).not.toMatch(/Ann|lee\.test/)
  expect((await operator.post(path, { reason })).status).toBe(200)
  const again = 'select id from bizq.provider_endings where reason_code is not null'
  expect(await asAdmin(platform, again)).toHaveLength(1)
})
