import { idAt, type Call, type Route } from './call.ts'
import { readDiscounts } from './coupons.ts'
import { lineOf, reckon } from './invoice-lines.ts'
import { answerList, both, equals } from './lists.ts'
import { changedMetadata, type Params } from './params.ts'
import { invalid } from './refusal.ts'
import { change, requireCurrency, type World } from './world.ts'
import type { Customer, Invoice, InvoiceItem } from './wire.ts'

interface Priced {
  amount: number
  currency: string
  pricing: InvoiceItem['pricing']
  quantity: number
  description: string | null
}

/** https://docs.stripe.com/api/invoiceitems/create */
const mostItems = 250

const decimal = (amount: number): string => String(Number(amount.toFixed(12)))

/** An amount, or a price (or what would be one) times a quantity. */
function readPrice(world: World, params: Params): Priced {
  const quantity = params.whole('quantity') ?? 1
  params.accept('tax_behavior', 'tax_code')
  const price = params.group('pricing')?.text('price') ?? params.text('price')
  const amount = params.whole('amount')
  const data = params.group('price_data')
  const given = params.text('currency')
  if (price) {
    const found = world.need('price', price, 'pricing[price]')
    const unit = Number(found.unit_amount_decimal ?? 0)
    const product = world.find('product', found.product)
    const pricing = {
      price_details: { price, product: found.product },
      type: 'price_details',
      unit_amount_decimal: decimal(unit),
    } as const
    return {
      amount: Math.round(unit * quantity),
      currency: found.currency,
      pricing,
      quantity,
      description: product?.name ?? null,
    }
  }
  if (data) {
    const unit = data.decimal('unit_amount_decimal') ?? data.needWhole('unit_amount')
    data.accept('tax_behavior')
    const product = world.need('product', data.needText('product'), 'price_data[product]')
    const currency = requireCurrency(world, data.needText('currency'))
    return {
      amount: Math.round(unit * quantity),
      currency,
      pricing: {
        price_details: { price: world.newId('price'), product: product.id },
        type: 'price_details',
        unit_amount_decimal: decimal(unit),
      },
      quantity,
      description: product.name,
    }
  }
  const unit = params.decimal('unit_amount_decimal')
  if (amount === undefined && unit === undefined)
    throw invalid('You must pass either `amount`, `unit_amount_decimal`, `pricing` or `price_data`.', {
      code: 'parameter_missing',
      param: 'amount',
    })
  const whole = amount ?? Math.round((unit ?? 0) * quantity)
  if (Math.abs(whole) > 99_999_999)
    throw invalid('Amount must be no more than 99999999.', { code: 'amount_too_large', param: 'amount' })
  const pricing = { type: 'price_details', unit_amount_decimal: decimal(unit ?? whole / quantity) } as const
  return {
    amount: whole,
    currency: given ? requireCurrency(world, given) : '',
    pricing,
    quantity,
    description: null,
  }
}

/** An invoice item that is not kept yet. */
export function buildItem(
  world: World,
  params: Params,
  customer: Customer,
  invoice: Invoice | undefined,
): InvoiceItem {
  const priced = readPrice(world, params)
  const now = world.now(customer.test_clock)
  const period = params.group('period')
  const id = world.newId('ii')
  const currency = priced.currency || customer.currency || invoice?.currency || 'usd'
  if (invoice && invoice.currency !== currency)
    throw invalid(`The invoice is in ${invoice.currency}; items in ${currency} cannot be added to it.`, {
      param: 'currency',
    })
  return {
    id,
    object: 'invoiceitem',
    amount: priced.amount,
    currency,
    customer: customer.id,
    customer_account: null,
    date: now,
    description: params.orNull('description') ?? priced.description,
    discountable: params.flag('discountable') ?? priced.amount > 0,
    discounts: readDiscounts(world, params, { customer: customer.id, invoice_item: id }) ?? [],
    invoice: invoice?.id ?? null,
    livemode: false,
    metadata: changedMetadata({}, params),
    net_amount: priced.amount,
    parent: null,
    period: period
      ? { start: period.needWhole('start'), end: period.needWhole('end') }
      : { start: now, end: now },
    pricing: priced.pricing,
    proration: false,
    quantity: priced.quantity,
    quantity_decimal: String(priced.quantity),
    tax_rates: [],
    test_clock: customer.test_clock ?? null,
  }
}

