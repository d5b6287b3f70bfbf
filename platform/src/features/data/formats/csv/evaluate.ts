import { datasetOf, type DatasetName, type Money } from '@bizq/sdk/contract'
import { createBalances } from '../bank/balances.ts'
import { toMoney } from '../decimal.ts'
import type { ParsedError, ParsedItem, ParsingBusiness, Reference, SourceKey } from '../parsed-item.ts'
import { completeRecord } from '../records/complete.ts'
import { identify, refer } from '../records/identity.ts'
import { missingField, type Draft, type Pending } from '../records/pending.ts'
import { isFilled, moneyOf, textOf, withoutNulls, type Fields } from '../records/values.ts'
import { lend, type Lent } from './lend.ts'
import type { Mapping } from './mapping.ts'
import { readOwnCells, type CellContext, type OwnCells } from './own-cells.ts'
import type { Node } from './plan.ts'
import { isEmptyCell } from './read-cell.ts'
import type { CsvRow } from './rows.ts'

/** Datasets whose records are one row each; of the others several rows may speak of one record. */
const oneRowEach: ReadonlySet<DatasetName> = new Set<DatasetName>([
  'transactions',
  'orderLines',
  'adSpend',
  'purchaseOrders',
  'tickets',
])

interface Evaluation {
  mapping: Mapping
  header: readonly string[]
  plan: Node
  business: ParsingBusiness
  pending: Pending
}

/** What rows leave behind for the next ones. */
interface Memory extends Evaluation {
  lastCurrency: string
  lastAccount: Reference | undefined
  balances: ReturnType<typeof createBalances>
  reported: Set<string>
}

type References = Record<string, Reference>

/** A record that a row refers to, held until the row is known to be sound. */
interface Named {
  draft: Draft
  lent: Lent
}

interface RowState extends CellContext {
  asOf: string | undefined
  named: Named[]
}

/** Makes the functions that turn rows into records and errors, and yield at the end what is still held. */
export function createEvaluator(evaluation: Evaluation) {
  const { mapping, business, pending } = evaluation
  const memory: Memory = {
    ...evaluation,
    lastCurrency: mapping.currency ?? business.currency,
    lastAccount: undefined,
    balances: createBalances(),
    reported: new Set(),
  }
  return {
    evaluateRow: (row: CsvRow) => evaluateRow(row, memory),
    *finish(): Generator<ParsedItem> {
      for (const item of pending.drain()) yield withBalance(item, memory)
    },
  }
}

/** One row; with an error it makes no record at all. */
function evaluateRow(row: CsvRow, memory: Memory): ParsedItem[] {
  const { plan, pending } = memory
  const state = openRow(row, memory)
  const own = readOwnCells(plan, row, state)
  const time = datasetOf(plan.dataset).time
  state.asOf = (time && textOf(own.fields[time])) || undefined
  const references = readReferred(plan, row, own.fields, state, memory)
  const main = buildMain(own, references, state, memory)
  const rejected = state.errors.filter((error) => error.isRejected)
  if (rejected[0]) return [{ ...rejected[0], reason: rejected.map(({ reason }) => reason).join('; ') }]
  const items: (ParsedItem | undefined)[] = state.errors.filter((error) => isNews(error, memory))
  for (const { draft, lent } of state.named) items.push(pending.add(draft, lent))
  if (main)
    items.push(
      oneRowEach.has(main.dataset) ? { kind: 'record', ...main } : holdMain(main, own, state, memory),
    )
  noteBalance(own, references, state, memory)
  return items.filter((item) => item !== undefined)
}

function openRow(row: CsvRow, memory: Memory): RowState {
  const { mapping, header, business } = memory
  const currency = currencyOf(row, memory)
  memory.lastCurrency = currency
  return {
    mapping,
    header,
    timeZone: business.timeZone,
    line: row.line,
    currency,
    errors: [],
    asOf: undefined,
    named: [],
  }
}

/** Exports with one row a line write the order's currency on its first row only. */
function currencyOf(row: CsvRow, { plan, mapping, business, lastCurrency }: Memory): string {
  const read = plan.reads.find(({ target }) => target.name === 'currency')
  const code = (read && row.cells[read.index]?.trim().toUpperCase()) ?? ''
  if (/^[A-Z]{3}$/.test(code)) return code
  return plan.dataset === 'orderLines' ? lastCurrency : (mapping.currency ?? business.currency)
}

/** The references of a node's records; what the row says of the referred records is noted in the state. */
function readReferred(node: Node, row: CsvRow, fields: Fields, state: RowState, memory: Memory): References {
  const references: References = {}
  for (const child of node.children) {
    const own = readOwnCells(child, row, state)
    const reference = isSameAccount(child, own, memory)
      ? memory.lastAccount
      : readOne(node, child, row, own, fields, state, memory)
    if (reference) references[child.via] = reference
  }
  return references
}

/** Card statements name the card on some rows only. */
function isSameAccount(child: Node, own: OwnCells, { plan, lastAccount }: Memory): boolean {
  return (
    plan.dataset === 'transactions' &&
    child.dataset === 'accounts' &&
    !own.hasCells &&
    lastAccount !== undefined
  )
}

