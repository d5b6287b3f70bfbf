import type { MoneyValue } from '@bizq/design-system'
import type { Action } from '#lib/api/actions.ts'

/** What became of a subscription's latest actions. */
export interface Results {
  proposed: number
  accepted: number
  edited: number
  rejected: number
  undone: number
  open: number
  /** The sum of what the service says its applied actions are worth, one for each currency. */
  worth: MoneyValue[]
}

/** Counts the actions of one subscription. */
export function resultsOf(actions: readonly Action[]): Results {
  const count = (test: (action: Action) => boolean) => actions.filter(test).length
  const decided = (kind: string) => (action: Action) => action.decision?.decision === kind
  const sums = new Map<string, number>()
  for (const { state, impact } of actions) {
    if (state === 'applied' && impact)
      sums.set(impact.currency, (sums.get(impact.currency) ?? 0) + impact.amount)
  }
  return {
    proposed: actions.length,
    accepted: count(decided('approve')),
    edited: count(decided('edit')),
    rejected: count(decided('reject')),
    undone: count((action) => action.state === 'undone'),
    open: count((action) => action.state === 'proposed' || action.state === 'awaiting-second'),
    worth: [...sums].map(([currency, amount]) => ({ amount, currency })),
  }
}

/** Puts beside each subscription what became of its actions among these. */
export function withResults<S extends { id: string }>(
  subscriptions: readonly S[],
  actions: readonly Action[],
) {
  return subscriptions.map((one) => ({
    ...one,
    results: resultsOf(actions.filter((action) => action.subscription === one.id)),
  }))
}
