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

/** A subscriber of the provider's, with what was written with it; no thread while nobody has written. */
export function findSubscriber(tx: Tx, subscriber: string) {
  return selectThreads(tx).where('s.id', '=', subscriber).executeTakeFirst()
}

export type SubscriberRow = NonNullable<Awaited<ReturnType<typeof findSubscriber>>>

function selectThreads(tx: Tx) {
  return tx
    .selectFrom('subscribers as s')
    .leftJoin('subscriber_threads as t', (join) =>
      join.onRef('t.organisation_id', '=', 's.organisation_id').onRef('t.subscriber_id', '=', 's.id'),
    )
    .select([
      's.id',
      's.service_id',
      's.state',
      't.id as thread_id',
      't.unread',
      't.closed_reason',
      't.last_at',
      sql<string>`t.last_at::text`.as('place'),
    ])
}

/** Subscribers of a service with whom something was written, the latest first. */
export function listThreads(tx: Tx, service: string, after: Place | undefined, limit: number) {
  let query = selectThreads(tx).where('s.service_id', '=', service).where('t.id', 'is not', null)
  if (after)
    query = query.where(sql<boolean>`(t.last_at, t.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`)
  return query
    .orderBy('t.last_at', 'desc')
    .orderBy('t.id', 'desc')
    .limit(limit + 1)
    .execute()
}

/** The thread with a subscriber, begun if need be, as written to just now. */
export async function touchThread(tx: Tx, organisation: string, { id, service_id }: SubscriberRow) {
  const row = await tx
    .insertInto('subscriber_threads')
    .values({
      organisation_id: organisation,
      subscriber_id: id,
      service_id,
      closed_at: null,
      closed_reason: null,
    })
    .onConflict((oc) => oc.columns(['organisation_id', 'subscriber_id']).doUpdateSet({ last_at: new Date() }))
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
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

export async function markRead(tx: Tx, subscriber: string): Promise<void> {
  await tx
    .updateTable('subscriber_threads')
    .set({ unread: 0 })
    .where('subscriber_id', '=', subscriber)
    .execute()
}
