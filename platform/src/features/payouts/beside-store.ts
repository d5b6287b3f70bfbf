import type { Kysely } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Stored } from './sale-store.ts'

declare module '../../db/database.ts' {
  interface Database {
    'directory.reversals_beside_stripe': {
      id: string
      amount: Stored
      stripe_reversal: string
      stripe_transfer: string
    }
  }
}

type Directory = Kysely<Database>

export function listReversals(directory: Directory) {
  return directory.selectFrom('directory.reversals_beside_stripe').selectAll().execute()
}

/** Where each transfer that was made should have gone. */
export function listDestinations(directory: Directory) {
  return directory
    .selectFrom('directory.transfers')
    .select(['id', 'stripe_transfer', 'destination'])
    .where('state', '=', 'made')
    .execute()
}

/** Every account that a provider has or had. */
export async function listEveryAccount(directory: Directory): Promise<string[]> {
  const rows = await directory
    .selectFrom('directory.stripe_accounts')
    .select('stripe_account')
    .orderBy('stripe_account')
    .execute()
  return rows.map(({ stripe_account }) => stripe_account)
}

export function listAccounts(directory: Directory) {
  return directory
    .selectFrom('directory.payout_accounts')
    .select(['organisation_id', 'id', 'stripe_account', 'state', 'can_be_paid', 'reason'])
    .where('stripe_account', 'is not', null)
    .orderBy('id')
    .execute()
}

export function listPayouts(directory: Directory) {
  return directory
    .selectFrom('directory.payouts')
    .select(['id', 'stripe_payout', 'state', 'currency', 'amount', 'stripe_account'])
    .execute()
}
