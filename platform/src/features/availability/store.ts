import { countedFailures } from '@bizq/sdk/contract'
import { sql, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    availability_runs: { organisation_id: string; measured_until: Date }
    services_down: { organisation_id: string; service_id: string; failed_at: Date }
    availability_days: { organisation_id: string; service_id: string; day: string; minutes_down: number }
    availability_months: MonthRow & { organisation_id: string; service_id: string }
    availability_credits: { organisation_id: string; service_id: string; month: string; told_at: Date }
    'directory.services_down': { organisation_id: string; service_id: string; failed_at: Date }
    'directory.availability_months': MonthRow & { organisation_id: string; service_id: string; slug: string }
  }
}

export interface MonthRow {
  /** Its first day. */
  month: string
  minutes: number
  minutes_down: number
  subscribers: number
}

type Tx = Transaction<Database>

/** Of a service (UUIDs): whether a call was answered in a minute, else all failed by its provider's fault. */
export interface MinuteRow {
  organisation_id: string
  service_id: string
  at: Date
  isAnswered: boolean
}

const answered = ['succeeded', 'cannot-serve']

/**
 * The minutes of a span in which services were called and something is known by it: what the platform itself failed at,
 * what an operator's allowance or data ended, and what a provider asked to have again later says nothing of either.
 */
export async function listMinutes(directory: Kysely<Database>, from: Date, to: Date): Promise<MinuteRow[]> {
  const { rows } = await sql<MinuteRow>`
    select organisation_id, service_id, at, bool_or(outcome = any (${answered})) as "isAnswered"
    from directory.service_calls where at >= ${from} and at < ${to}
      and (outcome = any (${answered}) or (outcome = any (${[...countedFailures]}) and not is_ours))
    group by 1, 2, 3 order by 1, 2, 3`.execute(directory)
  return rows
}

export async function findFirstCall(directory: Kysely<Database>): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`select min(at) as at from directory.service_calls`.execute(
    directory,
  )
  return rows[0]?.at ?? null
}

export function listDown(directory: Kysely<Database>) {
  return directory
    .selectFrom('directory.services_down')
    .select(['organisation_id', 'service_id', 'failed_at'])
    .execute()
}

export async function findMeasuredUntil(tx: Tx): Promise<Date | null> {
  const row = await tx.selectFrom('availability_runs').select('measured_until').executeTakeFirst()
  return row?.measured_until ?? null
}

/** Goes on from where it was measured until; false when somebody else did so meanwhile. */
export async function moveMeasured(
  tx: Tx,
  organisation: string,
  from: Date | null,
  to: Date,
): Promise<boolean> {
  const { rows } = await sql`
    insert into availability_runs (organisation_id, measured_until) values (${organisation}, ${to})
    on conflict (organisation_id) do update set measured_until = excluded.measured_until
      where availability_runs.measured_until = ${from}::timestamptz
    returning measured_until`.execute(tx)
  return rows.length > 0
}

export async function keepDown(tx: Tx, organisation: string, service: string, failedAt: Date | null) {
  if (failedAt === null) await tx.deleteFrom('services_down').where('service_id', '=', service).execute()
  else
    await tx
      .insertInto('services_down')
      .values({ organisation_id: organisation, service_id: service, failed_at: failedAt })
      .onConflict((oc) => oc.columns(['organisation_id', 'service_id']).doUpdateSet({ failed_at: failedAt }))
      .execute()
}

export async function addDowntime(
  tx: Tx,
  organisation: string,
  service: string,
  days: ReadonlyMap<string, number>,
): Promise<void> {
  if (days.size === 0) return
  await sql`
    insert into availability_days (organisation_id, service_id, day, minutes_down)
    select ${organisation}, ${service}, day, minutes
    from unnest(${[...days.keys()]}::date[], ${[...days.values()]}::int[]) as t (day, minutes)
    on conflict (organisation_id, service_id, day)
      do update set minutes_down = availability_days.minutes_down + excluded.minutes_down`.execute(tx)
}

/** Who was called in a month, and how many subscribers were behind it. */
export async function listCalled(directory: Kysely<Database>, from: Date, to: Date) {
  const { rows } = await sql<{ organisation_id: string; service_id: string; subscribers: number }>`
    select organisation_id, service_id, count(distinct subscriber_id)::int as subscribers
    from directory.service_calls where at >= ${from} and at < ${to} group by 1, 2 order by 1, 2`.execute(
    directory,
  )
  return rows
}

export async function hasMonth(directory: Kysely<Database>, month: string): Promise<boolean> {
  const row = await directory
    .selectFrom('directory.availability_months')
    .select('month')
    .where(sql<boolean>`month = ${month}::date`)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Sums a month of a service up, once. */
export async function insertMonth(
  tx: Tx,
  organisation: string,
  row: { service: string; month: string; minutes: number; subscribers: number },
): Promise<void> {
  await sql`
    insert into availability_months (organisation_id, service_id, month, minutes, minutes_down, subscribers)
    values (${organisation}, ${row.service}, ${row.month}, ${row.minutes}, (select coalesce(sum(minutes_down), 0) from availability_days
      where service_id = ${row.service} and day >= ${row.month}::date and day < ${row.month}::date + interval '1 month'), ${row.subscribers})
    on conflict do nothing`.execute(tx)
}

/** Months of a service (UUID) that are over, newest first. */
export async function listMonths(directory: Kysely<Database>, service: string): Promise<MonthRow[]> {
  return directory
    .selectFrom('directory.availability_months')
    .select([sql<string>`to_char(month, 'YYYY-MM')`.as('month'), 'minutes', 'minutes_down', 'subscribers'])
    .where('service_id', '=', service)
    .orderBy('directory.availability_months.month', 'desc')
    .limit(12)
    .execute()
}

/** The services of a month, the least available first. */
export function listServicesOf(
  directory: Kysely<Database>,
  query: { month: string; after: [number, string] | undefined; limit: number },
) {
  let rows = directory
    .selectFrom('directory.availability_months')
    .select(['service_id', 'organisation_id', 'slug', 'minutes', 'minutes_down', 'subscribers'])
    .where(sql<boolean>`month = ${query.month}::date`)
  if (query.after)
    rows = rows.where(
      sql<boolean>`(-minutes_down, service_id) > (${query.after[0]}, ${query.after[1]}::uuid)`,
    )
  return rows
    .orderBy('minutes_down', 'desc')
    .orderBy('service_id')
    .limit(query.limit + 1)
    .execute()
}

/** What services (UUIDs) and their providers are called. */
export async function listNames(directory: Kysely<Database>, services: readonly string[]) {
  if (services.length === 0) return new Map<string, { name: string | null; publisher: string }>()
  const rows = await directory
    .selectFrom('directory.admin_services')
    .select(['id', 'name', 'publisher'])
    .where('id', 'in', [...services])
    .execute()
  return new Map(rows.map(({ id, name, publisher }) => [id, { name, publisher }]))
}

/** True the first time. */
export async function insertCredit(
  tx: Tx,
  row: { organisation_id: string; service_id: string; month: string; told_at: Date },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('availability_credits')
    .values(row)
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}
