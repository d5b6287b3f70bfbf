import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { partyAccounts, type Entry, type Posting } from './accounts.ts'
import * as store from './store.ts'

/** Of the platform's own unit: the ledger is the platform's, whoever a posting concerns. */
function requirePlatformUnit(unit: UnitOfWork): void {
  if (unit.actor.organisationKind !== 'platform')
    throw new Error('the ledger is booked in a unit of the platform’s organisation')
}

function requireWhole({ kind, cause, postings }: Entry): void {
  const name = `the entry ${kind} of ${cause.type} ${cause.id}`
  if (postings.length === 0) throw new Error(`${name} has no postings`)
  const sums = new Map<string, bigint>()
  for (const { account, party, currency, amount } of postings) {
    if ((party !== undefined) !== partyAccounts.has(account))
      throw new Error(`${name}: ${account} is ${party ? 'not ' : ''}kept for each party`)
    sums.set(currency, (sums.get(currency) ?? 0n) + amount)
  }
  for (const [currency, sum] of sums)
    if (sum !== 0n) throw new Error(`${name} is off by ${sum} ${currency}: debits and credits must be equal`)
}

function requireDistinct(entries: readonly Entry[]): void {
  const names = entries.map(({ kind, cause }) => `${kind} of ${cause.type} ${cause.id}`)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice) throw new Error(`${twice} is booked twice at once`)
}

const sameText = (postings: readonly Posting[]): string =>
  postings
    .map(({ account, party, currency, amount }) => `${account}|${party ?? ''}|${currency}|${amount}`)
    .join('\n')

/**
 * Books an entry. Throws unless its postings sum to zero in each currency. Booked again for the same cause and kind it
 * changes nothing when it says the same, and throws when it says otherwise. An entry of zeros alone is left out.
 */
export async function postLedger(unit: UnitOfWork, entry: Entry): Promise<void> {
  await postLedgerAll(unit, [entry])
}

/** The same for several, in one statement. */
export async function postLedgerAll(unit: UnitOfWork, entries: readonly Entry[]): Promise<void> {
  requirePlatformUnit(unit)
  entries.forEach(requireWhole)
  const booked = entries
    .map((entry) => ({ ...entry, postings: entry.postings.filter(({ amount }) => amount !== 0n) }))
    .filter(({ postings }) => postings.length > 0)
  requireDistinct(booked)
  if (booked.length === 0) return
  for (const position of await store.insertEntries(unit.tx, unit.actor.organisation, booked)) {
    const entry = booked[position]
    if (!entry) throw new Error(`there is no entry at ${position}`)
    const known = await store.findPostings(unit.tx, entry.cause, entry.kind)
    if (sameText(known) === sameText(entry.postings)) continue
    const { kind, cause } = entry
    throw new Error(
      `${kind} of ${cause.type} ${cause.id} is booked already, and otherwise:\n${sameText(known)}\nnot\n${sameText(entry.postings)}`,
    )
  }
}
