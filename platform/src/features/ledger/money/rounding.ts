/** The quotient rounded to the nearest whole number, ties to the even one. The divisor is above 0. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  if (divisor <= 0n) throw new RangeError('the divisor must be above 0')
  const floor = dividend / divisor - (dividend % divisor < 0n ? 1n : 0n)
  const twice = 2n * (dividend - floor * divisor)
  if (twice < divisor) return floor
  if (twice > divisor) return floor + 1n
  return floor % 2n === 0n ? floor : floor + 1n
}

/**
 * Shares a total out by weights so that the parts sum to it: each is its exact share rounded down or up, and what is
 * left goes to the largest remainders, ties by position. A part without weight gets nothing; a negative total is
 * shared as its opposite. Throws where there is something to share and nobody to have it.
 */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
  if (total < 0n) return allocate(-total, weights).map((part) => -part)
  if (weights.some((weight) => weight < 0n)) throw new RangeError('a weight is at least 0')
  const sum = weights.reduce((all, weight) => all + weight, 0n)
  if (sum === 0n) {
    if (total !== 0n) throw new RangeError('there is nothing to share by: every weight is 0')
    return weights.map(() => 0n)
  }
  const parts = weights.map((weight) => (total * weight) / sum)
  const left = total - parts.reduce((all, part) => all + part, 0n)
  weights
    .map((weight, position) => ({ position, remainder: (total * weight) % sum }))
    .sort((a, b) =>
      a.remainder === b.remainder ? a.position - b.position : a.remainder < b.remainder ? 1 : -1,
    )
    .slice(0, Number(left))
    .forEach(({ position }) => (parts[position] = (parts[position] ?? 0n) + 1n))
  return parts
}
