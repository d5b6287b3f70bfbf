import { idAt, type Call } from './call.ts'
import { readDiscounts } from './coupons.ts'
import { changedMetadata, type Params } from './params.ts'
import { periodAt } from './periods.ts'
import { invalid } from './refusal.ts'
import { currentPeriod, enterPeriod, invoiceNow } from './subscription-cycle.ts'
import { changeItems, prorate } from './subscription-items.ts'
import { cancelSubscription, changeSubscription, isOver } from './subscription-state.ts'
import type { World } from './world.ts'
import type { Subscription } from './wire.ts'

const day = 86_400

/** The text `now`, or a time. */
export function readTrial(params: Params, now: number): number | null | undefined {
  const days = params.whole('trial_period_days')
  const end = params.text('trial_end')
  if (end === 'now') return null
  if (end) return params.needWhole('trial_end')
  return days === undefined ? undefined : now + days * day
}

function readPause(params: Params): Subscription['pause_collection'] | undefined {
  if (!params.has('pause_collection')) return undefined
  const group = params.group('pause_collection')
  if (!group) return null
  const behavior = group.oneOf('behavior', ['keep_as_draft', 'mark_uncollectible', 'void'])
  if (!behavior)
    throw invalid('Missing required param: pause_collection[behavior].', {
      code: 'parameter_missing',
      param: 'pause_collection[behavior]',
    })
  return { behavior, resumes_at: group.whole('resumes_at') ?? null }
}

/** A new anchor or an end of the trial begins a period now, and invoices it. */
function beginNow(world: World, subscription: Subscription): Subscription {
  const now = world.now(subscription.test_clock)
  const [item] = world.under('subscription_item', subscription.id)
  if (!item?.price.recurring) return subscription
  const period = periodAt(now, item.price.recurring, now)
  enterPeriod(world, subscription, period)
  const isTrial = subscription.status === 'trialing'
  const begun = changeSubscription(world, subscription, {
    billing_cycle_anchor: now,
    ...(isTrial && { status: 'active', trial_end: now }),
  })
  invoiceNow(world, begun, isTrial ? 'subscription_cycle' : 'subscription_update', period)
  return world.need('subscription', subscription.id)
}

export function updateSubscription(call: Call): Subscription {
  const { world, params } = call
  const before = world.need('subscription', idAt(call))
  if (isOver(before))
    throw invalid('A canceled subscription can only update its cancellation_details and metadata.')
  const now = world.now(before.test_clock)
  const behavior =
    params.oneOf('proration_behavior', ['create_prorations', 'none', 'always_invoice']) ?? 'create_prorations'
  const trial = readTrial(params, now)
  const anchor = params.oneOf('billing_cycle_anchor', ['now', 'unchanged'])
  const ending = params.flag('cancel_at_period_end')
  const cancelAt = params.has('cancel_at') ? (params.whole('cancel_at') ?? null) : undefined
  const pause = readPause(params)
  const method = params.orNull('default_payment_method')
  const description = params.orNull('description')
  const discounts = readDiscounts(world, params, { customer: before.customer, subscription: before.id })
  params.accept(
    'payment_settings',
    'off_session',
    'payment_behavior',
    'cancellation_details',
    'collection_method',
    'days_until_due',
    'trial_settings',
  )
  changeItems(world, before, params, behavior !== 'none')
  const changed = changeSubscription(world, before, {
    metadata: changedMetadata(before.metadata, params),
    ...(ending !== undefined && {
      cancel_at_period_end: ending,
      canceled_at: ending ? now : null,
      cancel_at: ending ? currentPeriod(world, before).end : null,
    }),
    ...(cancelAt !== undefined && { cancel_at: cancelAt, canceled_at: cancelAt === null ? null : now }),
    ...(pause !== undefined && { pause_collection: pause }),
    ...(method !== undefined && { default_payment_method: method }),
    ...(description !== undefined && { description }),
    ...(discounts && { discounts }),
    ...(typeof trial === 'number' && {
      trial_end: trial,
      status: 'trialing' as const,
      billing_cycle_anchor: trial,
    }),
  })
  if (typeof trial === 'number') enterPeriod(world, changed, { start: now, end: trial })
  if (typeof cancelAt === 'number')
    world.plan({ at: cancelAt, clock: before.test_clock, what: 'renew', about: before.id })
  if (anchor === 'now' || trial === null) return beginNow(world, changed)
  if (behavior === 'always_invoice' && params.has('items'))
    invoiceNow(world, changed, 'subscription_update', null)
  return changeSubscription(world, world.need('subscription', before.id), {})
}

export function endSubscription(call: Call): Subscription {
  const { world, params } = call
  const subscription = world.need('subscription', idAt(call))
  if (isOver(subscription))
    throw invalid(`No such subscription: '${subscription.id}'`, { code: 'resource_missing', param: 'id' })
  const wantsInvoice = params.flag('invoice_now') ?? false
  params.accept('cancellation_details')
  if (params.flag('prorate')) {
    const at = world.now(subscription.test_clock)
    const period = currentPeriod(world, subscription)
    const left = Math.max(0, (period.end - at) / (period.end - period.start))
    for (const item of world.under('subscription_item', subscription.id))
      prorate(world, subscription, item, -1, { left, at, end: period.end })
  }
  if (wantsInvoice) invoiceNow(world, subscription, 'subscription_update', null)
  return cancelSubscription(world, world.need('subscription', subscription.id), 'cancellation_requested')
}