export function requireDraft(invoice: Invoice): void {
  if (invoice.status !== 'draft')
    throw invalid(`Invoice ${invoice.id} is no longer editable: it is ${invoice.status ?? 'no draft'}.`, {
      code: 'invoice_not_editable',
    })
}

/** Puts an item on a draft as a line of it. */
export function takeItem(world: World, item: InvoiceItem, invoice: Invoice): void {
  if (world.under('line_item', invoice.id).length >= mostItems)
    throw invalid(
      `Invoice ${invoice.id} has ${mostItems} invoice items, which is the most that an invoice can have.`,
      {
        param: 'invoice',
      },
    )
  world.put('invoiceitem', { ...item, invoice: invoice.id })
  world.put('line_item', lineOf(world, item, invoice.id))
}

function create({ world, params }: Call): InvoiceItem {
  const into = params.text('invoice')
  const invoice = into ? world.need('invoice', into, 'invoice') : undefined
  if (invoice) requireDraft(invoice)
  const given = params.text('customer') ?? invoice?.customer
  if (!given)
    throw invalid('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' })
  const customer = world.need('customer', given, 'customer')
  if (invoice && invoice.customer !== customer.id)
    throw invalid('The invoice is of another customer.', { param: 'invoice' })
  const item = world.put('invoiceitem', buildItem(world, params, customer, invoice))
  if (!customer.currency) change(world, 'customer', customer, { currency: item.currency })
  world.emit('invoiceitem.created', item)
  if (!invoice) return item
  takeItem(world, item, invoice)
  reckon(world, world.need('invoice', invoice.id))
  return item
}

function update(call: Call): InvoiceItem {
  const { world, params } = call
  const item = world.need('invoiceitem', idAt(call))
  const invoice = item.invoice ? world.need('invoice', item.invoice) : undefined
  if (invoice) requireDraft(invoice)
  const amount = params.whole('amount')
  const description = params.orNull('description')
  const changed = world.put('invoiceitem', {
    ...item,
    metadata: changedMetadata(item.metadata, params),
    ...(amount !== undefined && {
      amount,
      net_amount: amount,
      pricing: { type: 'price_details' as const, unit_amount_decimal: decimal(amount / item.quantity) },
    }),
    ...(description !== undefined && { description }),
  })
  if (!invoice) return changed
  const line = world
    .under('line_item', invoice.id)
    .find((each) => each.parent?.invoice_item_details?.invoice_item === item.id)
  if (line)
    world.put('line_item', {
      ...line,
      amount: changed.amount,
      subtotal: changed.amount,
      description: changed.description,
      metadata: changed.metadata ?? {},
      pricing: changed.pricing,
    })
  reckon(world, invoice)
  return changed
}

function remove(call: Call): object {
  const { world } = call
  const item = world.need('invoiceitem', idAt(call))
  const invoice = item.invoice ? world.need('invoice', item.invoice) : undefined
  if (invoice) requireDraft(invoice)
  world.drop('invoiceitem', item.id)
  if (invoice) {
    for (const line of world.under('line_item', invoice.id))
      if (line.parent?.invoice_item_details?.invoice_item === item.id) world.drop('line_item', line.id)
    reckon(world, invoice)
  }
  world.emit('invoiceitem.deleted', item)
  return { id: item.id, object: 'invoiceitem', deleted: true }
}

function list(call: Call): object {
  const customer = call.params.text('customer')
  const pending = call.params.flag('pending')
  const all = customer ? call.world.under('invoiceitem', customer) : call.world.all('invoiceitem')
  const dated = all.map((each) => ({ ...each, created: each.date }))
  const found = answerList(call, '/v1/invoiceitems', dated, (params) =>
    both(
      equals<InvoiceItem>(params, 'invoice', (each) => each.invoice),
      (each: InvoiceItem) => pending === undefined || (each.invoice === null) === pending,
    ),
  )
  return { ...found, data: found.data.map(({ created: _created, ...item }) => item) }
}

export const invoiceItemRoutes: Route[] = [
  ['POST', '/v1/invoiceitems', create],
  ['GET', '/v1/invoiceitems', list],
  ['GET', '/v1/invoiceitems/:', (call) => call.world.need('invoiceitem', idAt(call))],
  ['POST', '/v1/invoiceitems/:', update],
  ['DELETE', '/v1/invoiceitems/:', remove],
]
