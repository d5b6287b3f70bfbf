import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../../db/unit-of-work.ts'
import type { Deps } from '../../../deps.ts'
import { isMissing, keyLifetimeMs, keyOf, stripeErrorOf, type Stripe } from '../../../stripe/client.ts'
import { audit } from '../../audit/index.ts'
import { asPlatform } from '../../payments/index.ts'
import { accountNow, lockAccount, type Account } from '../account.ts'
import { updateAccount } from '../account-store.ts'
import { ensureCustomer } from '../customer.ts'
import { forgetIfGone } from '../lost-customer.ts'
import { dayMs, graceDays, retryDays } from '../plans.ts'
import { reschedule } from '../schedule.ts'
import { bringClock } from '../stripe-clock.ts'
import { markPaid } from './paid.ts'
import * as store from './store.ts'
import { stripeItems } from './stripe-items.ts'
import { followStripeInvoice } from './sync.ts'

interface Of {
  organisation: string
  /** UUID. */
  invoice: string
}

/**
 * Brings an invoice to Stripe and asks for the money: each call under a key of what causes it, each answer kept
 * before the next. Whatever crashes in between, the same invoice is charged once.
 */
export async function payInvoice(deps: Deps, of: Of): Promise<void> {
  await bringClock(deps, of.organisation)
  const actor = systemActor(of.organisation)
  const begun = await withUnitOfWork(deps, actor, (unit) => begin(unit, of))
  if (!begun) return
  const { invoice, account } = begun
  if (invoice.card === 0)
    return asPlatform(deps, (unit) =>
      markPaid(unit, deps, of, { charge: null, fee: 0n, availableAt: deps.clock() }),
    )
  const attempt = invoice.paying_attempt ?? 1
  if (deps.stripe.mode === 'off') return fail(deps, of, attempt, 'No payments are set up here.')
  const stripeId = await bring(deps, of, begun, attempt).catch(async (error: unknown) => {
    if (isMissing(error) && (await forgetIfGone(deps, of.organisation))) return { refused: noCard }
    const refusal = stripeErrorOf(error)
    if (!refusal || !isRefusal(refusal)) throw error
    return { refused: refusal.message }
  })
  if (typeof stripeId !== 'string') return fail(deps, of, attempt, stripeId.refused)
  if (!account.payment_method) return fail(deps, of, attempt, noCard)
  // Of the card too: a try whose answer was lost may be made again with another, and Stripe takes one thing under a key.
  const method = account.payment_method.id
  const cause = `${causeOf(wireOf(of), account)}:${method}`
  const reason = await charge(deps, stripeId, method, keyOf('pay', cause, attempt))
  const standing = await followStripeInvoice(deps, of, stripeId)
  if (standing === 'settling') return waitForFee(deps, of)
  if (standing !== 'open') return
  const isGone = await forgetIfGone(deps, of.organisation)
  await fail(deps, of, attempt, isGone ? noCard : (reason ?? 'The card was not charged.'))
}

const noCard = 'There is no card to charge.'

/** An invoice that went from Stripe with its customer is another there, and asked for under another key. */
const causeOf = (id: string, { clocks_lost: lost }: Account): string => (lost === 0 ? id : `${id}:${lost}`)

const wireOf = ({ invoice }: Of): string => encodeId(idPrefixes.invoice, invoice)

/** The attempt is written down before it is made: its number is its key's. */
async function begin(unit: UnitOfWork, of: Of) {
  const account = await lockAccount(unit)
  const row = await store.lockInvoice(unit.tx, of.invoice)
  if (!row || (row.state !== 'draft' && row.state !== 'open')) return undefined
  const invoice = await store.updateInvoice(unit.tx, row.id, { paying_attempt: row.attempts + 1 })
  return { account, invoice, lines: await store.listLines(unit.tx, [row.id]) }
}

type Begun = NonNullable<Awaited<ReturnType<typeof begin>>>

/** The invoice at Stripe, finalised, with one item for each line that the card pays. */
async function bring(
  deps: Deps,
  of: Of,
  { account, invoice, lines }: Begun,
  attempt: number,
): Promise<string> {
  const customer = await ensureCustomer(deps, of.organisation)
  // Made in the account's own time, which never goes slower than Stripe's.
  const isOld = accountNow(deps, account).getTime() - invoice.made_at.getTime() > keyLifetimeMs
  const id = invoice.stripe_invoice ?? (isOld ? await findAtStripe(deps, customer, wireOf(of)) : undefined)
  const made = id ?? (await create(deps, customer, invoice, account))
  if (!invoice.stripe_invoice)
    await withUnitOfWork(deps, systemActor(of.organisation), ({ tx }) =>
      store.updateInvoice(tx, of.invoice, { stripe_invoice: made }),
    )
  const found = await deps.stripe.invoices.retrieve(made)
  if (found.status === 'draft') await fill(deps, { customer, id: made, account, attempt }, invoice, lines)
  await followStripeInvoice(deps, of, made)
  return made
}

