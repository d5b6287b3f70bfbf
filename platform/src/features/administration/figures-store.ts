import { sql, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    marketplace_days: { organisation_id: string; day: string; what: string; count: number }
    'directory.marketplace_days': { day: string; what: string; count: number }
    'directory.certified_days': { day: string; what: string; count: number }
  }
}

/** How many of what there were on a day. */
export interface DayCount {
  day: string
  what: string
  count: number
}

/** Counted now, of the days from `from` to `until`. */
export async function countDays(
  directory: Kysely<Database>,
  from: string,
  until: string,
): Promise<DayCount[]> {
  const found = await Promise.all(
    (['directory.marketplace_days', 'directory.certified_days'] as const).map((view) =>
      directory
        .selectFrom(view)
        .select(['day', 'what', 'count'])
        .where('day', '>=', from)
        .where('day', '<=', until)
        .execute(),
    ),
  )
  return found.flat()
}

/** What there is now: what there was at the end of any period follows from it and from what came and went since. */
export async function countNow(directory: Kysely<Database>): Promise<Map<string, number>> {
  const rows = await directory
    .selectFrom('directory.admin_organisations')
    .select((eb) => [
      'kind',
      eb.fn.countAll<number>().as('count'),
      eb.fn.sum<number>('businesses').as('businesses'),
      eb.fn.sum<number>('subscriptions').as('subscriptions'),
    ])
    .groupBy('kind')
    .execute()
  const sum = (name: 'businesses' | 'subscriptions') => rows.reduce((all, row) => all + row[name], 0)
  return new Map([
    ...rows.map((row) => [`organisations:${row.kind}`, row.count] as const),
    ['businesses', sum('businesses')],
    ['subscriptions', sum('subscriptions')],
  ])
}

export function listKept(tx: Transaction<Database>, from: string, until: string): Promise<DayCount[]> {
  return tx
    .selectFrom('marketplace_days')
    .select(['day', 'what', 'count'])
    .where('day', '>=', from)
    .where('day', '<=', until)
    .execute()
}

/** What a row is called whose count is the moment at which its day was counted, in seconds. */
export const counted = 'counted'

/** The last day that was counted, and when. */
export async function findLastKept(
  tx: Transaction<Database>,
): Promise<{ day: string; at: Date } | undefined> {
  const row = await tx
    .selectFrom('marketplace_days')
    .select(['day', 'count'])
    .where('what', '=', counted)
    .orderBy('day', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { day: row.day, at: new Date(row.count * 1_000) }
}

/** Keeps the counts of days from this one on, in the place of those that were kept. */
export async function keepDayCounts(
  tx: Transaction<Database>,
  organisation: string,
  from: string,
  counts: readonly DayCount[],
): Promise<void> {
  await tx.deleteFrom('marketplace_days').where('day', '>=', from).execute()
  await sql`insert into bizq.marketplace_days (organisation_id, day, what, count)
    select ${organisation}::uuid, c.day, c.what, c.count from json_to_recordset(${JSON.stringify(counts)}::json) as c (day date, what text, count bigint)`.execute(
    tx,
  )
}

export interface Waiting {
  disputes: number
  overdueDisputes: number
  objections: number
  suspended: number
  hidden: number
  submissions: number
  reports: number
}

/** What waits for somebody of the platform. */
export async function countWaiting(tx: Transaction<Database>, directory: Kysely<Database>): Promise<Waiting> {
  const own = await sql<Omit<Waiting, 'submissions' | 'reports'>>`select
      (select count(*)::int from bizq.disputes where state in ('open', 'answered')) as disputes,
      (select count(*)::int from bizq.disputes where state in ('open', 'answered') and due_at < now()) as "overdueDisputes",
      (select count(*)::int from bizq.platform_acts where objection is not null and answer is null and lifted_at is null) as objections,
      (select count(*)::int from bizq.platform_acts where kind = 'suspend' and lifted_at is null) as suspended,
      (select count(*)::int from bizq.platform_acts where kind = 'hide' and lifted_at is null) as hidden`.execute(
    tx,
  )
  const others = await sql<Pick<Waiting, 'submissions' | 'reports'>>`select
      (select count(*)::int from directory.submissions) as submissions,
      (select count(*)::int from directory.review_reports where state = 'open')
        + (select count(*)::int from directory.thread_reports where state = 'open') as reports`.execute(
    directory,
  )
  return { ...(own.rows[0] as Waiting), ...(others.rows[0] as Waiting) }
}
