import { datasetOf, type DatasetName, type Money } from '@bizq/sdk/contract'
import { fromMoney, multiply, toMoney, type Decimal } from '../decimal.ts'
import type { FieldValue, Reference } from '../parsed-item.ts'
import { counterpartyKey } from './identity.ts'
import { isFilled, lastDigits, moneyOf, textOf, type Fields } from './values.ts'

/**
 * Fills in what follows from the other fields (a paid invoice owes nothing, an order with no word of its
 * delivery is delivered) and answers the required fields that are still missing.
 */
export function completeRecord(
  dataset: DatasetName,
  fields: Fields,
  references: Record<string, Reference>,
  currency: string,
): { missing: string[]; assumed: string[] } {
  const fillIn = completions[dataset]
  let assumed: string[] = []
  if (fillIn) {
    const given = Object.keys(fields).filter((name) => isFilled(fields[name]))
    fillIn(fields, currency)
    assumed = Object.keys(fields).filter(
      (name) => isFilled(fields[name]) && !given.includes(name) && !computed.has(`${dataset}.${name}`),
    )
  }
  const { own, referred } = requiredOf(dataset)
  const missing = own.filter((name) => !isFilled(fields[name]))
  for (const name of referred) if (!references[name]) missing.push(name)
  return { missing, assumed }
}

const required = new Map<DatasetName, { own: string[]; referred: string[] }>()

function requiredOf(dataset: DatasetName) {
  const known = required.get(dataset)
  if (known) return known
  const fields = Object.entries(datasetOf(dataset).fields).filter(([, field]) => field.required)
  const own = fields
    .filter(([, { kind }]) => kind !== 'identifier' && kind !== 'reference')
    .map(([name]) => name)
  const found = { own, referred: fields.filter(([, { kind }]) => kind === 'reference').map(([name]) => name) }
  required.set(dataset, found)
  return found
}

/** Follows from the record's other fields and changes with them. */
const computed = new Set([
  'orderLines.amount',
  'orderLines.unitPrice',
  'purchaseOrders.amount',
  'transactions.bookedAt',
  'transactions.counterparty',
])

function fill(fields: Fields, name: string, value: FieldValue | undefined) {
  if (!isFilled(fields[name]) && isFilled(value)) fields[name] = value
}

function zero(like: Money | undefined): Money | undefined {
  return like && { amount: 0, currency: like.currency }
}

const completions: Partial<Record<DatasetName, (fields: Fields, currency: string) => void>> = {
  accounts(fields, currency) {
    fill(fields, 'name', accountName(fields))
    fill(fields, 'kind', 'bank')
    fill(fields, 'currency', moneyOf(fields['balance'])?.currency ?? currency)
  },
  transactions(fields) {
    fill(fields, 'bookedAt', fields['valueAt'])
    fill(fields, 'counterparty', counterpartyKey(fields['counterpartyIban'], fields['counterpartyText']))
  },
  invoices: completeClaim,
  bills: completeClaim,
  orders(fields) {
    fill(fields, 'total', sum(fields, ['subtotal', 'shipping', 'tax']))
    const isReturn = (moneyOf(fields['total'])?.amount ?? 0) < 0
    fill(fields, 'payment', isReturn ? 'refunded' : fields['cancelledAt'] ? 'void' : 'paid')
    fill(fields, 'fulfilment', isReturn || fields['cancelledAt'] ? 'not-needed' : 'fulfilled')
  },
  orderLines: completeLine,
  products(fields) {
    fill(fields, 'title', fields['sku'])
  },
  suppliers(fields) {
    fill(fields, 'name', fields['email'])
  },
  purchaseOrders(fields) {
    const quantity = decimalOf(fields['quantity'])
    const cost = moneyOf(fields['unitCost'])
    if (cost && quantity) fill(fields, 'amount', toMoney(multiply(fromMoney(cost), quantity), cost.currency))
    fill(fields, 'status', isFilled(fields['receivedAt']) ? 'received' : 'sent')
  },
  campaigns(fields) {
    fill(fields, 'status', 'active')
  },
  tickets(fields) {
    fill(fields, 'status', isFilled(fields['closedAt']) ? 'closed' : 'open')
  },
}

/** A line’s amount gives the price of one where no column does. */
export function completeLine(fields: Fields) {
  const amount = moneyOf(fields['amount'])
  const quantity = fields['quantity']
  if (!amount || typeof quantity !== 'number' || quantity === 0) return
  fill(fields, 'unitPrice', { amount: Math.round(amount.amount / quantity), currency: amount.currency })
}

function completeClaim(fields: Fields) {
  const amount = moneyOf(fields['amount'])
  fill(fields, 'dueAt', fields['issuedAt'])
  const due = moneyOf(fields['amountDue'])
  if (!isFilled(fields['status'])) {
    fields['status'] = (due ? due.amount === 0 && amount?.amount !== 0 : isFilled(fields['paidAt']))
      ? 'paid'
      : 'open'
  }
  const owesNothing = ['paid', 'void', 'written-off'].includes(textOf(fields['status']))
  fill(fields, 'amountDue', owesNothing ? zero(amount) : amount)
}

function accountName(fields: Fields): string | undefined {
  const digits = lastDigits(fields)
  return digits ? `Account ${digits}` : undefined
}

function sum(fields: Fields, names: string[]): Money | undefined {
  const parts = names.map((name) => moneyOf(fields[name])).filter((part) => part !== undefined)
  const [first] = parts
  return first && { amount: parts.reduce((total, part) => total + part.amount, 0), currency: first.currency }
}

/** The exact number that a quantity stands for. */
export function decimalOf(value: FieldValue | undefined): Decimal | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  const [figures = '0', exponent = '0'] = String(value).split('e')
  const [whole = '0', fraction = ''] = figures.split('.')
  const scale = fraction.length - Number(exponent)
  const digits = BigInt(whole + fraction)
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 }
}
