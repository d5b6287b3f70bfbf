import type { Stripe } from 'stripe'
import { chargeOf, invoiced, paying, type Started } from '../simulator.ts'

export async function payments({ stripe, control }: Started): Promise<void> {
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
