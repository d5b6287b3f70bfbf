import { sql, type Kysely } from 'kysely'

/** Makes a cap hold for a service at a business, however often it is cancelled and subscribed to again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...keys, ...functions]) await sql.raw(statement).execute(db)
}

const moved = ['usage_caps', 'subscriptions']

const keys = [
  `alter table bizq.usage_caps add column business_id uuid, add column service_id uuid`,
  // Whoever owns the tables sees all of them for as long as it takes.
  ...moved.map((table) => `alter table bizq.${table} no force row level security`),
  `update bizq.usage_caps c set business_id = s.business_id, service_id = s.service_id
    from bizq.subscriptions s where s.organisation_id = c.organisation_id and s.id = c.subscription_id`,
  // Of several subscriptions one after the other the last one's was meant.
  `delete from bizq.usage_caps c using bizq.usage_caps l where l.organisation_id = c.organisation_id
    and l.business_id = c.business_id and l.service_id = c.service_id and l.subscription_id > c.subscription_id`,
  ...moved.map((table) => `alter table bizq.${table} force row level security`),
  `alter table bizq.usage_caps drop column subscription_id, alter column business_id set not null,
    alter column service_id set not null, add primary key (organisation_id, business_id, service_id),
    add foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id)`,
  `create index on bizq.usage_records (organisation_id, business_id, service_id, at)`,
  `drop index bizq.usage_records_organisation_id_subscription_id_at_idx`,
]

const functions = [
  // Why nothing of a subscription runs at present though nobody paused it; null when it may.
  `create or replace function bizq.held_back(tenant uuid, business uuid, subscription uuid) returns text
    language sql stable set search_path = pg_catalog, bizq as $$
      select case
        when (select a.state from bizq.billing_accounts a where a.organisation_id = tenant) in ('lapsed', 'cancelled') then 'no-plan'
        when (select a.state from bizq.billing_accounts a where a.organisation_id = tenant) = 'paused' then 'unpaid'
        when exists (select from bizq.resting_businesses r where r.organisation_id = tenant and r.business_id = business) then 'resting'
        when exists (select from bizq.usage_caps c where c.organisation_id = tenant and c.business_id = business
          and c.reached_at is not null and c.service_id = (select s.service_id from bizq.subscriptions s
            where s.organisation_id = tenant and s.id = subscription)) then 'usage-cap'
      end $$`,
]
