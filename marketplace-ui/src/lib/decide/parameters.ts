import { minorDigits, type MoneyValue } from '@bizq/design-system'
import type { Action } from '#lib/api/actions.ts'

/** One parameter of an action as a form can edit it; `before` is what was proposed. */
export interface EditableParameter {
  name: string
  kind: 'date' | 'text' | 'words' | 'number' | 'money'
  isOptional: boolean
  value: string
  currency: string
  before: unknown
}

/** What of an action's parameters a person may change: not the records that it is about. */
export function editableParameters(action: Action): EditableParameter[] {
  return action.editable.flatMap(({ name, dataset, isOptional }) => {
    if (dataset) return []
    const before = action.parameters[name]
    const kind = kindOf(before)
    const currency = isMoney(before) ? before.currency : ''
    return [
      { name, kind, isOptional, before, currency, value: isMoney(before) ? toMajor(before) : plain(before) },
    ]
  })
}

function kindOf(value: unknown): EditableParameter['kind'] {
  if (typeof value === 'number') return 'number'
  if (isMoney(value)) return 'money'
  const text = plain(value)
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return 'date'
  return text.length > 80 || text.includes('\n') ? 'words' : 'text'
}

/** The parameters that a posted form changes, typed as they were proposed. */
export function readParameters(action: Action, form: FormData): Record<string, unknown> {
  const changed: Record<string, unknown> = {}
  for (const parameter of editableParameters(action)) {
    const given = form.get(`parameter.${parameter.name}`)
    if (typeof given !== 'string' || given === parameter.value) continue
    changed[parameter.name] = readOne(parameter, given)
  }
  return changed
}

function readOne(parameter: EditableParameter, given: string): unknown {
  if (parameter.kind === 'number') return Number(given)
  if (parameter.kind !== 'money') return given.replaceAll('\r\n', '\n')
  return {
    amount: Math.round(Number(given) * 10 ** minorDigits(parameter.currency)),
    currency: parameter.currency,
  }
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

function toMajor(money: MoneyValue): string {
  const digits = minorDigits(money.currency)
  return (money.amount / 10 ** digits).toFixed(digits)
}

function isMoney(value: unknown): value is MoneyValue {
  return typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value
}
