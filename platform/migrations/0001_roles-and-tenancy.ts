import { sql, type Kysely } from 'kysely'

/** Makes tenancy possible: schemas, the current organisation, and `protect`, which every tenant table goes through. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create schema bizq`.execute(db)
  await sql`create schema data`.execute(db)
  await sql`create schema masked`.execute(db)
  await sql`create schema directory`.execute(db)
  await sql`create schema auth authorization current_user`.execute(db)
  await sql`grant usage on schema bizq to bizq_app, bizq_directory, bizq_masked, bizq_sealer`.execute(db)
  await sql`grant usage on schema data to bizq_app`.execute(db)
  await sql`grant usage on schema masked to bizq_masked`.execute(db)
  await sql`grant usage on schema directory to bizq_directory`.execute(db)
  await sql`grant usage on schema auth to bizq_auth`.execute(db)

  await sql`
    create function bizq.organisation() returns uuid language sql stable parallel safe as
    $$ select nullif(current_setting('bizq.organisation', true), '')::uuid $$`.execute(db)

  await sql`
    create function bizq.protect(target regclass) returns void language plpgsql as $$
    begin
      execute format('alter table %s enable row level security', target);
      execute format('alter table %s force row level security', target);
      execute format('create policy tenant on %s using (organisation_id = (select bizq.organisation()))
        with check (organisation_id = (select bizq.organisation()))', target);
      execute format('grant select, insert, update, delete on %s to bizq_app', target);
    end $$`.execute(db)

  await sql`
    create function bizq.open_to_directory(target regclass) returns void language plpgsql as $$
    begin
      execute format('create policy directory on %s for select to %I using (current_user = ''bizq_directory'')',
        target, current_user);
    end $$`.execute(db)
  await sql`revoke execute on function bizq.protect(regclass), bizq.open_to_directory(regclass) from public`.execute(
    db,
  )
}
