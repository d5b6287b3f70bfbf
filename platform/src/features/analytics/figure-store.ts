import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { EndingReason } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'
import { wallStep, type Sums } from './figures.ts'
import { leastSubscribers } from './told.ts'

export type FigureKind = 'executions' | 'decisions' | 'endings'

interface FigureTable {
  organisation_id: string
  id: Generated<string>
  service_id: string
  release_id: string | null
  kind: FigureKind
  /** Of decisions, the type of action; else empty. */
  part: string
  from_day: string
  to_day: string
  figures: Sums
}

declare module '../../db/database.ts' {
  interface Database {
    provider_figures: FigureTable
    provider_figure_days: { organisation_id: string; service_id: string; told_until: string }
    provider_endings: {
      organisation_id: string
      id: Generated<string>
      subscriber_id: string
      service_id: string
      release_id: string
      was_trial: boolean
      reason_code: EndingReason | null
      reason_text: string | null
      day: string
    }
    'directory.subscribed_services': { organisation_id: string; service_id: string }
    'directory.service_figures': Omit<FigureTable, 'id' | 'organisation_id'>
  }
}

type Tx = Transaction<Database>

export function listSubscribedServices(directory: Kysely<Database>) {
  return directory
    .selectFrom('directory.subscribed_services')
    .select(['organisation_id', 'service_id'])
    .execute()
}

