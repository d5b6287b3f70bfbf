import { datasetOf, type DatasetName } from '@bizq/sdk/contract'
import type { FieldValue, RecordKey, Reference, SourceKey } from '../parsed-item.ts'
import { plainWords } from '../text.ts'
import { textOf, withoutNulls } from './values.ts'

interface Identifiable {
  dataset: DatasetName
  fields: Record<string, FieldValue>
  references: Record<string, Reference>
  /** The id that the source itself gives. */
  id?: string | undefined
  /** Who gave that id: `shopify`, `csv`, … */
  origin: string
}

interface Identity {
  key: RecordKey
  aliases: SourceKey[]
}

/**
 * Who a record is. Parties, products and accounts go by what identifies them everywhere (an e-mail, a tax
 * number, an IBAN, a SKU), so that several sources name the same one; documents by their number;
 * what has no number by its canonical values within a group. Undefined if nothing tells it apart.
 */
export function identify(record: Identifiable): Identity | undefined {
  const keys = sourceKeys(record)
  const [key, ...aliases] = keys
  if (key) return { key, aliases }
  const natural = naturalKey(record)
  return natural && { key: natural, aliases: [] }
}

/** The key of a reference; undefined where the referred record has no key of an authority. */
export function refer(record: Identifiable): Reference | undefined {
  const [key, ...aliases] = sourceKeys(record)
  return key && { dataset: record.dataset, key, aliases, fields: withoutNulls(record.fields) }
}

function sourceKeys(record: Identifiable): SourceKey[] {
  const { dataset, fields, id, origin } = record
  const number = textOf(fields['number'])
  const own = named(origin, id ?? '')
  switch (dataset) {
    case 'customers':
    case 'suppliers':
    case 'accounts':
    case 'products':
    case 'campaigns':
      return thingKeys(record, own)
    case 'orders':
      return [...(own.length ? own : named(origin, number)), ...named('number', plainNumber(number))]
    case 'invoices':
      return named('number', number || (id ?? ''))
    case 'bills':
      return billKeys(record, number || (id ?? ''))
    case 'inventory':
      return stockKeys(record)
    case 'tickets':
      return named(origin, id ?? number)
    case 'transactions':
      return own.map((key) => ({ ...key, source: `${key.source}:${referenceKey(record, 'account')}` }))
    case 'orderLines':
    case 'purchaseOrders':
    case 'adSpend':
      return own
  }
}

function named(source: string, sourceId: string): SourceKey[] {
  return sourceId ? [{ source, sourceId }] : []
}

/** Keys of whom and what documents speak of, the surest first. */
function thingKeys({ dataset, fields, id }: Identifiable, own: SourceKey[]): SourceKey[] {
  const text = (name: string) => textOf(fields[name])
  const words = (source: string, ...names: string[]) =>
    named(source, plainWords(names.map(text).find((value) => value !== '') ?? ''))
  const email = named('email', text('email').toLowerCase())
  const tax = named('tax', compact(text('taxNumber')))
  if (dataset === 'customers') return [...email, ...own, ...tax, ...words('name', 'name', 'company')]
  if (dataset === 'suppliers') return [...tax, ...own, ...words('name', 'name'), ...email]
  if (dataset === 'campaigns') return [...own, ...words(`name:${plainWords(text('platform'))}`, 'name')]
  if (dataset === 'products')
    return text('sku') || id ? [...named('sku', text('sku')), ...own] : words('title', 'title')
  const name = isDerivedName(text('name'), text('iban') || text('number')) ? [] : words('name', 'name')
  return [
    ...named('iban', compact(text('iban'))),
    ...named('number', compact(text('number'))),
    ...own,
    ...name,
  ]
}

/** A name made of the number's last digits tells no two accounts apart. */
function isDerivedName(name: string, number: string): boolean {
  return number !== '' && name.endsWith(number.replace(/\s/g, '').slice(-4))
}

function billKeys(record: Identifiable, number: string): SourceKey[] {
  if (!number) return []
  const supplier = referenceKey(record, 'supplier')
  return supplier
    ? [
        { source: `supplier:${supplier}`, sourceId: number },
        { source: 'number', sourceId: number },
      ]
    : [{ source: 'number', sourceId: number }]
}

function stockKeys(record: Identifiable): SourceKey[] {
  const product = referenceKey(record, 'product')
  return product ? [{ source: 'stock', sourceId: `${product}|${textOf(record.fields['location'])}` }] : []
}

/** Fields beside the contract's natural key that tell two rows of a statement apart. */
const alsoTelling: Partial<Record<DatasetName, readonly string[]>> = {
  transactions: ['valueAt', 'counterpartyText', 'counterpartyIban', 'reference'],
}

function naturalKey(record: Identifiable): RecordKey | undefined {
  const { dataset, fields, references } = record
  const names = [...datasetOf(dataset).naturalKey, ...(alsoTelling[dataset] ?? [])]
  const values = names.map((name) =>
    references[name] ? referenceKey(record, name) : comparable(fields[name]),
  )
  if (values.every((value) => value === '')) return undefined
  return { source: dataset, naturalKey: JSON.stringify(values), group: groupOf(record) }
}

/** The rows that a file holds all of or none of: an account's day, an order, a supplier's day. */
function groupOf(record: Identifiable): string {
  const text = (name: string) => textOf(record.fields[name])
  switch (record.dataset) {
    case 'transactions':
      return `${referenceKey(record, 'account')}|${text('bookedAt')}`
    case 'orderLines':
      return referenceKey(record, 'order')
    case 'adSpend':
      return `${referenceKey(record, 'campaign')}|${text('day')}`
    case 'purchaseOrders':
      return text('number') || `${referenceKey(record, 'supplier')}|${text('orderedAt')}`
    case 'bills':
      return `${referenceKey(record, 'supplier')}|${text('issuedAt')}`
    case 'invoices':
      return `${referenceKey(record, 'customer')}|${text('issuedAt')}`
    case 'tickets':
      return text('openedAt').slice(0, 10)
    default:
      return record.dataset
  }
}

function referenceKey(record: Identifiable, name: string): string {
  const reference = record.references[name]
  return reference ? `${reference.key.source}:${reference.key.sourceId}` : ''
}

function comparable(value: FieldValue | undefined): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'object') return `${value.amount} ${value.currency}`
  return typeof value === 'string' ? value.replace(/\s+/g, ' ') : String(value)
}

function compact(code: string): string {
  return code.replace(/[^\p{L}\p{N}*]/gu, '').toUpperCase()
}

/** An order number without the sign that shops put before it. */
function plainNumber(number: string): string {
  return number.replace(/^#/, '')
}

/** The other side of a bank row as a key that stays the same: its account, else its name. */
export function counterpartyKey(iban: FieldValue | undefined, name: FieldValue | undefined): string | null {
  const account = compact(textOf(iban))
  if (account) return `iban:${account}`
  const words = plainWords(textOf(name))
  return words ? `name:${words}` : null
}
