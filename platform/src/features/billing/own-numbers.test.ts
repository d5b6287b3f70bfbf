import { expect } from 'vitest'
import { billingTest } from '../../../test/billing.ts'
import { platformPerson } from '../../../test/people.ts'

const test = billingTest()

test('an invoice that credit pays has a number of the account’s own, one after the other, and no number of Stripe’s', async ({
  platform,
  operator,
  till,
}) => {
  const admin = await platformPerson(platform, 'owner')
  await operator.get('/v1/billing')
  const amount = { amount: 20_000, currency: 'USD' }
  const grant = { operator: operator.organisation, amount, reason: 'For the first months' }
  expect((await admin.post('/v1/admin/credits', grant)).status).toBe(201)
  await till.begin()
  await till.advance(31)
  await till.advance(31)

  const { items } = (await operator.get('/v1/invoices')).body
  const [charged, second, first] = items.map(({ number }: { number: string | null }) => number)
  const [, prefix] = /^(BQ-[0-9A-F]{8})-0001$/.exec(first) ?? []
  expect(second).toBe(`${prefix}-0002`)
  expect(charged).toMatch(/^[0-9A-Z]+-\d{4}$/)
  const file = await operator.get(`/v1/invoices/${items[1].id}/pdf`)
  expect(file.headers.get('content-disposition')).toContain(`${second}.pdf`)
})
