import { blankInvoice } from './blank-invoice.ts'
import { takeItem } from './invoice-items.ts'
import { collect, finalize, markUncollectible, voidInvoice } from './invoice-life.ts'
import { reckon } from './invoice-lines.ts'
import { periodAt, type Period } from './periods.ts'
import { cancelSubscription, changeSubscription, isOver } from './subscription-state.ts'
import { change, type World } from './world.ts'
import type { Invoice, InvoiceLine, Subscription, SubscriptionItem } from './wire.ts'

const day = 86_400
const hour = 3600

export function periodLine(
  world: World,
  item: SubscriptionItem,
  period: Period,
  invoice: string,
  isTrial: boolean,
): InvoiceLine {
  const quantity = item.quantity ?? 1
  const unit = Number(item.price.unit_amount_decimal ?? 0)
  const name = world.find('product', item.price.product)?.name ?? item.price.product
  const amount = isTrial ? 0 : Math.round(unit * quantity)
  return {
    id: world.newId('il'),
    object: 'line_item',
    amount,
    currency: item.price.currency,
    description: isTrial ? `Trial period for ${name}` : `${quantity} × ${name}`,
    discount_amounts: [],
    discountable: true,
    discounts: item.discounts,
    invoice,
    livemode: false,
    metadata: item.metadata,
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: item.subscription,
        subscription_item: item.id,
      },
      type: 'subscription_item_details',
    },
    period,
    pretax_credit_amounts: [],
    pricing: {
      price_details: { price: item.price.id, product: item.price.product },
      type: 'price_details',
      unit_amount_decimal: isTrial ? '0' : String(unit),
    },
    quantity,
    quantity_decimal: String(quantity),
    subscription: item.subscription,
    subtotal: amount,
    taxes: [],
  }
}

type Reason = 'subscription_create' | 'subscription_cycle' | 'subscription_update'

/** A draft of this subscription: its lines for the period, and what waited for the next invoice. */
export function draftFor(
  world: World,
  subscription: Subscription,
  reason: Reason,
  period: Period | null,
): Invoice {
  const customer = world.need('customer', subscription.customer)
  const blank = blankInvoice(world, customer, subscription.currency)
  const invoice = world.put('invoice', {
    ...blank,
    auto_advance: true,
    billing_reason: reason,
    automatic_tax: {
      ...blank.automatic_tax,
      enabled: subscription.automatic_tax.enabled,
      liability: subscription.automatic_tax.liability,
    },
    collection_method: subscription.collection_method,
    default_payment_method: subscription.default_payment_method,
    discounts: subscription.discounts,
    ...(subscription.collection_method === 'send_invoice' && {
      due_date: blank.created + (subscription.days_until_due ?? 30) * day,
    }),
    ...(period && { period_start: period.start, period_end: period.end }),
    parent: {
      quote_details: null,
      subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
      type: 'subscription_details',
    },
  })
  const isTrial = subscription.status === 'trialing'
  for (const item of period ? world.under('subscription_item', subscription.id) : [])
    world.put('line_item', periodLine(world, item, period ?? { start: 0, end: 0 }, invoice.id, isTrial))
  for (const item of world.under('invoiceitem', customer.id)) {
    const of = item.parent?.subscription_details?.subscription
    if (!item.invoice && item.currency === invoice.currency && (!of || of === subscription.id))
      takeItem(world, item, invoice)
  }
  const draft = reckon(world, invoice)
  changeSubscription(world, world.need('subscription', subscription.id), { latest_invoice: draft.id })
  world.emit('invoice.created', draft)
  return draft
}

/** Finalised and, where a card pays, tried at once: the first invoice of a subscription, and a change that is invoiced now. */
export function invoiceNow(
  world: World,
  subscription: Subscription,
  reason: Reason,
  period: Period | null,
): { invoice: Invoice; decline: string | null } {
  const invoice = finalize(world, draftFor(world, subscription, reason, period))
  world.unplan(invoice.id, 'collect')
  if (invoice.status !== 'open' || invoice.collection_method === 'send_invoice')
    return { invoice, decline: null }
  const { invoice: after, outcome } = collect(world, invoice, null)
  return {
    invoice: after,
    decline: after.status === 'paid' ? null : (outcome?.decline ?? 'no_payment_method'),
  }
}

/** Moves the items to the period that holds now, and plans its end. */
export function enterPeriod(world: World, subscription: Subscription, period: Period): void {
  for (const item of world.under('subscription_item', subscription.id))
    world.put('subscription_item', {
      ...item,
      current_period_start: period.start,
      current_period_end: period.end,
    })
  world.unplan(subscription.id, 'renew')
  world.plan({ at: period.end, clock: subscription.test_clock, what: 'renew', about: subscription.id })
}

export function currentPeriod(world: World, subscription: Subscription): Period {
  const [item] = world.under('subscription_item', subscription.id)
  return {
    start: item?.current_period_start ?? subscription.created,
    end: item?.current_period_end ?? subscription.created,
  }
}

/** The draft of a new period goes on by itself an hour later; collection that is paused does otherwise. */
function letGo(world: World, subscription: Subscription, draft: Invoice): void {
  const behavior = subscription.pause_collection?.behavior
  if (behavior === 'keep_as_draft') {
    change(world, 'invoice', draft, { auto_advance: false }, 'invoice.updated')
    return
  }
  if (behavior) {
    const open = finalize(world, { ...draft, auto_advance: false })
    if (open.status !== 'open') return
    if (behavior === 'void') voidInvoice(world, open)
    else markUncollectible(world, open)
    return
  }
  const at = draft.created + hour
  world.put('invoice', { ...draft, automatically_finalizes_at: at })
  world.plan({ at, clock: draft.test_clock, what: 'finalize', about: draft.id })
}

export function renew(world: World, id: string): void {
  const subscription = world.find('subscription', id)
  if (!subscription || isOver(subscription)) return
  const now = world.now(subscription.test_clock)
  if (
    subscription.cancel_at_period_end ||
    (subscription.cancel_at !== null && subscription.cancel_at <= now)
  ) {
    cancelSubscription(world, subscription, 'cancellation_requested')
    return
  }
  const [item] = world.under('subscription_item', id)
  if (!item?.price.recurring) return
  const period = periodAt(subscription.billing_cycle_anchor, item.price.recurring, now)
  enterPeriod(world, subscription, period)
  const renewed = changeSubscription(world, world.need('subscription', id), {
    status: subscription.status === 'trialing' ? 'active' : subscription.status,
  })
  letGo(world, renewed, draftFor(world, renewed, 'subscription_cycle', period))
}

export function remindOfTrial(world: World, id: string): void {
  const subscription = world.find('subscription', id)
  if (subscription?.status === 'trialing') world.emit('customer.subscription.trial_will_end', subscription)
}

/** A first payment that did not come within 23 hours. */
export function expireIncomplete(world: World, id: string): void {
  const subscription = world.find('subscription', id)
  if (subscription?.status !== 'incomplete') return
  const latest = subscription.latest_invoice ? world.find('invoice', subscription.latest_invoice) : undefined
  if (latest?.status === 'open') voidInvoice(world, latest)
  world.unplan(id)
  changeSubscription(world, subscription, {
    status: 'incomplete_expired',
    ended_at: world.now(subscription.test_clock),
  })
}
