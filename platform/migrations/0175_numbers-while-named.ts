import { sql, type Kysely } from 'kysely'

/** Makes a subscription that comes while its provider is named a launch provider wait for that, or be waited for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(numbering).execute(db)
}

const numbering = `create or replace function bizq.number_launch_customer(subscription uuid) returns void
  language plpgsql security definer set search_path = pg_catalog, bizq as $$
  declare
    own uuid := bizq.organisation();
    platform uuid;
    provider uuid;
    taken integer;
  begin
    select s.provider_id into provider from bizq.subscriptions s where s.organisation_id = own and s.id = subscription;
    select o.organisation_id into platform from bizq.organisations o where o.kind = 'platform';
    if platform is null or provider is null then return; end if;
    -- Kept until it is committed: who names the provider reads earlier customers after this one, or this one sees the name.
    perform pg_advisory_xact_lock_shared(hashtextextended('launch ' || provider::text, 0));
    perform set_config('bizq.organisation', platform::text, true);
    -- The row is locked: two that subscribe at one moment get two numbers.
    perform from bizq.launch_providers l where l.organisation_id = platform and l.provider_id = provider and l.ended_at is null for update;
    if found and not exists (select from bizq.launch_customers c
        where c.organisation_id = platform and c.provider_id = provider and c.operator_id = own) then
      select count(*) into taken from bizq.launch_customers c where c.organisation_id = platform and c.provider_id = provider;
      if taken < 100 then
        insert into bizq.launch_customers (organisation_id, provider_id, operator_id, number) values (platform, provider, own, taken + 1);
      end if;
    end if;
    perform set_config('bizq.organisation', own::text, true);
  end $$`
