import { blankInvoice } from './blank-invoice.ts'
import { idAt, type Call, type Route } from './call.ts'
import { readDiscounts } from './coupons.ts'
import { buildItem, requireDraft, takeItem } from './invoice-items.ts'
import { finalize, forgive, markUncollectible, pay, send, voidInvoice } from './invoice-life.ts'
import { lineOf, reckon, totalled } from './invoice-lines.ts'
import { answerList, both, equals, listed, readPage } from './lists.ts'
import { changedMetadata, type Params } from './params.ts'
import { invalid } from './refusal.ts'
import { tryChanges } from './subscription-items.ts'
import { change, requireCurrency, type World } from './world.ts'
import type { Invoice, InvoicePayment } from './wire.ts'

const hour = 3600
const day = 86_400

/** Whether it goes on by itself: an hour after it was made it is finalised. */
export function advances(world: World, invoice: Invoice, isAdvancing: boolean): Invoice {
  world.unplan(invoice.id, 'finalize')
  const at = isAdvancing && invoice.status === 'draft' ? invoice.created + hour : null
  if (at !== null) world.plan({ at, clock: invoice.test_clock, what: 'finalize', about: invoice.id })
  return { ...invoice, auto_advance: isAdvancing, automatically_finalizes_at: at }
}

/** What creation and change both read. */
function readFields(world: World, params: Params, before: Invoice): Invoice {
  params.accept('rendering', 'payment_settings', 'statement_descriptor', 'issuer', 'account_tax_ids')
  const description = params.orNull('description')
  const footer = params.orNull('footer')
  const method = params.orNull('default_payment_method')
  const collection = params.oneOf('collection_method', ['charge_automatically', 'send_invoice'])
  const days = params.whole('days_until_due')
  const dueDate = params.whole('due_date') ?? (days === undefined ? undefined : before.created + days * day)
  const tax = params.group('automatic_tax')?.flag('enabled')
  const fields = params
    .groups('custom_fields')
    ?.map((each) => ({ name: each.needText('name'), value: each.needText('value') }))
  const discounts = readDiscounts(world, params, { customer: before.customer, invoice: before.id })
  const effective = params.whole('effective_at')
  if (method) world.need('payment_method', method, 'default_payment_method')
  const kind = collection ?? before.collection_method
  if (dueDate !== undefined && kind !== 'send_invoice')
    throw invalid('You can only set due dates on invoices whose collection_method is send_invoice.', {
      param: 'due_date',
    })
  return {
    ...before,
    collection_method: kind,
    metadata: changedMetadata(before.metadata, params),
    ...(description !== undefined && { description }),
    ...(footer !== undefined && { footer }),
    ...(method !== undefined && { default_payment_method: method }),
    ...(dueDate !== undefined && { due_date: dueDate }),
    ...(fields && { custom_fields: fields }),
    ...(discounts && { discounts }),
    ...(effective !== undefined && { effective_at: effective }),
    ...(tax !== undefined && {
      automatic_tax: {
        ...before.automatic_tax,
        enabled: tax,
        liability: tax ? { type: 'self' } : null,
        provider: tax ? 'stripe' : null,
        status: null,
      },
    }),
  }
}

function create({ world, params }: Call): Invoice {
  const customer = world.need('customer', params.needText('customer'), 'customer')
  const pending = params.oneOf('pending_invoice_items_behavior', ['include', 'exclude']) ?? 'exclude'
  const given = params.text('currency')
  const isAdvancing = params.flag('auto_advance') ?? false
  const items =
    pending === 'include' ? world.under('invoiceitem', customer.id).filter((each) => !each.invoice) : []
  const currency = given ? requireCurrency(world, given) : (items[0]?.currency ?? customer.currency ?? 'usd')
  const read = readFields(world, params, blankInvoice(world, customer, currency))
  if (read.collection_method === 'send_invoice' && read.due_date === null)
    throw invalid('If invoices are sent, days_until_due or due_date must be given.', {
      code: 'parameter_missing',
      param: 'days_until_due',
    })
  if (!customer.currency) change(world, 'customer', customer, { currency })
  const invoice = world.put('invoice', advances(world, read, isAdvancing))
  for (const item of items) if (item.currency === currency) takeItem(world, item, invoice)
  const draft = reckon(world, invoice)
  world.emit('invoice.created', draft)
  return draft
}

function update(call: Call): Invoice {
  const { world, params } = call
  const invoice = world.need('invoice', idAt(call))
  const isAdvancing = params.flag('auto_advance')
  if (invoice.status !== 'draft') {
    const fixed = ['collection_method', 'due_date', 'days_until_due', 'discounts', 'automatic_tax'].filter(
      (name) => params.has(name),
    )
    if (fixed.length > 0) requireDraft(invoice)
  }
  const read = readFields(world, params, invoice)
  const moved = isAdvancing === undefined ? read : advances(world, read, isAdvancing)
  const { invoice: changed } = totalled(world, moved, world.under('line_item', invoice.id))
  return change(world, 'invoice', invoice, invoice.status === 'draft' ? changed : moved, 'invoice.updated')
}

