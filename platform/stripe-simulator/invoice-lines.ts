import { within } from './lists.ts'
import type { World } from './world.ts'
import type { Customer, Discount, Invoice, InvoiceItem, InvoiceLine } from './wire.ts'

/** The line of an invoice that an invoice item becomes. */
export function lineOf(world: World, item: InvoiceItem, invoice: string): InvoiceLine {
  const subscription = item.parent?.subscription_details?.subscription ?? null
  const details = { proration: item.proration, proration_details: { credited_items: null }, subscription }
  const subscriptionItem = item.parent?.subscription_details?.subscription_item
  const isOfSubscription = subscriptionItem !== undefined
  return {
    id: world.newId('il'),
    object: 'line_item',
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discount_amounts: [],
    discountable: item.discountable,
    discounts: item.discounts ?? [],
    invoice,
    livemode: false,
    metadata: item.metadata ?? {},
    parent: {
      invoice_item_details: isOfSubscription ? null : { invoice_item: item.id, ...details },
      subscription_item_details: isOfSubscription
        ? { invoice_item: item.id, subscription_item: subscriptionItem, ...details }
        : null,
      type: isOfSubscription ? 'subscription_item_details' : 'invoice_item_details',
    },
    period: item.period,
    pretax_credit_amounts: [],
    pricing: item.pricing,
    quantity: item.quantity,
    quantity_decimal: item.quantity_decimal,
    subscription,
    subtotal: item.amount,
    taxes: [],
  }
}

/** Shares `amount` over the weights; the parts sum to the whole, the largest remainders take what is left. */
export function shared(amount: number, weights: number[]): number[] {
  const sum = weights.reduce((total, each) => total + each, 0)
  if (sum === 0) return weights.map(() => 0)
  const exact = weights.map((each) => (amount * each) / sum)
  const parts = exact.map(Math.floor)
  const byRemainder = exact
    .map((each, at) => ({ at, rest: each - Math.floor(each) }))
    .sort((a, b) => b.rest - a.rest || a.at - b.at)
  const left = amount - parts.reduce((total, each) => total + each, 0)
  for (const { at } of byRemainder.slice(0, left)) parts[at] = (parts[at] ?? 0) + 1
  return parts
}

function discountOn(world: World, discount: Discount, amount: number): number {
  const coupon = discount.source.coupon ? world.find('coupon', discount.source.coupon) : undefined
  if (!coupon) return 0
  return coupon.percent_off === null
    ? Math.min(amount, coupon.amount_off ?? 0)
    : Math.round((amount * coupon.percent_off) / 100)
}

function withDiscount(world: World, lines: InvoiceLine[], id: string): InvoiceLine[] {
  const discount = world.find('discount', id)
  if (!discount) return lines
  const left = lines.map((line) => {
    const before = (line.discount_amounts ?? []).reduce((sum, each) => sum + each.amount, 0)
    return line.discountable ? Math.max(0, line.amount - before) : 0
  })
  const total = discountOn(
    world,
    discount,
    left.reduce((sum, each) => sum + each, 0),
  )
  const parts = shared(total, left)
  return lines.map((line, at) => {
    const amount = parts[at] ?? 0
    if (amount === 0) return line
    return {
      ...line,
      discount_amounts: [...(line.discount_amounts ?? []), { amount, discount: id }],
      pretax_credit_amounts: [
        ...(line.pretax_credit_amounts ?? []),
        { amount, discount: id, type: 'discount' },
      ],
    }
  })
}

function withTax(world: World, lines: InvoiceLine[], invoice: Invoice): InvoiceLine[] {
  const { taxPercent } = world.terms
  if (!invoice.automatic_tax.enabled || invoice.automatic_tax.status !== 'complete' || taxPercent === 0)
    return lines.map((line) => ({ ...line, taxes: [] }))
  return lines.map((line) => {
    const taxable = line.amount - (line.discount_amounts ?? []).reduce((sum, each) => sum + each.amount, 0)
    const tax = {
      amount: Math.round((taxable * taxPercent) / 100),
      tax_behavior: 'exclusive',
      tax_rate_details: { tax_rate: 'txr_1Automatic' },
      taxability_reason: 'standard_rated',
      taxable_amount: taxable,
      type: 'tax_rate_details',
    } as const
    return { ...line, taxes: [tax] }
  })
}

/** Automatic tax needs to know where the customer is. */
function taxStatus(invoice: Invoice, customer: Customer | undefined): Invoice['automatic_tax'] {
  if (!invoice.automatic_tax.enabled) return invoice.automatic_tax
  return {
    ...invoice.automatic_tax,
    status: customer?.address?.country ? 'complete' : 'requires_location_inputs',
  }
}

const sumOf = (amounts: number[]) => amounts.reduce((sum, each) => sum + each, 0)

/** The invoice with its lines reckoned: discounts, tax, totals, and what the customer's balance takes. */
export function totalled(
  world: World,
  draft: Invoice,
  given: InvoiceLine[],
): { invoice: Invoice; lines: InvoiceLine[] } {
  const customer = draft.customer ? world.find('customer', draft.customer) : undefined
  const invoice = { ...draft, automatic_tax: taxStatus(draft, customer) }
  const bare = given.map((line): InvoiceLine => ({
    ...line,
    discount_amounts: [],
    pretax_credit_amounts: [],
  }))
  const own = bare.map(
    (line) => line.discounts.reduce((sofar, id) => withDiscount(world, sofar, id), [line])[0] ?? line,
  )
  const discounted = draft.discounts.reduce((sofar, id) => withDiscount(world, sofar, id), own)
  const lines = withTax(world, discounted, invoice)
  const byDiscount = Map.groupBy(
    lines.flatMap((line) => line.discount_amounts ?? []),
    (each) => each.discount,
  )
  const discounts = [...byDiscount].map(([discount, all]) => ({
    discount,
    amount: sumOf(all.map((each) => each.amount)),
  }))
  const taxes = lines.flatMap((line) => line.taxes ?? [])
  const subtotal = sumOf(lines.map((line) => line.amount))
  const net = subtotal - sumOf(discounts.map((each) => each.amount))
  const [first] = taxes
  const total = net + sumOf(taxes.map((each) => each.amount))
  const starting = invoice.status === 'draft' ? (customer?.balance ?? 0) : invoice.starting_balance
  const due = Math.max(0, total + Math.min(0, starting) + Math.max(0, total > 0 ? starting : 0))
  return {
    lines,
    invoice: {
      ...invoice,
      amount_due: due,
      amount_remaining: due - invoice.amount_paid,
      lines: within(lines, `/v1/invoices/${invoice.id}/lines`),
      starting_balance: starting,
      subtotal,
      subtotal_excluding_tax: subtotal,
      total,
      total_discount_amounts: discounts,
      total_excluding_tax: net,
      total_pretax_credit_amounts: discounts.map((each) => ({ ...each, type: 'discount' as const })),
      total_taxes: first
        ? [
            {
              ...first,
              amount: sumOf(taxes.map((each) => each.amount)),
              taxable_amount: sumOf(taxes.map((each) => each.taxable_amount ?? 0)),
            },
          ]
        : [],
    },
  }
}

/** Reckons a stored invoice anew from its stored lines, and keeps both. */
export function reckon(world: World, draft: Invoice): Invoice {
  const { invoice, lines } = totalled(world, draft, world.under('line_item', draft.id))
  const stored = new Map(world.under('line_item', draft.id).map((line) => [line.id, line]))
  for (const line of lines)
    if (JSON.stringify(line) !== JSON.stringify(stored.get(line.id))) world.put('line_item', line)
  return world.put('invoice', invoice)
}
