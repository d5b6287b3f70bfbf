import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { ThreadReportReason } from './schemas.ts'

interface ThreadState {
  unread: Generated<number>
  closed_at: Date | null
  closed_reason: string | null
  last_at: Generated<Date>
}

interface MessageColumns {
  organisation_id: string
  id: Generated<string>
  sender: 'operator' | 'provider'
  words: string
  delivered: string
  user_id: string | null
  at: Generated<Date>
}

declare module '../../db/database.ts' {
  interface Database {
    threads: ThreadState & { organisation_id: string; subscription_id: string; is_muted: Generated<boolean> }
    messages: MessageColumns & {
      subscription_id: string
      conversation: string | null
      about: string | null
      about_day: string | null
    }
    thread_reports: {
      organisation_id: string
      id: Generated<string>
      subscription_id: string
      reason: ThreadReportReason
      words: string | null
      state: Generated<'open' | 'closed' | 'dismissed'>
      decision_reason: string | null
      at: Generated<Date>
      decided_at: Date | null
    }
  }
}

type Tx = Transaction<Database>
export type Place = [at: string, id: string]

const messageColumns = [
  'id',
  'sender',
  'words',
  'delivered',
  'conversation',
  'about',
  'about_day',
  'at',
  sql<string>`at::text`.as('place'),
] as const

/** The thread of a subscription; undefined while nobody has written. */
export function findThread(tx: Tx, subscription: string) {
  return selectThreads(tx).where('t.subscription_id', '=', subscription).executeTakeFirst()
}

export type ThreadRow = NonNullable<Awaited<ReturnType<typeof findThread>>>

function selectThreads(tx: Tx) {
  return tx.selectFrom('threads as t').select([
    't.subscription_id',
    't.is_muted',
    't.unread',
    't.closed_reason',
    't.last_at',
    sql<string>`t.last_at::text`.as('place'),
    sql<boolean>`exists (select from bizq.thread_reports r where r.organisation_id = t.organisation_id
        and r.subscription_id = t.subscription_id and r.state = 'open')`.as('is_reported'),
  ])
}

export function listThreads(tx: Tx, after: Place | undefined, limit: number) {
  let query = selectThreads(tx)
  if (after)
    query = query.where(
      sql<boolean>`(t.last_at, t.subscription_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`,
    )
  return query
    .orderBy('t.last_at', 'desc')
    .orderBy('t.subscription_id', 'desc')
    .limit(limit + 1)
    .execute()
}

/** How many messages wait to be read, without the threads that are muted. */
export async function countUnread(tx: Tx): Promise<number> {
  const { count } = await tx
    .selectFrom('threads')
    .select(sql<number>`coalesce(sum(unread) filter (where not is_muted), 0)::int`.as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** The thread of a subscription, begun if need be. */
export async function openThread(tx: Tx, organisation: string, subscription: string): Promise<void> {
  await tx
    .insertInto('threads')
    .values({
      organisation_id: organisation,
      subscription_id: subscription,
      closed_at: null,
      closed_reason: null,
    })
    .onConflict((oc) => oc.columns(['organisation_id', 'subscription_id']).doNothing())
    .execute()
}

export interface Written {
  words: string
  delivered: string
  user: string | null
}

/** A conversation about an execution, as the operator has it. */
export interface Conversation {
  conversation: string | null
  about: string | null
  about_day: string | null
}

/** A conversation about an execution of this subscription, begun by its provider. */
export function findConversation(tx: Tx, subscription: string, conversation: string) {
  return tx
    .selectFrom('messages')
    .select(['conversation', 'about', 'about_day'])
    .where('subscription_id', '=', subscription)
    .where('conversation', '=', conversation)
    .limit(1)
    .executeTakeFirst()
}

/** Keeps what the operator wrote and delivers it, in one statement each: the provider's own row holds `delivered` alone. */
export async function sendToProvider(
  tx: Tx,
  organisation: string,
  subscription: string,
  written: Written & { of: Conversation | undefined },
) {
  const row = await tx
    .insertInto('messages')
    .values({
      organisation_id: organisation,
      subscription_id: subscription,
      sender: 'operator',
      words: written.words,
      delivered: written.delivered,
      user_id: written.user,
      conversation: written.of?.conversation ?? null,
      about: written.of?.about ?? null,
      about_day: written.of?.about_day ?? null,
    })
    .returning(messageColumns)
    .executeTakeFirstOrThrow()
  await sql`select bizq.deliver_to_provider(${row.id}::uuid)`.execute(tx)
  await tx
    .updateTable('threads')
    .set({ last_at: row.at })
    .where('subscription_id', '=', subscription)
    .execute()
  return row
}

export type MessageRow = Awaited<ReturnType<typeof sendToProvider>>

export function listMessages(tx: Tx, subscription: string, after: Place | undefined, limit: number) {
  let query = tx.selectFrom('messages').select(messageColumns).where('subscription_id', '=', subscription)
  if (after) query = query.where(sql<boolean>`(at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`)
  return query
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
}

export async function markRead(tx: Tx, subscription: string): Promise<void> {
  await tx.updateTable('threads').set({ unread: 0 }).where('subscription_id', '=', subscription).execute()
}

export async function setMuted(tx: Tx, subscription: string, isMuted: boolean): Promise<void> {
  await tx
    .updateTable('threads')
    .set({ is_muted: isMuted })
    .where('subscription_id', '=', subscription)
    .execute()
}

export function insertReport(
  tx: Tx,
  organisation: string,
  subscription: string,
  report: { reason: ThreadReportReason; words: string | null },
) {
  return tx
    .insertInto('thread_reports')
    .values({
      organisation_id: organisation,
      subscription_id: subscription,
      ...report,
      decision_reason: null,
      decided_at: null,
    })
    .onConflict((oc) =>
      oc
        .columns(['organisation_id', 'subscription_id'])
        .where(sql<boolean>`state = 'open'`)
        .doNothing(),
    )
    .returning('id')
    .executeTakeFirst()
}

/** Whose subscriber it is, for the server to deliver to. It is told to nobody. */
export function findEnd(directory: Kysely<Database>, provider: string, subscriber: string) {
  return directory
    .selectFrom('directory.thread_ends')
    .select(['organisation_id', 'subscription_id', 'service_id'])
    .where('provider_id', '=', provider)
    .where('subscriber_id', '=', subscriber)
    .executeTakeFirst()
}
