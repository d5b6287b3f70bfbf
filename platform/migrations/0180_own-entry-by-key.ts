import { sql, type Kysely } from 'kysely'

/** Looks each entry up by its key when postings are booked: joined, the whole ledger was read for every booking. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create or replace function bizq.require_own_entry() returns trigger language plpgsql as $$
        begin
          if exists (select from (select distinct organisation_id, entry_id from added) a
              where (select transaction_id from bizq.ledger_entries e
                where e.organisation_id = a.organisation_id and e.id = a.entry_id) <> pg_current_xact_id()) then
            raise exception 'an entry of the ledger is whole when it is booked: nothing is added later';
          end if;
          return null;
        end $$`,
    )
    .execute(db)
}
