import { sql, type Kysely } from 'kysely'

/** Makes it possible to count latencies of a busy day at once: their logarithm as a floating-point number costs a tenth of the exact one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`create or replace view directory.marketplace_days as
    ${[
      count(`'organisations:' || kind`, 'organisations', 'created_at'),
      count(`'businesses'`, 'businesses', 'created_at'),
      count(`'businesses:archived'`, 'businesses', 'archived_at'),
      count(`'subscriptions:new'`, 'subscriptions', 'created_at'),
      count(`'subscriptions:ended'`, 'subscriptions', 'cancelled_at'),
      count(`'executions:' || state`, 'executions', 'finished_at'),
      count(bucket, 'executions', 'finished_at', `and wall_ms is not null and state = 'succeeded'`),
      count(`'actions:decided'`, 'actions', 'decided_at', `and decided_by is not null`),
      count(`'actions:accepted'`, 'actions', 'decided_at', `and decision in ('approve', 'edit')`),
      count(`'actions:undone'`, 'actions', 'updated_at', `and state = 'undone'`),
      count(`'releases:submitted'`, 'releases', 'created_at'),
      count(`'releases:published'`, 'releases', 'published_at'),
      count(`'disputes'`, 'disputes', 'opened_at', `and side = 'platform'`),
    ].join('\n    union all ')}`)
    .execute(db)
}

const dayOf = (column: string) => `(${column} at time zone 'UTC')::date`
const count = (what: string, table: string, column: string, where = '') =>
  `select ${dayOf(column)} as day, ${what} as what, count(*) as count from bizq.${table}
    where ${column} is not null ${where} group by 1, 2`

// Latency is counted in eighths of an octave of milliseconds: percentiles of any period follow from the counts of its days.
const bucket = `'latency:' || floor(8 * ln(greatest(wall_ms, 1)) / ln(2))::int`
