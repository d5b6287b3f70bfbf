import type { Pool } from 'pg'

/** What a marketplace came to, in minor units by currency, and how many of what. */
export interface Sums {
  counts: Record<string, number>
  money: Record<string, Record<string, bigint>>
}

const counts = `
  select 'operators' as what, count(*) as n from bizq.organisations where kind = 'operator'
  union all select 'businesses', count(*) from bizq.businesses
  union all select 'subscriptions', count(*) from bizq.subscriptions
  union all select 'of them cancelled', count(*) from bizq.subscriptions where state = 'cancelled'
  union all select 'executions', count(*) from bizq.executions where state = 'succeeded'
  union all select 'invoices', count(*) from bizq.invoices
  union all select 'of them paid', count(*) from bizq.invoices where state = 'paid'
  union all select 'lines', count(*) from bizq.invoice_lines
  union all select 'refunds', count(*) from bizq.refunds
  union all select 'card disputes', count(*) from bizq.card_disputes
  union all select 'of them won', count(*) from bizq.card_disputes where status = 'won'
  union all select 'transfers', count(*) from bizq.transfers where state = 'made'
  union all select 'ledger entries', count(*) from bizq.ledger_entries`

const ledger = (what: string, account: string, sign: 1 | -1) =>
  `select '${what}' as what, currency, ${sign} * sum(amount) as amount from bizq.ledger_postings where account = '${account}' group by currency`

const money = `
  select 'GMV' as what, currency, sum(total) as amount from bizq.invoices where state = 'paid' group by currency
  union all select 'paid by card', currency, sum(card + tax) from bizq.invoices where state = 'paid' group by currency
  union all select 'given back', currency, sum(amount) from bizq.refunds where state <> 'refused' and cause not in ('dispute', 'dispute_won') group by currency
  union all select 'disputed', currency, sum(amount) from bizq.card_disputes group by currency
  union all select 'earned', currency, sum(share) from bizq.settled_lines group by currency
  union all select 'transferred', currency, sum(amount) from bizq.transfers where state = 'made' group by currency
  union all ${ledger('payable', 'provider_payable', -1)}
  union all ${ledger('platform revenue', 'platform_revenue', -1)}
  union all ${ledger('conversion revenue', 'conversion_revenue', -1)}
  union all ${ledger('processing', 'processing', 1)}
  union all ${ledger('dispute fees', 'dispute_fees', 1)}
  union all ${ledger('credit cost', 'credit_cost', 1)}
  union all ${ledger('launch cost', 'launch_cost', 1)}
  union all ${ledger('bad debt', 'bad_debt', 1)}
  union all ${ledger('rounding', 'rounding', 1)}`

export async function readSums(admin: Pool): Promise<Sums> {
  const counted = await admin.query<{ what: string; n: string }>(counts)
  const summed = await admin.query<{ what: string; currency: string; amount: string }>(money)
  const sums: Sums = { counts: {}, money: {} }
  for (const { what, n } of counted.rows) sums.counts[what] = Number(n)
  for (const { what, currency, amount } of summed.rows) (sums.money[what] ??= {})[currency] = BigInt(amount)
  return sums
}
