import { sql, type Kysely } from 'kysely'

/** Makes it possible to number a launch provider's first customers by any clock: whether its year runs is asked when they are invoiced. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [numbering, ...views]) await sql.raw(statement).execute(db)
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

const views = [
  // On what terms a provider is, and which operators are among its first customers: asked by what makes invoices.
  `create view directory.launch_providers as
    select provider_id, from_at, least(until_at, coalesce(ended_at, until_at)) as until_at from bizq.launch_providers`,
  `create view directory.launch_customers as select provider_id, operator_id from bizq.launch_customers`,
  `grant select on directory.launch_providers, directory.launch_customers to bizq_directory`,
]
