import { datasetOf, type DatasetName, type Money } from '@bizq/sdk/contract'
import { createBalances } from '../bank/balances.ts'
import { toMoney, type Decimal } from '../decimal.ts'
import type {
  FieldValue,
  ParsedError,
  ParsedItem,
  ParsingBusiness,
  Reference,
  SourceKey,
} from '../parsed-item.ts'
import { completeRecord } from '../records/complete.ts'
import { identify, refer } from '../records/identity.ts'
import { missingField, type Draft, type Pending } from '../records/pending.ts'
import { cleanLine, quote } from '../text.ts'
import type { Mapping } from './mapping.ts'
import { movedAmount } from './movement.ts'
import type { Node } from './plan.ts'
import { isEmptyCell, readCell } from './read-cell.ts'
import type { CsvRow } from './rows.ts'
import type { Target } from './targets.ts'

type Fields = Record<string, FieldValue>

/** Datasets whose records are one row each; of the others several rows may speak of one record. */
const oneRowEach: ReadonlySet<DatasetName> = new Set<DatasetName>([
  'transactions',
  'orderLines',
  'adSpend',
  'purchaseOrders',
  'tickets',
])

export interface Evaluation {
  mapping: Mapping
  header: readonly string[]
  plan: Node
  business: ParsingBusiness
  pending: Pending
}

interface RowState {
  line: number
  currency: string
  asOf?: string
  errors: ParsedError[]
  drafts: { draft: Draft; isWeak: boolean; sums?: Record<string, Money> }[]
}

/** What a node's own cells say, before it is known whom it refers to. */
interface OwnCells {
  fields: Fields
  decimals: Map<string, Decimal>
  extras: Map<string, string>
  /** Whether a cell says anything, and whether a cell or a constant does. */
  hasCells: boolean
  isFilled: boolean
  assumed: string[]
}

/** What a row lends to a record that it refers to. */
interface Lent {
  fields: Fields
  /** Of those, the ones that are only likely. */
  assumed?: string[]
  sums?: Record<string, Money>
  isWeak?: boolean
}

