import { expect } from 'vitest'
import { billingTest } from '../../../test/billing.ts'

const test = billingTest()

test('every invoice that waits for money is named, and what is owed is their sum; each is paid by itself', async ({
  operator,
  till,
}) => {
  const choose = (plan: string) => operator.send('PUT', '/v1/billing/plan', { plan })
  const billing = async () => (await operator.get('/v1/billing')).body
  await choose('starter')
  expect(await billing()).toMatchObject({ openInvoices: [], owed: null })
  await till.giveCard('pm_card_chargeCustomerFail')
  await till.advance(14)
  await till.advance(2)
  await choose('professional')
  await till.turn()

  const { openInvoices: open, owed } = await billing()
  expect(open).toHaveLength(2)
  const [older, newer] = open
  expect(Date.parse(older.madeAt)).toBeLessThan(Date.parse(newer.madeAt))
  for (const each of open)
    expect(each).toMatchObject({ failure: expect.any(String), hostedUrl: expect.stringMatching(/^http/) })
  expect(owed).toEqual({ amount: older.total.amount + newer.total.amount, currency: 'USD' })
  expect((await operator.get('/v1/billing/standing')).body.account.owed).toEqual(owed)

  await till.giveCard()
  await operator.post(`/v1/invoices/${newer.id}/pay`)
  await till.turn()
  const after = await billing()
  expect(after.openInvoices.map(({ id }: { id: string }) => id)).not.toContain(newer.id)
})
