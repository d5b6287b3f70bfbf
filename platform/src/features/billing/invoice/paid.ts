import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../../db/unit-of-work.ts'
import type { Deps } from '../../../deps.ts'
import { audit } from '../../audit/index.ts'
import { monthOf, postLedger } from '../../ledger/index.ts'
import { launchTermsOf, settleInvoice, type PaidLine } from '../../payouts/index.ts'
import { accountNow, isEnding, lockAccount, type Account } from '../account.ts'
import { updateAccount } from '../account-store.ts'
import { openMissingCharges } from '../charges.ts'
import { namesOf, type Names } from '../names.ts'
import { reschedule } from '../schedule.ts'
import { takeBackPaused } from '../take-backs.ts'
import { bookReopened, useCreditAgain } from './reopened.ts'
import * as store from './store.ts'
import { asOperator } from './write.ts'

type TermsOf = Awaited<ReturnType<typeof launchTermsOf>>

/** What Stripe says of a payment. */
export interface Payment {
  /** Null where no money came through Stripe: no card was asked for any, or somebody marked it as paid there. */
  charge: string | null
  /** Minor units that Stripe kept. */
  fee: bigint
  availableAt: Date
}

/**
 * An invoice is paid: its state, the account's, the ledger, what every provider earns, the audit entry and the event
 * are one commit. Once it is paid nothing happens again. One that was written off is first asked for again.
 */
export async function markPaid(
  unit: UnitOfWork,
  deps: Deps,
  of: { organisation: string; invoice: string },
  payment: Payment,
): Promise<void> {
  const termsOf = await launchTermsOf(deps, of.organisation)
  const settled = await asOperator(unit, of.organisation, async (theirs) => {
    const account = await lockAccount(theirs)
    const row = await store.lockInvoice(theirs.tx, of.invoice)
    if (!row || row.state === 'paid' || row.state === 'void') return undefined
    const at = accountNow(theirs, account)
    const creditUsed = row.state === 'uncollectible' ? await useCreditAgain(theirs, row, at) : null
    const invoice = await store.updateInvoice(theirs.tx, row.id, {
      state: 'paid',
      paid_at: at,
      opened_at: row.opened_at ?? at,
      next_attempt_at: null,
      failure: null,
      stripe_charge: payment.charge,
      processing: Number(payment.fee),
    })
    const lines = await store.listLines(theirs.tx, [row.id])
    const names = await namesOf(
      theirs,
      deps,
      lines.flatMap((line) => line.subscription_id ?? []),
    )
    const id = encodeId(idPrefixes.invoice, row.id)
    await audit(theirs, 'invoice.pay', { invoice: id })
    theirs.emit('invoice.paid', { invoice: id })
    await resumeIfPaid(theirs, account, at)
    return { invoice, lines, names, creditUsed }
  })
  if (!settled) return
  if (settled.creditUsed !== null) await bookReopened(unit, settled.invoice, settled.creditUsed)
  await bookPaid(unit, settled, payment, termsOf)
}

async function bookPaid(
  unit: UnitOfWork,
  { invoice, lines, names }: { invoice: store.InvoiceRow; lines: store.LineRow[]; names: Names },
  payment: Payment,
  termsOf: TermsOf,
): Promise<void> {
  const { currency, organisation_id: operator } = invoice
  const charged = BigInt(invoice.card) + BigInt(invoice.tax)
  // What no charge brought is not with Stripe: it stays a loss until whoever took it says where it is.
  const isOutside = payment.charge === null
  await postLedger(unit, {
    kind: 'paid',
    cause: { type: 'invoice', id: encodeId(idPrefixes.invoice, invoice.id) },
    at: invoice.paid_at ?? unit.clock(),
    memo: isOutside ? 'Paid outside Stripe' : 'Paid by card',
    postings: [
      {
        account: isOutside ? 'bad_debt' : 'stripe_balance',
        currency,
        amount: charged - payment.fee,
      },
      { account: 'processing', currency, amount: payment.fee },
      { account: 'operator_receivable', party: operator, currency, amount: -charged },
    ],
  })
  await settleInvoice(unit, {
    id: invoice.id,
    operator,
    currency,
    paidAt: invoice.paid_at ?? unit.clock(),
    availableAt: payment.availableAt,
    processingFee: payment.fee,
    tax: BigInt(invoice.tax),
    lines: lines.map((line) => toPaidLine(line, invoice, names, termsOf)),
  })
}

function toPaidLine(
  line: store.LineRow,
  invoice: store.InvoiceRow,
  names: Names,
  termsOf: TermsOf,
): PaidLine {
  const { provider_id: provider, service_id: service } = line
  return {
    id: line.id,
    card: BigInt(line.card),
    account: BigInt(line.account_credit),
    promotional: BigInt(line.service_credit) + BigInt(line.granted_credit) + BigInt(line.launch_free),
    conversion: BigInt(line.conversion),
    sharePercent: provider === null ? 0 : termsOf(provider, invoice.period_start).sharePercent,
    promotionalAccount: line.launch_free > 0 ? 'launch_cost' : 'credit_cost',
    sale:
      provider === null || service === null
        ? null
        : {
            provider,
            service: { id: service, name: names.service(service).name },
            month: monthOf(line.from_at),
            kind: line.kind === 'usage' ? 'usage' : 'monthly',
          },
  }
}

/** When nothing is owed any more, everything runs again. */
export async function resumeIfPaid(unit: UnitOfWork, account: Account, now: Date): Promise<void> {
  const isOwing = (await store.listUnpaid(unit.tx)).some((each) => each.failure !== null)
  const isBehind = ['past_due', 'grace', 'paused'].includes(account.state)
  if (!isOwing && isBehind) await resumeAccount(unit, account, now)
  await reschedule(unit)
}

/** Whether a paused account's period ended meanwhile: it goes on with a new one, from the payment. */
export const isOver = ({ state, period_end }: Account, now: Date): boolean =>
  state === 'paused' && period_end <= now

/** Takes an account that was behind back to active. What was asked for the time in which it was paused is given back. */
export async function resumeAccount(unit: UnitOfWork, account: Account, now: Date): Promise<void> {
  await updateAccount(unit.tx, {
    state: 'active',
    failing_since: null,
    grace_ends_at: null,
    paused_at: null,
    ...(isOver(account, now) ? { anchor_at: now, period_index: -1, period_end: now } : {}),
  })
  if (account.state !== 'paused') return
  const { paused_at: from, period_start, period_end } = account
  const to = period_end < now ? period_end : now
  if (from && from < to) await takeBackPaused(unit, { from: period_start, to: period_end }, { from, to })
  await audit(unit, 'billing.resume', {})
  // A plan that was ended meanwhile has only its last invoice before it.
  if (isEnding(account, now)) return
  await openMissingCharges(unit, now)
  unit.emit('billing.resumed', {})
}
