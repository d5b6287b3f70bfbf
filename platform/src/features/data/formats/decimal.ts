import { currencyExponent, type Money } from '@bizq/sdk/contract'

/** An exact decimal number: `digits` · 10^−`scale`. */
export interface Decimal {
  digits: bigint
  scale: number
}

export type DecimalMark = '.' | ','

const symbols = /[€£$¥₹₽₺₩₪₴₫฿₦₱]|(?<![a-z])(?:kr|Kč|zł|Ft|lei|R\$|CHF|Fr)\.?(?![a-z])/gi
const groupedPoint = /^\d{1,3}(?:[,' ]\d{2,3})*[,' ]\d{3}(?:\.\d*)?$/
const groupedComma = /^\d{1,3}(?:[.' ]\d{3})+(?:,\d*)?$/
const plainPoint = /^(?:\d+\.?\d*|\.\d+)$/
const plainComma = /^(?:\d+,?\d*|,\d+)$/

/**
 * Reads a number as people write it: `1,234.50` or `1.234,50`, `1'234.50`, with a currency sign or code,
 * negative as `-1`, `1-`, `(1)`, `1 DR`. Undefined if it is no number written with this decimal mark.
 */
export function parseDecimal(text: string, mark: DecimalMark = '.'): Decimal | undefined {
  let rest = text.trim()
  if (plainPoint.test(rest) && mark === '.') return toDecimal(rest, '.', false)
  rest = rest
    .replace(/[−–‒]/g, '-')
    .replace(/[\u00a0\u202f\u2009]/g, ' ')
    .replace(/[’´`]/g, "'")
  let isNegative = false
  const flip = () => (isNegative = !isNegative)
  rest = rest.replace(/^\((.*)\)$/, (_, inner: string) => (flip(), inner))
  rest = rest
    .replace(/(?<=[\d.,)\s])(?:DR|DB|DBIT)\.?$/i, () => (flip(), ''))
    .replace(/(?<=[\d.,)\s])(?:CR|CRDT)\.?$/i, '')
    .trim()
  rest = rest
    .replace(/(?<![A-Z])[A-Z]{3}(?![A-Z])/, '')
    .replace(symbols, '')
    .trim()
  rest = rest.replace(/^([+-])\s*|\s*([+-])$/, (_, before?: string, after?: string) => {
    if ((before ?? after) === '-') flip()
    return ''
  })
  rest = rest.trim()
  const isNumber =
    mark === '.'
      ? plainPoint.test(rest) || groupedPoint.test(rest)
      : plainComma.test(rest) || groupedComma.test(rest)
  return isNumber ? toDecimal(rest, mark, isNegative) : undefined
}

function toDecimal(plain: string, mark: DecimalMark, isNegative: boolean): Decimal | undefined {
  const [whole = '', fraction = ''] = plain.split(mark)
  const trimmed = fraction.replace(/0+$/, '')
  const figures = whole.replace(/\D/g, '') + trimmed
  if (figures.length > 40) return undefined
  const digits = BigInt(figures || '0')
  return { digits: isNegative ? -digits : digits, scale: trimmed.length }
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, scale: a.scale + b.scale }
}

/** Both at the same scale, added. */
export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  const at = (value: Decimal) => value.digits * 10n ** BigInt(scale - value.scale)
  return { digits: at(a) + at(b), scale }
}

export function isNegative(value: Decimal): boolean {
  return value.digits < 0n
}

export function negate(value: Decimal): Decimal {
  return { digits: -value.digits, scale: value.scale }
}

export function toNumber(value: Decimal): number {
  return value.scale === 0 ? Number(value.digits) : Number(`${value.digits}e-${value.scale}`)
}

/** Money of a decimal in major units, rounded half away from zero; undefined beyond ±(2^53 − 1) minor units. */
export function toMoney(value: Decimal, currency: string): Money | undefined {
  const shift = currencyExponent(currency) - value.scale
  const amount =
    shift >= 0
      ? Number(value.digits * 10n ** BigInt(shift))
      : Number(divideRounded(value.digits, 10n ** BigInt(-shift)))
  return Number.isSafeInteger(amount) ? { amount: amount === 0 ? 0 : amount, currency } : undefined
}

function divideRounded(digits: bigint, by: bigint): bigint {
  const half = by / 2n
  return digits < 0n ? -((-digits + half) / by) : (digits + half) / by
}

/** The decimal that money stands for, in major units. */
export function fromMoney(money: Money): Decimal {
  return { digits: BigInt(money.amount), scale: currencyExponent(money.currency) }
}

/** Which mark separates the decimals in these cells; undefined where none of them tells (`1.234`, `17`). */
export function inferDecimalMark(cells: Iterable<string>): DecimalMark | undefined {
  let points = 0
  let commas = 0
  for (const cell of cells) {
    const figures = /\d[\d.,' \u00a0\u202f’]*/.exec(cell)?.[0].replace(/[.,' ]+$/, '') ?? ''
    const mark = markOf(figures)
    if (mark === '.') points++
    if (mark === ',') commas++
  }
  if (points === commas) return undefined
  return points > commas ? '.' : ','
}

function markOf(figures: string): DecimalMark | undefined {
  const point = figures.lastIndexOf('.')
  const comma = figures.lastIndexOf(',')
  if (point === -1 && comma === -1) return undefined
  if (point !== -1 && comma !== -1) return point > comma ? '.' : ','
  const mark = point === -1 ? ',' : '.'
  const other = mark === '.' ? ',' : '.'
  const parts = figures.split(mark)
  if (parts.length > 2) return other
  return parts[1]?.length === 3 && !/^0*$/.test(parts[0] ?? '') && (parts[0] ?? '').length <= 3
    ? undefined
    : mark
}
