import { sql, type Generated, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Place, Written } from './store.ts'

declare module '../../db/database.ts' {
  interface Database {
    subscriber_threads: {
      organisation_id: string
      id: Generated<string>
      subscriber_id: string
      service_id: string
      about: string | null
      about_day: string | null
      unread: Generated<number>
      closed_at: Date | null
      closed_reason: string | null
      last_at: Generated<Date>
    }
    subscriber_messages: {
      organisation_id: string
      id: Generated<string>
      thread_id: string
      sender: 'operator' | 'provider'
      words: string
      delivered: string
      user_id: string | null
      at: Generated<Date>
    }
    'directory.thread_ends': {
      organisation_id: string
      subscription_id: string
      provider_id: string
      subscriber_id: string
      service_id: string
    }
  }
}

type Tx = Transaction<Database>

const threadColumns = [
  sql<Date | null>`s.until`.as('until'),
  't.id as thread_id',
  't.about',
  't.about_day',
  't.unread',
  't.closed_reason',
  't.last_at',
  sql<string>`t.last_at::text`.as('place'),
] as const

/** A subscriber of the provider's, with what was written with it; no thread while nobody has written. */
export function findSubscriber(tx: Tx, subscriber: string) {
  return tx
    .selectFrom('subscribers as s')
    .leftJoin('subscriber_threads as t', (join) =>
      join
        .onRef('t.organisation_id', '=', 's.organisation_id')
        .onRef('t.subscriber_id', '=', 's.id')
        .on('t.about', 'is', null),
    )
    .select(['s.id', 's.service_id', ...threadColumns])
    .where('s.id', '=', subscriber)
    .executeTakeFirst()
}

export type ThreadRow = NonNullable<Awaited<ReturnType<typeof findSubscriber>>>

/** What was written about the line of an execution: as a thread of its own, begun or not. */
export async function findConversation(
  tx: Tx,
  service: string,
  line: string,
): Promise<ThreadRow | undefined> {
  const { rows } = await sql<ThreadRow>`
    select e.subscriber_id as id, e.service_id, null::timestamptz as until, e.id as about, e.day as about_day,
      t.id as thread_id, t.unread, t.closed_reason, t.last_at, t.last_at::text as place
    from bizq.provider_executions e
      left join bizq.subscriber_threads t on t.organisation_id = e.organisation_id and t.about = e.id
    where e.id = ${line}::uuid and e.service_id = ${service}::uuid`.execute(tx)
  return rows[0]
}

/** What was written about the line of an execution that is forgotten by now. */
export function findBegun(tx: Tx, service: string, line: string): Promise<ThreadRow | undefined> {
  return selectThreads(tx).where('t.service_id', '=', service).where('t.about', '=', line).executeTakeFirst()
}

function selectThreads(tx: Tx) {
  return tx
    .selectFrom('subscriber_threads as t')
    .innerJoin('subscribers as s', (join) =>
      join.onRef('s.organisation_id', '=', 't.organisation_id').onRef('s.id', '=', 't.subscriber_id'),
    )
    .select(['s.id', 's.service_id', ...threadColumns])
}

/** The line (UUID) of an execution that a conversation is about. */
export async function findLineOf(tx: Tx, conversation: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('subscriber_threads')
    .select('about')
    .where('id', '=', conversation)
    .executeTakeFirst()
  return row?.about ?? undefined
}

/** Threads of a service in which something was written, the latest first. */
export function listThreads(tx: Tx, service: string, after: Place | undefined, limit: number) {
  let query = selectThreads(tx).where('t.service_id', '=', service)
  if (after)
    query = query.where(sql<boolean>`(t.last_at, t.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`)
  return query
    .orderBy('t.last_at', 'desc')
    .orderBy('t.id', 'desc')
    .limit(limit + 1)
    .execute()
}

/** The thread with a subscriber or about an execution, begun if need be, as written to just now. */
export async function touchThread(tx: Tx, organisation: string, row: ThreadRow): Promise<string> {
  if (row.thread_id) {
    await tx
      .updateTable('subscriber_threads')
      .set({ last_at: sql`now()` })
      .where('id', '=', row.thread_id)
      .execute()
    return row.thread_id
  }
  const conflict = sql.raw(
    row.about === null
      ? '(organisation_id, subscriber_id) where about is null'
      : '(organisation_id, about) where about is not null',
  )
  const { rows } = await sql<{ id: string }>`
    insert into bizq.subscriber_threads (organisation_id, subscriber_id, service_id, about, about_day)
    values (${organisation}, ${row.id}, ${row.service_id}, ${row.about}, ${row.about_day})
    on conflict ${conflict} do update set last_at = now() returning id`.execute(tx)
  return rows[0]?.id ?? ''
}

const messageColumns = [
  'id',
  'sender',
  'words',
  'delivered',
  'at',
  sql<string>`at::text`.as('place'),
] as const

/** Keeps what the provider wrote and delivers it to the organisation (UUID) whose subscriber it is. */
export async function sendToSubscriber(
  tx: Tx,
  organisation: string,
  thread: string,
  operator: string,
  written: Written,
) {
  const row = await tx
    .insertInto('subscriber_messages')
    .values({
      organisation_id: organisation,
      thread_id: thread,
      sender: 'provider',
      words: written.words,
      delivered: written.delivered,
      user_id: written.user,
    })
    .returning(messageColumns)
    .executeTakeFirstOrThrow()
  await sql`select bizq.deliver_to_subscriber(${row.id}::uuid, ${operator}::uuid)`.execute(tx)
  return row
}

export function listMessages(tx: Tx, thread: string, after: Place | undefined, limit: number) {
  let query = tx.selectFrom('subscriber_messages').select(messageColumns).where('thread_id', '=', thread)
  if (after) query = query.where(sql<boolean>`(at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`)
  return query
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
}

export async function markRead(tx: Tx, thread: string): Promise<void> {
  await tx.updateTable('subscriber_threads').set({ unread: 0 }).where('id', '=', thread).execute()
}
