/**
 * Minor units of an amount as people type it, with a point or a comma: `25`, `25.5` and `1 025,50` with two digits are
 * 2500, 2550 and 102550. Undefined where it is no amount.
 */
export function readAmount(typed: string, digits = 2): number | undefined {
  const match = /^(\d{1,9})(?:[.,](\d+))?$/.exec(typed.replaceAll(/\s/g, ''))
  const part = match?.[2] ?? ''
  if (!match || part.length > digits) return undefined
  return Number(match[1]) * 10 ** digits + Number(part.padEnd(digits, '0') || 0)
}
