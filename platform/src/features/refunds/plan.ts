import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { enqueue } from '../../jobs/define.ts'
import { audit } from '../audit/index.ts'
import {
  addRefunded,
  findInvoiceOfLine,
  lockInvoiceLines,
  presentOf,
  type RefundableLine,
} from '../billing/index.ts'
import { allocate } from '../ledger/index.ts'
import { settleRefundJob } from './jobs.ts'
import { amountOf, nothingBack, refundParts, type PaidLine, type RefundParts } from './parts.ts'
import type { RefundCause } from './schemas.ts'
import * as store from './store.ts'

/** A locked line with what was given back of it so far. */
export interface OpenLine {
  row: RefundableLine
  line: PaidLine
  before: RefundParts
}

/** The lines of an invoice of the unit's organisation, locked, each with its part of the tax. */
export async function openLines(unit: UnitOfWork, invoice: string): Promise<OpenLine[]> {
  const rows = await lockInvoiceLines(unit, invoice)
  const before = await store.partsOfLines(
    unit.tx,
    rows.map(({ id }) => id),
  )
  const cards = rows.map(({ card }) => card)
  const taxes = cards.some((card) => card > 0n) ? allocate(rows[0]?.invoiceTax ?? 0n, cards) : []
  return rows.map((row, i) => ({
    row,
    line: { card: row.card, account: row.account, promotional: row.promotional, tax: taxes[i] ?? 0n },
    before: before.get(row.id) ?? nothingBack,
  }))
}

export const leftOf = ({ row, before }: OpenLine): bigint => row.amount - amountOf(before)

export interface Planned {
  cause: RefundCause
  /** Of one cause, each line is given back once: see the table's own rule. */
  causeId: string
  way: 'card' | 'account_credit'
  reason?: string
}

/** What no charge of a card brought goes back to none: somebody marked its invoice as paid at Stripe. */
const isPaidOutside = ({ card, charge, invoiceState }: RefundableLine): boolean =>
  invoiceState === 'paid' && card > 0n && charge === null

/** The way that a refund of a line goes: what no card had paid goes to none. */
const wayOf = ({ row }: OpenLine, way: Planned['way']): Planned['way'] =>
  isPaidOutside(row) ? 'account_credit' : way

/** What a refund of a line gives to whom, of all that is left of it where nothing else is said. */
export const partsOfRefund = (
  open: OpenLine,
  way: Planned['way'],
  amount: bigint = leftOf(open),
): RefundParts => refundParts(open.line, open.before, amount, wayOf(open, way))

/** Writes a refund down in the operator's own unit, and has it settled. */
export async function planRefund(
  unit: UnitOfWork,
  open: OpenLine,
  planned: Planned,
  amount: bigint = leftOf(open),
): Promise<store.RefundRow | undefined> {
  if (amount === 0n) return undefined
  const way = wayOf(open, planned.way)
  const parts = partsOfRefund(open, way, amount)
  const row = await keepRefund(unit, open, { ...planned, way, reason: planned.reason ?? null, parts })
  if (row) await enqueue(unit, settleRefundJob, { organisation: unit.actor.organisation, refund: row.id })
  return row
}

interface Given {
  cause: RefundCause
  causeId: string
  way: 'card' | 'account_credit' | 'bank'
  reason: string | null
  parts: RefundParts
  stripeRefund?: string
}

async function rowOf(unit: UnitOfWork, line: RefundableLine, given: Given): Promise<store.NewRefund> {
  const { cause, causeId, way, reason, parts, stripeRefund } = given
  return {
    organisation_id: unit.actor.organisation,
    invoice_id: line.invoice,
    line_id: line.id,
    subscription_id: line.subscription,
    business_id: line.business,
    service_id: line.service,
    provider_id: line.provider,
    currency: line.currency,
    made_at: await presentOf(unit),
    cause,
    cause_id: causeId,
    way,
    reason,
    parts,
    ...(stripeRefund === undefined ? {} : { stripe_refund: stripeRefund }),
  }
}

/** Writes the row and counts it on its line; nothing when it was written before. */
export async function keepRefund(
  unit: UnitOfWork,
  { row: line }: OpenLine,
  given: Given,
): Promise<store.RefundRow | undefined> {
  const { cause, parts } = given
  const row = await store.insertRefund(unit.tx, await rowOf(unit, line, given))
  if (!row) return undefined
  await addRefunded(unit, line.id, amountOf(parts))
  await audit(unit, 'refund.plan', {
    refund: encodeId(idPrefixes.refund, row.id),
    invoice: encodeId(idPrefixes.invoice, line.invoice),
    line: encodeId(idPrefixes.invoiceLine, line.id),
    cause,
    amount: Number(row.amount),
    currency: line.currency,
  })
  return row
}

/** Gives back what is owed of what is left of one line, at most all of it; a cause to which nothing is owed is answered with nothing. */
export async function planOfLine(
  unit: UnitOfWork,
  line: string,
  planned: Planned,
  owedOf: (left: bigint) => bigint,
): Promise<store.RefundRow | undefined> {
  const invoice = await findInvoiceOfLine(unit, line)
  const open = invoice && (await openLines(unit, invoice)).find(({ row }) => row.id === line)
  if (!open) return undefined
  const left = leftOf(open)
  const owed = owedOf(left)
  const amount = owed > left ? left : owed
  if (amount > 0n) return planRefund(unit, open, planned, amount)
  const given = { ...planned, reason: planned.reason ?? null, parts: nothingBack }
  await store.insertNothingLeft(unit.tx, await rowOf(unit, open.row, given))
  return undefined
}
