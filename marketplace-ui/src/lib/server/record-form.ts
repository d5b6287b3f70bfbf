import { currencyExponent, type Money } from '@bizq/sdk/contract'
import type { FieldInfo } from './fields.ts'
import { text } from '@bizq/app-kit/forms.ts'

/** The fields of a record that a posted form changes, typed as the API takes them. */
export function readRecord(
  fields: readonly FieldInfo[],
  record: Record<string, unknown>,
  form: FormData,
): Record<string, unknown> {
  const changes: Record<string, unknown> = {}
  for (const field of fields) {
    const given = form.get(`field.${field.name}`)
    if (typeof given !== 'string') continue
    const value = given.trim() === '' ? null : readField(field, given.trim(), record[field.name], form)
    if (JSON.stringify(value) !== JSON.stringify(record[field.name] ?? null)) changes[field.name] = value
  }
  return changes
}

function readField(field: FieldInfo, given: string, before: unknown, form: FormData): unknown {
  if (field.kind === 'money') {
    const currency = (before as Money | null)?.currency ?? text(form, `currency.${field.name}`)
    return { amount: Math.round(Number(given) * 10 ** currencyExponent(currency)), currency }
  }
  if (field.kind === 'quantity' || field.kind === 'rate') return Number(given)
  if (field.kind === 'boolean') return given === 'true'
  if (
    field.kind === 'timestamp' &&
    typeof before === 'string' &&
    new Date(before).toISOString().slice(0, 16) === given
  )
    return before
  if (field.kind === 'timestamp') return new Date(`${given}Z`).toISOString()
  return given.replaceAll('\r\n', '\n')
}
