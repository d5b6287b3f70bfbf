import { sql, type Generated, type Transaction } from 'kysely'
import type { ActionType } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    provider_outcomes: {
      organisation_id: string
      id: Generated<string>
      subscriber_id: string
      service_id: string
      /** None of those told before releases were told. */
      release_id: string | null
      proposal: string
      type: ActionType
      outcome: 'accepted' | 'edited' | 'rejected' | 'undone' | 'expired'
      reason_code: string | null
      reason_text: string | null
      parameters: unknown
      day: string
    }
  }
}

type Tx = Transaction<Database>
/** A day is told when it is over: the moment would tell what was applied by itself from what was asked. */
const isTold = sql<boolean>`day < current_date`

export interface FeedbackPage {
  after?: [day: string, id: string] | undefined
  limit: number
}

/** What operators said of a provider's proposals: rejections with their reasons, and edits; the newest day first. */
export function listAnswers(tx: Tx, service: string, { after, limit }: FeedbackPage) {
  let query = tx
    .selectFrom('provider_outcomes')
    .select(['id', 'type', 'outcome', 'reason_code', 'reason_text', 'parameters', 'day'])
    .where('service_id', '=', service)
    .where('outcome', 'in', ['rejected', 'edited'])
    .where(isTold)
  if (after) query = query.where(sql<boolean>`(day, id) < (${after[0]}::date, ${after[1]}::uuid)`)
  return query
    .orderBy('day', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
}
