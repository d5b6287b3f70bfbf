import { idAt, type Call, type Route } from './call.ts'
import { readDiscounts } from './coupons.ts'
import { finalize } from './invoice-life.ts'
import { currentPeriod, draftFor, enterPeriod, invoiceNow, periodLine } from './subscription-cycle.ts'
import { answerList, both, equals, within } from './lists.ts'
import { changedMetadata, type Params } from './params.ts'
import { periodAt, type Period } from './periods.ts'
import { invalid, Refusal } from './refusal.ts'
import { cancelSubscription, changeSubscription, isOver } from './subscription-state.ts'
import type { World } from './world.ts'
import type { InvoiceLine, Price, Subscription, SubscriptionItem } from './wire.ts'

const day = 86_400
const hour = 3600

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

interface Wanted {
  price: Price
  quantity: number
  metadata: Record<string, string>
}

function readPrice(world: World, params: Params): Price | undefined {
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

function addItem(world: World, subscription: Subscription, wanted: Wanted, period: Period): SubscriptionItem {
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

/** The text `now`, or a time. */
function readTrial(params: Params, now: number): number | null | undefined {
  const days = params.whole('trial_period_days')
  const end = params.text('trial_end')
  if (end === 'now') return null
  if (end) return params.needWhole('trial_end')
  return days === undefined ? undefined : now + days * day
}

function blank(
  world: World,
  params: Params,
  customer: string,
  currency: string,
  trialEnd: number | null,
): Subscription {
  const id = world.newId('sub')
  const clock = world.need('customer', customer).test_clock ?? null
  const now = world.now(clock)
  const anchor = params.whole('billing_cycle_anchor') ?? trialEnd ?? now
  const method = params.text('default_payment_method') ?? null
  const collection =
    params.oneOf('collection_method', ['charge_automatically', 'send_invoice']) ?? 'charge_automatically'
  const tax = params.group('automatic_tax')?.flag('enabled') ?? false
  params.accept(
    'payment_settings',
    'off_session',
    'trial_settings',
    'proration_behavior',
    'expand',
    'billing_mode',
  )
  if (method) world.need('payment_method', method, 'default_payment_method')
  return {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: tax, liability: tax ? { type: 'self' } : null },
    billing_cycle_anchor: anchor,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: null, type: 'classic' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: params.whole('cancel_at') ?? null,
    cancel_at_period_end: params.flag('cancel_at_period_end') ?? false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: collection,
    created: now,
    currency,
    customer,
    customer_account: null,
    days_until_due: params.whole('days_until_due') ?? null,
    default_payment_method: method,
    default_source: null,
    default_tax_rates: [],
    description: params.orNull('description') ?? null,
    discounts: readDiscounts(world, params, { customer, subscription: id }) ?? [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: within([], `/v1/subscription_items?subscription=${id}`),
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: changedMetadata({}, params),
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: now,
    status: trialEnd === null ? 'active' : 'trialing',
    test_clock: clock,
    transfer_data: null,
    trial_end: trialEnd,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' },
    },
    trial_start: trialEnd === null ? null : now,
  }
}

function create({ world, params }: Call): Subscription {
  const customer = world.need('customer', params.needText('customer'), 'customer')
  const behavior =
    params.oneOf('payment_behavior', ['allow_incomplete', 'default_incomplete', 'error_if_incomplete']) ??
    'allow_incomplete'
  const wanted = (params.groups('items') ?? []).map((each): Wanted => {
    const price = readPrice(world, each)
    if (!price)
      throw invalid('Missing required param: items[0][price].', {
        code: 'parameter_missing',
        param: 'items[0][price]',
      })
    return { price, quantity: each.whole('quantity') ?? 1, metadata: changedMetadata({}, each) }
  })
  const [first] = wanted
  if (!first?.price.recurring)
    throw invalid('Missing required param: items.', { code: 'parameter_missing', param: 'items' })
  const now = world.now(customer.test_clock)
  const made = world.put(
    'subscription',
    blank(world, params, customer.id, first.price.currency, readTrial(params, now) ?? null),
  )
  const period =
    made.trial_end === null
      ? periodAt(made.billing_cycle_anchor, first.price.recurring, now)
      : { start: now, end: made.trial_end }
  for (const each of wanted) addItem(world, made, each, period)
  enterPeriod(world, made, period)
  if (made.trial_end !== null)
    world.plan({
      at: Math.max(now, made.trial_end - 3 * day),
      clock: made.test_clock,
      what: 'trial will end',
      about: made.id,
    })
  if (made.cancel_at !== null)
    world.plan({ at: made.cancel_at, clock: made.test_clock, what: 'renew', about: made.id })
  const started = world.put('subscription', {
    ...made,
    status: made.status === 'active' && behavior === 'default_incomplete' ? 'incomplete' : made.status,
    items: within(
      world.under('subscription_item', made.id),
      `/v1/subscription_items?subscription=${made.id}`,
    ),
  })
  world.emit('customer.subscription.created', started)
  return firstInvoice(world, started, behavior, { start: Math.min(now, period.start), end: period.end })
}

function firstInvoice(
  world: World,
  subscription: Subscription,
  behavior: string,
  period: Period,
): Subscription {
  const expires = {
    at: subscription.created + 23 * hour,
    clock: subscription.test_clock,
    about: subscription.id,
  }
  if (subscription.status === 'incomplete') {
    world.plan({ ...expires, what: 'incomplete expires' })
    finalize(world, { ...draftFor(world, subscription, 'subscription_create', period), auto_advance: false })
    return world.need('subscription', subscription.id)
  }
  const { decline } = invoiceNow(world, subscription, 'subscription_create', period)
  const current = world.need('subscription', subscription.id)
  if (decline === null) return current
  if (behavior === 'error_if_incomplete')
    throw new Refusal(402, {
      type: 'card_error',
      code: 'card_declined',
      decline_code: decline,
      message: 'Your card was declined.',
    })
  world.plan({ ...expires, what: 'incomplete expires' })
  return changeSubscription(world, current, { status: 'incomplete' })
}

interface Prorating {
  /** From 0 to 1: what is left of the period. */
  left: number
  at: number
  end: number
}

function prorate(
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
function changeItems(world: World, subscription: Subscription, params: Params, prorates: boolean): void {
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

function update(call: Call): Subscription {
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

function cancel(call: Call): Subscription {
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

export const subscriptionRoutes: Route[] = [
  ['POST', '/v1/subscriptions', create],
  [
    'GET',
    '/v1/subscriptions',
    (call) => {
      const status = call.params.text('status')
      return answerList(call, '/v1/subscriptions', call.world.all('subscription'), (params) =>
        both(
          equals<Subscription>(params, 'customer', (each) => each.customer),
          equals<Subscription>(params, 'test_clock', (each) => each.test_clock),
          (each: Subscription) =>
            status === 'all' || (status ? each.status === status : each.status !== 'canceled'),
        ),
      )
    },
  ],
  ['GET', '/v1/subscriptions/:', (call) => call.world.need('subscription', idAt(call))],
  ['POST', '/v1/subscriptions/:', update],
  ['DELETE', '/v1/subscriptions/:', cancel],
  [
    'GET',
    '/v1/subscription_items',
    (call) =>
      answerList(
        call,
        '/v1/subscription_items',
        call.world.under('subscription_item', call.params.needText('subscription')),
      ),
  ],
  ['GET', '/v1/subscription_items/:', (call) => call.world.need('subscription_item', idAt(call))],
]
