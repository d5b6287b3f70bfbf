import { Stripe } from 'stripe'
import { chargeOf, clientOf, invoiced, onboarded, paying, type Started } from './simulator.ts'

const day = 86_400

async function customersAndCards(stripe: Stripe): Promise<void> {
  const customer = await stripe.customers.create({
    name: 'Harbour Bakery',
    email: 'owner@harbour.example',
    address: { line1: 'Quay 1', city: 'Porto', country: 'PT', postal_code: '4000' },
    shipping: { name: 'Harbour Bakery', address: { line1: 'Quay 1' } },
    preferred_locales: ['en'],
    metadata: { bizq: 'org_1' },
    tax_exempt: 'none',
  })
  await stripe.customers.update(customer.id, { description: 'Bakery', metadata: { bizq: '', more: 'yes' } })
  await stripe.customers.list({ email: 'owner@harbour.example', created: { gte: 1 }, limit: 3 })
  const made = await stripe.paymentMethods.create({
    type: 'card',
    card: { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' },
    billing_details: { name: 'Jo Field', address: { country: 'PT' } },
  })
  const token = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } })
  await stripe.paymentMethods.attach(made.id, { customer: customer.id })
  await stripe.paymentMethods.attach(token.id, { customer: customer.id })
  await stripe.paymentMethods.update(made.id, { metadata: { of: 'Jo' } })
  await stripe.paymentMethods.retrieve(made.id)
  await stripe.paymentMethods.list({ customer: customer.id, type: 'card' })
  await stripe.customers.listPaymentMethods(customer.id)
  await stripe.customers.retrievePaymentMethod(customer.id, made.id)
  await stripe.paymentMethods.detach(token.id)
  const credit = await stripe.customers.createBalanceTransaction(customer.id, {
    amount: -500,
    currency: 'usd',
    description: 'Goodwill',
  })
  await stripe.customers.listBalanceTransactions(customer.id)
  await stripe.customers.retrieveBalanceTransaction(customer.id, credit.id)
  await stripe.customers.retrieve(customer.id)
  await stripe.customers.del(customer.id)
  await stripe.customers.retrieve(customer.id)
}

async function setup({ stripe, simulator }: Started): Promise<void> {
  const customer = await stripe.customers.create({ email: 'setup@harbour.example' })
  const intent = await stripe.setupIntents.create({
    customer: customer.id,
    usage: 'off_session',
    allowed_payment_method_types: ['card'],
  })
  await stripe.setupIntents.confirm(intent.id, { payment_method: 'pm_card_visa' })
  await stripe.setupIntents.retrieve(intent.id)
  const other = await stripe.setupIntents.create({ customer: customer.id })
  await stripe.setupIntents.cancel(other.id)
  await stripe.setupIntents.list({ customer: customer.id })
  const session = await stripe.checkout.sessions.create({
    mode: 'setup',
    customer: customer.id,
    currency: 'usd',
    success_url: 'http://127.0.0.1:1/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://127.0.0.1:1/back',
    metadata: { of: 'setup' },
  })
  await fetch(String(session.url), {
    method: 'POST',
    body: new URLSearchParams({ card: '4242424242424242' }),
    redirect: 'manual',
  })
  await stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent.payment_method'] })
  const over = await stripe.checkout.sessions.create({
    mode: 'setup',
    customer: customer.id,
    currency: 'usd',
    success_url: `${simulator.url}/x`,
  })
  await stripe.checkout.sessions.expire(over.id)
  await stripe.checkout.sessions.list({ customer: customer.id })
  await stripe.billingPortal.sessions.create({ customer: customer.id, return_url: 'http://127.0.0.1:1/back' })
}

