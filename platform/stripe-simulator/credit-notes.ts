import { idAt, type Call, type Route } from './call.ts'
import { moveBalance } from './customers.ts'
import { answerList, both, equals, listed, readPage, within } from './lists.ts'
import { changedMetadata } from './params.ts'
import { invalid } from './refusal.ts'
import { makeRefund } from './refunds.ts'
import { change, type World } from './world.ts'
import type { CreditNote, Invoice } from './wire.ts'

type Line = CreditNote['lines']['data'][number]

interface Ways {
  refund: number
  credit: number
  outside: number
}

function noteLine(
  world: World,
  amount: number,
  given: { type: 'custom_line_item' | 'invoice_line_item'; description: string | null; line?: string },
): Line {
  return {
    id: world.newId('cnli'),
    object: 'credit_note_line_item',
    amount,
    description: given.description,
    discount_amount: 0,
    discount_amounts: [],
    ...(given.line && { invoice_line_item: given.line }),
    livemode: false,
    metadata: {},
    pretax_credit_amounts: [],
    quantity: 1,
    tax_rates: [],
    taxes: [],
    type: given.type,
    unit_amount: amount,
    unit_amount_decimal: String(amount),
  }
}

function readLines({ world, params }: Call, invoice: Invoice): Line[] {
  const amount = params.whole('amount')
  const given = params.groups('lines')
  if ((amount === undefined) === (given === undefined))
    throw invalid('Provide either `amount` or `lines`.', { code: 'parameter_missing', param: 'amount' })
  if (amount !== undefined) return [noteLine(world, amount, { type: 'custom_line_item', description: null })]
  return (given ?? []).map((each) => {
    const type = each.oneOf('type', ['custom_line_item', 'invoice_line_item']) ?? 'custom_line_item'
    const quantity = each.whole('quantity')
    if (type === 'custom_line_item') {
      const unit = each.needWhole('unit_amount') * (quantity ?? 1)
      return noteLine(world, unit, { type, description: each.needText('description') })
    }
    const line = world.need('line_item', each.needText('invoice_line_item'), 'lines[invoice_line_item]')
    if (line.invoice !== invoice.id)
      throw invalid('The line is of another invoice.', { param: 'lines[invoice_line_item]' })
    return noteLine(world, each.whole('amount') ?? line.amount, {
      type,
      description: line.description,
      line: line.id,
    })
  })
}

function lastCharge(world: World, invoice: Invoice) {
  const paid = world.under('invoice_payment', invoice.id).find((each) => each.status === 'paid')
  const intent = paid?.payment.payment_intent
    ? world.find('payment_intent', paid.payment.payment_intent)
    : undefined
  return intent?.latest_charge ? world.find('charge', intent.latest_charge) : undefined
}

