import { sql, type Kysely } from 'kysely'

/** Makes it possible to run services on their providers' own servers: outputs that come later, and keys that sign each request. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // Set while a provider has promised an output: until then the execution is nobody's to take over.
  `alter table bizq.executions add column answer_due_at timestamptz`,
  `create or replace view directory.left_executions as
    select organisation_id, id from bizq.executions where state = 'waiting' and next_attempt_at <= now() - interval '2 minutes'
      or state = 'queued' and queued_at <= now() - interval '2 minutes'
      or state = 'running' and coalesce(answer_due_at, started_at + interval '2 minutes') <= now()`,
  // The keys themselves are derived: this says which generation of them signs, and since when.
  `create table bizq.remote_signing (
    organisation_id uuid not null, service_id uuid not null, generation integer not null, rotated_at timestamptz not null default now(),
    primary key (organisation_id, service_id),
    foreign key (organisation_id, service_id) references bizq.services (organisation_id, id))`,
  `select bizq.protect('bizq.remote_signing')`,
  `select bizq.open_to_directory('bizq.remote_signing')`,
  `revoke delete on bizq.remote_signing from bizq_app`,
  `create view directory.remote_signing as select service_id, generation, rotated_at from bizq.remote_signing`,
  `grant select on directory.remote_signing to bizq_directory`,
]