async function invoices(stripe: Stripe): Promise<void> {
  const customer = await paying(stripe, 'pm_card_visa', { address: { country: 'US' } })
  const pending = await stripe.invoiceItems.create({
    customer: customer.id,
    amount: 700,
    currency: 'usd',
    description: 'Cash Flow Optimizer',
    metadata: { bizq: 'inl_1' },
    period: { start: 1_790_000_000, end: 1_792_000_000 },
  })
  await stripe.invoiceItems.update(pending.id, { amount: 900, description: 'Cash flow' })
  await stripe.invoiceItems.retrieve(pending.id)
  await stripe.invoiceItems.list({ customer: customer.id, pending: true })
  const gone = await stripe.invoiceItems.create({ customer: customer.id, amount: 100, currency: 'usd' })
  await stripe.invoiceItems.del(gone.id)
  await stripe.invoices.createPreview({
    customer: customer.id,
    invoice_items: [{ amount: 300, currency: 'usd', description: 'More' }],
  })
  const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'once', name: 'Ten' })
  const invoice = await stripe.invoices.create({
    customer: customer.id,
    auto_advance: false,
    pending_invoice_items_behavior: 'include',
    description: 'September',
    metadata: { bizq: 'inv_1' },
    automatic_tax: { enabled: true },
    discounts: [{ coupon: coupon.id }],
  })
  await stripe.invoices.update(invoice.id, { footer: 'Thank you', metadata: { more: 'yes' } })
  await stripe.invoices.listLineItems(invoice.id)
  await stripe.invoices.finalizeInvoice(invoice.id)
  await stripe.invoices.pay(invoice.id, { expand: ['payments.data.payment.payment_intent'] })
  await stripe.invoices.retrieve(invoice.id)
  await stripe.invoices.list({ customer: customer.id, status: 'paid' })
  const payments = await stripe.invoicePayments.list({ invoice: invoice.id })
  await stripe.invoicePayments.retrieve(String(payments.data[0]?.id))
  await otherEnds(stripe, customer.id)
  await stripe.coupons.retrieve(coupon.id)
  await stripe.coupons.update(coupon.id, { name: 'Ten percent' })
  await stripe.coupons.list()
  await stripe.coupons.del(coupon.id)
}

async function otherEnds(stripe: Stripe, customer: string): Promise<void> {
  const voided = await invoiced(stripe, customer, [800])
  await stripe.invoices.voidInvoice(voided.id)
  const given = await invoiced(stripe, customer, [800])
  await stripe.invoices.markUncollectible(given.id)
  await stripe.invoices.pay(given.id, { paid_out_of_band: true })
  const sent = await stripe.invoices.create({
    customer,
    collection_method: 'send_invoice',
    days_until_due: 30,
    currency: 'usd',
  })
  await stripe.invoiceItems.create({
    customer,
    invoice: sent.id,
    unit_amount_decimal: Stripe.Decimal.from('125'),
    quantity: 4,
    currency: 'usd',
  })
  await stripe.invoices.sendInvoice(sent.id)
  const draft = await stripe.invoices.create({ customer, currency: 'usd' })
  await stripe.invoices.del(draft.id)
  const failing = await paying(stripe, 'pm_card_chargeCustomerFail')
  const open = await invoiced(stripe, failing.id, [1000])
  await stripe.invoices.pay(open.id).catch(() => undefined)
  await stripe.invoices.retrieve(open.id, { expand: ['payments.data.payment.payment_intent'] })
  const paid = await invoiced(stripe, customer, [2000, 1000])
  await stripe.invoices.pay(paid.id)
  const note = await stripe.creditNotes.create({
    invoice: paid.id,
    amount: 500,
    reason: 'product_unsatisfactory',
    credit_amount: 500,
  })
  await stripe.creditNotes.retrieve(note.id)
  await stripe.creditNotes.list({ invoice: paid.id })
  await stripe.creditNotes.listLineItems(note.id)
}

