import type { BaseSettings, Conditions } from '#lib/api/policies.ts'
import { m } from '#lib/paraglide/messages.js'
import { actionTypeWord } from '#lib/words.ts'

const percent = (share: number) => Math.round(share * 100)

/** The conditions of a rule as short sentences; `names` gives services and businesses their names. */
export function conditionsInWords(when: Conditions, names: Record<string, string>): string[] {
  const nameAll = (ids: readonly string[]) => ids.map((id) => names[id] ?? id).join(', ')
  return [
    when.services && m.policy_when_services({ names: nameAll(when.services) }),
    when.actions && m.policy_when_actions({ names: when.actions.map(actionTypeWord).join(', ') }),
    when.businesses && m.policy_when_businesses({ names: nameAll(when.businesses) }),
    when.counterparties && m.policy_when_counterparties({ count: when.counterparties.length }),
    when.amount?.atLeast !== undefined && m.policy_when_amount_from({ amount: when.amount.atLeast }),
    when.amount?.below !== undefined && m.policy_when_amount_below({ amount: when.amount.below }),
    when.confidence?.atLeast !== undefined &&
      m.policy_when_confidence_from({ share: percent(when.confidence.atLeast) }),
    when.confidence?.below !== undefined &&
      m.policy_when_confidence_below({ share: percent(when.confidence.below) }),
    when.hours && m.policy_when_hours({ from: when.hours.from, to: when.hours.to }),
  ].flatMap((line) => (line ? [line] : []))
}

/** The base policy as sentences. */
export function baseInWords(settings: BaseSettings): string[] {
  return [
    m.base_ask_first({ count: settings.askFirst }),
    m.base_automatic({ amount: settings.automaticBelow, share: percent(settings.acceptance) }),
    m.base_confidence({ apply: percent(settings.applyAbove), tell: percent(settings.tellFrom) }),
    m.base_bulk({ amount: settings.bulkBelow }),
    m.base_caps({ amount: settings.capAmount, count: settings.capCount }),
    settings.mayReachThirdParties ? m.base_third_yes() : m.base_third_no(),
    settings.mayMoveMoneyOut ? m.base_money_yes() : m.base_money_no(),
  ]
}
