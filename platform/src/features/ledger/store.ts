import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Cause, Entry, LedgerAccount, Posting } from './accounts.ts'

interface EntryTable {
  organisation_id: string
  id: string
  kind: string
  cause_type: string
  cause_id: string
  at: Date
  memo: string
  posted_at: Date
}

interface PostingTable {
  organisation_id: string
  entry_id: string
  position: number
  account: LedgerAccount
  party_id: string | null
  currency: string
  /** Text beyond what a number holds exactly. */
  amount: number | string
}

interface LinkTable {
  organisation_id: string
  cause_type: string
  cause_id: string
  from_type: string
  from_id: string
}

declare module '../../db/database.ts' {
  interface Database {
    ledger_entries: EntryTable
    ledger_postings: PostingTable
    ledger_links: LinkTable
  }
}

type Tx = Transaction<Database>

export type EntryRow = Omit<EntryTable, 'organisation_id'>
export type PostingRow = Omit<PostingTable, 'organisation_id'>

/** Writes the entries that are not there yet, in one statement. Answers the positions of those that are. */
export async function insertEntries(
  tx: Tx,
  organisation: string,
  entries: readonly Entry[],
): Promise<number[]> {
  const rows = entries.map(({ kind, cause, at, memo, postings, from }, n) => ({
    n,
    kind,
    cause_type: cause.type,
    cause_id: cause.id,
    at,
    memo,
    postings: postings.map(({ account, party, currency, amount }, position) => ({
      position,
      account,
      party_id: party ?? null,
      currency,
      amount: String(amount),
    })),
    links: from ?? [],
  }))
  const { rows: written } = await sql<{ n: number }>`
    with given as materialized (
      select * from json_to_recordset(${JSON.stringify(rows)}::json)
        as g (n int, kind text, cause_type text, cause_id text, at timestamptz, memo text, postings json, links json)),
    entries as (
      insert into bizq.ledger_entries (organisation_id, kind, cause_type, cause_id, at, memo)
        select ${organisation}::uuid, kind, cause_type, cause_id, at, memo from given order by n
        on conflict (organisation_id, cause_type, cause_id, kind) do nothing
        returning id, kind, cause_type, cause_id),
    added as (
      select e.id, g.* from entries e join given g using (kind, cause_type, cause_id)),
    postings as (
      insert into bizq.ledger_postings (organisation_id, entry_id, position, account, party_id, currency, amount)
        select ${organisation}::uuid, a.id, p.position, p.account, p.party_id, p.currency, p.amount
        from added a, json_to_recordset(a.postings) as p (position int, account text, party_id uuid, currency text, amount bigint)),
    links as (
      insert into bizq.ledger_links (organisation_id, cause_type, cause_id, from_type, from_id)
        select ${organisation}::uuid, a.cause_type, a.cause_id, l.type, l.id
        from added a, json_to_recordset(a.links) as l (type text, id text)
        on conflict do nothing)
    select n from added`.execute(tx)
  const done = new Set(written.map(({ n }) => n))
  return entries.flatMap((_, n) => (done.has(n) ? [] : [n]))
}

/** What is booked for a cause, of one kind. */
export async function findPostings(tx: Tx, cause: Cause, kind: string): Promise<Posting[]> {
  const rows = await tx
    .selectFrom('ledger_entries as e')
    .innerJoin('ledger_postings as p', (join) =>
      join.onRef('p.organisation_id', '=', 'e.organisation_id').onRef('p.entry_id', '=', 'e.id'),
    )
    .select(['p.account', 'p.party_id', 'p.currency', 'p.amount'])
    .where('e.cause_type', '=', cause.type)
    .where('e.cause_id', '=', cause.id)
    .where('e.kind', '=', kind)
    .orderBy('p.position')
    .execute()
  return rows.map(({ account, party_id, currency, amount }) => ({
    account,
    currency,
    amount: BigInt(amount),
    ...(party_id === null ? {} : { party: party_id }),
  }))
}
