import type { Money } from '@bizq/sdk/contract'
import type { FieldValue } from '../parsed-item.ts'

export type Fields = Record<string, FieldValue>

export function isFilled(value: FieldValue | undefined): value is Exclude<FieldValue, null> {
  return value !== undefined && value !== null && value !== ''
}

export function moneyOf(value: FieldValue | undefined): Money | undefined {
  return typeof value === 'object' && value !== null ? value : undefined
}

/** The text of a text field; empty for anything else. */
export function textOf(value: FieldValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

export function withoutNulls(fields: Fields): Fields {
  const kept: Fields = {}
  for (const name in fields)
    if (fields[name] !== null && fields[name] !== undefined) kept[name] = fields[name]
  return kept
}

/** The last four characters of an account's number, by which people know it. */
export function lastDigits(fields: Fields): string {
  return (textOf(fields['iban']) || textOf(fields['number'])).replace(/\s/g, '').slice(-4)
}
