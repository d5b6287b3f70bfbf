import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { chargeOf, invoiced, onboarded, paying, started } from './test/simulator.ts'

test('an invoice is made of its lines, paid by the card, and booked less the fee', async () => {
  const { stripe } = await started()
  const customer = await paying(stripe)

  const open = await invoiced(stripe, customer.id, [9700, 500, 1500])
  const paid = await stripe.invoices.pay(open.id)

  expect(open).toMatchObject({ status: 'open', amount_due: 11_700, amount_paid: 0 })
  expect(paid).toMatchObject({ status: 'paid', amount_due: 11_700, amount_paid: 11_700, amount_remaining: 0 })
  const charge = await chargeOf(stripe, paid.id)
  expect(charge.balance_transaction).toMatchObject({
    amount: 11_700,
    fee: 369,
    net: 11_331,
    type: 'charge',
    status: 'pending',
  })
})

test('a declined card leaves the invoice open, says why, and a good card pays it', async () => {
  const { stripe } = await started()
  const customer = await paying(stripe, 'pm_card_chargeCustomerFail')
  const open = await invoiced(stripe, customer.id, [2000])

  const refused = await stripe.invoices.pay(open.id).catch((error: unknown) => error as Stripe.StripeRawError)

  expect(refused).toMatchObject({
    type: 'StripeCardError',
    code: 'card_declined',
    decline_code: 'generic_decline',
    statusCode: 402,
  })
  const after = await stripe.invoices.retrieve(open.id)
  expect(after).toMatchObject({ status: 'open', attempt_count: 1, attempted: true })
  expect((await stripe.events.list({ type: 'invoice.payment_failed' })).data).toHaveLength(1)
  const good = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  expect(await stripe.invoices.pay(open.id, { payment_method: good.id })).toMatchObject({
    status: 'paid',
    attempt_count: 2,
  })
})

test('a transfer takes from the platform what the connected account gets, and a reversal gives it back', async () => {
  const { stripe } = await started()
  const customer = await paying(stripe, 'pm_card_bypassPending')
  await stripe.invoices.pay((await invoiced(stripe, customer.id, [10_000])).id)
  const account = await onboarded(stripe)

  const transfer = await stripe.transfers.create({
    amount: 4000,
    currency: 'usd',
    destination: account.id,
    transfer_group: 'june',
  })
  const reversal = await stripe.transfers.createReversal(transfer.id, { amount: 1500 })

  expect(reversal).toMatchObject({ amount: 1500, transfer: transfer.id })
  expect(await stripe.transfers.retrieve(transfer.id)).toMatchObject({
    amount_reversed: 1500,
    reversed: false,
  })
  const ours = await stripe.balance.retrieve()
  const theirs = await stripe.balance.retrieve({}, { stripeAccount: account.id })
  expect(ours.available[0]?.amount).toBe(10_000 - 320 - 4000 + 1500)
  expect(theirs.available[0]?.amount).toBe(2500)
})
