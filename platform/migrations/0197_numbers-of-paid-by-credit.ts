import { sql, type Kysely } from 'kysely'

/** Makes every invoice that no card pays have a number, which Stripe gives to the others alone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const numbered = ['invoices', 'billing_accounts']

const statements = [
  `alter table bizq.billing_accounts add column own_numbers integer not null default 0 check (own_numbers >= 0)`,
  // Whoever owns the tables sees all of them for as long as it takes.
  ...numbered.map((table) => `alter table bizq.${table} no force row level security`),
  `update bizq.invoices i set number = 'BQ-' || upper(right(i.organisation_id::text, 8)) || '-' || lpad(n.place::text, greatest(4, length(n.place::text)), '0')
    from (select organisation_id, id, row_number() over (partition by organisation_id order by made_at, id) as place
      from bizq.invoices where card = 0 and number is null and stripe_invoice is null) n
    where n.organisation_id = i.organisation_id and n.id = i.id`,
  `update bizq.billing_accounts a set own_numbers = (select count(*) from bizq.invoices i
    where i.organisation_id = a.organisation_id and i.number like 'BQ-%' and i.card = 0 and i.stripe_invoice is null)`,
  ...numbered.map((table) => `alter table bizq.${table} force row level security`),
]