function readOne(
  node: Node,
  child: Node,
  row: CsvRow,
  own: OwnCells,
  parent: Fields,
  state: RowState,
  memory: Memory,
): Reference | undefined {
  if (!own.isFilled && !hasFilledCell(child, row)) return undefined
  const { dataset } = child
  const lent = lend(node, child, parent, state.currency)
  const said = withoutNulls(own.fields)
  const fields = { ...lent.fields, ...said }
  const references = readReferred(child, row, fields, state, memory)
  const reference = refer({ dataset, fields, references, id: own.id, origin: memory.mapping.source })
  if (!reference) return undefined
  if (dataset === 'accounts' && own.hasCells) memory.lastAccount = reference
  const { key, aliases } = reference
  const assumed = lent.assumed.filter((name) => fields[name] !== undefined && said[name] === undefined)
  assumed.push(...own.constant)
  const draft: Draft = { line: state.line, dataset, key, aliases, fields, references }
  if (assumed.length) draft.assumed = assumed
  if (state.asOf !== undefined) draft.asOf = state.asOf
  state.named.push({ draft, lent })
  return reference
}

function hasFilledCell(node: Node, row: CsvRow): boolean {
  return node.children.some(
    (child) =>
      child.reads.some(({ index, target }) => !isEmptyCell(target, row.cells[index]?.trim() ?? '')) ||
      hasFilledCell(child, row),
  )
}

/** The record of the row itself; undefined if an error stands against it or the row holds none. */
function buildMain(
  own: OwnCells,
  references: References,
  state: RowState,
  memory: Memory,
): Draft | undefined {
  const { plan, mapping } = memory
  const { dataset } = plan
  const { fields, id } = own
  if (dataset === 'orderLines') {
    if (isNoLine(fields, references)) return undefined
    fields['placedAt'] ??= placedAt(references['order'], memory)
  }
  const assumed = oneRowEach.has(dataset) ? completeMain(dataset, fields, references, state) : []
  if (state.errors.some((error) => error.isRejected)) return undefined
  const identity = identify({ dataset, fields, references, id, origin: mapping.source })
  if (!identity) {
    state.errors.push(nothingTells(dataset, state.line))
    return undefined
  }
  const draft: Draft = { line: state.line, dataset, ...identity, fields, references }
  if (assumed.length) draft.assumed = assumed
  return draft
}

function completeMain(
  dataset: DatasetName,
  fields: Fields,
  references: References,
  state: RowState,
): string[] {
  const { missing, assumed } = completeRecord(dataset, fields, references, state.currency)
  const known = new Set(
    state.errors.filter((error) => error.isRejected).map(({ field }) => field?.split('.')[0]),
  )
  const news = missing.filter((name) => !known.has(name))
  if (news.length) state.errors.push(missingField(state.line, news))
  return assumed
}

function holdMain(main: Draft, own: OwnCells, state: RowState, { pending }: Memory) {
  const line = own.decimals.get('lineAmount')
  const amount = line && !isFilled(own.fields['amount']) ? toMoney(line, state.currency) : undefined
  const sums: { sums?: Record<string, Money> } = amount ? { sums: { amount } } : {}
  return pending.add(main, { isMain: true, ...sums })
}

/** Some shops write rows that say more of the order but hold no line. */
function isNoLine(fields: Fields, references: References): boolean {
  const isBlank = ['quantity', 'unitPrice', 'amount', 'description'].every((name) => !isFilled(fields[name]))
  return isBlank && references['order'] !== undefined && references['product'] === undefined
}

function placedAt(order: Reference | undefined, { pending }: Memory) {
  return (order && pending.get('orders', order.key)?.fields['placedAt']) ?? null
}

function nothingTells(dataset: DatasetName, line: number): ParsedError {
  const { singular, naturalKey } = datasetOf(dataset)
  const reason = `nothing tells this ${singular} apart: ${naturalKey.join(' or ')} is missing`
  return { kind: 'error', line, reason, isRejected: true }
}

/** What did no harm is told once. */
function isNews(error: ParsedError, { reported }: Memory): boolean {
  const key = `${error.field} ${error.reason}`
  if (reported.has(key) || reported.size > 1000) return false
  reported.add(key)
  return true
}

function noteBalance(
  { fields, decimals }: OwnCells,
  references: References,
  state: RowState,
  { plan, balances }: Memory,
) {
  const decimal = decimals.get('balance')
  const account = references['account']
  const amount = moneyOf(fields['amount'])
  const day = textOf(fields['bookedAt'])
  if (plan.dataset !== 'transactions' || !decimal || !account || !amount || !day) return
  const balance = toMoney(decimal, state.currency)
  if (balance) balances.see(keyOf(account.key), { day, amount: amount.amount, balance })
}

/** An account leaves with the last balance that the rows gave. */
function withBalance(item: ParsedItem, { balances }: Memory): ParsedItem {
  if (item.kind !== 'record' || item.dataset !== 'accounts' || !('sourceId' in item.key)) return item
  const latest = balances.latest(keyOf(item.key))
  if (!latest) return item
  return {
    ...item,
    fields: { ...item.fields, balance: latest.balance, balanceAt: latest.day },
    asOf: latest.day,
  }
}

function keyOf(key: SourceKey): string {
  return `${key.source} ${key.sourceId}`
}