/** Only a draft: its items wait for the next invoice. */
function remove(call: Call): object {
  const { world } = call
  const invoice = world.need('invoice', idAt(call))
  if (invoice.status !== 'draft')
    throw invalid('You can only delete draft invoices.', { code: 'invoice_not_editable' })
  for (const item of world.under('invoiceitem', invoice.customer ?? ''))
    if (item.invoice === invoice.id) world.put('invoiceitem', { ...item, invoice: null })
  for (const line of world.under('line_item', invoice.id)) world.drop('line_item', line.id)
  world.unplan(invoice.id)
  world.drop('invoice', invoice.id)
  world.emit('invoice.deleted', invoice)
  return { id: invoice.id, object: 'invoice', deleted: true }
}

/** The invoice that would be made now; nothing of it is kept. */
function preview({ world, params }: Call): object {
  const subscription = params.text('subscription')
  const known = subscription ? world.need('subscription', subscription, 'subscription') : undefined
  const customer = world.need(
    'customer',
    params.text('customer') ?? known?.customer ?? params.needText('customer'),
    'customer',
  )
  const id = `upcoming_${world.newId('in')}`
  const periodic = tryChanges(world, params, known, id)
  const pending = world.under('invoiceitem', customer.id).filter((each) => !each.invoice)
  const extra = (params.groups('invoice_items') ?? []).map((each) =>
    buildItem(world, each, customer, undefined),
  )
  const items = [...pending, ...extra]
  const given = params.text('currency')
  const currency = given
    ? requireCurrency(world, given)
    : (known?.currency ?? items[0]?.currency ?? customer.currency ?? 'usd')
  const read = readFields(world, params, {
    ...blankInvoice(world, customer, currency, id),
    billing_reason: 'upcoming',
  })
  const own = items.filter((each) => each.currency === currency).map((item) => lineOf(world, item, id))
  const lines = [...periodic, ...own]
  return totalled(world, read, lines).invoice
}

function lines(call: Call): object {
  const invoice = call.world.need('invoice', idAt(call))
  const url = `/v1/invoices/${invoice.id}/lines`
  return listed(readPage(call.params), call.world.under('line_item', invoice.id), url, false)
}

function payments(call: Call): object {
  const { world, params } = call
  const invoice = params.text('invoice')
  const payment = params.group('payment')
  const intent = payment?.text('payment_intent')
  payment?.accept('type')
  const all = invoice ? world.under('invoice_payment', invoice) : world.all('invoice_payment')
  const found = intent ? all.filter((each) => each.payment.payment_intent === intent) : all
  return answerList(call, '/v1/invoice_payments', found, (given) =>
    both(equals<InvoicePayment>(given, 'status', (each) => each.status)),
  )
}

const list = (call: Call) => {
  const customer = call.params.text('customer')
  return answerList(
    call,
    '/v1/invoices',
    customer ? call.world.under('invoice', customer) : call.world.all('invoice'),
    (params) =>
      both(
        equals<Invoice>(params, 'status', (each) => each.status),
        equals<Invoice>(params, 'collection_method', (each) => each.collection_method),
        equals<Invoice>(params, 'subscription', (each) => each.parent?.subscription_details?.subscription),
      ),
  )
}

const invoiceAt = (call: Call) => call.world.need('invoice', idAt(call))

export const invoiceRoutes: Route[] = [
  ['POST', '/v1/invoices', create],
  ['GET', '/v1/invoices', list],
  ['POST', '/v1/invoices/create_preview', preview, 'reckoned'],
  ['GET', '/v1/invoices/:', invoiceAt],
  ['POST', '/v1/invoices/:', update],
  ['DELETE', '/v1/invoices/:', remove],
  ['GET', '/v1/invoices/:/lines', lines],
  [
    'POST',
    '/v1/invoices/:/finalize',
    (call) => {
      const isAdvancing = call.params.flag('auto_advance')
      const invoice = invoiceAt(call)
      return finalize(
        call.world,
        isAdvancing === undefined ? invoice : { ...invoice, auto_advance: isAdvancing },
      )
    },
  ],
  [
    'POST',
    '/v1/invoices/:/pay',
    (call) => {
      const { params } = call
      params.accept('off_session', 'mandate')
      if (params.flag('paid_out_of_band') ?? params.flag('forgive'))
        return forgive(call.world, invoiceAt(call))
      return pay(call.world, invoiceAt(call), params.text('payment_method') ?? null)
    },
  ],
  ['POST', '/v1/invoices/:/send', (call) => send(call.world, invoiceAt(call))],
  ['POST', '/v1/invoices/:/void', (call) => voidInvoice(call.world, invoiceAt(call))],
  ['POST', '/v1/invoices/:/mark_uncollectible', (call) => markUncollectible(call.world, invoiceAt(call))],
  ['GET', '/v1/invoice_payments', payments],
  ['GET', '/v1/invoice_payments/:', (call) => call.world.need('invoice_payment', idAt(call))],
]
