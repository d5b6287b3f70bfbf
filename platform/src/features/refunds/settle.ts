import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { withinTenant, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { keyLifetimeMs, keyOf, stripeErrorOf, type Stripe } from '../../stripe/client.ts'
import { audit } from '../audit/index.ts'
import { addRefunded, giveCredit, presentOf } from '../billing/index.ts'
import { postLedger, type Posting } from '../ledger/index.ts'
import { asPlatform } from '../payments/index.ts'
import { reverseSale } from '../payouts/index.ts'
import { openLines } from './plan.ts'
import { creditBackOfRefund, type CreditBack } from './returns.ts'
import * as store from './store.ts'
import * as told from './told-store.ts'

export interface RefundOf {
  /** The operator (UUID), and the refund (UUID). */
  organisation: string
  refund: string
}

const wireOf = (row: store.RefundRow): string => encodeId(idPrefixes.refund, row.id)

/** The operator's part of a unit of the platform. */
export function ofOperator<T>(
  unit: UnitOfWork,
  organisation: string,
  work: (theirs: UnitOfWork) => Promise<T>,
): Promise<T> {
  return withinTenant(unit, { organisation, kind: 'operator' }, work)
}

/**
 * Brings a planned refund to its end: what goes to the card is asked of Stripe with a key of its own, then all of it
 * is booked at once. What is not paid yet waits; what never will be is not given back. Safe to lose at any point.
 */
export async function settleRefund(deps: Deps, of: RefundOf): Promise<void> {
  const found = await asPlatform(deps, (unit) =>
    ofOperator(unit, of.organisation, async (theirs) => {
      const row = await store.findRefund(theirs.tx, of.refund)
      const open =
        row && (await openLines(theirs, row.invoice_id)).find((each) => each.row.id === row.line_id)
      return row && open && { row, line: open.row }
    }),
  )
  if (found?.row.state !== 'planned') return
  const { row, line } = found
  if (line.invoiceState === 'draft' || line.invoiceState === 'open') return
  if (line.invoiceState !== 'paid') return refuse(deps, of, `the invoice is ${line.invoiceState}`)
  const toCard = BigInt(row.card) + BigInt(row.tax)
  if (row.way !== 'card' || toCard <= 0n) return book(deps, of)
  if (line.charge === null)
    return refuse(deps, of, 'the invoice was paid outside Stripe: give it back as account credit')
  const made = await refundAtStripe(deps, row, line.charge, toCard)
  return 'refused' in made ? refuse(deps, of, made.refused) : book(deps, of, made.refund)
}

/** Stripe's word that it cannot be given back: it was given back, or the bank takes it, already. */
const final = new Set(['charge_already_refunded', 'charge_disputed'])

async function refundAtStripe(
  deps: Deps,
  row: store.RefundRow,
  charge: string,
  amount: bigint,
): Promise<{ refund: Stripe.Refund } | { refused: string }> {
  const id = wireOf(row)
  const askedAt = row.asked_again_at ?? row.made_at
  const isOld = deps.clock().getTime() - askedAt.getTime() > keyLifetimeMs
  const known = isOld ? await findAtStripe(deps, charge, id) : undefined
  if (known) return { refund: known }
  try {
    const refund = await deps.stripe.refunds.create(
      { charge, amount: Number(amount), reason: 'requested_by_customer', metadata: { bizq: id } },
      { idempotencyKey: row.asked_again_at ? keyOf('refund', id, 2) : keyOf('refund', id) },
    )
    return { refund }
  } catch (error) {
    const refusal = stripeErrorOf(error)
    if (refusal?.code && final.has(refusal.code)) return { refused: refusal.code }
    // More than is left of the charge: somebody refunded it at Stripe itself.
    if (refusal?.param === 'amount') return { refused: refusal.message }
    throw error
  }
}

/** Stripe forgets keys after a day: then the object is looked for by what caused it. */
async function findAtStripe(deps: Deps, charge: string, id: string): Promise<Stripe.Refund | undefined> {
  for await (const refund of deps.stripe.refunds.list({ charge, limit: 100 }))
    if (refund.metadata?.['bizq'] === id) return refund
  return undefined
}

/** It is not given back after all: the line is as it was. */
async function refuse(deps: Deps, of: RefundOf, failure: string): Promise<void> {
  await asPlatform(deps, (unit) =>
    ofOperator(unit, of.organisation, async (theirs) => {
      const row = await store.lockRefund(theirs.tx, of.refund)
      if (row?.state !== 'planned') return
      await store.endRefund(theirs.tx, row.id, { state: 'refused', failure }, theirs.clock())
      await addRefunded(theirs, row.line_id, -BigInt(row.amount))
      await audit(theirs, 'refund.refuse', { refund: wireOf(row), failure })
    }),
  )
}

/** Books a refund whose money is on its way, or that needs none moved. */
export async function book(deps: Deps, of: RefundOf, refund?: Stripe.Refund): Promise<void> {
  await asPlatform(deps, (unit) => bookWithin(unit, of, refund))
}

/** What its provider is told apart from a refund: nobody asked for it back. */
const toldBecause: Partial<Record<store.RefundRow['cause'], 'no-execution' | 'downtime'>> = {
  no_execution: 'no-execution',
  downtime: 'downtime',
}

/**
 * The same within a unit of the platform: who bears it, the ledger, the account credit, and the operator's row are
 * one commit. Booked again it changes nothing.
 */
export async function bookWithin(unit: UnitOfWork, of: RefundOf, refund?: Stripe.Refund): Promise<void> {
  const found = await ofOperator(unit, of.organisation, async (theirs) => {
    const row = await store.lockRefund(theirs.tx, of.refund)
    if (!row || row.settled_at !== null || row.state === 'refused') return undefined
    const isLaunchFree = await store.isLaunchFree(theirs.tx, of.refund)
    return { row, isLaunchFree, back: await creditBackOfRefund(theirs, row), at: await presentOf(theirs) }
  })
  if (!found) return
  const { row, back, at } = found
  const cause = { type: 'refund', id: wireOf(row) }
  const to = row.way === 'bank' ? 'dispute' : row.way
  const because = toldBecause[row.cause]
  const borne = await reverseSale(unit, {
    refund: row.id,
    cause,
    line: row.line_id,
    amount: BigInt(row.amount),
    to,
    at,
    ...(because ? { because } : {}),
  })
  await postLedger(unit, {
    kind: 'parted',
    cause,
    at,
    memo: 'Tax, and what of a refund went elsewhere than the rest of it',
    postings: elsewhere(row, borne, to, found.isLaunchFree ? 'launch_cost' : 'credit_cost'),
  })
  await ofOperator(unit, of.organisation, async (theirs) => {
    const state = !refund || refund.status === 'succeeded' ? 'succeeded' : 'pending'
    const stripeRefund = refund?.id ?? row.stripe_refund
    await store.settleRefund(theirs.tx, row.id, { ...borne, ...back }, state, at, stripeRefund)
    if (BigInt(row.credit) !== 0n) await keepCredit(theirs, row, 'account', BigInt(row.credit), 'refund')
    if (back.granted > 0n) await keepCredit(theirs, row, 'granted', back.granted, 'refund')
    await tellOf(theirs, row, back)
  })
  await audit(unit, 'refund.make', { refund: wireOf(row), cause: row.cause })
}

/** Of what came to the operator; what the platform had paid, and paid no more, is no money of theirs. */
async function tellOf(theirs: UnitOfWork, row: store.RefundRow, back: CreditBack): Promise<void> {
  const { cause, currency } = row
  const told = { refund: wireOf(row), invoice: encodeId(idPrefixes.invoice, row.invoice_id), cause, currency }
  const amount = Number(BigInt(row.card) + BigInt(row.tax) + BigInt(row.credit))
  const credit = Number(back.service + back.granted)
  await audit(theirs, 'refund.make', { ...told, amount, credit, ofLine: Number(row.amount) })
  theirs.emit('refund.made', { ...told, amount, credit, until: back.until?.toISOString() ?? null })
}

const places = { card: 'stripe_balance', dispute: 'disputes', account_credit: 'operator_credit' } as const

/**
 * A line is reversed as if the operator's whole part went one way. What went another (tax with the card, account
 * credit beside it, a bank that takes the card's money alone) is put where it is.
 */
function elsewhere(
  row: store.RefundRow,
  booked: { real: bigint; promotional: bigint },
  to: keyof typeof places,
  promotionalAccount: 'credit_cost' | 'launch_cost',
): Posting[] {
  const { currency } = row
  const [card, credit, promotional, tax] = [row.card, row.credit, row.promotional, row.tax].map(BigInt) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ]
  const moneyPlace = to === 'dispute' ? 'disputes' : 'stripe_balance'
  const moved = new Map<Posting['account'], bigint>()
  const add = (account: Posting['account'], amount: bigint) =>
    moved.set(account, (moved.get(account) ?? 0n) + amount)
  add(places[to], booked.real)
  add(promotionalAccount, booked.promotional - promotional)
  add(moneyPlace, -card - tax)
  add('operator_credit', -credit)
  add('tax', tax)
  return [...moved].map(([account, amount]) => ({
    account,
    currency,
    amount,
    ...(account === 'operator_credit' ? { party: row.organisation_id } : {}),
  }))
}