async function payments({ stripe, control }: Started): Promise<void> {
  const customer = await paying(stripe)
  const intent = await stripe.paymentIntents.create({
    amount: 2000,
    currency: 'cad',
    customer: customer.id,
    description: 'By hand',
    metadata: { bizq: 'pay_1' },
    transfer_group: 'june',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  await stripe.paymentIntents.update(intent.id, { amount: 2100, description: 'By hand, more' })
  await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' })
  const paid = await stripe.paymentIntents.retrieve(intent.id, {
    expand: ['latest_charge.balance_transaction'],
  })
  await stripe.paymentIntents.list({ customer: customer.id })
  const canceled = await stripe.paymentIntents.create({ amount: 900, currency: 'usd' })
  await stripe.paymentIntents.cancel(canceled.id, { cancellation_reason: 'abandoned' })
  const charge = paid.latest_charge
  if (!charge || typeof charge === 'string') throw new Error('not charged')
  await stripe.charges.update(charge.id, { description: 'Told', metadata: { more: 'yes' } })
  await stripe.charges.list({ customer: customer.id })
  const refund = await stripe.refunds.create({
    charge: charge.id,
    amount: 600,
    reason: 'requested_by_customer',
    metadata: { bizq: 'ref_1' },
  })
  await stripe.refunds.update(refund.id, { metadata: { more: 'yes' } })
  await stripe.refunds.retrieve(refund.id, { expand: ['balance_transaction'] })
  await stripe.refunds.list({ charge: charge.id })
  await refundsThatFail({ stripe, control })
  await disputes({ stripe, control })
  await stripe.balanceTransactions.list({ type: 'charge', limit: 2 })
  await stripe.balanceTransactions.retrieve(
    String((await stripe.balanceTransactions.list({ limit: 1 })).data[0]?.id),
  )
  await stripe.balance.retrieve()
  await stripe.exchangeRates.list()
  await stripe.exchangeRates.retrieve('eur')
}

async function refundsThatFail({ stripe, control }: Pick<Started, 'stripe' | 'control'>): Promise<void> {
  const customer = await paying(stripe, 'pm_card_refundFail')
  const invoice = await invoiced(stripe, customer.id, [1200])
  await stripe.invoices.pay(invoice.id)
  const refund = await stripe.refunds.create({ charge: (await chargeOf(stripe, invoice.id)).id })
  await control(`refunds/${refund.id}/end`, { paid: false })
  await stripe.refunds.retrieve(refund.id)
}

async function disputes({ stripe, control }: Pick<Started, 'stripe' | 'control'>): Promise<void> {
  const customer = await paying(stripe, 'pm_card_createDispute')
  for (const text of ['winning_evidence', undefined]) {
    const invoice = await invoiced(stripe, customer.id, [3000])
    await stripe.invoices.pay(invoice.id)
    const charge = await chargeOf(stripe, invoice.id)
    const found = await stripe.disputes.list({ charge: charge.id })
    const dispute =
      found.data[0] ?? ((await control(`charges/${charge.id}/dispute`)) as unknown as Stripe.Dispute)
    if (text) {
      const file = await stripe.files.create({
        purpose: 'dispute_evidence',
        file: { data: Buffer.from('%PDF-1.7\r\n\0\xff'), name: 'receipt.pdf', type: 'application/pdf' },
      })
      await stripe.files.retrieve(file.id)
      await stripe.disputes.update(dispute.id, {
        evidence: { customer_name: 'Harbour Bakery', receipt: file.id },
        submit: false,
        metadata: { bizq: 'dis_1' },
      })
      await stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: text } })
    } else await stripe.disputes.close(dispute.id)
    await stripe.disputes.retrieve(dispute.id, { expand: ['charge'] })
  }
}

async function connect(started: Started): Promise<void> {
  const { stripe } = started
  const rich = await paying(stripe, 'pm_card_bypassPending')
  await stripe.invoices.pay((await invoiced(stripe, rich.id, [90_000])).id)
  const account = await onboarded(stripe)
  await stripe.accounts.update(account.id, {
    business_profile: { url: 'https://provider.example' },
    metadata: { bizq: 'org_2' },
  })
  await stripe.accounts.list()
  await stripe.accounts.retrieveCurrent()
  await stripe.accounts.createLoginLink(account.id)
  await stripe.accounts.listCapabilities(account.id)
  await stripe.accounts.retrieveCapability(account.id, 'transfers')
  await stripe.accountSessions.create({
    account: account.id,
    components: {
      account_onboarding: { enabled: true },
      payouts: { enabled: true, features: { standard_payouts: false } },
      balances: { enabled: true },
    },
  })
  const second = await stripe.accounts.createExternalAccount(account.id, {
    external_account: {
      object: 'bank_account',
      country: 'US',
      currency: 'usd',
      account_number: '000123456789',
      routing_number: '110000000',
    },
  })
  await stripe.accounts.retrieveExternalAccount(account.id, second.id)
  await stripe.accounts.listExternalAccounts(account.id, { object: 'bank_account' })
  await stripe.accounts.deleteExternalAccount(account.id, second.id)
  const charge = (await stripe.charges.list({ customer: rich.id })).data[0]
  const transfer = await stripe.transfers.create({
    amount: 5000,
    currency: 'usd',
    destination: account.id,
    metadata: { bizq: 'tra_1' },
    transfer_group: 'june',
    source_transaction: String(charge?.id),
    description: 'June',
  })
  await stripe.transfers.update(transfer.id, { metadata: { more: 'yes' } })
  const reversal = await stripe.transfers.createReversal(transfer.id, {
    amount: 1000,
    metadata: { bizq: 'rev_1' },
  })
  await stripe.transfers.retrieveReversal(transfer.id, reversal.id)
  await stripe.transfers.listReversals(transfer.id)
  await stripe.transfers.retrieve(transfer.id, { expand: ['balance_transaction', 'destination_payment'] })
  await stripe.transfers.list({ destination: account.id, transfer_group: 'june' })
  await payouts(stripe, account.id)
  const rejected = await stripe.accounts.create({
    type: 'express',
    country: 'DE',
    capabilities: { transfers: { requested: true } },
  })
  await stripe.accounts.reject(rejected.id, { reason: 'other' })
  await stripe.accounts.del(rejected.id)
}

