import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { isMissing, keyOf, type Stripe } from '../../stripe/client.ts'
import type { StripeSync } from '../../stripe/sync.ts'
import { audit } from '../audit/index.ts'
import { enqueue } from '../../jobs/define.ts'
import { accountNow, ensureAccount, lockAccount } from './account.ts'
import { findCustomerOfCard } from './beside-store.ts'
import { findByCustomer, updateAccount, type PaymentMethod } from './account-store.ts'
import { turnJob } from './jobs.ts'
import * as invoices from './invoice/store.ts'
import { forgetIfGone, tellOfNoCard } from './lost-customer.ts'
import { reschedule } from './schedule.ts'
import { ensureClock, hasClocks } from './stripe-clock.ts'

/** The operator's customer at Stripe: made at the first need, and once. */
export async function ensureCustomer(deps: Deps, organisation: string): Promise<string> {
  const actor = systemActor(organisation)
  const account = await withUnitOfWork(deps, actor, ensureAccount)
  if (account.stripe_customer) return account.stripe_customer
  const id = encodeId(idPrefixes.organisation, organisation)
  const clock = hasClocks(deps) ? await ensureClock(deps, account) : undefined
  const customer = await deps.stripe.customers.create(
    { metadata: { bizq: id }, description: `BizQ ${id}`, ...(clock ? { test_clock: clock } : {}) },
    {
      idempotencyKey: clock
        ? keyOf('customer-on', clock)
        : keyOf('customer', id, account.clocks_lost || undefined),
    },
  )
  return withUnitOfWork(deps, actor, async (unit) => {
    const { stripe_customer: known } = await lockAccount(unit)
    if (known) return known
    await updateAccount(unit.tx, { stripe_customer: customer.id })
    return customer.id
  })
}

/** Where a person gives the card that is charged from then on: a page of Stripe's, or of the simulator. */
export async function openSetup(deps: Deps, organisation: string, returnTo: string): Promise<string> {
  await forgetIfGone(deps, organisation)
  const customer = await ensureCustomer(deps, organisation)
  const back = `${deps.config.publicUrl}${returnTo}`
  const session = await deps.stripe.checkout.sessions.create({
    mode: 'setup',
    customer,
    currency: 'usd',
    success_url: back,
    cancel_url: back,
    // Without an address Stripe works out no tax, and finalises no invoice.
    ...(deps.config.stripe.hasTax
      ? { billing_address_collection: 'required' as const, customer_update: { address: 'auto' as const } }
      : {}),
    metadata: { bizq: encodeId(idPrefixes.organisation, organisation) },
  })
  if (!session.url) throw new Error('Stripe named no page to give a card on')
  return session.url
}

/** The card that was given last is the one that is charged; what is unpaid is tried with it at once. */
async function syncCustomer(deps: Deps, { id }: { id: string }): Promise<void> {
  const organisation = await findByCustomer(deps.directory, id)
  if (organisation === undefined) return
  const { data } = await deps.stripe.customers
    .listPaymentMethods(id, { type: 'card', limit: 100 })
    .catch((error: unknown) => {
      if (isMissing(error)) return { data: [] as Stripe.PaymentMethod[] }
      throw error
    })
  // Stripe lists the newest first; moments are whole seconds there, so nothing else tells which came last.
  const [newest] = data
  if (!newest && (await forgetIfGone(deps, organisation))) return
  const method = newest ? toMethod(newest) : null
  await withUnitOfWork(deps, systemActor(organisation), async (unit) => {
    const account = await lockAccount(unit)
    if ((account.payment_method?.id ?? null) === (method?.id ?? null)) return
    await updateAccount(unit.tx, { payment_method: method })
    if (method) {
      for (const { id: invoice } of await invoices.listUnpaid(unit.tx))
        await invoices.updateInvoice(unit.tx, invoice, { next_attempt_at: accountNow(unit, account) })
      await reschedule(unit)
      await enqueue(unit, turnJob, { organisation }, { key: organisation })
    }
    if (method) unit.emit('billing.card-changed', { brand: method.brand, last4: method.last4 })
    else await tellOfNoCard(unit)
    await audit(unit, 'billing.payment-method', {
      brand: method?.brand ?? null,
      last4: method?.last4 ?? null,
    })
  })
}

function toMethod({ id, card }: Stripe.PaymentMethod): PaymentMethod {
  const month = String(card?.exp_month ?? 1).padStart(2, '0')
  return {
    id,
    brand: card?.brand ?? 'card',
    last4: card?.last4 ?? '????',
    expires: `${card?.exp_year ?? 0}-${month}`,
  }
}

/** Of whatever tells of a card: the customer that it is of. */
async function syncThrough(
  deps: Deps,
  retrieve: () => Promise<{ customer: string | { id: string } | null }>,
): Promise<void> {
  try {
    const { customer } = await retrieve()
    const id = typeof customer === 'string' ? customer : customer?.id
    if (id !== undefined) await syncCustomer(deps, { id })
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

/** A card that was taken away at Stripe names no customer any more: it is known here whose it was. */
async function syncMethod(deps: Deps, { id }: { id: string }): Promise<void> {
  const customer = await findCustomerOfCard(deps.directory, id)
  if (customer) await syncCustomer(deps, { id: customer })
  else await syncThrough(deps, () => deps.stripe.paymentMethods.retrieve(id))
}

export const customerSyncs: readonly StripeSync[] = [
  { object: 'customer', sync: syncCustomer },
  { object: 'payment_method', sync: syncMethod },
  {
    object: 'setup_intent',
    sync: (deps, { id }) => syncThrough(deps, () => deps.stripe.setupIntents.retrieve(id)),
  },
  {
    object: 'checkout.session',
    sync: (deps, { id }) => syncThrough(deps, () => deps.stripe.checkout.sessions.retrieve(id)),
  },
]
