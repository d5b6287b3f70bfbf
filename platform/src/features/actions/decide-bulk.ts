import { decodeId, idPrefixes, type Money } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireRole } from '../../http/authorise.ts'
import { ProblemError, problems } from '../../problems.ts'
import { requireBusinessRow } from '../businesses/index.ts'
import { decideLoaded, type Loaded } from './decide.ts'
import { loadSubjects } from './records.ts'
import type { BulkDecision, Decision } from './schemas.ts'
import * as store from './store.ts'

export interface BulkItemResult {
  id: string
  state: store.ActionRow['state'] | null
  problem: ProblemError | null
}

/**
 * Decides many at once. The total must be the one that was seen, in every currency; what must be
 * decided one by one is refused by itself. What is refused does not hold up the rest.
 */
export async function decideActions(unit: UnitOfWork, bulk: BulkDecision): Promise<BulkItemResult[]> {
  requireRole(unit.actor, 'manager')
  const ids = bulk.items.map((item) => decodeId(idPrefixes.action, item.action))
  const actions = new Map((await store.lockActions(unit.tx, ids)).map((action) => [action.id, action]))
  requireTotal([...actions.values()], bulk.expectedTotal)
  const loaded = new Map<string, Loaded>()
  for (const [businessId, group] of Map.groupBy(actions.values(), (action) => action.business_id)) {
    const business = await requireBusinessRow(unit, businessId)
    const records = await loadSubjects(unit, businessId, group)
    for (const [at, action] of group.entries())
      loaded.set(action.id, { action, business, records: records[at] ?? {} })
  }
  const results: BulkItemResult[] = []
  for (const [at, item] of bulk.items.entries()) {
    results.push(
      await decideInBulk(unit, ids[at] ?? '', loaded.get(ids[at] ?? ''), {
        decision: bulk.decision,
        version: item.version,
        reason: bulk.reason,
      }),
    )
  }
  return results
}

async function decideInBulk(
  unit: UnitOfWork,
  id: string,
  loaded: Loaded | undefined,
  decision: Decision,
): Promise<BulkItemResult> {
  try {
    if (!loaded) throw new ProblemError('not-found')
    const decided = await decideLoaded(unit, loaded, decision, { isInBulk: true })
    loaded.action = decided
    return { id, state: decided.state, problem: null }
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status >= 500) throw error
    return { id, state: loaded?.action.state ?? null, problem: error }
  }
}

function requireTotal(actions: store.ActionRow[], expected: Money[]): void {
  const present = totalOf(
    actions.flatMap((action) =>
      action.stake_amount === null
        ? []
        : [{ amount: action.stake_amount, currency: action.stake_currency ?? '' }],
    ),
  )
  const given = totalOf(expected)
  const currencies = new Set([...present.keys(), ...given.keys()])
  if ([...currencies].some((currency) => (present.get(currency) ?? 0) !== (given.get(currency) ?? 0))) {
    const total = [...present].map(([currency, amount]) => ({ amount, currency }))
    throw new ProblemError('expected-total-differs', {
      detail: `${problems['expected-total-differs'][1]}. Look at the list again.`,
      extra: { total },
    })
  }
}

function totalOf(amounts: readonly Money[]): Map<string, number> {
  const total = new Map<string, number>()
  for (const { amount, currency } of amounts) total.set(currency, (total.get(currency) ?? 0) + amount)
  return total
}
