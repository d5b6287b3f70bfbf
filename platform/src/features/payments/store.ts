import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

interface StripeEventTable {
  organisation_id: string
  id: string
  type: string
  object: string
  object_id: string | null
  account: string
  api_version: string | null
  is_live: boolean
  happened_at: Date
  source: 'webhook' | 'reconciliation'
  body: string
  deliveries: Generated<number>
  first_at: Generated<Date>
  last_at: Generated<Date>
  /** failed: tried as often as makes sense; it is put in line again by hand. */
  state: Generated<'received' | 'done' | 'ignored' | 'failed'>
  done_at: Date | null
  attempts: Generated<number>
  tried_at: Date | null
  /** What the last attempt ended with. */
  error: string | null
  failed_at: Date | null
}
export type Refusal = 'forged' | 'stale' | 'malformed'

declare module '../../db/database.ts' {
  interface Database {
    stripe_events: StripeEventTable
    stripe_refusals: { organisation_id: string; day: string; reason: Refusal; count: number; last_at: Date }
    stripe_cursors: {
      organisation_id: string
      account: string
      event: string | null
      newest: string | null
      read_at: Date
    }
    exchange_rates: {
      organisation_id: string
      day: string
      base: string
      quote: string
      rate: string
      source: string
      asked_at: Generated<Date>
    }
    'directory.exchange_rates': { day: string; base: string; quote: string; rate: string; source: string }
  }
}

type Tx = Transaction<Database>

export type NewEvent = Pick<
  StripeEventTable,
  | 'organisation_id'
  | 'id'
  | 'type'
  | 'object'
  | 'object_id'
  | 'account'
  | 'api_version'
  | 'is_live'
  | 'happened_at'
  | 'source'
  | 'body'
  | 'done_at'
> & { state: 'received' | 'ignored' }

/** Keeps an event that is new; answers whether it is. One that is known is counted. */
export async function keepEvent(tx: Tx, event: NewEvent): Promise<{ isNew: boolean; state: string }> {
  const row = await tx
    .insertInto('stripe_events')
    .values(event)
    .onConflict((oc) =>
      oc.columns(['organisation_id', 'id']).doUpdateSet({
        deliveries: sql<number>`stripe_events.deliveries + 1`,
        last_at: sql<Date>`now()`,
      }),
    )
    .returning(['state', 'deliveries'])
    .executeTakeFirstOrThrow()
  return { isNew: row.deliveries === 1, state: row.state }
}

export async function knownEvents(tx: Tx, ids: string[]): Promise<Set<string>> {
  const rows = await tx.selectFrom('stripe_events').select('id').where('id', 'in', ids).execute()
  return new Set(rows.map(({ id }) => id))
}

