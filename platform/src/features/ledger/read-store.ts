import { sql, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Cause, LedgerAccount } from './accounts.ts'
import type { EntryRow, PostingRow } from './store.ts'

type Tx = Transaction<Database>

export interface BalanceRow {
  account: LedgerAccount
  party_id: string | null
  parties: number
  currency: string
  debit: string
  credit: string
}

/** Debits and credits of each account, whole or by organisation, in each currency. */
export async function listBalances(
  tx: Tx,
  query: {
    account: LedgerAccount | undefined
    party: string | undefined
    currency: string | undefined
    after: [string, string, string] | undefined
    limit: number
  },
): Promise<BalanceRow[]> {
  const { account, party, currency, after, limit } = query
  const perParty = account !== undefined || party !== undefined
  const { rows } = await sql<BalanceRow>`
    select account, party as party_id, parties, currency, debit, credit from (
      select account, currency, ${perParty ? sql`party_id` : sql`null::uuid`} as party, count(distinct party_id)::int as parties,
        coalesce(sum(amount) filter (where amount > 0), 0)::text as debit, coalesce(-sum(amount) filter (where amount < 0), 0)::text as credit
      from bizq.ledger_postings
      where ${account === undefined ? sql`true` : sql`account = ${account}`}
        and ${party === undefined ? sql`true` : sql`party_id = ${party}`}
        and ${currency === undefined ? sql`true` : sql`currency = ${currency}`}
      group by 1, 2, 3) balances
    where ${after === undefined ? sql`true` : sql`(account, currency, coalesce(party::text, '')) > (${after[0]}, ${after[1]}, ${after[2]})`}
    order by account, currency, coalesce(party::text, '') limit ${limit + 1}`.execute(tx)
  return rows
}

const entryColumns = [
  'e.id',
  'e.kind',
  'e.cause_type',
  'e.cause_id',
  'e.at',
  'e.memo',
  'e.posted_at',
] as const

/** Newest first. */
export function listEntries(
  tx: Tx,
  query: {
    account: LedgerAccount | undefined
    party: string | undefined
    currency: string | undefined
    kind: string | undefined
    from: Date | undefined
    until: Date | undefined
    after: [string, string] | undefined
    limit: number
  },
): Promise<EntryRow[]> {
  const { account, party, currency, kind, from, until, after, limit } = query
  let found = tx
    .selectFrom('ledger_entries as e')
    .select(entryColumns)
    .orderBy('e.at', 'desc')
    .orderBy('e.id', 'desc')
    .limit(limit + 1)
  if (account ?? party ?? currency)
    found = found.where((eb) =>
      eb.exists(
        eb
          .selectFrom('ledger_postings as p')
          .select('p.position')
          .whereRef('p.organisation_id', '=', 'e.organisation_id')
          .whereRef('p.entry_id', '=', 'e.id')
          .$if(account !== undefined, (q) => q.where('p.account', '=', account as LedgerAccount))
          .$if(party !== undefined, (q) => q.where('p.party_id', '=', party as string))
          .$if(currency !== undefined, (q) => q.where('p.currency', '=', currency as string)),
      ),
    )
  if (kind !== undefined) found = found.where('e.kind', '=', kind)
  if (from !== undefined) found = found.where('e.at', '>=', from)
  if (until !== undefined) found = found.where('e.at', '<', until)
  if (after !== undefined)
    found = found.where(sql<boolean>`(e.at, e.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`)
  return found.execute()
}

export function findEntry(tx: Tx, id: string): Promise<EntryRow | undefined> {
  return tx.selectFrom('ledger_entries as e').select(entryColumns).where('e.id', '=', id).executeTakeFirst()
}

export function listEntriesOf(tx: Tx, cause: Cause): Promise<EntryRow[]> {
  return tx
    .selectFrom('ledger_entries as e')
    .select(entryColumns)
    .where('e.cause_type', '=', cause.type)
    .where('e.cause_id', '=', cause.id)
    .orderBy('e.at')
    .orderBy('e.id')
    .execute()
}

export function listPostings(tx: Tx, entries: readonly string[]): Promise<PostingRow[]> {
  return tx
    .selectFrom('ledger_postings')
    .select(['entry_id', 'position', 'account', 'party_id', 'currency', 'amount'])
    .where('entry_id', 'in', [...entries, '00000000-0000-0000-0000-000000000000'])
    .orderBy('position')
    .execute()
}

const mostLinks = 1_000

/** What a cause follows from, or what followed from it. */
export async function listLinks(tx: Tx, cause: Cause, way: 'from' | 'to'): Promise<Cause[]> {
  const rows =
    way === 'from'
      ? await tx
          .selectFrom('ledger_links')
          .select(['from_type as type', 'from_id as id'])
          .where('cause_type', '=', cause.type)
          .where('cause_id', '=', cause.id)
          .orderBy('from_type')
          .orderBy('from_id')
          .limit(mostLinks)
          .execute()
      : await tx
          .selectFrom('ledger_links')
          .select(['cause_type as type', 'cause_id as id'])
          .where('from_type', '=', cause.type)
          .where('from_id', '=', cause.id)
          .orderBy('cause_type')
          .orderBy('cause_id')
          .limit(mostLinks)
          .execute()
  return rows
}

export async function namesOf(
  directory: Kysely<Database>,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await directory
    .selectFrom('directory.admin_organisations')
    .select(['id', 'name'])
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** What an account comes to for one organisation, debits less credits, by currency. */
export async function balancesOf(
  tx: Tx,
  account: LedgerAccount,
  party: string,
): Promise<Map<string, bigint>> {
  const { rows } = await sql<{ currency: string; balance: string }>`
    select currency, sum(amount)::text as balance from bizq.ledger_postings
    where account = ${account} and party_id = ${party} group by currency`.execute(tx)
  return new Map(rows.map(({ currency, balance }) => [currency, BigInt(balance)]))
}
