import type { Kysely } from 'kysely'
import type { Database } from '../../db/database.ts'

type Directory = Kysely<Database>

/** Every refund that Stripe has one for, with the charge that paid its invoice. */
export function listAtStripe(directory: Directory) {
  return directory
    .selectFrom('directory.refunds as r')
    .leftJoin('directory.invoices as i', 'i.id', 'r.invoice_id')
    .select([
      'r.id',
      'r.cause',
      'r.currency',
      'r.card',
      'r.tax',
      'r.state',
      'r.stripe_refund',
      'i.stripe_charge',
    ])
    .where('r.stripe_refund', 'is not', null)
    .orderBy('r.id')
    .execute()
}

/** Refunds to a card that are settled and that no refund of Stripe's is known of. */
export function listWithoutStripe(directory: Directory) {
  return directory
    .selectFrom('directory.refunds')
    .select(['id', 'card', 'currency'])
    .where('way', '=', 'card')
    .where('card', '>', 0)
    .where('settled_at', 'is not', null)
    .where('stripe_refund', 'is', null)
    .limit(100)
    .execute()
}

export function listDisputesAtStripe(directory: Directory) {
  return directory.selectFrom('directory.card_disputes').selectAll().execute()
}
