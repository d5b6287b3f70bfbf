import { sql, type Kysely } from 'kysely'

/** Makes it possible to say of what the ledger books what a person knows it by: an invoice's number, a service, who paid, who earns. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create index on bizq.invoices (id)`,
  `create index on bizq.invoice_lines (id)`,
  `create index on bizq.refunds (id)`,
  `create index on bizq.settled_lines (earning_id) where earning_id is not null`,
  `create index on bizq.transfers (id)`,
  `create index on bizq.transfer_reversals (id)`,
  `create view directory.ledger_causes as
    select i.id, i.number, null::text as words, i.organisation_id as operator_id, null::uuid as provider_id from bizq.invoices i
    union all select l.id, i.number, l.description, l.organisation_id, l.provider_id
      from bizq.invoice_lines l join bizq.invoices i on i.organisation_id = l.organisation_id and i.id = l.invoice_id
    union all select r.id, i.number, l.description, r.organisation_id, r.provider_id
      from bizq.refunds r join bizq.invoices i on i.organisation_id = r.organisation_id and i.id = r.invoice_id
        join bizq.invoice_lines l on l.organisation_id = r.organisation_id and l.id = r.line_id
    union all select s.earning_id, i.number, e.service_name || ', ' || e.month, s.operator_id, s.provider_id
      from bizq.settled_lines s join bizq.earnings e on e.organisation_id = s.provider_id and e.id = s.earning_id
        left join bizq.invoices i on i.organisation_id = s.operator_id and i.id = s.invoice_id
    union all select t.id, null, null, null, t.organisation_id from bizq.transfers t
    union all select r.id, null, null, null, r.organisation_id from bizq.transfer_reversals r`,
  `grant select on directory.ledger_causes to bizq_directory`,
]
