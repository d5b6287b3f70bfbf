import { idAt, type Call, type Route } from './call.ts'
import { readDiscounts } from './coupons.ts'
import { finalize } from './invoice-life.ts'
import { answerList, both, equals, within } from './lists.ts'
import { changedMetadata, type Params } from './params.ts'
import { periodAt, type Period } from './periods.ts'
import { invalid, Refusal } from './refusal.ts'
import { endSubscription, readTrial, updateSubscription } from './subscription-changes.ts'
import { draftFor, enterPeriod, invoiceNow } from './subscription-cycle.ts'
import { addItem, readPrice, type Wanted } from './subscription-items.ts'
import { changeSubscription } from './subscription-state.ts'
import type { World } from './world.ts'
import type { Subscription } from './wire.ts'

const day = 86_400
const hour = 3600

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
  ['POST', '/v1/subscriptions/:', updateSubscription],
  ['DELETE', '/v1/subscriptions/:', endSubscription],
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
