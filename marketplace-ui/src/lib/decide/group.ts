import type { MoneyValue } from '@bizq/design-system'
import type { Action } from '#lib/api/actions.ts'

/** Actions of one kind from one service that may be decided together, in the order in which the first of each came. */
export interface ActionGroup {
  key: string
  actions: Action[]
  totals: MoneyValue[]
}

export function groupActions(actions: readonly Action[], isGrouped: boolean): ActionGroup[] {
  const groups = new Map<string, Action[]>()
  for (const action of actions) {
    const key = isGrouped && action.mayBulk ? `${action.service.slug} ${action.type}` : action.id
    const group = groups.get(key)
    if (group) group.push(action)
    else groups.set(key, [action])
  }
  return [...groups].map(([key, members]) => ({ key, actions: members, totals: totalStakes(members) }))
}

/** The sum of the stakes, one for each currency. */
export function totalStakes(actions: readonly Pick<Action, 'stake'>[]): MoneyValue[] {
  const sums = new Map<string, number>()
  for (const { stake } of actions) {
    if (stake) sums.set(stake.currency, (sums.get(stake.currency) ?? 0) + stake.amount)
  }
  return [...sums].map(([currency, amount]) => ({ amount, currency }))
}
