import { sql, type ColumnType, type Generated, type Kysely, type Transaction } from 'kysely'
import { countedFailures } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'
import type { Side, Worsening } from './judge.ts'

export type RolloutState = 'running' | 'finished' | 'reverted' | 'stopped'

/** Both sides of a canary as its provider may see them, told only when five subscribers or more stand behind what is new. */
export interface ToldSides {
  canary: Side
  stayed: Side
  at: string
}

interface RolloutTable {
  organisation_id: string
  release_id: string
  service_id: string
  percent: number
  state: RolloutState
  started_at: Generated<Date>
  ends_at: Date
  ended_at: Date | null
  reasons: ColumnType<Worsening[], never, string>
  figures: ColumnType<ToldSides | null, never, string | null>
  started_in: Generated<string>
  started_on: Generated<string>
  told_in: string | null
}

declare module '../../db/database.ts' {
  interface Database {
    rollouts: RolloutTable
    'directory.running_rollouts': { organisation_id: string; release_id: string }
  }
}

type Tx = Transaction<Database>
const columns = [
  'release_id',
  'service_id',
  'percent',
  'state',
  'started_at',
  'ends_at',
  'ended_at',
  'reasons',
  'figures',
  'started_in',
  'started_on',
  'told_in',
] as const
export type RolloutRow = NonNullable<Awaited<ReturnType<typeof findRollout>>>

/** Begins a canary; one of the same release that was stopped begins anew. */
export async function startRollout(
  tx: Tx,
  row: { organisation: string; release: string; service: string; percent: number; hours: number },
): Promise<void> {
  await sql`insert into bizq.rollouts (organisation_id, release_id, service_id, percent, state, ends_at)
    values (${row.organisation}, ${row.release}, ${row.service}, ${row.percent}, 'running', now() + ${row.hours} * interval '1 hour')
    on conflict (organisation_id, release_id) do update set percent = excluded.percent, state = 'running', started_at = now(),
      ends_at = excluded.ends_at, ended_at = null, reasons = '[]', figures = null, started_in = pg_current_xact_id(),
      started_on = current_date, told_in = null
    where rollouts.state <> 'running'`.execute(tx)
}

export function findRollout(tx: Tx, release: string) {
  return tx.selectFrom('rollouts').select(columns).where('release_id', '=', release).executeTakeFirst()
}

export function lockRollout(tx: Tx, release: string) {
  return tx
    .selectFrom('rollouts')
    .select(columns)
    .where('release_id', '=', release)
    .forUpdate()
    .executeTakeFirst()
}

export async function endRollout(
  tx: Tx,
  release: string,
  state: Exclude<RolloutState, 'running'>,
  reasons: readonly Worsening[] = [],
): Promise<void> {
  await tx
    .updateTable('rollouts')
    .set({ state, ended_at: new Date(), reasons: JSON.stringify(reasons) })
    .where('release_id', '=', release)
    .where('state', '=', 'running')
    .execute()
}

export async function tellFigures(tx: Tx, release: string, figures: ToldSides): Promise<void> {
  await tx
    .updateTable('rollouts')
    .set({ figures: JSON.stringify(figures), told_in: sql<string>`pg_current_xact_id()` })
    .where('release_id', '=', release)
    .execute()
}

export function listRunning(directory: Kysely<Database>) {
  return directory
    .selectFrom('directory.running_rollouts')
    .select(['organisation_id', 'release_id'])
    .orderBy('release_id')
    .execute()
}

export interface Measured {
  canary: Side
  stayed: Side
  /** How many subscribers of each side ran since the provider was last told. */
  since: { canary: number; stayed: number }
}

const noSide: Side = { subscribers: 0, executions: 0, failures: 0, p95Ms: null, accepted: 0, undone: 0 }

/** What both sides of a canary did since it began, from the provider's own lines. */
export async function measure(tx: Tx, rollout: RolloutRow): Promise<Measured> {
  const failed = [...countedFailures]
  const { rows } = await sql<Side & { is_canary: boolean; since: number }>`
    with sides as (
      select id, release_id = ${rollout.release_id} as is_canary from bizq.subscribers where service_id = ${rollout.service_id}
    ), ran as (
      select s.is_canary, count(distinct s.id) filter (where e.written_in > coalesce(${rollout.told_in}::xid8, '0'))::int as since,
        count(distinct s.id)::int as subscribers,
        count(*) filter (where e.outcome = 'succeeded' or e.outcome = any(${failed}::text[]))::int as executions,
        count(*) filter (where e.outcome = any(${failed}::text[]))::int as failures,
        percentile_cont(0.95) within group (order by e.wall_ms) filter (where e.outcome = 'succeeded') as "p95Ms"
      from bizq.provider_executions e join sides s on s.id = e.subscriber_id
      where e.service_id = ${rollout.service_id} and e.written_in >= ${rollout.started_in}::xid8
        and (e.release_id = ${rollout.release_id}) = s.is_canary
      group by 1
    ), decided as (
      select s.is_canary, count(*) filter (where o.outcome in ('accepted', 'edited'))::int as accepted,
        count(*) filter (where o.outcome = 'undone')::int as undone
      from bizq.provider_outcomes o join sides s on s.id = o.subscriber_id
      where o.service_id = ${rollout.service_id} and o.day >= ${rollout.started_on}::date
        and o.written_in >= ${rollout.started_in}::xid8
        and (o.release_id is not distinct from ${rollout.release_id}) = s.is_canary
      group by 1
    )
    select is_canary, coalesce(subscribers, 0) as subscribers, coalesce(since, 0) as since, coalesce(executions, 0) as executions,
      coalesce(failures, 0) as failures, "p95Ms", coalesce(accepted, 0) as accepted, coalesce(undone, 0) as undone
    from ran full join decided using (is_canary)`.execute(tx)
  const of = (isCanary: boolean) => rows.find((row) => row.is_canary === isCanary)
  const sideOf = (row: (typeof rows)[number] | undefined): Side => {
    if (!row) return noSide
    const { is_canary: _, since: __, ...side } = row
    return side
  }
  return {
    canary: sideOf(of(true)),
    stayed: sideOf(of(false)),
    since: { canary: of(true)?.since ?? 0, stayed: of(false)?.since ?? 0 },
  }
}
