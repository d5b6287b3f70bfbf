import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { enqueue } from '../../jobs/define.ts'
import type { Stripe } from '../../stripe/client.ts'
import { audit } from '../audit/index.ts'
import { findInvoiceOfCharge, presentOf } from '../billing/index.ts'
import { postLedger, sumOfEntries } from '../ledger/index.ts'
import { asPlatform } from '../payments/index.ts'
import * as disputes from './dispute-store.ts'
import { askAgain, closeAsLost } from './after-dispute.ts'
import { evidenceJob } from './jobs.ts'
import { allotCharge, amountOf, type RefundParts } from './parts.ts'
import { keepRefund, openLines } from './plan.ts'
import { bookWithin, ofOperator } from './settle.ts'
import * as store from './store.ts'

const idOf = (object: string | { id: string }): string => (typeof object === 'string' ? object : object.id)
const final: ReadonlySet<string> = new Set(['won', 'lost', 'warning_closed'])
const asksFor: ReadonlySet<string> = new Set(['needs_response', 'warning_needs_response'])

/**
 * Follows a dispute at Stripe. Whatever it was asked before: what the bank took is taken back of the lines once, what
 * it returned is given again once, and evidence is handed in while it is asked for.
 */
export async function followDispute(deps: Deps, dispute: Stripe.Dispute): Promise<void> {
  const charge = idOf(dispute.charge)
  const owner = await findInvoiceOfCharge(deps, charge)
  if (!owner) return leaveOrWait(deps, `dispute ${dispute.id} is of ${charge}`, dispute.created)
  await asPlatform(deps, async (unit) => {
    const due = dispute.evidence_details.due_by
    const present = await ofOperator(unit, owner.organisation, presentOf)
    const { row, was } = await disputes.keepDispute(unit.tx, {
      organisation_id: unit.actor.organisation,
      stripe_dispute: dispute.id,
      operator_id: owner.organisation,
      invoice_id: owner.invoice,
      stripe_charge: charge,
      currency: dispute.currency.toUpperCase(),
      amount: String(dispute.amount),
      reason: dispute.reason,
      status: dispute.status,
      due_at: due === null ? null : new Date(due * 1_000),
      opened_at: new Date(dispute.created * 1_000),
      began_at: present,
    })
    await bookBalance(unit, row, dispute.balance_transactions)
    const taken = -dispute.balance_transactions.reduce((all, { amount }) => all + amount, 0)
    const wasTaken = dispute.balance_transactions.some(({ amount }) => amount < 0)
    if (row.stage === 'asked' && wasTaken) await takeFromLines(unit, row)
    if (row.stage !== 'returned' && wasTaken && taken <= 0) await giveToLines(unit, row)
    const { status } = dispute
    if (final.has(status))
      await disputes.closeDispute(unit.tx, row.id, { status, at: unit.clock(), decidedAt: present })
    else if (asksFor.has(status) && row.evidence_at === null)
      await enqueue(unit, evidenceJob, { dispute: row.id })
    const isUndone = row.stage === 'returned' || status === 'warning_closed'
    if (isUndone || status === 'lost')
      await ofOperator(unit, row.operator_id, (theirs) =>
        isUndone ? askAgain(theirs, row.invoice_id) : closeAsLost(theirs, row.invoice_id),
      )
    if (was !== status && !(was && final.has(was))) await tellOf(unit, row, status)
  })
}

/** A charge that paid no invoice of ours: for a day it may be that ours is not written yet, then it is somebody else's. */
function leaveOrWait(deps: Deps, what: string, created: number): void {
  const message = `${what}, which paid no invoice that is known`
  if (deps.clock().getTime() - created * 1_000 < 86_400_000) throw new Error(`${message} yet`)
  deps.log.warn(message)
}

