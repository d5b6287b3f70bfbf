import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    events: {
      organisation_id: string
      id: Generated<string>
      xid: Generated<string>
      seq: Generated<number>
      at: Generated<Date>
      type: string
      payload: unknown
    }
    'directory.events': {
      organisation_id: string
      id: string
      xid: string
      seq: number
      at: Date
      type: string
      payload: unknown
    }
  }
}

/** A place in the stream: events come in commit order. */
export interface Place {
  xid: string
  seq: number
}

export interface StoredEvent extends Place {
  organisationId: string
  at: Date
  type: string
  payload: unknown
}

/** Keeps events in the order given, in one statement. */
export async function insertEvents(
  tx: Transaction<Database>,
  organisation: string,
  events: readonly { type: string; payload: unknown }[],
): Promise<void> {
  await sql`insert into bizq.events (organisation_id, type, payload)
    select ${organisation}::uuid, e.type, e.payload
    from json_to_recordset(${JSON.stringify(events)}::json) as e (type text, payload jsonb)`.execute(tx)
}

export interface EventPage {
  events: StoredEvent[]
  /** Committed, but an older transaction is still open: they come with a later page. */
  areSomeHeldBack: boolean
}

/**
 * What was committed after a place and can no longer be overtaken, of one organisation or of all. Whether more is held
 * back is told by the newest event: asked whether there is any, the planner expects many and reads the table for one.
 */
export async function listEventsAfter(
  directory: Kysely<Database>,
  after: Place,
  limit: number,
  organisation?: string,
): Promise<EventPage> {
  const only = organisation ? sql`and organisation_id = ${organisation}` : sql``
  const { rows } = await sql<{ events: (Omit<StoredEvent, 'at'> & { at: string })[] | null; held: boolean }>`
    with horizon as (select pg_snapshot_xmin(pg_current_snapshot()) as xmin),
    page as (
      select xid::text as xid, seq, organisation_id as "organisationId", at, type, payload
      from directory.events, horizon
      where (directory.events.xid, seq) > (${after.xid}::xid8, ${after.seq}::bigint) and directory.events.xid < horizon.xmin ${only}
      order by directory.events.xid, seq limit ${limit})
    select (select json_agg(page) from page) as events,
      coalesce((select xid from directory.events where true ${only} order by xid desc, seq desc limit 1)
        >= (select xmin from horizon), false) as held`.execute(directory)
  const row = rows[0]
  return {
    events: (row?.events ?? []).map((event) => ({ ...event, at: new Date(event.at) })),
    areSomeHeldBack: row?.held ?? false,
  }
}

/** Where the stream stands now: everything before it has been committed and seen. */
export async function findHorizon(directory: Kysely<Database>): Promise<Place> {
  const { rows } = await sql<{
    xid: string
  }>`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`.execute(directory)
  return { xid: String(BigInt(rows[0]?.xid ?? '1') - 1n), seq: Number.MAX_SAFE_INTEGER }
}

/** Forgets the events of an organisation after seven days, but for the last of them. */
export async function deleteOldEvents(tx: Transaction<Database>): Promise<void> {
  await sql`select bizq.forget_events()`.execute(tx)
}

/** Whether events after this place may have been forgotten. */
export async function isForgotten(
  directory: Kysely<Database>,
  organisation: string,
  after: Place,
): Promise<boolean> {
  const { rows } = await sql<{ gone: boolean }>`
    select at < now() - interval '7 days' and (xid, seq) > (${after.xid}::xid8, ${after.seq}::bigint) as gone
    from directory.events where organisation_id = ${organisation}::uuid order by xid, seq limit 1`.execute(
    directory,
  )
  return rows[0]?.gone ?? false
}
