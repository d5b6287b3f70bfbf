import type { Stripe } from 'stripe'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shared } from './invoice-lines.ts'
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

test('refunds together never exceed the charge, and what the fee was is not given back', async () => {
  const { stripe } = await started()
  const customer = await paying(stripe, 'pm_card_bypassPending')
  const invoice = await invoiced(stripe, customer.id, [10_000])
  await stripe.invoices.pay(invoice.id)
  const charge = await chargeOf(stripe, invoice.id)

  await stripe.refunds.create({ charge: charge.id, amount: 4000 })
  const tooMuch = await stripe.refunds
    .create({ charge: charge.id, amount: 6001 })
    .catch((error: unknown) => error)
  await stripe.refunds.create({ charge: charge.id })
  const again = await stripe.refunds.create({ charge: charge.id }).catch((error: unknown) => error)

  expect(tooMuch).toMatchObject({ statusCode: 400, param: 'amount' })
  expect(again).toMatchObject({ code: 'charge_already_refunded' })
  expect(await stripe.charges.retrieve(charge.id)).toMatchObject({ amount_refunded: 10_000, refunded: true })
  expect((await stripe.balance.retrieve()).available[0]?.amount).toBe(-320)
})

test('a refund that fails later puts the charge and the balance back', async () => {
  const { stripe, control } = await started()
  const customer = await paying(stripe, 'pm_card_refundFail')
  const invoice = await invoiced(stripe, customer.id, [5000])
  await stripe.invoices.pay(invoice.id)
  const charge = await chargeOf(stripe, invoice.id)
  const refund = await stripe.refunds.create({ charge: charge.id })

  await control(`refunds/${refund.id}/end`, { paid: false })

  expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ status: 'failed' })
  expect(await stripe.charges.retrieve(charge.id)).toMatchObject({ amount_refunded: 0, refunded: false })
  const { data } = await stripe.balanceTransactions.list()
  expect(data.filter((each) => each.type.startsWith('refund')).reduce((sum, each) => sum + each.net, 0)).toBe(
    0,
  )
})

test.for([
  ['winning_evidence', 'won', 0],
  ['losing_evidence', 'lost', -3000],
] as const)('a dispute with %s is %s, and its fee stays taken', async ([text, status, left]) => {
  const { simulator, stripe } = await started()
  const customer = await paying(stripe, 'pm_card_createDispute')
  const invoice = await invoiced(stripe, customer.id, [3000])
  await stripe.invoices.pay(invoice.id)
  simulator.tick()
  const charge = await chargeOf(stripe, invoice.id)
  const [dispute] = (await stripe.disputes.list({ charge: charge.id })).data

  await stripe.disputes.update(String(dispute?.id), { evidence: { uncategorized_text: text } })
  simulator.tick()

  expect(dispute).toMatchObject({ amount: 3000, status: 'needs_response', reason: 'fraudulent' })
  expect(charge.disputed).toBe(true)
  expect(await stripe.disputes.retrieve(String(dispute?.id))).toMatchObject({ status })
  const { data } = await stripe.balanceTransactions.list({ type: 'adjustment' })
  expect(data.reduce((sum, each) => sum + each.net, 0)).toBe(left - 1500)
})

test('a dispute takes at most what was not refunded, and that cannot be refunded again', async () => {
  const { stripe, control } = await started()
  const customer = await paying(stripe)
  const invoice = await invoiced(stripe, customer.id, [3000])
  await stripe.invoices.pay(invoice.id)
  const charge = await chargeOf(stripe, invoice.id)
  await stripe.refunds.create({ charge: charge.id, amount: 1000 })

  const dispute = await control(`charges/${charge.id}/dispute`)
  const refund = await stripe.refunds
    .create({ charge: charge.id, amount: 100 })
    .catch((error: unknown) => error)

  expect(dispute).toMatchObject({ amount: 2000 })
  expect(refund).toMatchObject({ code: 'charge_disputed' })
})

test('a payment in another currency is settled at a rate, with the fee of changing it, and refunded to the cent', async () => {
  const { stripe } = await started({ terms: { settlementCurrencies: ['usd'] } })
  const customer = await paying(stripe, 'pm_card_bypassPending')
  const invoice = await invoiced(stripe, customer.id, [9999], 'eur')
  await stripe.invoices.pay(invoice.id)
  const charge = await chargeOf(stripe, invoice.id)

  expect(charge.balance_transaction).toMatchObject({
    amount: 10_799,
    currency: 'usd',
    exchange_rate: 1.08,
    fee: 343 + 216,
  })
  for (const amount of [3333, 3333, 3333]) await stripe.refunds.create({ charge: charge.id, amount })
  const refunds = await stripe.balanceTransactions.list({ type: 'refund' })
  expect(refunds.data.reduce((sum, each) => sum + each.amount, 0)).toBe(-10_799)
})

