import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

const mostShown = 1_000

/** The actions that a subscription (UUID) proposed within a time, oldest first, with exact money and why one was rejected; the newest thousand. */
export async function listProposed(
  tx: Transaction<Database>,
  subscription: string,
  within: { from: Date; until: Date },
) {
  const rows = await tx
    .selectFrom('actions')
    .select([
      'id',
      'type',
      'target',
      'proposed_at',
      'decided_at',
      'updated_at',
      'state',
      'decision',
      'confidence',
      'impact',
      'stake_amount',
      'stake_currency',
      sql<string | null>`(select d.reason_code from bizq.decisions d
        where d.organisation_id = actions.organisation_id and d.action_id = actions.id and d.decision = 'reject'
        order by d.id desc limit 1)`.as('reason'),
      sql<Date | null>`(select e.carried_out_at from bizq.effects e
        where e.organisation_id = actions.organisation_id and e.action_id = actions.id and e.state = 'done')`.as(
        'carried_out_at',
      ),
    ])
    .where('subscription_id', '=', subscription)
    .where('proposed_at', '>=', within.from)
    .where('proposed_at', '<', within.until)
    .orderBy('proposed_at', 'desc')
    .limit(mostShown)
    .execute()
  return rows.toReversed()
}
