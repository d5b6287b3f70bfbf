import type { Transaction } from 'kysely'
import type { ExecutionOutcome } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'

const mostShown = 1_000

/** The executions of a subscription (UUID) that ended within a time, oldest first, with exact money; the newest thousand. */
export async function listEnded(
  tx: Transaction<Database>,
  subscription: string,
  within: { from: Date; until: Date },
): Promise<{ at: Date; outcome: ExecutionOutcome; metrics: unknown }[]> {
  const rows = await tx
    .selectFrom('executions')
    .select(['finished_at', 'outcome', 'metrics'])
    .where('subscription_id', '=', subscription)
    .where('outcome', 'is not', null)
    .where('finished_at', '>=', within.from)
    .where('finished_at', '<', within.until)
    .orderBy('finished_at', 'desc')
    .limit(mostShown)
    .execute()
  return rows
    .flatMap(({ finished_at: at, outcome, metrics }) => (at && outcome ? [{ at, outcome, metrics }] : []))
    .toReversed()
}