test("a customer's credit pays first, and comes back when the invoice is voided", async () => {
  const { stripe } = await started()
  const customer = await paying(stripe)
  await stripe.customers.createBalanceTransaction(customer.id, { amount: -700, currency: 'usd' })

  const open = await invoiced(stripe, customer.id, [1000])
  const used = await stripe.customers.retrieve(customer.id)
  await stripe.invoices.voidInvoice(open.id)

  expect(open).toMatchObject({ total: 1000, starting_balance: -700, amount_due: 300, ending_balance: 0 })
  expect(used).toMatchObject({ balance: 0 })
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ balance: -700 })
})

test('an amount that is too small for a card waits on the balance for the next invoice', async () => {
  const { stripe } = await started()
  const customer = await paying(stripe)

  const small = await invoiced(stripe, customer.id, [30])
  const next = await invoiced(stripe, customer.id, [100])

  expect(small).toMatchObject({ status: 'paid', amount_due: 0, total: 30 })
  expect(next).toMatchObject({ status: 'open', amount_due: 130 })
})

test('a preview keeps nothing: no invoice, no item, no coupon used', async () => {
  const { stripe } = await started()
  const customer = await paying(stripe)
  const coupon = await stripe.coupons.create({ percent_off: 50 })
  const events = (await stripe.events.list({ limit: 100 })).data.length

  const preview = await stripe.invoices.createPreview({
    customer: customer.id,
    invoice_items: [{ amount: 999, currency: 'usd' }],
    discounts: [{ coupon: coupon.id }],
  })

  expect(preview.total).toBe(499)
  expect((await stripe.invoices.list()).data).toEqual([])
  expect(await stripe.coupons.retrieve(coupon.id)).toMatchObject({ times_redeemed: 0 })
  expect((await stripe.events.list({ limit: 100 })).data).toHaveLength(events)
})

test('the parts of a discount sum to the whole, whatever the lines are', () => {
  fc.assert(
    fc.property(
      fc.nat(1_000_000),
      fc.array(fc.nat(100_000), { minLength: 1, maxLength: 30 }),
      (amount, weights) => {
        const sum = weights.reduce((total, each) => total + each, 0)
        const whole = Math.min(amount, sum)
        const parts = shared(whole, weights)
        expect(parts.reduce((total, each) => total + each, 0)).toBe(whole)
        expect(parts.every((part, at) => part >= 0 && part <= (weights[at] ?? 0))).toBe(true)
      },
    ),
  )
})

test('automatic tax waits for an address, then is a part of the total', async () => {
  const { stripe } = await started({ terms: { taxPercent: 23 } })
  const customer = await paying(stripe)
  const invoice = await stripe.invoices.create({
    customer: customer.id,
    currency: 'usd',
    automatic_tax: { enabled: true },
  })
  await stripe.invoiceItems.create({
    customer: customer.id,
    invoice: invoice.id,
    amount: 1000,
    currency: 'usd',
  })

  const early = await stripe.invoices.finalizeInvoice(invoice.id).catch((error: unknown) => error)
  await stripe.customers.update(customer.id, { address: { country: 'PT' } })
  const open = await stripe.invoices.finalizeInvoice(invoice.id)

  expect(early).toMatchObject({ code: 'customer_tax_location_invalid' })
  expect(open).toMatchObject({
    total: 1230,
    total_excluding_tax: 1000,
    automatic_tax: { status: 'complete' },
  })
  expect(open.total_taxes?.[0]?.amount).toBe(230)
})

test('a card is added on the page of a checkout session, and a declined one is not', async () => {
  const { stripe } = await started()
  const customer = await stripe.customers.create({ email: 'owner@harbour.example' })
  const session = await stripe.checkout.sessions.create({
    mode: 'setup',
    customer: customer.id,
    currency: 'usd',
    success_url: 'http://127.0.0.1:1/done?s={CHECKOUT_SESSION_ID}',
  })
  const give = (card: string) =>
    fetch(String(session.url), { method: 'POST', body: new URLSearchParams({ card }), redirect: 'manual' })

  const declined = await give('4000000000000002')
  const taken = await give('4242424242424242')
  const twice = await give('4242424242424242')

  expect([declined.status, taken.status, twice.status]).toEqual([402, 303, 402])
  expect(await declined.text()).toContain('Your card was declined.')
  expect(taken.headers.get('location')).toBe(`http://127.0.0.1:1/done?s=${session.id}`)
  expect(
    (await stripe.customers.listPaymentMethods(customer.id)).data.map((each) => each.card?.last4),
  ).toEqual(['4242'])
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'complete' })
})

test('an invoice has room for 250 items', async () => {
  const { stripe } = await started()
  const customer = await paying(stripe)
  const draft = await stripe.invoices.create({ customer: customer.id, currency: 'usd' })
  const add = () =>
    stripe.invoiceItems.create({ customer: customer.id, invoice: draft.id, amount: 1, currency: 'usd' })
  for (let n = 0; n < 250; n += 1) await add()

  const more = await add().catch((error: unknown) => error)

  expect(more).toMatchObject({ statusCode: 400, param: 'invoice' })
  const lines: string[] = []
  for await (const line of stripe.invoices.listLineItems(draft.id, { limit: 100 })) lines.push(line.id)
  expect(lines).toHaveLength(250)
})
