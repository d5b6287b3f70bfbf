import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { LedgerAccount } from './accounts.ts'

type Tx = Transaction<Database>

interface Named {
  kind: string
  cause_type: string
  cause_id: string
}

/** At most so many faults of a kind are named. */
const most = 100

export async function countLedger(tx: Tx): Promise<{ entries: number; postings: number }> {
  const { rows } = await sql<{ entries: number; postings: number }>`select
    (select count(*) from bizq.ledger_entries) as entries, (select count(*) from bizq.ledger_postings) as postings`.execute(
    tx,
  )
  return rows[0] ?? { entries: 0, postings: 0 }
}

export async function listUnevenCurrencies(tx: Tx): Promise<{ currency: string; amount: string }[]> {
  const { rows } = await sql<{ currency: string; amount: string }>`
    select currency, sum(amount)::text as amount from bizq.ledger_postings group by currency having sum(amount) <> 0`.execute(
    tx,
  )
  return rows
}

export async function listUnevenEntries(tx: Tx): Promise<(Named & { currency: string; amount: string })[]> {
  const { rows } = await sql<Named & { currency: string; amount: string }>`
    select e.kind, e.cause_type, e.cause_id, p.currency, p.amount from bizq.ledger_entries e join (
      select organisation_id, entry_id, currency, sum(amount)::text as amount from bizq.ledger_postings
      group by organisation_id, entry_id, currency having sum(amount) <> 0) p on p.organisation_id = e.organisation_id and p.entry_id = e.id
    limit ${most}`.execute(tx)
  return rows
}

export async function listEmptyEntries(tx: Tx): Promise<Named[]> {
  const { rows } = await sql<Named>`
    select e.kind, e.cause_type, e.cause_id from bizq.ledger_entries e
    where not exists (select from bizq.ledger_postings p where p.organisation_id = e.organisation_id and p.entry_id = e.id)
    limit ${most}`.execute(tx)
  return rows
}

export async function listDoubles(tx: Tx): Promise<(Named & { times: number })[]> {
  const { rows } = await sql<Named & { times: number }>`
    select kind, cause_type, cause_id, count(*)::int as times from bizq.ledger_entries
    group by kind, cause_type, cause_id having count(*) > 1 limit ${most}`.execute(tx)
  return rows
}

/** The balances of an account, by party and currency, that are on this side of zero. */
export async function listBalancesBeyond(
  tx: Tx,
  account: LedgerAccount,
  side: 'debit' | 'credit' | 'any',
): Promise<{ party_id: string | null; currency: string; amount: string }[]> {
  const beyond = { debit: sql`> 0`, credit: sql`< 0`, any: sql`<> 0` }[side]
  const { rows } = await sql<{ party_id: string | null; currency: string; amount: string }>`
    select party_id, currency, sum(amount)::text as amount from bizq.ledger_postings
    where account = ${account} group by party_id, currency having sum(amount) ${beyond} limit ${most}`.execute(
    tx,
  )
  return rows
}

/** Invoices of which a part was shared out, or more than was asked for. Amounts as text. */
export async function listPartlySettled(
  tx: Tx,
): Promise<{ invoice: string; currency: string; asked: string; settled: string }[]> {
  const { rows } = await sql<{ invoice: string; currency: string; asked: string; settled: string }>`
    with sales as (
      select e.kind, e.cause_type, e.cause_id, p.currency, sum(p.amount) as amount from bizq.ledger_entries e
      join bizq.ledger_postings p on p.organisation_id = e.organisation_id and p.entry_id = e.id
      where p.account = 'unsettled_sales' and e.kind in ('finalised', 'settled') group by e.kind, e.cause_type, e.cause_id, p.currency),
    asked as (select cause_id as invoice, currency, -amount as asked from sales where kind = 'finalised'),
    settled as (
      select l.from_id as invoice, s.currency, sum(s.amount) as settled from sales s join bizq.ledger_links l
        on l.cause_type = s.cause_type and l.cause_id = s.cause_id and l.from_type = 'invoice'
      where s.kind = 'settled' group by l.from_id, s.currency)
    select invoice, currency, coalesce(asked, 0)::text as asked, settled::text
    from settled left join asked using (invoice, currency) where settled <> coalesce(asked, 0) limit ${most}`.execute(
    tx,
  )
  return rows
}

/** What each account of the entries of a kind comes to, by cause. Amounts as text. */
export async function listSums(
  tx: Tx,
  { kind, causeType }: { kind: string; causeType: string },
): Promise<{ cause_id: string; account: LedgerAccount; amount: string }[]> {
  const { rows } = await sql<{ cause_id: string; account: LedgerAccount; amount: string }>`
    select e.cause_id, p.account, sum(p.amount)::text as amount from bizq.ledger_entries e
    join bizq.ledger_postings p on p.organisation_id = e.organisation_id and p.entry_id = e.id
    where e.kind = ${kind} and e.cause_type = ${causeType} group by e.cause_id, p.account`.execute(tx)
  return rows
}

/** What an account of the platform as a whole comes to in each currency. Amounts as text. */
export async function listBalance(
  tx: Tx,
  account: LedgerAccount,
): Promise<{ currency: string; amount: string }[]> {
  const { rows } = await sql<{ currency: string; amount: string }>`
    select currency, sum(amount)::text as amount from bizq.ledger_postings where account = ${account} group by currency`.execute(
    tx,
  )
  return rows
}
