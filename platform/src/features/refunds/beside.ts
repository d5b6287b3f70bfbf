import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import type { Stripe } from '../../stripe/client.ts'
import { compareSides, differing, unlessMissing, type StripeComparison } from '../../stripe/compare.ts'
import { sumOfEntries, type LedgerCheck } from '../ledger/index.ts'
import { asPlatform } from '../payments/index.ts'
import * as store from './beside-store.ts'

const refundOf = (id: string) => `refund ${encodeId(idPrefixes.refund, id)}`
const idOf = (object: string | { id: string } | null): string | null =>
  typeof object === 'string' ? object : (object?.id ?? null)

export const refundChecks: readonly LedgerCheck[] = [
  {
    name: 'each refund to a card names Stripe’s own',
    run: async (_, directory) =>
      (await store.listWithoutStripe(directory)).map(
        (row) =>
          `${refundOf(row.id)} gave ${row.card} ${row.currency} to a card, and no refund of Stripe’s is known`,
      ),
  },
]

/** What of ours is one refund of Stripe's: one line's, or of one that was made there each line's. */
interface Refunded {
  name: string
  amount: bigint
  currency: string
  states: Set<string>
  charge: string | null
}

/** What Stripe's state is called here. */
const stateOf = (refund: Stripe.Refund): string =>
  refund.status === 'canceled'
    ? 'failed'
    : refund.status === 'requires_action'
      ? 'pending'
      : (refund.status ?? '')

async function refundedByStripe(deps: Deps): Promise<Map<string, Refunded>> {
  const found = new Map<string, Refunded>()
  for (const row of await store.listAtStripe(deps.directory)) {
    const id = row.stripe_refund ?? ''
    const known = found.get(id)
    found.set(id, {
      name: known ? `${known.name} and ${encodeId(idPrefixes.refund, row.id)}` : refundOf(row.id),
      amount: (known?.amount ?? 0n) + BigInt(row.card) + BigInt(row.tax),
      currency: row.currency,
      states: new Set([...(known?.states ?? []), row.state]),
      charge: row.stripe_charge,
    })
  }
  return found
}

async function compareRefunds(deps: Deps): Promise<string[]> {
  const beyond = await asPlatform(deps, (unit) =>
    sumOfEntries(unit, { kind: 'beyond', causeType: 'stripe_refund' }),
  )
  const beyondOf = (id: string) => beyond.get(`${id} bad_debt`) ?? 0n
  return compareSides<Refunded, Stripe.Refund>({
    ours: await refundedByStripe(deps),
    theirs: deps.stripe.refunds.list({ limit: 100 }),
    find: (id) => unlessMissing(deps.stripe.refunds.retrieve(id)),
    differ: (own, theirs) =>
      differing(own.name, {
        amount: [Number(own.amount + beyondOf(theirs.id)), theirs.amount],
        currency: [own.currency, theirs.currency.toUpperCase()],
        state: [[...own.states].join(' and '), stateOf(theirs)],
        charge: [own.charge, idOf(theirs.charge)],
      }),
    nameOf: (own) => own.name,
    unknown: (theirs) =>
      stateOf(theirs) === 'failed' || beyondOf(theirs.id) === BigInt(theirs.amount)
        ? []
        : [`Stripe gave ${theirs.amount} ${theirs.currency} back by ${theirs.id}, and no refund here is it`],
  })
}

type DisputeRow = Awaited<ReturnType<typeof store.listDisputesAtStripe>>[number]

async function compareDisputes({ stripe, directory }: Deps): Promise<string[]> {
  const rows = await store.listDisputesAtStripe(directory)
  const nameOf = (row: DisputeRow) => `dispute ${encodeId(idPrefixes.cardDispute, row.id)}`
  return compareSides<DisputeRow, Stripe.Dispute>({
    ours: new Map(rows.map((row) => [row.stripe_dispute, row])),
    theirs: stripe.disputes.list({ limit: 100 }),
    find: (id) => unlessMissing(stripe.disputes.retrieve(id)),
    differ: (row, theirs) =>
      differing(nameOf(row), {
        amount: [Number(row.amount), theirs.amount],
        currency: [row.currency, theirs.currency.toUpperCase()],
        state: [row.status, theirs.status],
        stage: [row.stage, stageOf(theirs)],
        fee: [Number(row.fee), theirs.balance_transactions.reduce((all, { fee }) => all + fee, 0)],
        charge: [row.stripe_charge, idOf(theirs.charge)],
      }),
    nameOf,
    unknown: (theirs) => [
      `a bank disputes ${theirs.amount} ${theirs.currency} by ${theirs.id}, and nothing here knows of it`,
    ],
  })
}

/** Whether the bank has the money, by Stripe's movements. */
function stageOf({ balance_transactions: movements }: Stripe.Dispute): DisputeRow['stage'] {
  if (movements.length === 0) return 'asked'
  return movements.reduce((all, { amount }) => all + amount, 0) < 0 ? 'withdrawn' : 'returned'
}

/** What Stripe keeps of what goes back. */
export const refundComparisons: readonly StripeComparison[] = [
  { name: 'refunds are what Stripe says, refund by refund', run: compareRefunds },
  { name: 'what banks take is what Stripe says, dispute by dispute', run: compareDisputes },
]
