import { decodeId, encodeId, idPrefixes, idSchema, type Money } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin } from '../../http/authorise.ts'
import { decodeCursor, pageOf } from '../../http/pagination.ts'
import { ProblemError } from '../../problems.ts'
import type { Cause, LedgerAccount } from './accounts.ts'
import * as store from './read-store.ts'
import type {
  BalanceQuery,
  EntryQuery,
  LedgerBalance,
  LedgerCauseTold,
  LedgerEntry,
  LedgerTotal,
  LedgerTrace,
  TotalQuery,
} from './schemas.ts'
import type { EntryRow } from './store.ts'

type Directory = Pick<Deps, 'directory'>

/** Minor units on the wire. Throws beyond what a JSON number holds exactly. */
export function toMoney(amount: bigint | number | string, currency: string): Money {
  const number = Number(amount)
  if (!Number.isSafeInteger(number)) throw new RangeError(`${amount} ${currency} is beyond a safe integer`)
  return { amount: number, currency }
}

async function partiesOf(deps: Directory, ids: readonly (string | null)[]) {
  const known = ids.filter((id) => id !== null)
  const names = await store.namesOf(deps.directory, [...new Set(known)])
  return (id: string | null) =>
    id === null ? null : { id: encodeId(idPrefixes.organisation, id), name: names.get(id) ?? '' }
}

const ownPrefixes: Record<string, string> = {
  invoice: idPrefixes.invoice,
  invoice_line: idPrefixes.invoiceLine,
  earning: idPrefixes.earning,
  refund: idPrefixes.refund,
  transfer: idPrefixes.transfer,
  transfer_reversal: idPrefixes.transferReversal,
}

/** The UUID of a row of ours; none of an object of Stripe, or of what is no such id. */
function rowOf({ type, id }: Cause): string | undefined {
  const prefix = ownPrefixes[type]
  return prefix !== undefined && idSchema(prefix).safeParse(id).success ? decodeId(prefix, id) : undefined
}

/** Says of causes what a person knows them by: the invoice's number, the service, who pays and who earns. */
async function toldCauses(
  deps: Directory,
  causes: readonly Cause[],
): Promise<(cause: Cause) => LedgerCauseTold> {
  const ids = causes.map(rowOf).filter((id) => id !== undefined)
  const names = await store.namesOfCauses(deps.directory, [...new Set(ids)])
  const party = await partiesOf(
    deps,
    names.flatMap((row) => [row.operator_id, row.provider_id]),
  )
  const known = new Map(names.map((row) => [row.id, row]))
  return (cause) => {
    const row = known.get(rowOf(cause) ?? '')
    const about = row && {
      number: row.number,
      words: row.words,
      operator: party(row.operator_id),
      provider: party(row.provider_id),
    }
    return { ...cause, about: about ?? null }
  }
}

const organisationOf = (id: string | undefined) => id && decodeId(idPrefixes.organisation, id)

