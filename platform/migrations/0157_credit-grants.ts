import { sql, type Kysely } from 'kysely'

/** Makes it possible for the platform to see what credit it granted, to whom, why, and who of its people did. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // Of the platform's organisation. The operator's own entry has the grant's id as its cause.
  `create table bizq.credit_grants (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(), operator_id uuid not null,
    currency text not null, amount bigint not null check (amount > 0), reason text not null, granted_by uuid, at timestamptz not null,
    primary key (organisation_id, id))`,
  `select bizq.protect('bizq.credit_grants')`,
  `revoke update, delete on bizq.credit_grants from bizq_app`,
]
