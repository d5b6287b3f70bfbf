import { minorDigits } from '@bizq/design-system'

/** An amount as it was typed, in minor units; nothing where the field was left empty, null where it is no amount. */
export function creditOf(
  amount: string,
  currency: string,
): { amount: number; currency: string } | undefined | null {
  if (amount === '') return undefined
  const match = /^(\d{1,9})(?:[.,](\d+))?$/.exec(amount)
  if (!match || !/^[A-Z]{3}$/.test(currency)) return null
  const digits = minorDigits(currency)
  const [, whole = '', part = ''] = match
  if (part.length > digits) return null
  const minor = Number(whole) * 10 ** digits + Number(part.padEnd(digits, '0') || '0')
  return minor > 0 ? { amount: minor, currency } : null
}