/** What each account comes to; of one account, for each organisation that it is kept for. */
export async function listBalances(unit: UnitOfWork, deps: Directory, query: BalanceQuery) {
  requireAdmin(unit.actor)
  const rows = await store.listBalances(unit.tx, {
    account: query.account,
    party: organisationOf(query.party),
    currency: query.currency,
    after: decodeCursor(query.cursor, z.tuple([z.string(), z.string(), z.string()])),
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, (row) => [row.account, row.currency, row.party_id ?? ''])
  const party = await partiesOf(
    deps,
    page.items.map(({ party_id }) => party_id),
  )
  const items = page.items.map((row): LedgerBalance => ({
    account: row.account,
    party: party(row.party_id),
    parties: row.parties,
    debit: toMoney(row.debit, row.currency),
    credit: toMoney(row.credit, row.currency),
    balance: toMoney(BigInt(row.debit) - BigInt(row.credit), row.currency),
  }))
  return { items, next: page.next }
}

async function toEntries(
  unit: UnitOfWork,
  deps: Directory,
  rows: readonly EntryRow[],
): Promise<LedgerEntry[]> {
  const postings = await store.listPostings(
    unit.tx,
    rows.map(({ id }) => id),
  )
  const party = await partiesOf(
    deps,
    postings.map(({ party_id }) => party_id),
  )
  const told = await toldCauses(
    deps,
    rows.map(({ cause_type: type, cause_id: id }) => ({ type, id })),
  )
  const byEntry = Map.groupBy(postings, ({ entry_id: entry }) => entry)
  return rows.map((row) => ({
    id: encodeId(idPrefixes.ledgerEntry, row.id),
    kind: row.kind,
    cause: told({ type: row.cause_type, id: row.cause_id }),
    at: row.at.toISOString(),
    postedAt: row.posted_at.toISOString(),
    memo: row.memo,
    postings: (byEntry.get(row.id) ?? []).map((posting) => ({
      account: posting.account,
      party: party(posting.party_id),
      amount: toMoney(posting.amount, posting.currency),
    })),
  }))
}

function filterOf(query: TotalQuery): store.EntryFilter {
  return {
    account: query.account,
    accounts: query.accounts,
    party: organisationOf(query.party),
    currency: query.currency,
    kind: query.kind,
    causeType: query.causeType,
    cause: query.cause,
    from: query.from === undefined ? undefined : new Date(query.from),
    until: query.until === undefined ? undefined : new Date(query.until),
  }
}

/** The entries, newest first: of an account, an organisation, a currency, a cause, a time. */
export async function listEntries(unit: UnitOfWork, deps: Directory, query: EntryQuery) {
  requireAdmin(unit.actor)
  const rows = await store.listEntries(unit.tx, {
    ...filterOf(query),
    after: decodeCursor(query.cursor, z.tuple([z.iso.datetime(), z.uuid()])),
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, (row) => [row.at.toISOString(), row.id])
  return { items: await toEntries(unit, deps, page.items), next: page.next }
}

/** What the postings that the same questions find come to, over all pages. */
export async function sumPostings(unit: UnitOfWork, query: TotalQuery) {
  requireAdmin(unit.actor)
  const rows = await store.sumPostings(unit.tx, filterOf(query))
  const items = rows.map(({ account, currency, debit, credit }): LedgerTotal => ({
    account,
    debit: toMoney(debit, currency),
    credit: toMoney(credit, currency),
    balance: toMoney(BigInt(debit) - BigInt(credit), currency),
  }))
  return { items, next: null }
}

export async function getEntry(unit: UnitOfWork, deps: Directory, id: string): Promise<LedgerEntry> {
  requireAdmin(unit.actor)
  const row = await store.findEntry(unit.tx, decodeId(idPrefixes.ledgerEntry, id))
  const [entry] = row ? await toEntries(unit, deps, [row]) : []
  if (!entry) throw new ProblemError('not-found', { detail: 'The ledger has no such entry.' })
  return entry
}

/** Everything that is booked for a cause, what it follows from and what followed from it. */
export async function traceCause(unit: UnitOfWork, deps: Directory, cause: Cause): Promise<LedgerTrace> {
  requireAdmin(unit.actor)
  const rows = await store.listEntriesOf(unit.tx, cause)
  const [from, to] = [
    await store.listLinks(unit.tx, cause, 'from'),
    await store.listLinks(unit.tx, cause, 'to'),
  ]
  if (rows.length + from.length + to.length === 0)
    throw new ProblemError('not-found', { detail: `The ledger knows no ${cause.type} ${cause.id}.` })
  const told = await toldCauses(deps, [cause, ...from, ...to])
  return {
    cause: told(cause),
    entries: await toEntries(unit, deps, rows),
    from: from.map(told),
    to: to.map(told),
  }
}

/** What an account comes to for one organisation (UUID), debits less credits, by currency. In a unit of the platform. */
export function balancesOf(
  unit: UnitOfWork,
  account: LedgerAccount,
  party: string,
): Promise<Map<string, bigint>> {
  return store.balancesOf(unit.tx, account, party)
}
