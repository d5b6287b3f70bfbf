import { add, isNegative, negate, type Decimal } from '../decimal.ts'
import { plainWords } from '../text.ts'
import type { Mapping } from './mapping.ts'

/** Marks that mean money out on statements in several languages. */
const out = new Set(
  'd dr db dbit debit debet debito débit af s soll uit out o outflow withdrawal payment expense paid out belastung lastschrift'
    .split(' ')
    .map(plainWords),
)

const zero: Decimal = { digits: 0n, scale: 0 }

function absolute(value: Decimal): Decimal {
  return isNegative(value) ? negate(value) : value
}

/** What moved, positive in and negative out, from the columns in which a statement writes it. */
export function movedAmount(
  read: { amount?: Decimal; amountIn?: Decimal; amountOut?: Decimal; fee?: Decimal; direction?: string },
  mapping: Pick<Mapping, 'positiveMeans' | 'outMarks'>,
): Decimal | undefined {
  let amount = read.amount
  if (amount === undefined && (read.amountIn || read.amountOut)) {
    amount = add(read.amountIn ?? zero, negate(absolute(read.amountOut ?? zero)))
  }
  if (amount === undefined) return undefined
  if (read.direction !== undefined) {
    const mark = plainWords(read.direction)
    const marks = mapping.outMarks.length ? mapping.outMarks.map(plainWords) : [...out]
    amount = marks.includes(mark) ? negate(absolute(amount)) : absolute(amount)
  }
  if (mapping.positiveMeans === 'out') amount = negate(amount)
  return read.fee ? add(amount, negate(absolute(read.fee))) : amount
}
