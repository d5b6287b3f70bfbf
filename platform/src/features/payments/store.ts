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
  state: Generated<'received' | 'done' | 'ignored'>
  done_at: Date | null
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

export function findEvent(tx: Tx, id: string) {
  return tx
    .selectFrom('stripe_events')
    .select(['id', 'type', 'object', 'object_id', 'account', 'is_live', 'state'])
    .where('id', '=', id)
    .executeTakeFirst()
}

export async function endEvent(tx: Tx, id: string, state: 'done' | 'ignored'): Promise<void> {
  await tx
    .updateTable('stripe_events')
    .set({ state, done_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('state', '=', 'received')
    .execute()
}

/** Events whose job ran out of tries, or never was: older than a job takes. */
export async function listLeftEvents(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('stripe_events')
    .select('id')
    .where('state', '=', 'received')
    .where('first_at', '<', sql<Date>`now() - interval '10 minutes'`)
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