/** Makes the function that turns one row into records and errors. A row with an error makes no record at all. */
export function createEvaluator(evaluation: Evaluation) {
  const { mapping, plan, business, pending } = evaluation
  const balances = createBalances()
  const reported = new Set<string>()
  let lastAccount: Reference | undefined
  let lastCurrency = mapping.currency ?? business.currency

  function evaluateRow(row: CsvRow): ParsedItem[] {
    const state: RowState = { line: row.line, currency: rowCurrency(row), errors: [], drafts: [] }
    const own = readOwn(plan, row, state)
    const fields = settleOwn(plan.dataset, own, state)
    const time = datasetOf(plan.dataset).time
    if (time && typeof fields[time] === 'string') state.asOf = fields[time]
    const references = readChildren(plan, row, fields, state)
    const main = finishMain(own, fields, references, state)
    if (state.errors.some((error) => error.isRejected))
      return state.errors.filter((error) => error.isRejected)
    noteBalance(own, fields, references, state)
    const items: (ParsedItem | undefined)[] = [...state.errors.filter(isNews)]
    for (const { draft, isWeak, sums } of state.drafts) {
      items.push(pending.add(draft, sums ? { isWeak, sums } : { isWeak }))
    }
    if (main) items.push(main)
    return items.filter((item) => item !== undefined)
  }

  function rowCurrency(row: CsvRow): string {
    const name = plan.dataset === 'accounts' ? 'currency' : undefined
    const read = plan.reads.find(
      ({ target }) => target.name === 'currency' && (target.kind === 'extra' || name),
    )
    const code = read ? cleanLine(row.cells[read.index] ?? '').toUpperCase() : ''
    if (/^[A-Z]{3}$/.test(code)) return (lastCurrency = code)
    // Exports with one row a line write the order's currency on its first row only.
    return plan.dataset === 'orderLines' ? lastCurrency : (mapping.currency ?? business.currency)
  }

  function readOwn(node: Node, row: CsvRow, state: RowState): OwnCells {
    const own: OwnCells = {
      fields: {},
      decimals: new Map(),
      extras: new Map(),
      hasCells: false,
      isFilled: false,
      assumed: [],
    }
    for (const { index, target } of node.reads) {
      const cell = row.cells[index]?.trim() ?? ''
      if (isEmptyCell(target, cell)) {
        if (target.kind !== 'extra') own.fields[target.name] ??= null
        continue
      }
      put(own, target, cell, state, evaluation.header[index])
      if (target.name !== 'currency') own.hasCells = own.isFilled = true
    }
    for (const { target, text } of node.constants) {
      if (own.fields[target.name] != null || own.decimals.has(target.name)) continue
      put(own, target, text, state, undefined)
      own.isFilled = true
      if (node.dataset === 'accounts' && target.name === 'name') nameWithDigits(own.fields)
    }
    return own
  }

  function put(own: OwnCells, target: Target, text: string, state: RowState, header: string | undefined) {
    const cell = readCell(target, text, { ...mapping, timeZone: business.timeZone })
    if ('problem' in cell) {
      const reason = header === undefined ? cell.problem : `${quote(header)}: ${cell.problem}`
      const field = [...target.path, target.name].join('.')
      state.errors.push({ kind: 'error', line: state.line, field, reason, isRejected: !cell.isHarmless })
    } else if ('decimal' in cell) {
      if (!own.decimals.has(target.name)) own.decimals.set(target.name, cell.decimal)
    } else if (target.kind === 'extra') {
      own.extras.set(target.name, String(cell.value))
    } else {
      own.fields[target.name] = joined(target, own.fields[target.name], cell.value)
    }
  }

  function settleOwn(dataset: DatasetName, own: OwnCells, state: RowState): Fields {
    const { fields, decimals, extras } = own
    if (dataset === 'transactions') {
      const read = { ...Object.fromEntries(decimals), ...Object.fromEntries(extras) }
      const amount = movedAmount(read, mapping)
      if (amount) decimals.set('amount', amount)
    }
    for (const [name, decimal] of decimals) {
      if (!datasetOf(dataset).fields[name]) continue
      const money = toMoney(decimal, state.currency)
      if (money) fields[name] = money
      else
        state.errors.push({
          kind: 'error',
          line: state.line,
          field: name,
          reason: 'the amount is too large',
          isRejected: true,
        })
    }
    if (dataset === 'orderLines') completeRecord(dataset, fields, {}, state.currency)
    return fields
  }

  function readChildren(node: Node, row: CsvRow, parent: Fields, state: RowState): Record<string, Reference> {
    const references: Record<string, Reference> = {}
    for (const child of node.children) {
      const own = readOwn(child, row, state)
      if (!own.isFilled && !hasFilledChild(child, row)) continue
      if (child.dataset === 'accounts' && !own.hasCells && lastAccount && plan.dataset === 'transactions') {
        references[child.via] = lastAccount
        continue
      }
      const lent = lend(node, child, parent, state.currency)
      const said = withoutNulls(settleOwn(child.dataset, own, state))
      const fields = { ...lent.fields, ...said }
      const assumed = (lent.assumed ?? []).filter(
        (name) => fields[name] !== undefined && said[name] === undefined,
      )
      const inner = readChildren(child, row, fields, state)
      const id = takeId(fields)
      const reference = refer({
        dataset: child.dataset,
        fields,
        references: inner,
        id,
        origin: mapping.source,
      })
      if (!reference) continue
      references[child.via] = reference
      if (child.dataset === 'accounts' && own.hasCells) lastAccount = reference
      state.drafts.push({
        ...draftOf(reference, fields, inner, state),
        isWeak: lent.isWeak ?? false,
        ...(lent.sums && { sums: lent.sums }),
      })
    }
    return references
  }

  function hasFilledChild(node: Node, row: CsvRow): boolean {
    return node.children.some(
      (child) =>
        child.reads.some(({ index, target }) => !isEmptyCell(target, row.cells[index]?.trim() ?? '')) ||
        hasFilledChild(child, row),
    )
  }

  function draftOf(
    reference: Reference,
    fields: Fields,
    references: Record<string, Reference>,
    state: RowState,
  ) {
    const { dataset, key, aliases } = reference
    const draft: Draft = { line: state.line, dataset, key, aliases, fields, references }
    return { draft: state.asOf === undefined ? draft : { ...draft, asOf: state.asOf } }
  }

  function finishMain(own: OwnCells, fields: Fields, references: Record<string, Reference>, state: RowState) {
    const { dataset } = plan
    const id = takeId(fields)
    if (dataset === 'orderLines') {
      if (isNoLine(fields, references)) return undefined
      const order = references['order'] && pending.get('orders', references['order'].key)
      fields['placedAt'] ??= order?.fields['placedAt'] ?? null
    }
    if (oneRowEach.has(dataset)) {
      const { missing, assumed } = completeRecord(dataset, fields, references, state.currency)
      own.assumed = assumed
      const news = missing.filter(
        (name) =>
          !state.errors.some(({ field, isRejected }) => isRejected && field?.split('.').at(0) === name),
      )
      if (news.length) state.errors.push(missingField(state.line, news))
    }
    const identity = identify({ dataset, fields, references, id, origin: mapping.source })
    if (state.errors.some((error) => error.isRejected)) return undefined
    if (!identity) {
      state.errors.push(nothingTells(dataset, state.line))
      return undefined
    }
    const draft: Draft = {
      line: state.line,
      dataset,
      ...identity,
      fields,
      references,
      ...(own.assumed.length && { assumed: own.assumed }),
    }
    if (oneRowEach.has(dataset)) return { kind: 'record' as const, ...draft }
    const line = own.decimals.get('lineAmount')
    const amount = line && toMoney(line, state.currency)
    return pending.add(draft, { isMain: true, ...(amount && { sums: { amount } }) })
  }

  function noteBalance(
    own: OwnCells,
    fields: Fields,
    references: Record<string, Reference>,
    state: RowState,
  ) {
    const account = references['account']
    const balance = own.decimals.get('balance')
    const day = fields['bookedAt']
    const amount = fields['amount'] as Money | null | undefined
    if (plan.dataset !== 'transactions' || !account || !balance || typeof day !== 'string' || !amount) return
    const money = toMoney(balance, state.currency)
    if (money) balances.see(keyOf(account.key), { day, amount: amount.amount, balance: money })
  }

  function isNews(error: ParsedError): boolean {
    const key = `${error.field} ${error.reason}`
    if (reported.has(key) || reported.size > 1000) return false
    reported.add(key)
    return true
  }

  /** What is still held when the file has ended, accounts with their last balance. */
  function* finish(): Generator<ParsedItem> {
    for (const item of pending.drain()) {
      if (item.kind !== 'record' || item.dataset !== 'accounts' || !('sourceId' in item.key)) {
        yield item
        continue
      }
      const latest = balances.latest(keyOf(item.key))
      yield latest
        ? { ...item, fields: { ...item.fields, balance: latest.balance, balanceAt: latest.day } }
        : item
    }
  }

  return { evaluateRow, finish }
}

