import type { Kysely } from 'kysely'
import type { Database } from '../../db/database.ts'
import { systemActor, withUnitOfWork, type UnitOfWork, type UnitSource } from '../../db/unit-of-work.ts'
import type { LedgerAccount } from './accounts.ts'
import * as store from './verify-store.ts'

/** Something that must hold of the money, and what does not hold of it, in words; nothing where it holds. */
export interface LedgerCheck {
  name: string
  /** In a unit of the platform; `directory` reads across tenants. Changes nothing. */
  run(unit: UnitOfWork, directory: Kysely<Database>): Promise<string[]>
}

export interface LedgerVerdict {
  entries: number
  postings: number
  checks: { name: string; faults: string[] }[]
  isSound: boolean
}

/** What must hold of the ledger by itself. */
export const ledgerChecks: readonly LedgerCheck[] = [
  {
    name: 'debits and credits are equal in each currency',
    run: async ({ tx }) =>
      (await store.listUnevenCurrencies(tx)).map(
        (off) => `all postings together are off by ${off.amount} ${off.currency}`,
      ),
  },
  {
    name: 'each entry sums to zero in each currency',
    run: async ({ tx }) =>
      (await store.listUnevenEntries(tx)).map(
        (off) => `${off.kind} of ${off.cause_type} ${off.cause_id} is off by ${off.amount} ${off.currency}`,
      ),
  },
  {
    name: 'each entry has postings',
    run: async ({ tx }) =>
      (await store.listEmptyEntries(tx)).map(
        (entry) => `${entry.kind} of ${entry.cause_type} ${entry.cause_id} has none`,
      ),
  },
  {
    name: 'nothing is booked twice',
    run: async ({ tx }) =>
      (await store.listDoubles(tx)).map(
        (entry) => `${entry.kind} of ${entry.cause_type} ${entry.cause_id} is booked ${entry.times} times`,
      ),
  },
  {
    name: 'rounding stays zero',
    run: async ({ tx }) =>
      (await store.listBalancesBeyond(tx, 'rounding', 'any')).map(
        (off) => `rounding is at ${off.amount} ${off.currency}`,
      ),
  },
  {
    name: 'an invoice is shared out whole or not at all',
    run: async ({ tx }) =>
      (await store.listPartlySettled(tx)).map(
        (off) => `of ${off.invoice}, ${off.settled} of ${off.asked} ${off.currency} is shared out`,
      ),
  },
  {
    name: 'no operator’s credit is overdrawn',
    run: async ({ tx }) =>
      (await store.listBalancesBeyond(tx, 'operator_credit', 'debit')).map(
        (off) => `of ${off.party_id}, ${off.amount} ${off.currency} more was used than given`,
      ),
  },
  {
    name: 'no operator paid more than was asked',
    run: async ({ tx }) =>
      (await store.listBalancesBeyond(tx, 'operator_receivable', 'credit')).map(
        (off) => `of ${off.party_id}, the receivable is at ${off.amount} ${off.currency}`,
      ),
  },
]

/** Runs every check, each in a statement of its own. `platform` is the organisation (UUID) that runs the marketplace. */
export async function verifyLedger(
  source: UnitSource & { directory: Kysely<Database> },
  platform: string,
  checks: readonly LedgerCheck[],
): Promise<LedgerVerdict> {
  return withUnitOfWork(source, systemActor(platform, 'platform'), async (unit) => {
    const { entries, postings } = await store.countLedger(unit.tx)
    const found: LedgerVerdict['checks'] = []
    for (const { name, run } of checks) found.push({ name, faults: await run(unit, source.directory) })
    return { entries, postings, checks: found, isSound: found.every(({ faults }) => faults.length === 0) }
  })
}

/** What the entries of one kind and type of cause come to: `<cause> <account>` → minor units. */
export async function sumOfEntries(
  unit: UnitOfWork,
  of: { kind: string; causeType: string },
): Promise<Map<string, bigint>> {
  const rows = await store.listSums(unit.tx, of)
  return new Map(rows.map(({ cause_id, account, amount }) => [`${cause_id} ${account}`, BigInt(amount)]))
}

/** What an account comes to: currency → minor units. */
export async function sumOfAccount(unit: UnitOfWork, account: LedgerAccount): Promise<Map<string, bigint>> {
  const rows = await store.listBalance(unit.tx, account)
  return new Map(rows.map(({ currency, amount }) => [currency, BigInt(amount)]))
}
