import { decodeId } from '@bizq/sdk/contract'
import { beforeEach } from 'vitest'
import type { LedgerAccount } from '../src/features/ledger/index.ts'
import { followEventJob, followObjectJob } from '../src/features/payments/index.ts'
import { evidenceJob, settleRefundJob } from '../src/features/refunds/index.ts'
import { asAdmin } from './executions.ts'
import { test as base } from './harness.ts'
import { platformPerson, signUpOperator, type Person } from './people.ts'
import { signUpProvider } from './sales.ts'
import { moneyPlatform, type MoneyPlatform } from './stripe.ts'

/** What becomes of refunds without a clock. */
export const refundJobs = [settleRefundJob, followEventJob, followObjectJob, evidenceJob]

/** A marketplace; who runs it, who pays and who earns for each test. */
const marketplaceFor = (scope: 'file' | 'test') =>
  base.extend<{ money: MoneyPlatform; admin: Person; payer: Person; provider: Person }>({
    money: [moneyPlatform(), { scope }],
    admin: async ({ money }, use) => use(await platformPerson(money, 'owner')),
    payer: async ({ money }, use) => use(await signUpOperator(money.app)),
    provider: async ({ money }, use) => use(await signUpProvider(money)),
  })

export const test = marketplaceFor('file')
/** A marketplace for each test: what stands in its ledger is that test's alone. */
export const aloneTest = marketplaceFor('test')

let before = new Map<string, number>()
beforeEach(() => void (before = new Map()))

/** What the accounts of the house, and of these parties, came to since the last look: those that moved alone. */
export async function moved(money: MoneyPlatform, parties: Partial<Record<LedgerAccount, Person>> = {}) {
  const own = Object.entries(parties).map(
    ([account, person]) => `account = '${account}' and party_id = '${decodeId('org', person.organisation)}'`,
  )
  const rows = await asAdmin<{ account: string; amount: string }[]>(
    money,
    `select account, sum(amount)::text as amount from bizq.ledger_postings
     where currency = 'USD' and (${['party_id is null', ...own].join(' or ')}) group by account`,
  )
  const now = new Map(rows.map(({ account, amount }) => [account, Number(amount)]))
  const changed = [...now].map(([name, amount]) => [name, amount - (before.get(name) ?? 0)] as const)
  before = now
  return Object.fromEntries(changed.filter(([, amount]) => amount !== 0))
}

/** Newest first, as the operator reads them. */
export const refundsOf = async (payer: Person) => (await payer.get('/v1/refunds')).body.items
export const makeRefund = (admin: Person, line: string | undefined, change: object = {}) =>
  admin.post('/v1/admin/refunds', { line, reason: 'It was promised otherwise.', ...change })
