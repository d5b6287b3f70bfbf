import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { chargeOf, invoiced, onboarded, paying, started } from './test/simulator.ts'

const at = (text: string) => Math.floor(Date.parse(text) / 1000)
const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as Stripe.errors.StripeError,
  )

/** A platform with money that is there. */
async function rich(options = {}) {
  const all = await started(options)
  const customer = await paying(all.stripe, 'pm_card_bypassPending')
  await all.stripe.invoices.pay((await invoiced(all.stripe, customer.id, [50_000])).id)
  return all
}

test('an account gets no transfer before it is enabled, and says what is missing', async () => {
  const { stripe } = await rich()
  const account = await stripe.accounts.create({
    type: 'express',
    country: 'US',
    capabilities: { transfers: { requested: true } },
  })

  const error = await refused(
    stripe.transfers.create({ amount: 100, currency: 'usd', destination: account.id }),
  )

  expect(error).toMatchObject({ statusCode: 400, code: 'insufficient_capabilities_for_transfer' })
  expect(account).toMatchObject({
    payouts_enabled: false,
    details_submitted: false,
    capabilities: { transfers: 'inactive' },
  })
  expect(account.requirements?.currently_due).toContain('external_account')
  expect(account.requirements?.disabled_reason).toBe('requirements.past_due')
})

test('onboarding by hand enables it; without a bank account it stays restricted', async () => {
  const { stripe } = await started()
  const account = await stripe.accounts.create({
    type: 'express',
    capabilities: { transfers: { requested: true } },
  })
  const link = async () =>
    (
      await stripe.accountLinks.create({
        account: account.id,
        type: 'account_onboarding',
        return_url: 'http://127.0.0.1:1/back',
        refresh_url: 'http://127.0.0.1:1/again',
      })
    ).url
  const hand = async (give: string) =>
    fetch(await link(), { method: 'POST', body: new URLSearchParams({ give }), redirect: 'manual' })

  const page = await (await fetch(await link())).text()
  const back = await hand('no-bank')
  const restricted = await stripe.accounts.retrieve(account.id)
  await hand('unclear')
  const looked = await stripe.accounts.retrieve(account.id)
  await hand('all')
  const enabled = await stripe.accounts.retrieve(account.id)

  expect(page).toContain('No real money moves')
  expect([back.status, back.headers.get('location')]).toEqual([303, 'http://127.0.0.1:1/back'])
  expect(restricted).toMatchObject({
    details_submitted: true,
    payouts_enabled: false,
    requirements: { past_due: ['external_account'] },
  })
  expect(looked.requirements?.disabled_reason).toBe('requirements.pending_verification')
  expect(enabled).toMatchObject({
    payouts_enabled: true,
    capabilities: { transfers: 'active' },
    requirements: { currently_due: [] },
  })
})

test('money that is not there cannot be transferred; money on its way can, out of its own charge and no more', async () => {
  const { stripe } = await started()
  const customer = await paying(stripe)
  const invoice = await invoiced(stripe, customer.id, [5000])
  await stripe.invoices.pay(invoice.id)
  const charge = await chargeOf(stripe, invoice.id)
  const account = await onboarded(stripe)
  const to = { currency: 'usd', destination: account.id }

  const early = await refused(stripe.transfers.create({ ...to, amount: 4000 }))
  const transfer = await stripe.transfers.create({ ...to, amount: 4000, source_transaction: charge.id })
  const more = await refused(stripe.transfers.create({ ...to, amount: 1001, source_transaction: charge.id }))

  expect(early).toMatchObject({ code: 'balance_insufficient' })
  expect(transfer).toMatchObject({ amount: 4000, source_transaction: charge.id })
  expect(more).toMatchObject({ param: 'amount' })
  const theirs = await stripe.balance.retrieve({}, { stripeAccount: account.id })
  expect([theirs.available[0]?.amount, theirs.pending[0]?.amount]).toEqual([0, 4000])
})

test('a reversal may take an account below zero, and never more than the transfer', async () => {
  const { simulator, stripe } = await rich()
  const account = await onboarded(stripe)
  const transfer = await stripe.transfers.create({ amount: 3000, currency: 'usd', destination: account.id })
  await stripe.payouts.create({ amount: 3000, currency: 'usd' }, { stripeAccount: account.id })

  await stripe.transfers.createReversal(transfer.id, { amount: 2000 })
  const more = await refused(stripe.transfers.createReversal(transfer.id, { amount: 1001 }))
  simulator.tick()

  expect(more).toMatchObject({ statusCode: 400, param: 'amount' })
  expect((await stripe.balance.retrieve({}, { stripeAccount: account.id })).available[0]?.amount).toBe(-2000)
})

