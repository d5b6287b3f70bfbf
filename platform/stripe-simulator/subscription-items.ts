import { currentPeriod, periodLine } from './subscription-cycle.ts'
import { changedMetadata, type Params } from './params.ts'
import { periodAt, type Period } from './periods.ts'
import { invalid } from './refusal.ts'
import type { World } from './world.ts'
import type { InvoiceLine, Price, Subscription, SubscriptionItem } from './wire.ts'

/** The old name of a recurring price, which stands in every item to this day. */
const planOf = (price: Price): SubscriptionItem['plan'] => ({
  id: price.id,
  object: 'plan',
  active: price.active,
  amount: price.unit_amount,
  amount_decimal: price.unit_amount_decimal,
  billing_scheme: 'per_unit',
  created: price.created,
  currency: price.currency,
  interval: price.recurring?.interval ?? 'month',
  interval_count: price.recurring?.interval_count ?? 1,
  livemode: false,
  metadata: price.metadata,
  meter: null,
  nickname: price.nickname,
  product: price.product,
  tiers_mode: null,
  transform_usage: null,
  trial_period_days: null,
  usage_type: 'licensed',
})

export interface Wanted {
  price: Price
  quantity: number
  metadata: Record<string, string>
}

export function readPrice(world: World, params: Params): Price | undefined {
  const id = params.text('price') ?? params.text('plan')
  if (!id) return undefined
  const price = world.need('price', id, 'items[price]')
  if (!price.recurring)
    throw invalid(
      'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
      { param: 'items[price]' },
    )
  return price
}

export function addItem(
  world: World,
  subscription: Subscription,
  wanted: Wanted,
  period: Period,
): SubscriptionItem {
  return world.put('subscription_item', {
    id: world.newId('si', 14),
    object: 'subscription_item',
    billing_thresholds: null,
    created: world.now(subscription.test_clock),
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: [],
    metadata: wanted.metadata,
    plan: planOf(wanted.price),
    price: wanted.price,
    quantity: wanted.quantity,
    subscription: subscription.id,
    tax_rates: [],
  })
}

interface Prorating {
  /** From 0 to 1: what is left of the period. */
  left: number
  at: number
  end: number
}

export function prorate(
  world: World,
  subscription: Subscription,
  item: SubscriptionItem,
  sign: 1 | -1,
  { left, at, end }: Prorating,
): void {
  const quantity = item.quantity ?? 1
  const name = world.find('product', item.price.product)?.name ?? item.price.product
  const unit = Number(item.price.unit_amount_decimal ?? 0)
  const amount = sign * Math.round(unit * quantity * left)
  const kept = world.put('invoiceitem', {
    id: world.newId('ii'),
    object: 'invoiceitem',
    amount,
    currency: item.price.currency,
    customer: subscription.customer,
    customer_account: null,
    date: at,
    description: `${sign < 0 ? 'Unused time on' : 'Remaining time on'} ${name} after ${new Date(at * 1000).toISOString().slice(0, 10)}`,
    discountable: false,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    net_amount: amount,
    parent: {
      subscription_details: { subscription: subscription.id, subscription_item: item.id },
      type: 'subscription_details',
    },
    period: { start: at, end },
    pricing: {
      price_details: { price: item.price.id, product: item.price.product },
      type: 'price_details',
      unit_amount_decimal: String(unit),
    },
    proration: true,
    quantity,
    quantity_decimal: String(quantity),
    tax_rates: [],
    test_clock: subscription.test_clock,
  })
  world.emit('invoiceitem.created', kept)
}

/** Changes, adds and takes away items; with prorations, what is left of the period is credited and charged. */
export function changeItems(
  world: World,
  subscription: Subscription,
  params: Params,
  prorates: boolean,
): void {
  const at = params.whole('proration_date') ?? world.now(subscription.test_clock)
  const period = currentPeriod(world, subscription)
  const left = Math.max(0, Math.min(1, (period.end - at) / (period.end - period.start)))
  const how: Prorating = { left, at, end: period.end }
  const counts = prorates && subscription.status !== 'trialing'
  for (const each of params.groups('items') ?? []) {
    const id = each.text('id')
    const price = readPrice(world, each)
    const quantity = each.whole('quantity')
    const isDeleted = each.flag('deleted') ?? false
    const before = id ? world.need('subscription_item', id, 'items[id]') : undefined
    const next = price ?? before?.price
    if (!next)
      throw invalid('Missing required param: items[price].', {
        code: 'parameter_missing',
        param: 'items[price]',
      })
    const old = before?.price.recurring
    if (
      old &&
      (next.recurring?.interval !== old.interval || next.recurring.interval_count !== old.interval_count)
    )
      throw invalid('The simulator changes an item only to a price of the same interval.', {
        param: 'items[price]',
      })
    const metadata = changedMetadata(before?.metadata ?? {}, each)
    if (before && counts) prorate(world, subscription, before, -1, how)
    if (isDeleted && before) {
      world.drop('subscription_item', before.id)
      continue
    }
    const wanted = { price: next, quantity: quantity ?? before?.quantity ?? 1, metadata }
    const item = before
      ? world.put('subscription_item', {
          ...before,
          ...wanted,
          price: wanted.price,
          plan: planOf(wanted.price),
        })
      : addItem(world, subscription, wanted, period)
    if (counts) prorate(world, subscription, item, 1, how)
  }
}

/** The lines that the next period would have, after the changes that are tried; all of it is taken back after. */
export function tryChanges(
  world: World,
  params: Params,
  subscription: Subscription | undefined,
  invoice: string,
): InvoiceLine[] {
  const details = params.group('subscription_details')
  if (!subscription) return []
  if (details) {
    const behavior =
      details.oneOf('proration_behavior', ['create_prorations', 'none', 'always_invoice']) ??
      'create_prorations'
    changeItems(world, subscription, details, behavior !== 'none')
    if (behavior === 'always_invoice') return []
  }
  const items = world.under('subscription_item', subscription.id)
  const recurring = items[0]?.price.recurring
  if (!recurring || subscription.cancel_at_period_end) return []
  const next = periodAt(subscription.billing_cycle_anchor, recurring, currentPeriod(world, subscription).end)
  return items.map((item) => periodLine(world, item, next, invoice, false))
}
