import { expect } from 'vitest'
import { payInvoice } from '../../../test/invoices.ts'
import { createBusiness, join, signUpOperator } from '../../../test/people.ts'
import { refundJobs as jobs, refundsOf, test } from '../../../test/refunds.ts'
import { publish, subscribe } from '../../../test/services.ts'
import { workOff } from '../../../test/stripe.ts'

test('money comes back within 30 days of the first payment, once for each business, and the service ends', async ({
  money,
  payer,
  provider,
}) => {
  const { service } = await publish(provider)
  const business = await createBusiness(payer)
  const subscription = await subscribe(payer, business, service)
  const of = { id: subscription.id, business }
  const path = `/v1/subscriptions/${subscription.id}/money-back`
  expect((await payer.post(path)).body.detail).toContain('Nothing was paid')
  await payInvoice(money, payer, [
    { provider, card: 1_900, subscription: of },
    { provider, card: 200, subscription: of, kind: 'usage' },
    { card: 9_700 },
  ])
  const viewer = await join(money.app, payer, 'viewer')
  expect((await viewer.post(path)).status).toBe(403)
  const stranger = await signUpOperator(money.app)
  expect((await stranger.post(path)).status).toBe(404)

  const answer = await payer.post(path)
  expect(answer).toMatchObject({ status: 200, body: { total: { amount: 2_100, currency: 'USD' } } })
  await workOff(money, jobs)
  const refunds = await refundsOf(payer)
  expect(refunds.map(({ state, cause }: { state: string; cause: string }) => [state, cause])).toEqual([
    ['succeeded', 'money_back'],
    ['succeeded', 'money_back'],
  ])
  expect((await payer.get(`/v1/subscriptions/${subscription.id}`)).body.state).toBe('cancelled')

  const again = await subscribe(payer, business, service)
  await payInvoice(money, payer, [{ provider, card: 1_900, subscription: { id: again.id, business } }])
  const second = await payer.post(`/v1/subscriptions/${again.id}/money-back`)
  expect(second).toMatchObject({ status: 409, body: { type: expect.stringContaining('money-back-over') } })
})

test('after 30 days money does not come back this way', async ({ money, payer, provider }) => {
  const { service } = await publish(provider)
  const business = await createBusiness(payer)
  const { id } = await subscribe(payer, business, service)
  const paidAt = new Date(Date.now() - 30 * 86_400_000)
  await payInvoice(money, payer, [{ provider, card: 1_900, subscription: { id, business } }], { paidAt })
  const answer = await payer.post(`/v1/subscriptions/${id}/money-back`)
  expect(answer.status).toBe(409)
  expect(answer.body.detail).toContain('30 days')
})
