import { moveBalance } from './customers.ts'
import { reckon } from './invoice-lines.ts'
import { attempt, cancelIntent, declinedError, newIntent, type Paid } from './payment-intents.ts'
import { needPaymentMethod } from './payment-methods.ts'
import { invalid } from './refusal.ts'
import { invoiceFailed, invoicePaid } from './subscription-state.ts'
import { change, type World } from './world.ts'
import type { Customer, Invoice, InvoicePayment, PaymentIntent } from './wire.ts'

const day = 86_400
/** Days after each failed payment until the next one; then no more is tried. */
const retryDays = [3, 5, 7]

/** What is too small for a card is put on the customer's balance instead. */
const least: Record<string, number> = { gbp: 30, jpy: 50, sek: 300 }

const paymentOf = (world: World, invoice: string): InvoicePayment | undefined =>
  world.under('invoice_payment', invoice).find((each) => each.is_default && each.status === 'open')

function requireStatus(invoice: Invoice, may: string[], verb: string): void {
  if (!may.includes(String(invoice.status)))
    throw invalid(
      `You can only ${verb} invoices that are ${may.join(' or ')}; ${invoice.id} is ${invoice.status ?? 'none'}.`,
    )
}

function openPayment(world: World, invoice: Invoice): void {
  const intent = newIntent(world, {
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: invoice.customer,
    description: invoice.description ?? `Payment for Invoice ${invoice.number ?? ''}`.trim(),
    receiptEmail: invoice.customer_email,
  })
  world.put('invoice_payment', {
    id: world.newId('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: world.now(invoice.test_clock),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  })
}

/** Takes from the customer's credit, or adds what was owed: both end with the balance that is left. */
function useBalance(world: World, invoice: Invoice, customer: Customer): Invoice {
  const { total, starting_balance: before } = invoice
  const sum = total + before
  const isSmall = sum > 0 && sum < (least[invoice.currency] ?? 50)
  const due = isSmall ? 0 : Math.max(0, sum)
  const ending = isSmall ? sum : Math.min(0, sum)
  if (ending !== before)
    moveBalance(world, customer, ending - before, {
      type: isSmall ? 'invoice_too_small' : 'applied_to_invoice',
      currency: invoice.currency,
      invoice: invoice.id,
    })
  return { ...invoice, amount_due: due, amount_remaining: due, ending_balance: ending }
}

/** Draft to open: numbered, its lines fixed, its payment prepared. */
export function finalize(world: World, draft: Invoice): Invoice {
  if (draft.status !== 'draft')
    throw invalid(`This invoice is already finalized, you can't re-finalize a non-draft invoice.`)
  const customer = world.need('customer', draft.customer ?? '', 'customer')
  const reckoned = reckon(world, draft)
  if (reckoned.automatic_tax.enabled && reckoned.automatic_tax.status !== 'complete')
    throw invalid(
      `The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.`,
      {
        code: 'customer_tax_location_invalid',
      },
    )
  const now = world.now(draft.test_clock)
  world.unplan(draft.id, 'finalize')
  const settled = useBalance(world, reckoned, customer)
  const current = world.need('customer', customer.id)
  world.put('customer', { ...current, next_invoice_sequence: (current.next_invoice_sequence ?? 1) + 1 })
  const secret = world.newId('live', 30)
  const opened = world.put('invoice', {
    ...settled,
    status: 'open',
    number: `${current.invoice_prefix ?? 'BIZQ'}-${String(current.next_invoice_sequence ?? 1).padStart(4, '0')}`,
    automatically_finalizes_at: null,
    effective_at: settled.effective_at ?? now,
    hosted_invoice_url: `${world.url}/_simulator/pages/invoice/${draft.id}?key=${secret}`,
    invoice_pdf: `${world.url}/_simulator/pages/invoice/${draft.id}/pdf?key=${secret}`,
    status_transitions: { ...settled.status_transitions, finalized_at: now },
    webhooks_delivered_at: now,
    next_payment_attempt:
      settled.auto_advance && settled.collection_method === 'charge_automatically' ? now : null,
  })
  world.setNote(draft.id, { key: secret })
  if (opened.amount_due > 0) openPayment(world, opened)
  world.emit('invoice.finalized', opened)
  if (opened.amount_due === 0) return paid(world, opened, null)
  if (opened.auto_advance && opened.collection_method === 'charge_automatically')
    world.plan({ at: now, clock: opened.test_clock, what: 'collect', about: opened.id })
  if (opened.auto_advance && opened.collection_method === 'send_invoice') world.emit('invoice.sent', opened)
  return opened
}

function paid(world: World, invoice: Invoice, intent: PaymentIntent | null): Invoice {
  const now = world.now(invoice.test_clock)
  const amount = intent ? intent.amount_received : 0
  const open = paymentOf(world, invoice.id)
  if (open && intent)
    change(
      world,
      'invoice_payment',
      open,
      {
        status: 'paid',
        amount_paid: amount,
        payment: { payment_intent: intent.id, type: 'payment_intent' },
        status_transitions: { canceled_at: null, paid_at: now },
      },
      'invoice_payment.paid',
    )
  world.unplan(invoice.id)
  const done = change(
    world,
    'invoice',
    invoice,
    {
      status: 'paid',
      amount_paid: amount,
      amount_remaining: 0,
      attempted: true,
      attempt_count: invoice.attempt_count + (intent ? 1 : 0),
      auto_advance: false,
      next_payment_attempt: null,
      status_transitions: { ...invoice.status_transitions, paid_at: now },
    },
    'invoice.updated',
  )
  const customer = world.find('customer', invoice.customer ?? '')
  if (customer?.delinquent) change(world, 'customer', customer, { delinquent: false }, 'customer.updated')
  world.emit('invoice.paid', done)
  world.emit('invoice.payment_succeeded', done)
  invoicePaid(world, done)
  return done
}

function failed(world: World, invoice: Invoice): Invoice {
  const now = world.now(invoice.test_clock)
  const count = invoice.attempt_count + 1
  const days = retryDays[count - 1]
  const next = invoice.auto_advance && days !== undefined ? now + days * day : null
  world.unplan(invoice.id, 'collect')
  if (next !== null) world.plan({ at: next, clock: invoice.test_clock, what: 'collect', about: invoice.id })
  const patch = { attempted: true, attempt_count: count, next_payment_attempt: next }
  const changed = change(world, 'invoice', invoice, patch, 'invoice.updated')
  const customer = world.find('customer', invoice.customer ?? '')
  if (customer && !customer.delinquent)
    change(world, 'customer', customer, { delinquent: true }, 'customer.updated')
  world.emit('invoice.payment_failed', changed)
  invoiceFailed(world, changed, next === null && invoice.auto_advance === true)
  return changed
}

/** The payment method that pays it: of the request, the invoice, the subscription, the customer. */
function methodFor(world: World, invoice: Invoice, given: string | null): string | undefined {
  const subscription = invoice.parent?.subscription_details?.subscription
  const ofSubscription = subscription
    ? world.find('subscription', subscription)?.default_payment_method
    : null
  const customer = world.find('customer', invoice.customer ?? '')
  return (
    given ??
    invoice.default_payment_method ??
    ofSubscription ??
    customer?.invoice_settings.default_payment_method ??
    undefined
  )
}

/** One try at the money. A declined card is an outcome here; the API makes an error of it. */
export function collect(
  world: World,
  invoice: Invoice,
  given: string | null,
): { invoice: Invoice; outcome: Paid | null } {
  const id = methodFor(world, invoice, given)
  const open = paymentOf(world, invoice.id)
  if (!id || !open?.payment.payment_intent) return { invoice: failed(world, invoice), outcome: null }
  const method = needPaymentMethod(world, id)
  const intent = world.need('payment_intent', open.payment.payment_intent)
  const outcome = attempt(world, intent, method, true)
  if (outcome.intent.status === 'succeeded') return { invoice: paid(world, invoice, outcome.intent), outcome }
  return { invoice: failed(world, invoice), outcome }
}

export function pay(world: World, invoice: Invoice, given: string | null): Invoice {
  const open = invoice.status === 'draft' ? finalize(world, invoice) : invoice
  if (open.status === 'paid') {
    if (invoice.status === 'draft') return open
    throw invalid('Invoice is already paid', { code: 'invoice_already_paid' })
  }
  requireStatus(open, ['open', 'uncollectible'], 'pay')
  if (!methodFor(world, open, given))
    throw invalid(
      'There is no `default_payment_method` set on this Customer or Invoice. Please add a default payment method with the invoice_settings of the customer, or name a payment_method.',
      { code: 'resource_missing' },
    )
  const { invoice: after, outcome } = collect(world, open, given)
  if (outcome?.decline) throw declinedError(outcome)
  return after
}

/** Paid otherwise: no money of it comes through Stripe. */
export function forgive(world: World, invoice: Invoice): Invoice {
  const open = invoice.status === 'draft' ? finalize(world, invoice) : invoice
  if (open.status === 'paid') return open
  requireStatus(open, ['open', 'uncollectible'], 'pay')
  cancelPayment(world, open)
  const due = open.amount_due
  const done = paid(world, { ...open, amount_paid_off_stripe: due }, null)
  return world.put('invoice', { ...done, amount_paid: due })
}

function cancelPayment(world: World, invoice: Invoice): void {
  const open = paymentOf(world, invoice.id)
  if (!open) return
  const intent = open.payment.payment_intent
    ? world.find('payment_intent', open.payment.payment_intent)
    : undefined
  if (intent && intent.status !== 'succeeded' && intent.status !== 'canceled')
    cancelIntent(world, intent, 'void_invoice')
  const at = world.now(invoice.test_clock)
  change(world, 'invoice_payment', open, {
    status: 'canceled',
    status_transitions: { canceled_at: at, paid_at: null },
  })
}

export function voidInvoice(world: World, invoice: Invoice): Invoice {
  requireStatus(invoice, ['open', 'uncollectible'], 'void')
  world.unplan(invoice.id)
  cancelPayment(world, invoice)
  const customer = world.find('customer', invoice.customer ?? '')
  const used = (invoice.ending_balance ?? 0) - invoice.starting_balance
  if (customer && used !== 0)
    moveBalance(world, customer, -used, {
      type: 'unapplied_from_invoice',
      currency: invoice.currency,
      invoice: invoice.id,
    })
  return change(
    world,
    'invoice',
    invoice,
    {
      status: 'void',
      auto_advance: false,
      next_payment_attempt: null,
      status_transitions: { ...invoice.status_transitions, voided_at: world.now(invoice.test_clock) },
    },
    'invoice.voided',
  )
}

export function markUncollectible(world: World, invoice: Invoice): Invoice {
  requireStatus(invoice, ['open'], 'give up on')
  world.unplan(invoice.id)
  return change(
    world,
    'invoice',
    invoice,
    {
      status: 'uncollectible',
      auto_advance: false,
      next_payment_attempt: null,
      status_transitions: {
        ...invoice.status_transitions,
        marked_uncollectible_at: world.now(invoice.test_clock),
      },
    },
    'invoice.marked_uncollectible',
  )
}

export function send(world: World, invoice: Invoice): Invoice {
  const open = invoice.status === 'draft' ? finalize(world, invoice) : invoice
  requireStatus(open, ['open', 'paid'], 'send')
  world.emit('invoice.sent', open)
  return open
}
