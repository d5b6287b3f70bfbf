import { currencyExponent } from '@bizq/sdk/contract'
import { divideHalfEven } from './rounding.ts'

/** What the platform asks for a conversion, in basis points. */
export const conversionFeeBasisPoints = 200n

export interface Conversion {
  /** The amount at the rate. */
  converted: bigint
  /** What the conversion costs besides: 2 % of what was converted; nothing within one currency. */
  fee: bigint
  /** What is asked for: both together. */
  total: bigint
}

/** A rate written as a decimal, as a fraction of whole numbers. */
function fractionOf(rate: string): [bigint, bigint] {
  const found = /^(\d{1,12})(?:\.(\d{1,18}))?$/.exec(rate)
  if (!found) throw new RangeError(`${rate} is no rate: write a positive decimal such as 1.0823`)
  const decimals = found[2] ?? ''
  const numerator = BigInt(`${found[1]}${decimals}`)
  if (numerator === 0n) throw new RangeError('a rate is above 0')
  return [numerator, 10n ** BigInt(decimals.length)]
}

/**
 * Converts minor units of one currency into those of another. `rate` says how many units of `to` one unit of `from` is
 * (major units, a decimal). The amount and the fee are each rounded half to even; nothing changes within one currency.
 */
export function convert(amount: bigint, from: string, to: string, rate: string): Conversion {
  if (from === to) return { converted: amount, fee: 0n, total: amount }
  const [numerator, denominator] = fractionOf(rate)
  const up = 10n ** BigInt(currencyExponent(to))
  const down = 10n ** BigInt(currencyExponent(from))
  const converted = divideHalfEven(amount * numerator * up, denominator * down)
  const fee = divideHalfEven(converted * conversionFeeBasisPoints, 10_000n)
  return { converted, fee, total: converted + fee }
}
