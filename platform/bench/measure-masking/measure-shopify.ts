import {
  type KnownEntry,
  type KnownNames,
  buildKnownNames,
  noKnownNames,
} from '../../src/features/masking/redaction/known-names.ts'
import { locate } from '../../src/features/masking/redaction/redact.ts'
import { fixture } from './identities.ts'
import { kindOfLabel, printMiss } from './measure-presidio.ts'
import { type Options, type Row, rowsOf } from './report.ts'
import { type Board, type Case, cutsOf, isRemoved, scoreCase } from './score.ts'

interface Truth {
  column: string
  type: string
  value: string
  start?: number
  end?: number
}

interface Order {
  order: string
  pii: Truth[]
}

interface Notes {
  notes: Array<{ order: string; text: string }>
  products: string[]
}

function readOrders(): Order[] {
  return fixture('shopify-orders-truth.jsonl.gz')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Order)
}

/** The customers of the export, as an import would have them on file. */
function customersOf(orders: readonly Order[]): KnownEntry[] {
  const customers = new Map<string, KnownEntry>()
  for (const { pii } of orders) {
    const value = (column: string): string => pii.find((each) => each.column === column)?.value ?? ''
    const email = value('Email')
    customers.set(email, {
      dataset: 'customers',
      id: email,
      name: value('Billing Name'),
      otherNames: [value('Billing Company')].filter((name) => name !== ''),
      email,
      phone: value('Billing Phone'),
      street: value('Billing Street'),
    })
  }
  return [...customers.values()]
}

function score(
  board: Board,
  each: Case,
  known: KnownNames,
  options: Options,
  seen: Map<string, number>,
): void {
  const cuts = cutsOf(locate(each.text, known))
  scoreCase(board, each, cuts, (type) => type)
  for (const truth of each.truths) {
    if (!isRemoved(each.text, truth, cuts)) printMiss(options, seen, each, truth.type, truth.start, truth.end)
  }
}

/** Each structured cell as if someone had typed it into a note of its own: no context, once for each distinct value. */
function columns(orders: readonly Order[], known: KnownNames, options: Options): Board {
  const board: Board = new Map()
  const cells = new Map<string, Truth>()
  for (const { pii } of orders)
    for (const each of pii) if (each.start === undefined) cells.set(`${each.type} ${each.value}`, each)
  const quiet = { ...options, misses: 0 }
  for (const { type, value } of cells.values()) {
    score(
      board,
      { text: value, truths: [{ type: kindOfLabel(type), start: 0, end: value.length }] },
      known,
      quiet,
      new Map(),
    )
  }
  return board
}

export function measureShopify(options: Options): Row[] {
  const orders = readOrders()
  const { notes, products } = JSON.parse(fixture('shopify-orders-notes.json.gz')) as Notes
  const known = buildKnownNames(customersOf(orders))
  const byOrder = new Map(orders.map((each) => [each.order, each.pii]))
  const noted: Board = new Map()
  const seen = new Map<string, number>()
  for (const { order, text } of notes) {
    const truths = (byOrder.get(order) ?? [])
      .filter((each) => each.column === 'Notes')
      .map((each) => ({ type: kindOfLabel(each.type), start: each.start ?? 0, end: each.end ?? 0 }))
    score(noted, { text, truths }, known, options, seen)
  }
  const titles: Board = new Map()
  for (const text of products) score(titles, { text, truths: [] }, noKnownNames, options, seen)
  const cut = [...titles.values()].reduce((sum, tally) => sum + tally.cuts, 0)
  process.stdout.write(
    `${JSON.stringify({ corpus: 'product names (nothing personal)', texts: products.length, cuts: cut })}\n`,
  )
  return [
    ...rowsOf('shopify notes', noted),
    ...rowsOf('shopify cells, customers on file', columns(orders, known, options)),
    ...rowsOf('shopify cells, nothing on file', columns(orders, noKnownNames, options)),
  ]
}
