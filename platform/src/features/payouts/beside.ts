import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import { isDisconnected, type Stripe } from '../../stripe/client.ts'
import { compareSides, differing, type StripeComparison } from '../../stripe/compare.ts'
import * as store from './beside-store.ts'
import { compareTransfers } from './checks.ts'
import { askStanding, standingOf, type Standing } from './standing.ts'

const idOf = (object: string | { id: string } | null): string | null =>
  typeof object === 'string' ? object : (object?.id ?? null)

async function* reversalsOf({ stripe }: Deps): AsyncGenerator<Stripe.TransferReversal> {
  for await (const transfer of stripe.transfers.list({ limit: 100 })) {
    if (transfer.amount_reversed === 0) continue
    if (!transfer.reversals.has_more) yield* transfer.reversals.data
    else yield* stripe.transfers.listReversals(transfer.id, { limit: 100 })
  }
}

type ReversalRow = Awaited<ReturnType<typeof store.listReversals>>[number]

async function compareReversals(deps: Deps): Promise<string[]> {
  const rows = await store.listReversals(deps.directory)
  const nameOf = (row: ReversalRow) => `reversal ${encodeId(idPrefixes.transferReversal, row.id)}`
  return compareSides<ReversalRow, Stripe.TransferReversal>({
    ours: new Map(rows.map((row) => [row.stripe_reversal, row])),
    theirs: reversalsOf(deps),
    differ: (row, theirs) =>
      differing(nameOf(row), {
        amount: [Number(row.amount), theirs.amount],
        transfer: [row.stripe_transfer, idOf(theirs.transfer)],
      }),
    nameOf,
    unknown: (theirs) => [
      `Stripe took ${theirs.amount} ${theirs.currency} back of ${idOf(theirs.transfer)} by ${theirs.id}, and nothing here knows of it`,
    ],
  })
}

async function compareDestinations({ stripe, directory }: Deps): Promise<string[]> {
  const own = new Map((await store.listDestinations(directory)).map((row) => [row.stripe_transfer, row]))
  const faults: string[] = []
  for await (const transfer of stripe.transfers.list({ limit: 100 })) {
    const row = own.get(transfer.id)
    if (row)
      faults.push(
        ...differing(`transfer ${encodeId(idPrefixes.transfer, row.id)}`, {
          account: [row.destination, idOf(transfer.destination)],
        }),
      )
  }
  return faults
}

type Stands = Pick<Standing, 'state' | 'canBePaid' | 'reason'> & { id: string }

type AccountRow = Awaited<ReturnType<typeof store.listAccounts>>[number]

async function compareAccounts({ stripe, directory }: Deps): Promise<string[]> {
  const rows = await store.listAccounts(directory)
  const nameOf = (row: AccountRow) => `account of ${encodeId(idPrefixes.organisation, row.organisation_id)}`
  async function* standings(): AsyncGenerator<Stands> {
    for await (const account of stripe.accounts.list({ limit: 100 }))
      yield { id: account.id, ...standingOf(account) }
  }
  return compareSides<AccountRow, Stands>({
    ours: new Map(rows.map((row) => [row.stripe_account ?? '', row])),
    theirs: standings(),
    // Stripe says of an account that is gone what it says of one that is the platform's no more.
    find: async (id) => ({ id, ...(await askStanding(stripe, id)) }),
    differ: (row, { state, canBePaid, reason }) =>
      differing(nameOf(row), {
        state: [row.state, state],
        'being paid': [row.can_be_paid, canBePaid],
        'being connected': [row.reason !== 'disconnected', reason !== 'disconnected'],
      }),
    nameOf,
    unknown: () => [],
  })
}

type PayoutRow = Awaited<ReturnType<typeof store.listPayouts>>[number]

/** What went on to providers' banks, account by account. */
async function comparePayouts({ stripe, directory }: Deps): Promise<string[]> {
  const nameOf = (row: PayoutRow) => `payout ${encodeId(idPrefixes.payout, row.id)}`
  const ours = new Map((await store.listPayouts(directory)).map((row) => [row.stripe_payout, row]))
  async function* payouts(): AsyncGenerator<Stripe.Payout> {
    for (const stripeAccount of await store.listEveryAccount(directory))
      try {
        yield* stripe.payouts.list({ limit: 100 }, { stripeAccount })
      } catch (error) {
        if (!isDisconnected(error)) throw error
        // What a lost account paid out nobody can ask any more.
        for (const [id, row] of ours) if (row.stripe_account === stripeAccount) ours.delete(id)
      }
  }
  return compareSides<PayoutRow, Stripe.Payout>({
    ours,
    theirs: payouts(),
    differ: (row, theirs) =>
      differing(nameOf(row), {
        amount: [Number(row.amount), theirs.amount],
        currency: [row.currency, theirs.currency.toUpperCase()],
        state: [row.state, theirs.status],
      }),
    nameOf,
    unknown: (theirs) => [
      `Stripe pays ${theirs.amount} ${theirs.currency} out by ${theirs.id}, and nothing here knows of it`,
    ],
  })
}

/** What Stripe keeps of what providers are paid. */
export const payoutComparisons: readonly StripeComparison[] = [
  { name: 'transferred less reversed is what Stripe says, transfer by transfer', run: compareTransfers },
  { name: 'each transfer went to the account that it was planned for', run: compareDestinations },
  {
    name: 'what was taken back of transfers is what Stripe says, reversal by reversal',
    run: compareReversals,
  },
  { name: 'providers’ accounts stand where Stripe says', run: compareAccounts },
  { name: 'payouts to providers’ banks are what Stripe says, payout by payout', run: comparePayouts },
]
