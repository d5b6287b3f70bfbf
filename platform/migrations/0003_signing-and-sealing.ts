import { sql, type Kysely } from 'kysely'

/** Makes it possible to sign receipts and audit heads, to chain the audit log in the background, and to follow events live. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table bizq.signing_keys (
    kid text primary key, public_jwk jsonb not null, private_sealed bytea not null,
    created_at timestamptz not null default now(), retired_at timestamptz)`.execute(db)
  await sql`create unique index on bizq.signing_keys ((true)) where retired_at is null`.execute(db)
  await sql`grant select, insert, update on bizq.signing_keys to bizq_app`.execute(db)
  await sql`grant select on bizq.signing_keys to bizq_sealer`.execute(db)

  await sql`create table bizq.audit_chain (
    organisation_id uuid not null, sequence bigint not null, entry_id uuid not null, hash text not null,
    primary key (organisation_id, sequence), unique (organisation_id, entry_id),
    foreign key (organisation_id, entry_id) references bizq.audit_entries (organisation_id, id))`.execute(db)
  await sql`create table bizq.audit_heads (
    organisation_id uuid not null, sequence bigint not null, hash text not null, at timestamptz not null, jws text not null,
    primary key (organisation_id, sequence))`.execute(db)
  // The end of every chain beside the end of what was signed of it: who signs need not look through the chains.
  await sql`create table bizq.audit_ends (
    organisation_id uuid primary key, sequence bigint not null, hash text not null,
    signed_sequence bigint not null default 0, signed_at timestamptz)`.execute(db)
  await sql`create index on bizq.audit_ends (signed_at) where sequence > signed_sequence`.execute(db)
  await sql`create table bizq.audit_watermark (single boolean primary key default true check (single), xid xid8 not null, entry_id uuid not null)`.execute(
    db,
  )
  await sql`insert into bizq.audit_watermark (xid, entry_id) values ('0', '00000000-0000-0000-0000-000000000000')`.execute(
    db,
  )
  await sql`create index on bizq.audit_entries (xid, id)`.execute(db)

  for (const table of ['audit_chain', 'audit_heads', 'audit_ends']) {
    await sql`select bizq.protect(${`bizq.${table}`}::regclass)`.execute(db)
    await sql`revoke insert, update, delete on ${sql.table(`bizq.${table}`)} from bizq_app`.execute(db)
    await sql`create policy sealer on ${sql.table(`bizq.${table}`)} to bizq_sealer using (true) with check (true)`.execute(
      db,
    )
    await sql`grant select, insert on ${sql.table(`bizq.${table}`)} to bizq_sealer`.execute(db)
  }
  await sql`grant update on bizq.audit_ends to bizq_sealer`.execute(db)
  await sql`create policy sealer on bizq.audit_entries for select to bizq_sealer using (true)`.execute(db)
  await sql`grant select on bizq.audit_entries to bizq_sealer`.execute(db)
  await sql`grant select, update on bizq.audit_watermark to bizq_sealer`.execute(db)

  await sql`create index on bizq.events (xid, seq)`.execute(db)
  await sql`select bizq.open_to_directory('bizq.events')`.execute(db)
  await sql`create view directory.events as
    select xid, seq, organisation_id, id, at, type, payload from bizq.events`.execute(db)
  await sql`grant select on directory.events to bizq_directory`.execute(db)
}
