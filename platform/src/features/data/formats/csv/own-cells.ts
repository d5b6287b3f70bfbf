import { datasetOf } from '@bizq/sdk/contract'
import { add, multiply, negate, toMoney, type Decimal } from '../decimal.ts'
import type { FieldValue, ParsedError } from '../parsed-item.ts'
import { completeLine, decimalOf } from '../records/complete.ts'
import { isFilled, lastDigits, textOf, type Fields } from '../records/values.ts'
import { quote } from '../text.ts'
import type { Mapping } from './mapping.ts'
import { movedAmount } from './movement.ts'
import type { Node } from './plan.ts'
import { isEmptyCell, readCell } from './read-cell.ts'
import type { CsvRow } from './rows.ts'
import type { Target } from './targets.ts'

/** What a node's own cells say, before it is known whom it refers to. */
export interface OwnCells {
  fields: Fields
  /** Amounts, of fields and of a file's own words, exact and still without currency. */
  decimals: Map<string, Decimal>
  direction: string | undefined
  /** The source's own id of the record. */
  id: string | undefined
  /** Whether a cell says anything, and whether a cell or a constant does. */
  hasCells: boolean
  isFilled: boolean
  /** Fields that a constant of the mapping filled, not a cell. */
  constant: string[]
}

export interface CellContext {
  mapping: Mapping
  header: readonly string[]
  timeZone: string
  line: number
  currency: string
  errors: ParsedError[]
}

/** Reads the cells of one node in a row; what cannot be read is added to the errors. */
export function readOwnCells(node: Node, row: CsvRow, context: CellContext): OwnCells {
  const own: OwnCells = {
    fields: {},
    decimals: new Map(),
    direction: undefined,
    id: undefined,
    hasCells: false,
    isFilled: false,
    constant: [],
  }
  for (const { index, target } of node.reads) {
    const cell = row.cells[index]?.trim() ?? ''
    if (isEmptyCell(target, cell)) {
      if (target.kind !== 'extra' && target.kind !== 'identifier') own.fields[target.name] ??= null
      continue
    }
    put(own, target, cell, context, context.header[index])
    if (target.name !== 'currency') own.hasCells = own.isFilled = true
  }
  for (const { target, text } of node.constants) {
    if (isFilled(own.fields[target.name]) || own.decimals.has(target.name)) continue
    put(own, target, text, context, undefined)
    own.isFilled = true
    own.constant.push(target.name)
    if (node.dataset === 'accounts' && target.name === 'name') addDigits(own.fields)
  }
  if (node.dataset === 'accounts' && context.mapping.isAccountPerCurrency && isFilled(own.fields['name'])) {
    own.fields['name'] = `${textOf(own.fields['name'])} ${context.currency}`
  }
  settleAmounts(node, own, context)
  return own
}

function put(own: OwnCells, target: Target, text: string, context: CellContext, header: string | undefined) {
  const cell = readCell(target, text, { ...context.mapping, timeZone: context.timeZone })
  if ('problem' in cell) {
    const reason = header === undefined ? cell.problem : `${quote(header)}: ${cell.problem}`
    const field = [...target.path, target.name].join('.')
    context.errors.push({ kind: 'error', line: context.line, field, reason, isRejected: !cell.isHarmless })
  } else if ('decimal' in cell) {
    if (!own.decimals.has(target.name)) own.decimals.set(target.name, cell.decimal)
  } else if (target.kind === 'identifier') {
    own.id ??= textOf(cell.value) || undefined
  } else if (target.kind !== 'extra') {
    own.fields[target.name] = joined(target, own.fields[target.name], cell.value)
  } else if (target.name === 'direction') {
    own.direction = textOf(cell.value)
  }
}

/** Several columns of a text or a name are joined; of anything else the first that is filled counts. */
function joined(target: Target, before: FieldValue | undefined, value: FieldValue): FieldValue {
  if (before === undefined || before === null || before === '') return value
  if (target.kind !== 'text' && target.kind !== 'personName') return before
  return textOf(before).includes(textOf(value)) ? before : `${textOf(before)} ${textOf(value)}`
}

/** Several accounts at one bank are told apart by the end of their numbers. */
function addDigits(fields: Fields) {
  const digits = lastDigits(fields)
  if (digits) fields['name'] = `${textOf(fields['name'])} ${digits}`
}

function settleAmounts(node: Node, own: OwnCells, { mapping, currency, errors, line }: CellContext) {
  const { fields, decimals } = own
  if (node.dataset === 'transactions') {
    const amount = movedAmount(
      { ...Object.fromEntries(decimals), ...(own.direction !== undefined && { direction: own.direction }) },
      mapping,
    )
    if (amount) decimals.set('amount', amount)
  }
  if (node.dataset === 'orderLines') settleLine(own)
  for (const [name, decimal] of decimals) {
    if (!datasetOf(node.dataset).fields[name]) continue
    const money = toMoney(decimal, currency)
    if (money) fields[name] = money
    else
      errors.push({ kind: 'error', line, field: name, reason: 'the amount is too large', isRejected: true })
  }
  if (node.dataset === 'orderLines') completeLine(fields)
}

/** What a line comes to, from the price as written: shops price single pieces below a cent. */
function settleLine({ fields, decimals }: OwnCells) {
  const price = decimals.get('unitPrice')
  const quantity = decimalOf(fields['quantity'])
  if (!price || !quantity || decimals.has('amount')) return
  const gross = multiply(price, quantity)
  const discount = decimals.get('discount')
  decimals.set('amount', discount ? add(gross, negate(discount)) : gross)
}