test.for([
  ['daily', {}, '2030-06-11'],
  ['weekly', { weekly_payout_days: ['friday'] }, '2030-06-14'],
  ['monthly', { monthly_payout_days: [31] }, '2030-06-30'],
] as const)('a %s schedule pays out by itself, and the money arrives', async ([interval, days, expected]) => {
  const { simulator, stripe } = await rich()
  simulator.advanceTo(at('2030-06-10T09:00:00Z'))
  const account = await onboarded(stripe)
  const of = { stripeAccount: account.id }
  const schedule = { interval, ...days } as Stripe.BalanceSettingsUpdateParams.Payments.Payouts.Schedule
  await stripe.balanceSettings.update({ payments: { payouts: { schedule } } }, of)
  await stripe.transfers.create({ amount: 4000, currency: 'usd', destination: account.id })

  simulator.advanceTo(at('2030-07-05T00:00:00Z'))

  const { data } = await stripe.payouts.list({}, of)
  expect(
    data.map((each) => [new Date(each.created * 1000).toISOString().slice(0, 10), each.amount, each.status]),
  ).toEqual([[expected, 4000, 'paid']])
  const paidOut = await stripe.balanceTransactions.list({ payout: String(data[0]?.id) }, of)
  expect(paidOut.data.map((each) => each.type)).toEqual(['payout', 'payment'])
  expect((await stripe.events.list({ type: 'payout.paid' }, of)).data).toHaveLength(1)
})

test('a payout that the bank sends back is in the balance again', async () => {
  const { simulator, stripe } = await rich()
  simulator.advanceTo(at('2030-06-10T09:00:00Z'))
  const account = await stripe.accounts.create({
    type: 'express',
    capabilities: { transfers: { requested: true } },
  })
  const { url } = await stripe.accountLinks.create({
    account: account.id,
    type: 'account_onboarding',
    return_url: 'http://127.0.0.1:1/a',
    refresh_url: 'http://127.0.0.1:1/b',
  })
  await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ give: 'all', number: '000111111116' }),
    redirect: 'manual',
  })
  const of = { stripeAccount: account.id }
  await stripe.balanceSettings.update({ payments: { payouts: { schedule: { interval: 'manual' } } } }, of)
  await stripe.transfers.create({ amount: 4000, currency: 'usd', destination: account.id })
  const payout = await stripe.payouts.create({ amount: 4000, currency: 'usd' }, of)

  simulator.advanceTo(at('2030-06-20T00:00:00Z'))

  expect(await stripe.payouts.retrieve(payout.id, {}, of)).toMatchObject({
    status: 'failed',
    failure_code: 'account_closed',
  })
  expect((await stripe.balance.retrieve({}, of)).available[0]?.amount).toBe(4000)
})

test('the platform sees nothing of a connected account without naming it, nor one account of another', async () => {
  const { stripe } = await rich()
  const [one, other] = [await onboarded(stripe), await onboarded(stripe)]
  await stripe.transfers.create({ amount: 700, currency: 'usd', destination: one.id })
  const payout = await stripe.payouts.create({ amount: 700, currency: 'usd' }, { stripeAccount: one.id })

  const ours = await refused(stripe.payouts.retrieve(payout.id))
  const theirs = await refused(stripe.payouts.retrieve(payout.id, {}, { stripeAccount: other.id }))

  expect([ours?.statusCode, theirs?.statusCode]).toEqual([404, 404])
  expect((await stripe.payouts.list()).data).toEqual([])
  const customer = await paying(stripe)
  const cards = await stripe.paymentMethods.list({ customer: customer.id }, { stripeAccount: one.id })
  expect(cards.data).toEqual([])
})

test('who takes the platform off an account leaves it nothing to see, and keeps what was transferred', async () => {
  const { stripe } = await started()
  const account = await stripe.accounts.create({
    type: 'express',
    capabilities: { transfers: { requested: true } },
  })
  const hand = async (give: string) => {
    const link = await stripe.accountLinks.create({
      account: account.id,
      type: 'account_onboarding',
      return_url: 'http://127.0.0.1:1/back',
      refresh_url: 'http://127.0.0.1:1/again',
    })
    await fetch(link.url, { method: 'POST', body: new URLSearchParams({ give }), redirect: 'manual' })
  }
  await hand('all')
  await stripe.paymentIntents.create({
    amount: 5_000,
    currency: 'usd',
    payment_method: 'pm_card_bypassPending',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  const transfer = await stripe.transfers.create({ amount: 1_000, currency: 'usd', destination: account.id })
  await hand('disconnect')

  await expect(stripe.accounts.retrieve(account.id)).rejects.toMatchObject({ code: 'account_invalid' })
  await expect(stripe.payouts.list({}, { stripeAccount: account.id })).rejects.toMatchObject({
    code: 'account_invalid',
  })
  await expect(
    stripe.transfers.create({ amount: 1_000, currency: 'usd', destination: account.id }),
  ).rejects.toMatchObject({ code: 'resource_missing' })
  expect((await stripe.transfers.list({ destination: account.id })).data).toMatchObject([{ id: transfer.id }])
  const back = await stripe.transfers.createReversal(transfer.id, { amount: 400 })
  expect(back.amount).toBe(400)
})
