import { within } from './lists.ts'
import { change, type World } from './world.ts'
import type { Invoice, Subscription, SubscriptionItem } from './wire.ts'

export const isOver = ({ status }: Subscription): boolean =>
  status === 'canceled' || status === 'incomplete_expired'

/** Changes a subscription, its list of items with it, and tells. */
export function changeSubscription(
  world: World,
  subscription: Subscription,
  patch: Partial<Subscription>,
  type = 'customer.subscription.updated',
): Subscription {
  const items = world.under('subscription_item', subscription.id)
  const list = within<SubscriptionItem>(items, `/v1/subscription_items?subscription=${subscription.id}`)
  return change(world, 'subscription', subscription, { ...patch, items: list }, type)
}

export function cancelSubscription(
  world: World,
  subscription: Subscription,
  reason: 'cancellation_requested' | 'payment_failed',
  patch: Partial<Subscription> = {},
): Subscription {
  const now = world.now(subscription.test_clock)
  world.unplan(subscription.id)
  const details = { comment: null, feedback: null, feedback_option: null, reason }
  return changeSubscription(
    world,
    subscription,
    {
      status: 'canceled',
      canceled_at: subscription.canceled_at ?? now,
      ended_at: now,
      cancellation_details: details,
      ...patch,
    },
    'customer.subscription.deleted',
  )
}

const subscriptionOf = (world: World, invoice: Invoice): Subscription | undefined => {
  const id = invoice.parent?.subscription_details?.subscription
  return id ? world.find('subscription', id) : undefined
}

/** What a payment does to the subscription behind the invoice. */
export function invoicePaid(world: World, invoice: Invoice): void {
  const subscription = subscriptionOf(world, invoice)
  if (!subscription || isOver(subscription)) return
  if (['incomplete', 'past_due', 'unpaid'].includes(subscription.status)) {
    world.unplan(subscription.id, 'incomplete expires')
    changeSubscription(world, subscription, { status: 'active' })
  }
}

/** After the last try the subscription ends, as Stripe does if nothing else was chosen. */
export function invoiceFailed(world: World, invoice: Invoice, isLast: boolean): void {
  const subscription = subscriptionOf(world, invoice)
  if (!subscription || isOver(subscription) || subscription.status === 'incomplete') return
  if (isLast) cancelSubscription(world, subscription, 'payment_failed')
  else if (subscription.status === 'active') changeSubscription(world, subscription, { status: 'past_due' })
}
