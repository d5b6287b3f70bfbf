import { randomUUID } from 'node:crypto'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { enqueue } from '../../jobs/define.ts'
import { isMissing, keyOf, stripeErrorOf } from '../../stripe/client.ts'
import { audit } from '../audit/index.ts'
import { lockAccount } from './account.ts'
import { findAccount, updateAccount, type Account } from './account-store.ts'
import * as invoices from './invoice/store.ts'
import { invoiceSync } from './invoice/sync.ts'
import { tellJob } from './jobs.ts'

/** Looks whether Stripe still has an account's customer, and forgets one that is gone; answers whether it is. */
export async function forgetIfGone(deps: Deps, organisation: string): Promise<boolean> {
  if (deps.stripe.mode === 'off') return false
  const account = await withUnitOfWork(deps, systemActor(organisation), (unit) => findAccount(unit.tx))
  if (!account?.stripe_customer) return false
  const found = await deps.stripe.customers.retrieve(account.stripe_customer).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (found && !found.deleted) return false
  await forgetCustomer(deps, account, 'it was removed at Stripe')
  return true
}

/**
 * A customer that Stripe has no more went with its cards: all is made anew under other keys at the next need, an open
 * invoice too, and a card is to be given again, which its owners are told.
 */
export async function forgetCustomer(deps: Deps, gone: Account, because: string): Promise<void> {
  const left = await withUnitOfWork(deps, systemActor(gone.organisation_id), async (unit) => {
    const account = await lockAccount(unit)
    const isSame =
      account.stripe_customer === gone.stripe_customer && account.stripe_clock === gone.stripe_clock
    if (!isSame) return []
    await updateAccount(unit.tx, {
      stripe_clock: null,
      stripe_customer: null,
      payment_method: null,
      clocks_lost: account.clocks_lost + 1,
    })
    const unpaid = await invoices.listUnpaid(unit.tx)
    for (const { id } of unpaid)
      await invoices.updateInvoice(unit.tx, id, { stripe_invoice: null, hosted_url: null })
    if (account.payment_method) await tellOfNoCard(unit)
    await audit(unit, 'billing.customer-lost', { because })
    return unpaid.flatMap(({ stripe_invoice: id }) => id ?? [])
  })
  for (const id of left) await endAtStripe(deps, id)
}

/** There is no card to charge: in the app, and to the owners. */
export async function tellOfNoCard(unit: UnitOfWork): Promise<void> {
  const { organisation } = unit.actor
  const payload = { brand: null, last4: null }
  unit.emit('billing.card-changed', payload)
  const event = { type: 'billing.card-changed' as const, payload }
  await enqueue(unit, tellJob, { organisation, event, id: randomUUID() })
}

/** What was open there must not be paid beside the one that is made anew; if it was paid by now, that is booked. */
async function endAtStripe(deps: Deps, id: string): Promise<void> {
  try {
    await deps.stripe.invoices.voidInvoice(id, {}, { idempotencyKey: keyOf('void', id) })
  } catch (error) {
    if (!stripeErrorOf(error)) throw error
    deps.log.warn({ err: error, invoice: id }, 'an invoice of a customer that is gone was not voided')
    await invoiceSync.sync(deps, { id, account: null })
  }
}