/** Some shops write rows that say more of the order but hold no line. */
function isNoLine(fields: Fields, references: Record<string, Reference>): boolean {
  const isBlank = ['quantity', 'unitPrice', 'amount', 'description'].every((name) => fields[name] == null)
  return isBlank && references['order'] !== undefined && references['product'] === undefined
}

/** Several accounts at one bank are told apart by the end of their numbers. */
function nameWithDigits(fields: Fields) {
  const code = String(fields['iban'] ?? fields['number'] ?? '').replace(/\s/g, '')
  if (code && typeof fields['name'] === 'string') fields['name'] = `${fields['name']} ${code.slice(-4)}`
}

function keyOf(key: SourceKey): string {
  return `${key.source} ${key.sourceId}`
}

function nothingTells(dataset: DatasetName, line: number): ParsedError {
  const names = datasetOf(dataset).naturalKey.join(' or ')
  return {
    kind: 'error',
    line,
    reason: `nothing tells this ${datasetOf(dataset).singular} apart: ${names} is missing`,
    isRejected: true,
  }
}

function joined(target: Target, before: FieldValue | undefined, value: FieldValue): FieldValue {
  if (before === undefined || before === null || before === '') return value
  if (
    !['text', 'personName'].includes(target.kind) ||
    typeof before !== 'string' ||
    before.includes(String(value))
  )
    return before
  return `${before} ${String(value)}`
}

function takeId(fields: Fields): string | undefined {
  const id = fields['id']
  delete fields['id']
  return typeof id === 'string' && id !== '' ? id : undefined
}

function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

/** A line knows when its order was placed and what its product is called and costs, though no column says so of them. */
function lend(parent: Node, child: Node, fields: Fields, currency: string): Lent {
  const reads = (name: string) => child.reads.some(({ target }) => target.name === name)
  if (parent.dataset === 'transactions' && child.dataset === 'accounts')
    return { fields: { currency }, assumed: ['currency'] }
  if (parent.dataset !== 'orderLines') return { fields: {} }
  const amount = fields['amount'] as Money | null | undefined
  const price = fields['unitPrice'] as Money | null | undefined
  const isSale = Number(fields['quantity']) > 0 && (price?.amount ?? 0) > 0
  if (child.dataset === 'orders') {
    const sums = amount && !reads('total') && !reads('subtotal') ? { total: amount } : undefined
    return { fields: withoutNulls({ placedAt: fields['placedAt'] ?? null }), ...(sums && { sums }) }
  }
  return {
    fields: withoutNulls({
      title: fields['description'] ?? null,
      price: isSale && price ? price : null,
    }),
    assumed: ['title', 'price'],
    isWeak: !isSale,
  }
}
