import { Stripe } from 'stripe'
import { invoiced, paying } from '../simulator.ts'

export async function invoices(stripe: Stripe): Promise<void> {
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
