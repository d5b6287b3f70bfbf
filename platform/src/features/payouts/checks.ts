import type { Deps } from '../../deps.ts'
import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { LedgerCheck } from '../ledger/index.ts'
import * as checks from './check-store.ts'
import * as transfers from './transfer-store.ts'

const organisation = (id: string) => encodeId(idPrefixes.organisation, id)
const transferOf = (id: string) => `transfer ${encodeId(idPrefixes.transfer, id)}`

/** What must hold between the ledger and what providers' own rows say. */
export const payoutChecks: readonly LedgerCheck[] = [
  {
    name: 'what is owed to each provider is the sum of its parts',
    run: async (_, directory) =>
      (await checks.listUnevenProviders(directory)).map(
        (row) =>
          `${organisation(row.provider_id)} is owed ${row.payable} ${row.currency}, but its rows come to ${row.parts}`,
      ),
  },
  {
    name: 'each line made the earning that was booked, and each refund took the same of both',
    run: async (_, directory) =>
      (await checks.listUnevenEarnings(directory)).map(
        (row) => `line ${encodeId(idPrefixes.invoiceLine, row.line_id)} and its earning differ`,
      ),
  },
  {
    name: 'each transfer is the sum of what it is made of',
    run: async (_, directory) =>
      (await checks.listUnevenTransfers(directory)).map(
        (row) =>
          `${transferOf(row.id)} of ${row.amount} ${row.currency} is made of ${row.parts}, and ${row.reversed} of it is taken back by ${row.taken_back}`,
      ),
  },
  {
    name: 'each transfer goes to an account that its provider has or had',
    run: async (_, directory) =>
      (await checks.listStrayTransfers(directory)).map(
        (row) =>
          `${transferOf(row.id)} of ${organisation(row.organisation_id)} goes to ${row.destination}, which is none of its accounts`,
      ),
  },
]

/** Compares every transfer with Stripe's own, object by object; answers in words what differs. */
export async function compareTransfers({
  directory,
  stripe,
}: Pick<Deps, 'directory' | 'stripe'>): Promise<string[]> {
  const ours = new Map((await transfers.listMade(directory)).map((row) => [row.stripe_transfer, row]))
  const faults: string[] = []
  for await (const theirs of stripe.transfers.list({ limit: 100 })) {
    const row = ours.get(theirs.id)
    ours.delete(theirs.id)
    if (!row)
      faults.push(
        `Stripe made ${theirs.id} of ${theirs.amount} ${theirs.currency}, and nothing here knows of it`,
      )
    else if (Number(row.amount) !== theirs.amount || row.currency.toLowerCase() !== theirs.currency)
      faults.push(
        `${transferOf(row.id)} is of ${row.amount} ${row.currency}, but of ${theirs.amount} ${theirs.currency} with Stripe`,
      )
    else if (Number(row.returned) !== theirs.amount_reversed)
      faults.push(
        `of ${transferOf(row.id)}, ${row.returned} is taken back, but ${theirs.amount_reversed} with Stripe`,
      )
  }
  for (const row of ours.values())
    faults.push(`Stripe does not know ${transferOf(row.id)} (${row.stripe_transfer})`)
  return faults
}
