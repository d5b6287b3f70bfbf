import { sql, type Kysely } from 'kysely'

/** Makes it possible for the platform to see which transfers wait because Stripe holds too little of their currency. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...views]) await sql.raw(statement).execute(db)
}

const tables = [
  // Of the platform's organisation: from the first transfer that was refused for it until none waits. Told once.
  `create table bizq.transfer_shortages (
    organisation_id uuid not null references bizq.organisations, id uuid not null default gen_random_uuid(),
    currency text not null check (currency ~ '^[A-Z]{3}$'), began_at timestamptz not null, ended_at timestamptz,
    primary key (organisation_id, id))`,
  `create unique index on bizq.transfer_shortages (organisation_id, currency) where ended_at is null`,
  `select bizq.protect('bizq.transfer_shortages')`,
  `revoke update, delete on bizq.transfer_shortages from bizq_app`,
  `grant update (ended_at) on bizq.transfer_shortages to bizq_app`,
]

const views = [
  `create view directory.transfer_tries as
    select organisation_id, currency, state, amount, coalesce(decided_at, planned_at) as decided_at,
      coalesce(refusal like 'balance_insufficient%', false) as is_short
    from bizq.transfers`,
  `create view directory.untransferred as
    select organisation_id, currency, share as amount, available_at from bizq.earnings where transfer_id is null
    union all select organisation_id, currency, -amount, '-infinity' from bizq.earning_reversals
      where transfer_reversal_id is null and transfer_id is null`,
  `grant select on directory.transfer_tries, directory.untransferred to bizq_directory`,
]