/** Of an open invoice it lowers what is due; of a paid one it says how the money goes back. */
function create(call: Call): CreditNote {
  const { world, params } = call
  const invoice = world.need('invoice', params.needText('invoice'), 'invoice')
  if (invoice.status !== 'open' && invoice.status !== 'paid')
    throw invalid('You can only create a credit note for an open or paid invoice.', { param: 'invoice' })
  const lines = readLines(call, invoice)
  const total = lines.reduce((sum, each) => sum + each.amount, 0)
  const ways: Ways = {
    refund: params.whole('refund_amount') ?? 0,
    credit: params.whole('credit_amount') ?? 0,
    outside: params.whole('out_of_band_amount') ?? 0,
  }
  params.accept('email_type')
  const isPaid = invoice.status === 'paid'
  const room = isPaid
    ? invoice.amount_paid - invoice.post_payment_credit_notes_amount
    : invoice.amount_remaining
  if (total > room)
    throw invalid(`The credit note (${total}) is larger than what is left of the invoice (${room}).`, {
      param: 'amount',
    })
  if (isPaid && ways.refund + ways.credit + ways.outside !== total)
    throw invalid(
      'The sum of refund_amount, credit_amount and out_of_band_amount must be the total of the credit note.',
      { param: 'credit_amount' },
    )
  const id = world.newId('cn')
  const charge = lastCharge(world, invoice)
  if (ways.refund > 0 && !charge) throw invalid('There is no payment to refund.', { param: 'refund_amount' })
  const refund =
    ways.refund > 0 && charge
      ? makeRefund(world, { charge, amount: ways.refund, reason: 'requested_by_customer', metadata: {} })
      : undefined
  const customer = world.need('customer', String(invoice.customer))
  const moved =
    ways.credit > 0
      ? moveBalance(world, customer, -ways.credit, {
          type: 'credit_note',
          currency: invoice.currency,
          invoice: invoice.id,
          creditNote: id,
        })
      : undefined
  const before = world.under('credit_note', invoice.id).length
  const note = world.put('credit_note', {
    id,
    object: 'credit_note',
    amount: total,
    amount_shipping: 0,
    created: world.now(invoice.test_clock),
    currency: invoice.currency,
    customer: customer.id,
    customer_account: null,
    customer_balance_transaction: moved?.id ?? null,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: world.now(invoice.test_clock),
    invoice: invoice.id,
    lines: within(lines, `/v1/credit_notes/${id}/lines`),
    livemode: false,
    memo: params.orNull('memo') ?? null,
    metadata: changedMetadata({}, params),
    number: `${invoice.number ?? ''}-CN-${String(before + 1).padStart(2, '0')}`,
    out_of_band_amount: ways.outside || null,
    pdf: invoice.invoice_pdf ?? '',
    post_payment_amount: isPaid ? total : 0,
    pre_payment_amount: isPaid ? 0 : total,
    pretax_credit_amounts: [],
    reason:
      params.oneOf('reason', ['duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory']) ?? null,
    refunds: refund
      ? [{ amount_refunded: refund.amount, payment_record_refund: null, refund: refund.id, type: 'refund' }]
      : [],
    shipping_cost: null,
    status: 'issued',
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
    total_taxes: [],
    type: isPaid ? 'post_payment' : 'pre_payment',
    voided_at: null,
  })
  settle(world, invoice, total, isPaid)
  world.emit('credit_note.created', note)
  return note
}

function settle(world: World, invoice: Invoice, total: number, isPaid: boolean): void {
  const patch: Partial<Invoice> = isPaid
    ? { post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + total }
    : {
        pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + total,
        amount_due: invoice.amount_due - total,
        amount_remaining: invoice.amount_remaining - total,
      }
  change(world, 'invoice', invoice, patch, 'invoice.updated')
  const payment = world.under('invoice_payment', invoice.id).find((each) => each.status === 'open')
  const intent = payment?.payment.payment_intent
    ? world.find('payment_intent', payment.payment.payment_intent)
    : undefined
  if (isPaid || !payment || !intent) return
  world.put('invoice_payment', { ...payment, amount_requested: payment.amount_requested - total })
  world.put('payment_intent', { ...intent, amount: intent.amount - total })
}

export const creditNoteRoutes: Route[] = [
  ['POST', '/v1/credit_notes', create],
  [
    'GET',
    '/v1/credit_notes',
    (call) =>
      answerList(call, '/v1/credit_notes', call.world.all('credit_note'), (params) =>
        both(
          equals<CreditNote>(params, 'invoice', (each) => each.invoice),
          equals<CreditNote>(params, 'customer', (each) => each.customer),
        ),
      ),
  ],
  ['GET', '/v1/credit_notes/:', (call) => call.world.need('credit_note', idAt(call))],
  [
    'GET',
    '/v1/credit_notes/:/lines',
    (call) => {
      const note = call.world.need('credit_note', idAt(call))
      return listed(readPage(call.params), note.lines.data, note.lines.url, false)
    },
  ],
]
