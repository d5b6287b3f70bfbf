import { encodeId, idPrefixes, type ActionType } from '@bizq/sdk/contract'
import type { Conditions, Outcome, PolicyBody, PolicyChange } from '#lib/api/policies.ts'
import { text, texts } from '@bizq/app-kit/forms.ts'

/** A fresh id for a policy that is about to be made. */
export function newPolicyId(): string {
  return encodeId(idPrefixes.policy, crypto.randomUUID())
}

/** What a posted form says of a policy. */
export function readPolicy(form: FormData): PolicyChange {
  const body: PolicyBody =
    text(form, 'kind') === 'base'
      ? { kind: 'base', settings: readBase(form) }
      : { kind: 'rule', when: readConditions(form), outcome: text(form, 'outcome') as Outcome }
  return { name: text(form, 'name'), isEnabled: form.get('isEnabled') === 'on', body }
}

const number = (form: FormData, name: string) => Number(text(form, name))

function readBase(form: FormData) {
  return {
    askFirst: number(form, 'askFirst'),
    automaticBelow: number(form, 'automaticBelow'),
    bulkBelow: number(form, 'bulkBelow'),
    applyAbove: number(form, 'applyAbove') / 100,
    tellFrom: number(form, 'tellFrom') / 100,
    acceptance: number(form, 'acceptance') / 100,
    capAmount: number(form, 'capAmount'),
    capCount: number(form, 'capCount'),
    mayReachThirdParties: form.get('mayReachThirdParties') === 'on',
    mayMoveMoneyOut: form.get('mayMoveMoneyOut') === 'on',
  }
}

function readConditions(form: FormData): Conditions {
  const when: Conditions = {}
  const services = texts(form, 'services').filter(Boolean)
  const actions = texts(form, 'actions').filter(Boolean)
  const businesses = texts(form, 'businesses').filter(Boolean)
  const counterparties = text(form, 'counterparties')
    .split(/[\s,]+/)
    .filter(Boolean)
  if (services.length) when.services = services
  if (actions.length) when.actions = actions as ActionType[]
  if (businesses.length) when.businesses = businesses
  if (counterparties.length) when.counterparties = counterparties
  const amount = readRange(form, 'amount', 1)
  const confidence = readRange(form, 'confidence', 100)
  if (amount) when.amount = amount
  if (confidence) when.confidence = confidence
  if (text(form, 'hours.from') && text(form, 'hours.to')) {
    when.hours = { from: number(form, 'hours.from'), to: number(form, 'hours.to') }
  }
  return when
}

function readRange(form: FormData, name: string, unit: number) {
  const atLeast = text(form, `${name}.atLeast`)
  const below = text(form, `${name}.below`)
  if (!atLeast && !below) return undefined
  return {
    ...(atLeast ? { atLeast: Number(atLeast) / unit } : {}),
    ...(below ? { below: Number(below) / unit } : {}),
  }
}
