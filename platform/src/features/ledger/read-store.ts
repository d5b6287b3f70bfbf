import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely'
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

/** Which entries, and which of their postings; what is undefined asks for nothing. */
export interface EntryFilter {
  account: LedgerAccount | undefined
  accounts: readonly LedgerAccount[] | undefined
  party: string | undefined
  currency: string | undefined
  kind: string | undefined
  causeType: string | undefined
  cause: string | undefined
  from: Date | undefined
  until: Date | undefined
}

const given = (value: unknown, condition: RawBuilder<boolean>) => (value === undefined ? [] : [condition])

const all = (conditions: readonly RawBuilder<boolean>[]) =>
  conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join([...conditions], sql` and `)}`

const ofEntries = ({ kind, causeType, cause, from, until }: EntryFilter) =>
  all([
    ...given(kind, sql`e.kind = ${kind}`),
    ...given(causeType, sql`e.cause_type = ${causeType}`),
    ...given(
      cause,
      sql`(e.cause_id = ${cause} or exists (select from bizq.ledger_links l where l.organisation_id = e.organisation_id
        and l.cause_type = e.cause_type and l.cause_id = e.cause_id and l.from_id = ${cause}))`,
    ),
    ...given(from, sql`e.at >= ${from}`),
    ...given(until, sql`e.at < ${until}`),
  ])

const ofPostings = ({ account, accounts, party, currency }: EntryFilter) =>
  all([
    ...given(account, sql`p.account = ${account}`),
    ...given(accounts, sql`p.account = any(${[...(accounts ?? [])]}::text[])`),
    ...given(party, sql`p.party_id = ${party}`),
    ...given(currency, sql`p.currency = ${currency}`),
  ])

/** Newest first. */
export function listEntries(
  tx: Tx,
  query: EntryFilter & { after: [string, string] | undefined; limit: number },
): Promise<EntryRow[]> {
  const { account, accounts, party, currency, after, limit } = query
  let found = tx
    .selectFrom('ledger_entries as e')
    .select(entryColumns)
    .where(ofEntries(query))
    .orderBy('e.at', 'desc')
    .orderBy('e.id', 'desc')
    .limit(limit + 1)
  if (account ?? accounts ?? party ?? currency)
    found = found.where((eb) =>
      eb.exists(
        eb
          .selectFrom('ledger_postings as p')
          .select('p.position')
          .whereRef('p.organisation_id', '=', 'e.organisation_id')
          .whereRef('p.entry_id', '=', 'e.id')
          .where(ofPostings(query)),
      ),
    )
  if (after !== undefined)
    found = found.where(sql<boolean>`(e.at, e.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`)
  return found.execute()
}

export interface TotalRow {
  account: LedgerAccount
  currency: string
  debit: string
  credit: string
}

/** What the postings that match come to, by account and currency. */
export async function sumPostings(tx: Tx, filter: EntryFilter): Promise<TotalRow[]> {
  const { rows } = await sql<TotalRow>`
    select p.account, p.currency, coalesce(sum(p.amount) filter (where p.amount > 0), 0)::text as debit,
      coalesce(-sum(p.amount) filter (where p.amount < 0), 0)::text as credit
    from bizq.ledger_postings p join bizq.ledger_entries e on e.organisation_id = p.organisation_id and e.id = p.entry_id
    where ${ofPostings(filter)} and ${ofEntries(filter)} group by 1, 2 order by 1, 2`.execute(tx)
  return rows
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

/** The names of organisations (UUIDs), as the platform reads them. */
export async function namesOf(
  directory: Kysely<Database>,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await directory
    .selectFrom('directory.admin_organisations')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(ids)])
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

export interface CauseNameRow {
  id: string
  number: string | null
  words: string | null
  operator_id: string | null
  provider_id: string | null
}

/** What a person knows our own rows by, of those that are known. Ids are UUIDs. */
export async function namesOfCauses(
  directory: Kysely<Database>,
  ids: readonly string[],
): Promise<CauseNameRow[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<CauseNameRow>`
    select id, number, words, operator_id, provider_id from directory.ledger_causes where id = any(${[...ids]}::uuid[])`.execute(
    directory,
  )
  return rows
}
