import { sql, type Kysely } from 'kysely'

/** Makes it possible to watch the marketplace by counts alone: of each day, how many of what, and nothing of whose. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const dayOf = (column: string) => `(${column} at time zone 'UTC')::date`
const count = (what: string, table: string, column: string, where = '') =>
  `select ${dayOf(column)} as day, ${what} as what, count(*) as count from bizq.${table}
    where ${column} is not null ${where} group by 1, 2`

// Latency is counted in eighths of an octave of milliseconds: percentiles of any period follow from the counts of its days.
const bucket = `'latency:' || floor(8 * log(2.0, greatest(wall_ms, 1)::numeric))::int`

const statements = [
  `create index on bizq.executions using brin ((${dayOf('finished_at')}))`,
  `create index on bizq.actions using brin ((${dayOf('decided_at')}))`,
  `create view directory.marketplace_days as
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
    ].join('\n    union all ')}`,
  `grant select on directory.marketplace_days to bizq_directory`,
  // Days that are over, so that months of executions need not be looked through each time.
  `create table bizq.marketplace_days (
    organisation_id uuid not null references bizq.organisations, day date not null, what text not null, count bigint not null,
    primary key (organisation_id, day, what))`,
  `select bizq.protect('bizq.marketplace_days')`,
]