/** Takes note that an event is tried now, and answers it; undefined where nothing is to be followed. */
export function tryEvent(tx: Tx, id: string) {
  return tx
    .updateTable('stripe_events')
    .set({ attempts: sql<number>`attempts + 1`, tried_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('state', '=', 'received')
    .returning(['object', 'object_id', 'account', 'is_live', 'attempts'])
    .executeTakeFirst()
}

/** Keeps what an attempt ended with. */
export async function noteFailure(tx: Tx, id: string, error: string): Promise<void> {
  await tx.updateTable('stripe_events').set({ error }).where('id', '=', id).execute()
}

/** Puts an event aside: it is not tried any more by itself. False where it was followed meanwhile. */
export async function parkEvent(tx: Tx, id: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('stripe_events')
    .set({ state: 'failed', failed_at: sql<Date>`date_trunc('milliseconds', now())` })
    .where('id', '=', id)
    .where('state', '=', 'received')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Takes one that was put aside as if it had just come. False where there is none. */
export async function resumeEvent(tx: Tx, id: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('stripe_events')
    .set({ state: 'received', failed_at: null, attempts: 0, tried_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('state', '=', 'failed')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export function listFailedEvents(tx: Tx, query: { after: [string, string] | undefined; limit: number }) {
  return tx
    .selectFrom('stripe_events')
    .select(['id', 'type', 'object', 'object_id', 'account', 'happened_at', 'attempts', 'error', 'failed_at'])
    .where('state', '=', 'failed')
    .$if(query.after !== undefined, (q) =>
      q.where(sql<boolean>`(failed_at, id) < (${query.after?.[0]}::timestamptz, ${query.after?.[1]})`),
    )
    .orderBy('failed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute()
}

export async function endEvent(tx: Tx, id: string, state: 'done' | 'ignored'): Promise<void> {
  await tx
    .updateTable('stripe_events')
    .set({ state, done_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('state', '=', 'received')
    .execute()
}

/** Events whose job was lost, or never was: older than a job takes, and past the time at which it would try again. */
export async function listLeftEvents(tx: Tx, limit: number, longestWait: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('stripe_events')
    .select('id')
    .where('state', '=', 'received')
    .where('first_at', '<', sql<Date>`now() - interval '10 minutes'`)
    .where(
      sql<boolean>`(tried_at is null or tried_at < now() - interval '10 minutes' - make_interval(secs => least(power(2, attempts), ${longestWait})))`,
    )
    .orderBy('first_at')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

export async function countRefusal(tx: Tx, organisation: string, reason: Refusal): Promise<void> {
  await sql`
    insert into stripe_refusals as r (organisation_id, day, reason, count, last_at) values (${organisation}, current_date, ${reason}, 1, now())
    on conflict (organisation_id, day, reason) do update set count = r.count + 1, last_at = now()`.execute(tx)
}

export function listRefusals(tx: Tx, days: number) {
  return tx
    .selectFrom('stripe_refusals')
    .select(['day', 'reason', 'count', 'last_at'])
    .where('day', '>', sql<string>`current_date - ${days}::int`)
    .orderBy('day', 'desc')
    .orderBy('reason')
    .execute()
}

/** What came, by type and state. */
export function countEvents(tx: Tx, days: number) {
  return tx
    .selectFrom('stripe_events')
    .select((eb) => [
      'type',
      'state',
      eb.fn.countAll<number>().as('events'),
      sql<number>`sum(deliveries)::int`.as('deliveries'),
      sql<number>`count(*) filter (where source = 'reconciliation')`.as('found'),
    ])
    .where('first_at', '>', sql<Date>`now() - make_interval(days => ${days}::int)`)
    .groupBy(['type', 'state'])
    .orderBy('type')
    .orderBy('state')
    .execute()
}

export function findCursor(tx: Tx, account: string) {
  return tx
    .selectFrom('stripe_cursors')
    .select(['event', 'newest', 'read_at'])
    .where('account', '=', account)
    .executeTakeFirst()
}

export function lastReadAt(tx: Tx) {
  return tx
    .selectFrom('stripe_cursors')
    .select((eb) => eb.fn.min<Date | null>('read_at').as('read_at'))
    .executeTakeFirst()
}

export async function saveCursor(
  tx: Tx,
  organisation: string,
  account: string,
  place: { event: string | null; newest: string | null },
): Promise<void> {
  const values = { ...place, read_at: sql<Date>`now()` }
  await tx
    .insertInto('stripe_cursors')
    .values({ organisation_id: organisation, account, ...values })
    .onConflict((oc) => oc.columns(['organisation_id', 'account']).doUpdateSet(values))
    .execute()
}

export function findRate(directory: Kysely<Database>, day: string, base: string, quote: string) {
  return directory
    .selectFrom('directory.exchange_rates')
    .select(['day', 'base', 'quote', 'rate', 'source'])
    .where('day', '=', day)
    .where('base', '=', base)
    .where('quote', '=', quote)
    .executeTakeFirst()
}

/** The first answer of a day is the day's. */
export async function keepRates(
  tx: Tx,
  rows: { organisation_id: string; day: string; base: string; quote: string; rate: string; source: string }[],
): Promise<void> {
  if (rows.length === 0) return
  await tx
    .insertInto('exchange_rates')
    .values(rows)
    .onConflict((oc) => oc.doNothing())
    .execute()
}
