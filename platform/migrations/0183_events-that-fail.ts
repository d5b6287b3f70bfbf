import { sql, type Kysely } from 'kysely'

/** Makes it possible to put an event of Stripe's aside that cannot be followed, and to see why. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `alter table bizq.stripe_events add column attempts integer not null default 0, add column tried_at timestamptz,
    add column error text, add column failed_at timestamptz,
    drop constraint stripe_events_state_check,
    add constraint stripe_events_state_check check (state in ('received', 'done', 'ignored', 'failed')),
    add check ((state = 'failed') = (failed_at is not null))`,
  `create index on bizq.stripe_events (organisation_id, failed_at desc, id desc) where state = 'failed'`,
  `grant update (attempts, tried_at, error, failed_at) on bizq.stripe_events to bizq_app`,
]
