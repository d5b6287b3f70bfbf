import type { MoneyValue } from '@bizq/design-system'
import { listActions, type Action } from '#lib/api/actions.ts'
import type { Api } from '@bizq/app-kit/transport.ts'

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

const latest = 200

/** Puts beside each subscription what became of its latest actions; those of `business` alone, if it is given. */
export async function withResults<S extends { id: string }>(
  api: Api,
  subscriptions: readonly S[],
  business?: string,
) {
  const together = await listActions(api, { ...(business ? { business } : {}), limit: latest })
  const isAll = together.data?.next === null
  const actionsOf = async (subscription: string): Promise<Action[]> => {
    // Where one service proposes much, the latest of all would hold none of the others.
    const own = isAll ? together : await listActions(api, { subscription, limit: latest })
    return own.data?.items.filter((action) => action.subscription === subscription) ?? []
  }
  return Promise.all(
    subscriptions.map(async (one) => ({ ...one, results: resultsOf(await actionsOf(one.id)) })),
  )
}
