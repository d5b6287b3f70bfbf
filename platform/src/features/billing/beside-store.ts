import type { Kysely } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { InvoiceRow } from './invoice/store.ts'

/** An invoice that a card pays or paid, of whichever operator. */
export type CardInvoice = Pick<
  InvoiceRow,
  'id' | 'state' | 'currency' | 'card' | 'tax' | 'processing' | 'number' | 'stripe_invoice' | 'stripe_charge'
>

declare module '../../db/database.ts' {
  interface Database {
    'directory.invoices_beside_stripe': CardInvoice
    'directory.cards': { organisation_id: string; stripe_customer: string; card: string | null }
  }
}

type Directory = Kysely<Database>

export function listCardInvoices(directory: Directory): Promise<CardInvoice[]> {
  return directory.selectFrom('directory.invoices_beside_stripe').selectAll().execute()
}

export function listCards(directory: Directory) {
  return directory.selectFrom('directory.cards').selectAll().execute()
}

/** The customer whose card is charged by this payment method. */
export async function findCustomerOfCard(directory: Directory, card: string): Promise<string | undefined> {
  const row = await directory
    .selectFrom('directory.cards')
    .select('stripe_customer')
    .where('card', '=', card)
    .executeTakeFirst()
  return row?.stripe_customer
}