async function tellOf(unit: UnitOfWork, row: disputes.CardDisputeRow, status: string): Promise<void> {
  const told = {
    dispute: encodeId(idPrefixes.cardDispute, row.id),
    invoice: encodeId(idPrefixes.invoice, row.invoice_id),
    status,
  }
  await audit(unit, 'card-dispute.change', told)
  unit.emit('card-dispute.changed', told)
}

/** What Stripe moved because of it, each movement once: the money into `disputes`, its fee by itself. */
async function bookBalance(
  unit: UnitOfWork,
  row: disputes.CardDisputeRow,
  movements: Stripe.Dispute['balance_transactions'],
): Promise<void> {
  for (const { id, amount, fee, currency } of movements) {
    if (currency.toUpperCase() !== row.currency)
      throw new Error(
        `${id} moves ${currency} for a dispute in ${row.currency}: the account must hold ${row.currency}`,
      )
    await postLedger(unit, {
      kind: amount < 0 ? 'withdrawn' : 'returned',
      cause: { type: 'balance_transaction', id },
      from: [{ type: 'dispute', id: row.stripe_dispute }],
      at: unit.clock(),
      memo: amount < 0 ? 'A bank took back what a card had paid' : 'A bank returned what it had taken',
      postings: [
        { account: 'disputes', currency: row.currency, amount: BigInt(-amount) },
        { account: 'dispute_fees', currency: row.currency, amount: BigInt(fee) },
        { account: 'stripe_balance', currency: row.currency, amount: BigInt(amount - fee) },
      ],
    })
  }
  const fee = movements.reduce((all, each) => all + each.fee, 0)
  await disputes.noteFee(unit.tx, row.id, BigInt(fee))
}

/** The bank took the card's money: every line that it paid bears its part, at most what is left of it. */
async function takeFromLines(unit: UnitOfWork, row: disputes.CardDisputeRow): Promise<void> {
  const total = BigInt(row.amount)
  const beyond = await allot(unit, row.operator_id, row.invoice_id, total, {
    cause: 'dispute',
    causeId: row.stripe_dispute,
    way: 'bank',
  })
  if (beyond > 0n) await bookBeyond(unit, row, beyond)
  await disputes.moveDispute(unit.tx, row.id, { stage: 'withdrawn', beyond })
  row.stage = 'withdrawn'
  row.beyond = String(beyond)
}

function bookBeyond(unit: UnitOfWork, row: disputes.CardDisputeRow, beyond: bigint): Promise<void> {
  return postLedger(unit, {
    kind: beyond > 0n ? 'beyond' : 'beyond-returned',
    cause: { type: 'dispute', id: row.stripe_dispute },
    at: unit.clock(),
    memo: 'What a bank took had been given back already',
    postings: [
      { account: 'bad_debt', currency: row.currency, amount: beyond },
      { account: 'disputes', currency: row.currency, amount: -beyond },
    ],
  })
}

/** Money that left a charge as a whole, shared over the lines that it paid and booked. Answers what no line covers. */
async function allot(
  unit: UnitOfWork,
  organisation: string,
  invoice: string,
  total: bigint,
  given: {
    cause: 'dispute' | 'outside'
    causeId: string
    way: 'bank' | 'card'
    stripeRefund?: Stripe.Refund
  },
): Promise<bigint> {
  const { cause, causeId, way, stripeRefund } = given
  const { rows, beyond } = await ofOperator(unit, organisation, async (theirs) => {
    const open = await openLines(theirs, invoice)
    // Two who follow it at one moment: the second finds what the first shared out.
    if ((await store.listOfCause(theirs.tx, cause, causeId)).length > 0) return { rows: [], beyond: 0n }
    const { parts, beyond: left } = allotCharge(open, total)
    const written: store.RefundRow[] = []
    for (const [i, each] of open.entries()) {
      const part = parts[i]
      if (!part || amountOf(part) === 0n) continue
      const row = await keepRefund(theirs, each, {
        cause,
        causeId,
        way,
        reason: null,
        parts: part,
        ...(stripeRefund ? { stripeRefund: stripeRefund.id } : {}),
      })
      if (row) written.push(row)
    }
    return { rows: written, beyond: left }
  })
  for (const { id } of rows) await bookWithin(unit, { organisation, refund: id }, stripeRefund)
  return beyond
}