async function payouts(stripe: Stripe, account: string): Promise<void> {
  const of = { stripeAccount: account }
  await stripe.balanceSettings.retrieve({}, of)
  await stripe.balanceSettings.update(
    { payments: { payouts: { schedule: { interval: 'weekly', weekly_payout_days: ['friday'] } } } },
    of,
  )
  const payout = await stripe.payouts.create(
    { amount: 500, currency: 'usd', metadata: { bizq: 'out_1' } },
    of,
  )
  await stripe.payouts.update(payout.id, { metadata: { more: 'yes' } }, of)
  await stripe.payouts.cancel(payout.id, {}, of)
  await stripe.payouts.retrieve(payout.id, { expand: ['balance_transaction', 'destination'] }, of)
  await stripe.payouts.list({ status: 'canceled' }, of)
  await stripe.balance.retrieve({}, of)
  await stripe.balanceTransactions.list({}, of)
  await stripe.events.list({ limit: 100 }, of)
  await stripe.accounts.retrieveCurrent({}, of)
}

async function subscriptions({ stripe, simulator }: Started): Promise<void> {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_790_000_000, name: 'A month' })
  const customer = await paying(stripe, 'pm_card_visa', { test_clock: clock.id })
  const product = await stripe.products.create({
    name: 'Starter',
    description: 'For three businesses',
    metadata: { plan: 'starter' },
  })
  await stripe.products.update(product.id, { name: 'Starter plan' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 9700,
    recurring: { interval: 'month' },
    lookup_key: 'starter',
  })
  const dearer = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 29_700,
    recurring: { interval: 'month' },
  })
  await stripe.prices.update(dearer.id, { nickname: 'Professional' })
  await stripe.prices.retrieve(price.id, { expand: ['product'] })
  await stripe.prices.list({ product: product.id, active: true })
  await stripe.products.retrieve(product.id)
  await stripe.products.list({ active: true })
  const spare = await stripe.products.create({ name: 'Spare' })
  await stripe.products.del(spare.id)
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    trial_period_days: 14,
    metadata: { bizq: 'sub_1' },
  })
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: 1_790_000_000 + 20 * day })
  simulator.tick()
  const item = subscription.items.data[0]
  await stripe.invoices.createPreview({
    customer: customer.id,
    subscription: subscription.id,
    subscription_details: {
      items: [{ id: String(item?.id), price: dearer.id }],
      proration_behavior: 'create_prorations',
    },
  })
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: String(item?.id), price: dearer.id }],
    proration_behavior: 'create_prorations',
  })
  await stripe.subscriptionItems.list({ subscription: subscription.id })
  await stripe.subscriptionItems.retrieve(String(item?.id))
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: 1_790_000_000 + 50 * day })
  simulator.tick()
  await stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })
  await stripe.subscriptions.list({ customer: customer.id, status: 'all' })
  await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
  await stripe.subscriptions.cancel(subscription.id)
  await stripe.testHelpers.testClocks.retrieve(clock.id)
  await stripe.testHelpers.testClocks.list()
  await stripe.testHelpers.testClocks.del(clock.id)
}

async function endpointsAndEvents(stripe: Stripe): Promise<void> {
  const endpoint = await stripe.webhookEndpoints.create({
    url: 'http://127.0.0.1:1/stripe/webhooks',
    enabled_events: ['invoice.paid'],
    description: 'Ours',
  })
  await stripe.webhookEndpoints.update(endpoint.id, { enabled_events: ['*'], disabled: true })
  await stripe.webhookEndpoints.retrieve(endpoint.id)
  await stripe.webhookEndpoints.list()
  await stripe.webhookEndpoints.del(endpoint.id)
  for await (const event of stripe.events.list({ limit: 100, created: { gte: 1 } }))
    if (event.type === 'invoice.paid') await stripe.events.retrieve(event.id)
}

/** Does with stripe-node everything that the simulator can answer. */
export async function doEverything(started: Started): Promise<void> {
  const { stripe, simulator } = started
  await customersAndCards(stripe)
  await setup(started)
  await invoices(stripe)
  await payments(started)
  await connect(started)
  await subscriptions(started)
  await endpointsAndEvents(clientOf(simulator.url))
}