/** One at a time closes the days of a service; what commits soon after midnight still counts for its day. */
export async function lockDays(
  tx: Tx,
  service: string,
): Promise<{ lastDay: string; toldUntil: string | null }> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`figures ${service}`}, 0))`.execute(tx)
  const { rows } = await sql<{ lastDay: string; toldUntil: string | null }>`
    select (now() - interval '1 hour')::date - 1 as "lastDay",
      (select told_until from bizq.provider_figure_days where service_id = ${service}) as "toldUntil"`.execute(
    tx,
  )
  return rows[0] ?? { lastDay: '', toldUntil: null }
}

export async function saveToldUntil(
  tx: Tx,
  organisation: string,
  service: string,
  day: string,
): Promise<void> {
  await tx
    .insertInto('provider_figure_days')
    .values({ organisation_id: organisation, service_id: service, told_until: day })
    .onConflict((oc) => oc.columns(['organisation_id', 'service_id']).doUpdateSet({ told_until: day }))
    .execute()
}

/** Who stands behind a day of a cell. */
interface CellDay {
  release: string | null
  part: string
  day: string
  subscribers: string[]
}
/** Part of a day's sums of a cell. */
export interface CellCount {
  release: string | null
  part: string
  day: string
  name: string
  key: string
  count: number
}

const sources = {
  executions: { table: sql`bizq.provider_executions`, release: sql`e.release_id`, part: sql`''` },
  decisions: { table: sql`bizq.provider_outcomes`, release: sql`e.release_id`, part: sql`e.type` },
  endings: { table: sql`bizq.provider_endings`, release: sql`null::uuid`, part: sql`''` },
} as const satisfies Record<FigureKind, unknown>

/** The rows of a kind that stand in no block yet, within these days. */
function untold(kind: FigureKind, service: string, from: string, to: string) {
  const { table, release, part } = sources[kind]
  return sql`told as (
      select release_id, part, max(to_day) as to_day from bizq.provider_figures
      where service_id = ${service} and kind = ${kind} group by 1, 2),
    untold as (
      select ${release} as release, ${part} as part, e.* from ${table} e
        left join told t on t.release_id is not distinct from ${release} and t.part = ${part}
      where e.service_id = ${service} and e.day between ${from}::date and ${to}::date
        and (t.to_day is null or e.day > t.to_day))`
}

export async function listCellDays(tx: Tx, kind: FigureKind, service: string, from: string, to: string) {
  const { rows } = await sql<CellDay>`with ${untold(kind, service, from, to)}
    select u.release, u.part, u.day, (array_agg(distinct u.subscriber_id))[1:${sql.lit(leastSubscribers)}] as subscribers
    from untold u group by 1, 2, 3`.execute(tx)
  return rows
}

const counts: Record<FigureKind, ReturnType<typeof sql>> = {
  executions: sql`cells as (
      select u.release, u.part, u.day, u.outcome, u.error_name,
        ceil(ln(greatest(u.wall_ms, 1)::numeric) / ln(${sql.lit(wallStep)}::numeric))::int::text as bucket,
        count(*)::int as count, sum(u.proposal_count)::int as proposals from untold u group by 1, 2, 3, 4, 5, 6)
    select release, part, day, v.name, v.key, sum(v.count)::int as count from cells,
      lateral (values ('executions', '', count), ('proposals', '', proposals), ('outcomes', outcome, count),
        ('errors', error_name, count), ('wall', case when outcome = 'succeeded' then bucket end, count)) as v (name, key, count)
    where v.key is not null group by 1, 2, 3, 4, 5`,
  decisions: sql`cells as (
      select u.release, u.part, u.day, u.outcome, u.reason_code, count(*)::int as count from untold u group by 1, 2, 3, 4, 5)
    select release, part, day, v.name, v.key, sum(v.count)::int as count from cells,
      lateral (values ('outcomes', outcome, count), ('reasons', case when outcome = 'rejected' then reason_code end, count)) as v (name, key, count)
    where v.key is not null group by 1, 2, 3, 4, 5`,
  endings: sql`cells as (
      select u.release, u.part, u.day, u.was_trial, u.reason_code, count(*)::int as count from untold u group by 1, 2, 3, 4, 5)
    select release, part, day, v.name, v.key, sum(v.count)::int as count from cells,
      lateral (values ('ended', '', count), ('inTrial', case when was_trial then '' end, count), ('reasons', reason_code, count)) as v (name, key, count)
    where v.key is not null group by 1, 2, 3, 4, 5`,
}

export async function listCellCounts(tx: Tx, kind: FigureKind, service: string, from: string, to: string) {
  const { rows } = await sql<CellCount>`with ${untold(kind, service, from, to)}, ${counts[kind]}`.execute(tx)
  return rows
}

type NewFigures = Pick<FigureTable, 'release_id' | 'kind' | 'part' | 'from_day' | 'to_day' | 'figures'>

export async function insertFigures(
  tx: Tx,
  organisation: string,
  service: string,
  rows: readonly NewFigures[],
): Promise<void> {
  if (rows.length === 0) return
  await tx
    .insertInto('provider_figures')
    .values(
      rows.map((row) => ({
        organisation_id: organisation,
        service_id: service,
        ...row,
        figures: JSON.stringify(row.figures) as unknown as Sums,
      })),
    )
    .execute()
}

const shown = ['release_id', 'kind', 'part', 'from_day', 'to_day', 'figures'] as const
export type FigureRow = Pick<FigureTable, (typeof shown)[number]>

/** The blocks of a service that lie within these days whole. */
export function listFigures(tx: Tx, service: string, from: string, to: string): Promise<FigureRow[]> {
  return tx
    .selectFrom('provider_figures')
    .select(shown)
    .where('service_id', '=', service)
    .where('from_day', '>=', from)
    .where('to_day', '<=', to)
    .orderBy('to_day')
    .execute()
}

/** The same of whichever provider's service. */
export function listServiceFigures(directory: Kysely<Database>, service: string, from: string, to: string) {
  return directory
    .selectFrom('directory.service_figures')
    .select(shown)
    .where('service_id', '=', service)
    .where('from_day', '>=', from)
    .where('to_day', '<=', to)
    .execute()
}

/** What those said who left, of the blocks that are told; in an order that says nothing. */
export async function listEndingWords(tx: Tx, service: string, from: string, to: string, limit: number) {
  const { rows } = await sql<{ code: EndingReason | null; words: string }>`
    select e.reason_code as code, e.reason_text as words from bizq.provider_endings e
    where e.service_id = ${service} and e.reason_text is not null and exists (select from bizq.provider_figures f
      where f.service_id = e.service_id and f.kind = 'endings' and e.day between f.from_day and f.to_day
        and f.from_day >= ${from}::date and f.to_day <= ${to}::date)
    order by e.id limit ${limit}`.execute(tx)
  return rows
}

/** The day that is over last, and the days before it that a period of so many begins and the one before it begins with. */
export async function findPeriod(tx: Tx, days: number) {
  const { rows } = await sql<{ to: string; from: string; before: string; beforeFrom: string }>`
    select current_date - 1 as "to", current_date - ${days}::int as "from",
      current_date - ${days}::int - 1 as "before", current_date - 2 * ${days}::int as "beforeFrom"`.execute(
    tx,
  )
  return rows[0] as { to: string; from: string; before: string; beforeFrom: string }
}
