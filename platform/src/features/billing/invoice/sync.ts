import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { Deps } from '../../../deps.ts'
import { isMissing, type Stripe } from '../../../stripe/client.ts'
import type { StripeSync } from '../../../stripe/sync.ts'
import { postLedger } from '../../ledger/index.ts'
import { asPlatform } from '../../payments/index.ts'
import { accountNow, lockAccount } from '../account.ts'
import { markEnded } from './ended.ts'
import { markPaid, type Payment } from './paid.ts'
import * as store from './store.ts'
import { asOperator } from './write.ts'

interface Of {
  organisation: string
  invoice: string
}

/** `settling`: it is paid, but Stripe does not say yet what it keeps of it. */
type Standing = 'paid' | 'settling' | 'open'

/** Does what follows from where an invoice stands at Stripe, and says how that is. May run any number of times. */
export async function followStripeInvoice(deps: Deps, of: Of, stripeId: string): Promise<Standing> {
  const found = await deps.stripe.invoices.retrieve(stripeId)
  if (found.status === 'draft' || found.status === null) return 'open'
  await asPlatform(deps, async (unit) => {
    const opened = await asOperator(unit, of.organisation, async (theirs) => {
      const account = await lockAccount(theirs)
      const row = await store.lockInvoice(theirs.tx, of.invoice)
      // Made anew at Stripe, because its customer was gone there, it has another number.
      const isAnew = row?.state === 'open' && row.stripe_invoice === found.id && row.number !== found.number
      if (!row || !(row.state === 'draft' || isAnew)) return undefined
      const invoice = await store.updateInvoice(theirs.tx, row.id, {
        state: 'open',
        stripe_invoice: found.id,
        number: found.number,
        hosted_url: found.hosted_invoice_url ?? null,
        tax: taxOf(found),
        opened_at: row.opened_at ?? accountNow(theirs, account),
      })
      const kind = isAnew ? `taxed-anew-${account.clocks_lost}` : 'taxed'
      return { invoice, kind, tax: BigInt(invoice.tax) - BigInt(isAnew ? row.tax : 0) }
    })
    if (!opened) return
    const { invoice, kind, tax } = opened
    const { currency, organisation_id: party } = invoice
    await postLedger(unit, {
      kind,
      cause: { type: 'invoice', id: encodeId(idPrefixes.invoice, invoice.id) },
      at: invoice.made_at,
      memo: 'Tax of an invoice',
      postings: [
        { account: 'operator_receivable', party, currency, amount: tax },
        { account: 'tax', currency, amount: -tax },
      ],
    })
  })
  if (found.status === 'void') await asPlatform(deps, (unit) => markEnded(unit, of, 'void'))
  if (found.status === 'uncollectible') await asPlatform(deps, (unit) => markEnded(unit, of, 'uncollectible'))
  if (found.status !== 'paid') return 'open'
  const payment = await paymentOf(deps, found)
  if (!payment) return 'settling'
  await asPlatform(deps, (unit) => markPaid(unit, deps, of, payment))
  return 'paid'
}

const taxOf = (invoice: Stripe.Invoice): number =>
  (invoice.total_taxes ?? []).reduce((sum, { amount }) => sum + amount, 0)

/**
 * The charge that paid an invoice, and what Stripe kept of it; undefined while Stripe does not say (a charge may be
 * captured a while after it succeeded). Without a charge it was marked as paid at Stripe, or credit there paid it.
 * Throws where the money is not what was asked for: it must not be booked as that.
 */
async function paymentOf(deps: Deps, invoice: Stripe.Invoice): Promise<Payment | undefined> {
  const none: Payment = { charge: null, fee: 0n, availableAt: deps.clock() }
  const payments = await deps.stripe.invoicePayments.list({ invoice: invoice.id, status: 'paid', limit: 10 })
  const intent = payments.data.map(({ payment }) => payment.payment_intent).find(Boolean)
  if (!intent) return none
  const { latest_charge: charge } = await deps.stripe.paymentIntents.retrieve(
    typeof intent === 'string' ? intent : intent.id,
    { expand: ['latest_charge.balance_transaction'] },
  )
  if (!charge || typeof charge === 'string') return undefined
  const transaction = charge.balance_transaction
  if (!transaction || typeof transaction === 'string') return undefined
  if (transaction.currency !== invoice.currency || transaction.amount !== invoice.total)
    throw new Error(
      `Stripe’s ${charge.id} brought ${transaction.amount} ${transaction.currency} for ${invoice.id} of ${invoice.total} ${invoice.currency}: hold a balance in each currency that operators pay in, and take no credit of Stripe’s own off invoices`,
    )
  return {
    charge: charge.id,
    fee: BigInt(transaction.fee),
    availableAt: new Date(transaction.available_on * 1_000),
  }
}

async function syncInvoice(deps: Deps, { id }: { id: string }): Promise<void> {
  const known = await store.findByStripeInvoice(deps.directory, id)
  // What is paid stays paid: the many events of one invoice have nothing more to tell.
  if (known?.state === 'paid') return
  if (known) await followStripeInvoice(deps, { organisation: known.organisation_id, invoice: known.id }, id)
  else await adopt(deps, id)
}

/**
 * Made at Stripe, and the answer was lost: its metadata say whose it is. Of one that was left behind with its customer
 * only a payment counts: ours goes on in another.
 */
async function adopt(deps: Deps, id: string): Promise<void> {
  const found = await deps.stripe.invoices.retrieve(id).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  const own = found?.metadata?.['bizq']
  if (!own?.startsWith(`${idPrefixes.invoice}_`)) return
  if (found?.status === 'void' || found?.status === 'uncollectible') return
  const known = await store.findById(deps.directory, decodeId(idPrefixes.invoice, own))
  if (known) await followStripeInvoice(deps, { organisation: known.organisation_id, invoice: known.id }, id)
}

export const invoiceSync: StripeSync = {
  object: 'invoice',
  sync: syncInvoice,
  unfinished: async (deps) =>
    (await store.listUnfinished(deps.directory)).map((id) => ({ id, account: null })),
}