/** The bank returned it: every line is as if it had not been taken. */
async function giveToLines(unit: UnitOfWork, row: disputes.CardDisputeRow): Promise<void> {
  const organisation = row.operator_id
  const rows = await ofOperator(unit, organisation, async (theirs) => {
    const taken = await store.listOfCause(theirs.tx, 'dispute', row.stripe_dispute)
    const open = await openLines(theirs, row.invoice_id)
    const written: store.RefundRow[] = []
    for (const each of taken) {
      const line = open.find((candidate) => candidate.row.id === each.line_id)
      if (!line) throw new Error(`the line ${each.line_id} of a dispute is gone`)
      const back = await keepRefund(theirs, line, {
        cause: 'dispute_won',
        causeId: row.stripe_dispute,
        way: 'bank',
        reason: null,
        parts: negated(each),
      })
      if (back) written.push(back)
    }
    return written
  })
  for (const { id } of rows) await bookWithin(unit, { organisation, refund: id })
  if (BigInt(row.beyond) > 0n) await bookBeyond(unit, row, -BigInt(row.beyond))
  await disputes.moveDispute(unit.tx, row.id, { stage: 'returned' })
  row.stage = 'returned'
}

function negated(row: store.RefundRow): RefundParts {
  return {
    card: -BigInt(row.card),
    credit: -BigInt(row.credit),
    promotional: -BigInt(row.promotional),
    tax: -BigInt(row.tax),
  }
}

/**
 * A refund that was made at Stripe itself: it is shared over the lines that the charge paid, like a bank's. What no line
 * covers any more, since it was given back as account credit before, the platform bears.
 */
export async function followOutsideRefund(deps: Deps, refund: Stripe.Refund): Promise<void> {
  if (refund.status === 'failed' || refund.status === 'canceled' || !refund.charge) return
  const owner = await findInvoiceOfCharge(deps, idOf(refund.charge))
  if (!owner) return leaveOrWait(deps, `refund ${refund.id} is of ${idOf(refund.charge)}`, refund.created)
  await asPlatform(deps, async (unit) => {
    const { organisation, invoice } = owner
    if ((await borneOutside(unit)).has(`${refund.id} bad_debt`)) return
    const beyond = await allot(unit, organisation, invoice, BigInt(refund.amount), {
      cause: 'outside',
      causeId: refund.id,
      way: 'card',
      stripeRefund: refund,
    })
    await bookOutside(unit, refund, beyond)
  })
}

const borneOutside = (unit: UnitOfWork) => sumOfEntries(unit, { kind: 'beyond', causeType: 'stripe_refund' })

/** The platform bears what no line covers of a refund that was made at Stripe; below zero it came back. */
function bookOutside(unit: UnitOfWork, refund: Stripe.Refund, beyond: bigint): Promise<void> {
  const currency = refund.currency.toUpperCase()
  return postLedger(unit, {
    kind: beyond < 0n ? 'beyond-returned' : 'beyond',
    cause: { type: 'stripe_refund', id: refund.id },
    at: unit.clock(),
    memo: 'What was refunded at Stripe had been given back already',
    postings: [
      { account: 'bad_debt', currency, amount: beyond },
      { account: 'stripe_balance', currency, amount: -beyond },
    ],
  })
}

/** The card did not take a refund that was made at Stripe: what the platform bore of it is there again. */
export async function returnOutside(deps: Deps, refund: Stripe.Refund): Promise<void> {
  if (refund.status !== 'failed' && refund.status !== 'canceled') return
  await asPlatform(deps, async (unit) => {
    await bookOutside(unit, refund, -((await borneOutside(unit)).get(`${refund.id} bad_debt`) ?? 0n))
  })
}
