import { expect } from 'vitest'
import { payInvoice } from '../../../test/invoices.ts'
import { createBusiness, join, signUpOperator } from '../../../test/people.ts'
import { makeRefund, refundJobs as jobs, refundsOf, test } from '../../../test/refunds.ts'
import { publish, subscribe } from '../../../test/services.ts'
import { control, workOff } from '../../../test/stripe.ts'
import { reconcileJob } from '../payments/index.ts'

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

for (const won of [true, false])
  test(`while a bank decides nothing is given back and the 30 days wait; when it ${won ? 'has given the money back all of it is' : 'keeps the money the rest is'}`, async ({
    money,
    admin,
    payer,
    provider,
  }) => {
    const { service } = await publish(provider)
    const business = await createBusiness(payer)
    const { id } = await subscribe(payer, business, service)
    const of = { provider, card: 1_000, account: 300, subscription: { id, business } }
    const { charge, wire } = await payInvoice(money, payer, [of])
    await control(money, `charges/${charge}/dispute`)
    const reconcile = async () => {
      await reconcileJob.handle(money.deps, [{}])
      await workOff(money, jobs)
    }
    await reconcile()
    const path = `/v1/subscriptions/${id}/money-back`
    expect((await payer.get(path)).body).toMatchObject({ state: 'disputed', back: null })
    const refused = await payer.post(path)
    expect(refused).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('30 days do not run out') },
    })
    expect((await makeRefund(admin, wire[0])).body.type).toContain('payment-disputed')
    expect((await payer.get(`/v1/subscriptions/${id}`)).body.state).not.toBe('cancelled')

    // The bank takes longer than the 30 days.
    await payer.post('/v1/billing/test-clock/advance', { days: 31 })
    const { data } = await money.deps.stripe.disputes.list({ charge })
    await control(money, `disputes/${data[0]?.id}/close`, { won })
    await reconcile()
    const total = { amount: won ? 1_300 : 300, currency: 'USD' }
    expect(await payer.post(path)).toMatchObject({ status: 200, body: { total } })
    await workOff(money, jobs)
    const made = (await refundsOf(payer)).filter(({ cause }: { cause: string }) => cause === 'money_back')
    expect(made).toMatchObject([{ toCard: { amount: won ? 1_000 : 0 }, toCredit: { amount: 300 } }])
  })
