import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { withinTenant, type UnitOfWork } from '../../../db/unit-of-work.ts'
import { audit } from '../../audit/index.ts'
import { postLedgerAll, type Period } from '../../ledger/index.ts'
import type { Account } from '../account.ts'
import { takeOwnNumber } from '../account-store.ts'
import * as offers from '../offer-store.ts'
import type { BuiltInvoice, BuiltLine } from './build.ts'
import * as store from './store.ts'

export interface Writing {
  account: Account
  kind: 'period' | 'change'
  index: number
  period: Period
  at: Date
}

/** Writes an invoice with its lines in the operator's own organisation; what credits pay is used with it. */
export async function writeInvoice(
  unit: UnitOfWork,
  { account, kind, index, period, at }: Writing,
  built: BuiltInvoice,
): Promise<store.InvoiceRow> {
  if (!account.plan || !account.currency) throw new Error('an invoice is of a plan')
  const invoice = await store.insertInvoice(unit.tx, {
    organisation_id: account.organisation_id,
    number: built.card === 0n ? await ownNumber(unit, account) : null,
    kind,
    state: 'draft',
    plan: account.plan,
    currency: account.currency,
    period_index: index,
    period_start: period.from,
    period_end: period.to,
    made_at: at,
    total: Number(built.total),
    service_credit: Number(built.used.service),
    granted_credit: Number(built.used.granted),
    launch_free: Number(built.free),
    account_credit: Number(built.used.account),
    card: Number(built.card),
    next_attempt_at: at,
    opened_at: null,
    paid_at: null,
  })
  if (built.lines.length > 0) await store.insertLines(unit.tx, invoice, built.lines.map(toRow))
  await useCredits(unit, invoice, built)
  await offers.countUse(unit.tx, kind === 'period' ? built.coupons : [])
  const id = encodeId(idPrefixes.invoice, invoice.id)
  await audit(unit, 'invoice.create', { invoice: id, total: invoice.total, currency: invoice.currency })
  unit.emit('invoice.created', { invoice: id, kind })
  return invoice
}

/** What no card pays never comes to Stripe, which numbers the others `PREFIX-0001`: a prefix of Stripe's has no hyphen. */
async function ownNumber(unit: UnitOfWork, { organisation_id: id }: Account): Promise<string> {
  const number = await takeOwnNumber(unit.tx)
  return `BQ-${id.slice(-8).toUpperCase()}-${String(number).padStart(4, '0')}`
}

function toRow(line: BuiltLine, position: number): store.NewLine {
  return {
    position,
    kind: line.kind,
    description: line.description,
    charge_id: line.of?.charge ?? null,
    subscription_id: line.of?.subscription ?? null,
    business_id: line.of?.business ?? null,
    service_id: line.of?.service ?? null,
    provider_id: line.of?.provider ?? null,
    from_at: line.span.from,
    to_at: line.span.to,
    quantity: line.quantity,
    price_amount: Number(line.amount),
    price_currency: line.currency,
    rate: line.rate,
    gross: Number(line.gross),
    conversion: Number(line.conversion),
    discount: Number(line.discount),
    discounts: line.discounts,
    amount: Number(line.net),
    service_credit: Number(line.serviceCredit),
    granted_credit: Number(line.grantedCredit),
    launch_free: Number(line.free),
    account_credit: Number(line.accountCredit),
    card: Number(line.card),
  }
}

async function useCredits(unit: UnitOfWork, invoice: store.InvoiceRow, built: BuiltInvoice): Promise<void> {
  const entry = {
    organisation_id: invoice.organisation_id,
    currency: invoice.currency,
    cause_type: 'invoice',
    cause_id: invoice.id,
    reason: null,
    at: invoice.made_at,
  }
  if (built.waived > 0n)
    await offers.insertCredit(unit.tx, {
      ...entry,
      kind: 'granted',
      amount: Number(built.waived),
      cause_type: 'waived',
      reason: 'Too little to be charged to a card.',
    })
  for (const [kind, used] of [
    ['granted', built.used.granted],
    ['account', built.used.account],
  ] as const)
    if (used > 0n) await offers.insertCredit(unit.tx, { ...entry, kind, amount: -Number(used) })
}

/** Books an invoice in a unit of the platform: what is owed, what the platform pays of it, and what credit paid. */
export async function bookInvoice(unit: UnitOfWork, invoice: store.InvoiceRow): Promise<void> {
  const { currency, organisation_id: operator } = invoice
  const amount = (value: number) => BigInt(value)
  const promotional = amount(invoice.service_credit) + amount(invoice.granted_credit)
  const owed = amount(invoice.account_credit) + amount(invoice.card)
  const cause = { type: 'invoice', id: encodeId(idPrefixes.invoice, invoice.id) }
  const at = invoice.made_at
  await postLedgerAll(unit, [
    {
      kind: 'finalised',
      cause,
      at,
      memo: `Invoice of ${invoice.period_start.toISOString().slice(0, 10)}`,
      postings: [
        { account: 'operator_receivable', party: operator, currency, amount: owed },
        { account: 'credit_cost', currency, amount: promotional },
        { account: 'launch_cost', currency, amount: amount(invoice.launch_free) },
        { account: 'unsettled_sales', currency, amount: -amount(invoice.total) },
      ],
    },
    {
      kind: 'credited',
      cause,
      at,
      memo: 'Paid by account credit',
      postings: [
        { account: 'operator_credit', party: operator, currency, amount: amount(invoice.account_credit) },
        {
          account: 'operator_receivable',
          party: operator,
          currency,
          amount: -amount(invoice.account_credit),
        },
      ],
    },
  ])
}

/** The operator's part of a unit of the platform. */
export function asOperator<T>(
  unit: UnitOfWork,
  organisation: string,
  work: (theirs: UnitOfWork) => Promise<T>,
): Promise<T> {
  return withinTenant(unit, { organisation, kind: 'operator' }, work)
}