async function create(
  deps: Deps,
  customer: string,
  invoice: store.InvoiceRow,
  account: Account,
): Promise<string> {
  const id = encodeId(idPrefixes.invoice, invoice.id)
  const made = await deps.stripe.invoices.create(
    {
      customer,
      currency: invoice.currency.toLowerCase(),
      auto_advance: false,
      collection_method: 'charge_automatically',
      pending_invoice_items_behavior: 'exclude',
      metadata: { bizq: id },
      ...(deps.config.stripe.hasTax ? { automatic_tax: { enabled: true } } : {}),
    },
    { idempotencyKey: keyOf('invoice', causeOf(id, account)) },
  )
  return made.id
}

async function fill(
  deps: Deps,
  { customer, id, account, attempt }: { customer: string; id: string; account: Account; attempt: number },
  invoice: store.InvoiceRow,
  lines: readonly store.LineRow[],
): Promise<void> {
  const known = new Set<string | undefined>()
  for await (const item of deps.stripe.invoiceItems.list({ invoice: id, limit: 100 }))
    known.add(item.metadata?.['bizq'])
  for (const { line, amount, description } of stripeItems(lines)) {
    if (known.has(line)) continue
    const currency = invoice.currency.toLowerCase()
    await deps.stripe.invoiceItems.create(
      { customer, invoice: id, amount, currency, description, metadata: { bizq: line } },
      { idempotencyKey: keyOf('invoice-line', causeOf(line, account)) },
    )
  }
  // Of the attempt too: what Stripe refuses, for want of an address, it refuses again under the same key.
  const wire = encodeId(idPrefixes.invoice, invoice.id)
  await deps.stripe.invoices.finalizeInvoice(
    id,
    { auto_advance: false },
    { idempotencyKey: keyOf('finalise', causeOf(wire, account), attempt) },
  )
}

/** Stripe forgets keys after a day: then the object is looked for by what caused it. */
async function findAtStripe(deps: Deps, customer: string, id: string): Promise<string | undefined> {
  for await (const invoice of deps.stripe.invoices.list({ customer, limit: 100 }))
    if (invoice.metadata?.['bizq'] === id) return invoice.id
  return undefined
}

/** Asks for the money. Answers why the card refused; whether it was charged is asked of the invoice. */
async function charge(
  deps: Deps,
  stripeId: string,
  method: string,
  idempotencyKey: string,
): Promise<string | undefined> {
  try {
    await deps.stripe.invoices.pay(
      stripeId,
      { payment_method: method, off_session: true },
      { idempotencyKey },
    )
    return undefined
  } catch (error) {
    const refusal = stripeErrorOf(error)
    // A refusal is an outcome; that Stripe cannot be reached is none, and is tried again under the same key.
    if (!refusal || !isRefusal(refusal)) throw error
    return refusal.message
  }
}

const isRefusal = ({ type, statusCode }: Stripe.errors.StripeError): boolean =>
  type === 'StripeCardError' ||
  (type === 'StripeInvalidRequestError' && ![404, 409].includes(statusCode ?? 0))

/** Paid, and Stripe does not say yet what it keeps of it: reconciliation asks again. */
async function waitForFee(deps: Deps, of: Of): Promise<void> {
  await withUnitOfWork(deps, systemActor(of.organisation), async (unit) => {
    await lockAccount(unit)
    const row = await store.lockInvoice(unit.tx, of.invoice)
    if (row?.state !== 'open') return
    await store.updateInvoice(unit.tx, row.id, { next_attempt_at: null })
    await reschedule(unit)
  })
}

/** An attempt failed: the next after so many days, and after the last a week of grace. */
async function fail(deps: Deps, of: Of, attempt: number, reason: string): Promise<void> {
  await withUnitOfWork(deps, systemActor(of.organisation), async (unit) => {
    const account = await lockAccount(unit)
    const row = await store.lockInvoice(unit.tx, of.invoice)
    if (!row || (row.state !== 'draft' && row.state !== 'open') || row.attempts >= attempt) return
    const now = accountNow(unit, account)
    const since = row.failing_since ?? now
    const next = nextAttempt(account.state, since, now)
    await store.updateInvoice(unit.tx, row.id, {
      attempts: attempt,
      failing_since: since,
      failure: reason,
      next_attempt_at: next,
      paying_attempt: null,
    })
    await fallBehind(unit, account, now, next === null)
    await reschedule(unit)
    const told = { invoice: wireOf(of), attempt, next: next?.toISOString() ?? null, reason }
    await audit(unit, 'invoice.fail', told)
    unit.emit('invoice.failed', told)
  })
}

/**
 * Tries go on 1, 3, 5 and 7 days after the first that failed, whatever somebody tried by hand in between; a paused
 * account is tried only when somebody asks.
 */
export function nextAttempt(state: Account['state'], since: Date, now: Date): Date | null {
  if (state === 'paused') return null
  const left = retryDays.map((days) => new Date(since.getTime() + days * dayMs)).find((at) => at > now)
  return left ?? null
}

async function fallBehind(unit: UnitOfWork, account: Account, now: Date, isLast: boolean): Promise<void> {
  if (account.state === 'active' || account.state === 'past_due')
    await updateAccount(unit.tx, {
      state: isLast ? 'grace' : 'past_due',
      failing_since: account.failing_since ?? now,
      ...(isLast ? { grace_ends_at: new Date(now.getTime() + graceDays * dayMs) } : {}),
    })
}