async function keepCredit(
  theirs: UnitOfWork,
  row: store.RefundRow,
  kind: 'account' | 'granted',
  amount: bigint,
  causeType: string,
): Promise<void> {
  await giveCredit(theirs, {
    kind,
    currency: row.currency,
    amount,
    causeType,
    causeId: row.id,
    reason: row.reason,
    at: await presentOf(theirs),
  })
}

/** Follows a refund at Stripe to its end. What the card did not take becomes account credit: nothing is lost. */
export async function followRefund(deps: Deps, refund: Stripe.Refund): Promise<boolean> {
  const id = refund.metadata?.['bizq']
  const known = id?.startsWith(`${idPrefixes.refund}_`)
    ? [await told.findTold(deps.directory, decodeId(idPrefixes.refund, id))]
    : await told.listByStripe(deps.directory, refund.id)
  const ours = known.filter((each) => each !== undefined)
  for (const { organisation_id: organisation, id: own } of ours)
    await asPlatform(deps, async (unit) => {
      const of = { organisation, refund: own }
      await bookWithin(unit, of, refund)
      await endWithin(unit, of, refund)
    })
  return ours.length > 0
}

async function endWithin(unit: UnitOfWork, of: RefundOf, refund: Stripe.Refund): Promise<void> {
  const { row, at } = await ofOperator(unit, of.organisation, async (theirs) => ({
    row: await store.lockRefund(theirs.tx, of.refund),
    at: await presentOf(theirs),
  }))
  // A card can turn a refund down days after it took it.
  if (row?.state !== 'pending' && row?.state !== 'succeeded') return
  if (refund.status === 'succeeded' && row.state === 'pending')
    return ofOperator(unit, of.organisation, ({ tx }) =>
      store.endRefund(tx, row.id, { state: 'succeeded' }, at),
    )
  if (refund.status !== 'failed' && refund.status !== 'canceled') return
  const back = BigInt(row.card) + BigInt(row.tax)
  if (row.way !== 'card' || back === 0n) return
  await postLedger(unit, {
    kind: 'failed',
    cause: { type: 'refund', id: wireOf(row) },
    at,
    memo: 'The card did not take a refund; it became account credit',
    postings: [
      { account: 'stripe_balance', currency: row.currency, amount: back },
      { account: 'operator_credit', party: row.organisation_id, currency: row.currency, amount: -back },
    ],
  })
  await ofOperator(unit, of.organisation, async (theirs) => {
    const failure = refund.failure_reason ?? refund.status ?? 'failed'
    await store.endRefund(theirs.tx, row.id, { state: 'failed', failure }, at)
    await keepCredit(theirs, row, 'account', back, 'refund_failed')
    const told = { refund: wireOf(row), invoice: encodeId(idPrefixes.invoice, row.invoice_id) }
    await audit(theirs, 'refund.fail', { ...told, failure })
    theirs.emit('refund.failed', told)
  })
}
