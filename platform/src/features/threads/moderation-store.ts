import type { Kysely, Transaction } from 'kysely'
import { sql } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { ThreadReportReason } from './schemas.ts'

declare module '../../db/database.ts' {
  interface Database {
    'directory.thread_reports': {
      id: string
      organisation_id: string
      subscription_id: string
      provider_id: string
      subscriber_id: string
      service_id: string
      slug: string
      publisher: string
      reason: ThreadReportReason
      words: string | null
      state: 'open' | 'closed' | 'dismissed'
      decision_reason: string | null
      at: Date
      decided_at: Date | null
    }
    'directory.reported_messages': {
      id: string
      organisation_id: string
      subscription_id: string
      sender: 'operator' | 'provider'
      delivered: string
      at: Date
    }
  }
}

type Directory = Kysely<Database>
type Tx = Transaction<Database>

function selectReports(directory: Directory) {
  return directory
    .selectFrom('directory.thread_reports')
    .select([
      'id',
      'organisation_id',
      'subscription_id',
      'provider_id',
      'subscriber_id',
      'service_id',
      'slug',
      'publisher',
      'reason',
      'words',
      'state',
      'decision_reason',
      'at',
      'decided_at',
    ])
}

export type ReportRow = NonNullable<Awaited<ReturnType<typeof findReport>>>

export function findReport(directory: Directory, id: string) {
  return selectReports(directory).where('id', '=', id).executeTakeFirst()
}

/** Reports that wait, the oldest first; or those that were decided, the newest first. */
export function listReports(
  directory: Directory,
  { show, after, limit }: { show: 'waiting' | 'decided'; after?: string | undefined; limit: number },
) {
  const isWaiting = show === 'waiting'
  let query = selectReports(directory).where('state', isWaiting ? '=' : '<>', 'open')
  if (after) query = query.where('id', isWaiting ? '>' : '<', after)
  return query
    .orderBy('id', isWaiting ? 'asc' : 'desc')
    .limit(limit + 1)
    .execute()
}

export function listReportedMessages(directory: Directory, { organisation_id, subscription_id }: ReportRow) {
  return directory
    .selectFrom('directory.reported_messages')
    .select(['sender', 'delivered', 'at'])
    .where('organisation_id', '=', organisation_id)
    .where('subscription_id', '=', subscription_id)
    .orderBy('at', 'desc')
    .limit(200)
    .execute()
}

/** In the operator's organisation. Undefined when it was decided meanwhile. */
export function decideReport(tx: Tx, report: string, state: 'closed' | 'dismissed', reason: string) {
  return tx
    .updateTable('thread_reports')
    .set({ state, decision_reason: reason, decided_at: new Date() })
    .where('id', '=', report)
    .where('state', '=', 'open')
    .returning('id')
    .executeTakeFirst()
}

export async function closeForOperator(tx: Tx, subscription: string, reason: string): Promise<void> {
  await tx
    .updateTable('threads')
    .set({ closed_at: sql`now()`, closed_reason: reason })
    .where('subscription_id', '=', subscription)
    .execute()
}

/** Closes what was written with the subscriber by its number; whether there was anything. */
export async function closeForProvider(tx: Tx, subscriber: string, reason: string): Promise<boolean> {
  const closed = await tx
    .updateTable('subscriber_threads')
    .set({ closed_at: sql`now()`, closed_reason: reason })
    .where('subscriber_id', '=', subscriber)
    .where('about', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return closed !== undefined
}
