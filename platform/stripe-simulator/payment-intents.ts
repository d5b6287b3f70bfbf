import { chargeCard } from './charges.ts'
import { idAt, type Call, type Route } from './call.ts'
import { declineOf } from './cards.ts'
import { answerList, both, equals } from './lists.ts'
import { changedMetadata, type Params } from './params.ts'
import { attach, cardOf, needPaymentMethod, readShipping, type Shipping } from './payment-methods.ts'
import { invalid, Refusal } from './refusal.ts'
import { requireCurrency, type World } from './world.ts'
import type { Charge, PaymentIntent, PaymentMethod } from './wire.ts'

export interface Intended {
  amount: number
  currency: string
  customer: string | null
  description?: string | null
  metadata?: Record<string, string>
  paymentMethod?: string | null
  transferGroup?: string | null
  receiptEmail?: string | null
  shipping?: Shipping | undefined
  futureUsage?: 'off_session' | 'on_session' | null
}

const largest = 99_999_999

export function requireAmount(amount: number, currency: string): number {
  if (amount > largest)
    throw invalid(`Amount must be no more than ${largest} of the smallest unit.`, {
      code: 'amount_too_large',
      param: 'amount',
    })
  const least = ['jpy'].includes(currency) ? 50 : currency === 'sek' ? 300 : currency === 'gbp' ? 30 : 50
  if (amount < least)
    throw invalid(`Amount must be at least ${least} of the smallest unit of ${currency}.`, {
      code: 'amount_too_small',
      param: 'amount',
    })
  return amount
}

export function newIntent(world: World, intended: Intended): PaymentIntent {
  const id = world.newId('pi')
  const clock = intended.customer ? world.find('customer', intended.customer)?.test_clock : null
  const intent: PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: intended.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic',
    client_secret: `${id}_secret_${world.newId('s', 24).slice(2)}`,
    confirmation_method: 'automatic',
    created: world.now(clock),
    currency: intended.currency,
    customer: intended.customer,
    customer_account: null,
    description: intended.description ?? null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: intended.metadata ?? {},
    next_action: null,
    on_behalf_of: null,
    payment_method: intended.paymentMethod ?? null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: intended.receiptEmail ?? null,
    review: null,
    setup_future_usage: intended.futureUsage ?? null,
    shipping: intended.shipping ?? null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: intended.paymentMethod ? 'requires_confirmation' : 'requires_payment_method',
    transfer_data: null,
    transfer_group: intended.transferGroup ?? null,
  }
  world.put('payment_intent', intent)
  world.emit('payment_intent.created', intent)
  return intent
}

export interface Paid {
  intent: PaymentIntent
  charge: Charge | null
  /** Why it was declined; null: paid, or the holder is asked. */
  decline: string | null
}

function succeed(world: World, intent: PaymentIntent, method: PaymentMethod): Paid {
  const charge = chargeCard(world, intent, method, null)
  const paid = world.put('payment_intent', {
    ...intent,
    status: 'succeeded',
    amount_received: intent.amount,
    latest_charge: charge.id,
    payment_method: method.id,
    last_payment_error: null,
    next_action: null,
  })
  world.emit('payment_intent.succeeded', paid)
  return { intent: paid, charge, decline: null }
}

function fail(world: World, intent: PaymentIntent, method: PaymentMethod, decline: string): Paid {
  const charge = chargeCard(world, intent, method, decline)
  const error = {
    type: 'card_error',
    ...declineOf(decline),
    charge: charge.id,
    payment_method: method,
  } as const
  const failed = world.put('payment_intent', {
    ...intent,
    status: 'requires_payment_method',
    latest_charge: charge.id,
    payment_method: null,
    // Stripe puts the whole payment method into the error.
    last_payment_error: error as unknown as NonNullable<PaymentIntent['last_payment_error']>,
  })
  world.emit('payment_intent.payment_failed', failed)
  return { intent: failed, charge, decline }
}

/** Tries to take the money with this card. A decline is an outcome and is kept. */
export function attempt(
  world: World,
  intent: PaymentIntent,
  method: PaymentMethod,
  isOffSession: boolean,
): Paid {
  const card = cardOf(world, method)
  if (card.decline) return fail(world, intent, method, card.decline)
  if (card.asksForHolder && world.note(intent.id)['authenticated'] !== true) {
    if (isOffSession) return fail(world, intent, method, 'authentication_required')
    const url = `${world.url}/_simulator/pages/authenticate/${intent.id}`
    const asks = world.put('payment_intent', {
      ...intent,
      status: 'requires_action',
      payment_method: method.id,
      next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: null, url } },
    })
    world.emit('payment_intent.requires_action', asks)
    return { intent: asks, charge: null, decline: null }
  }
  return succeed(world, intent, method)
}

/** The error that a declined payment answers with; what happened stays. */
export function declinedError({ intent, charge, decline }: Paid): Refusal {
  return new Refusal(
    402,
    {
      type: 'card_error',
      ...declineOf(decline ?? 'generic_decline'),
      ...(charge && { charge: charge.id }),
      payment_intent: intent,
    },
    { isKept: true },
  )
}

function confirm(world: World, intent: PaymentIntent, params: Params): PaymentIntent {
  params.accept('return_url', 'use_stripe_sdk', 'mandate_data', 'error_on_requires_action')
  if (!['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status))
    throw invalid(`You cannot confirm this PaymentIntent because it has a status of ${intent.status}.`, {
      code: 'payment_intent_unexpected_state',
    })
  const given = params.text('payment_method') ?? intent.payment_method
  if (!given)
    throw invalid('You cannot confirm this PaymentIntent because it is missing a payment method.', {
      code: 'payment_intent_unexpected_state',
    })
  const method = needPaymentMethod(world, given)
  if (method.customer && method.customer !== intent.customer)
    throw invalid('The provided PaymentMethod cannot be used: it belongs to another customer.', {
      param: 'payment_method',
    })
  const isOffSession = params.text('off_session') !== undefined && params.text('off_session') !== 'false'
  const paid = attempt(world, intent, method, isOffSession)
  if (paid.decline) throw declinedError(paid)
  if (paid.intent.setup_future_usage && paid.intent.customer) attach(world, method, paid.intent.customer)
  return paid.intent
}

function create({ world, params }: Call): PaymentIntent {
  const currency = requireCurrency(world, params.needText('currency'))
  const customer = params.text('customer') ?? null
  if (customer) world.need('customer', customer, 'customer')
  params.accept(
    'allowed_payment_method_types',
    'payment_method_types',
    'automatic_payment_methods',
    'payment_method_options',
    'statement_descriptor',
    'statement_descriptor_suffix',
  )
  params.oneOf('capture_method', ['automatic', 'automatic_async'])
  const wantsConfirm = params.flag('confirm') ?? false
  const method = params.text('payment_method')
  const intent = newIntent(world, {
    amount: requireAmount(params.needWhole('amount'), currency),
    currency,
    customer,
    description: params.orNull('description') ?? null,
    metadata: changedMetadata({}, params),
    paymentMethod: method ? needPaymentMethod(world, method).id : null,
    transferGroup: params.text('transfer_group') ?? null,
    receiptEmail: params.orNull('receipt_email') ?? null,
    shipping: readShipping(params.group('shipping')),
    futureUsage: params.oneOf('setup_future_usage', ['off_session', 'on_session']) ?? null,
  })
  return wantsConfirm ? confirm(world, intent, withoutMethod(params, intent)) : intent
}

/** Creating has already taken the named test card: the intent holds the payment method made of it. */
const withoutMethod = (params: Params, intent: PaymentIntent): Params => ({
  ...params,
  text: (name) => (name === 'payment_method' ? (intent.payment_method ?? undefined) : params.text(name)),
})

function update(call: Call): PaymentIntent {
  const { world, params } = call
  const intent = world.need('payment_intent', idAt(call))
  const amount = params.whole('amount')
  const description = params.orNull('description')
  const group = params.text('transfer_group')
  const method = params.text('payment_method')
  if (['succeeded', 'canceled'].includes(intent.status) && (amount !== undefined || method))
    throw invalid(
      `This PaymentIntent's amount could not be updated because it has a status of ${intent.status}.`,
      {
        code: 'payment_intent_unexpected_state',
      },
    )
  return world.put('payment_intent', {
    ...intent,
    metadata: changedMetadata(intent.metadata, params),
    ...(amount !== undefined && { amount: requireAmount(amount, intent.currency) }),
    ...(description !== undefined && { description }),
    ...(group && { transfer_group: group }),
    ...(method && {
      payment_method: needPaymentMethod(world, method).id,
      status: 'requires_confirmation' as const,
    }),
  })
}

export function cancelIntent(
  world: World,
  intent: PaymentIntent,
  reason: PaymentIntent['cancellation_reason'],
): PaymentIntent {
  if (['succeeded', 'canceled'].includes(intent.status))
    throw invalid(`You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`, {
      code: 'payment_intent_unexpected_state',
    })
  const canceled = world.put('payment_intent', {
    ...intent,
    status: 'canceled',
    canceled_at: world.now(),
    cancellation_reason: reason,
    next_action: null,
  })
  world.emit('payment_intent.canceled', canceled)
  return canceled
}

const reasons = ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'] as const

export const paymentIntentRoutes: Route[] = [
  ['POST', '/v1/payment_intents', create],
  [
    'GET',
    '/v1/payment_intents',
    (call) =>
      answerList(call, '/v1/payment_intents', call.world.all('payment_intent'), (params) =>
        both(equals<PaymentIntent>(params, 'customer', (each) => each.customer)),
      ),
  ],
  [
    'GET',
    '/v1/payment_intents/:',
    (call) => {
      call.params.accept('client_secret')
      return call.world.need('payment_intent', idAt(call))
    },
  ],
  ['POST', '/v1/payment_intents/:', update],
  [
    'POST',
    '/v1/payment_intents/:/confirm',
    (call) => confirm(call.world, call.world.need('payment_intent', idAt(call)), call.params),
  ],
  [
    'POST',
    '/v1/payment_intents/:/cancel',
    (call) =>
      cancelIntent(
        call.world,
        call.world.need('payment_intent', idAt(call)),
        call.params.oneOf('cancellation_reason', reasons) ?? null,
      ),
  ],
]

/** The card's holder said yes or no on the page of their bank. */
export function authenticate(world: World, id: string, isAllowed: boolean): PaymentIntent {
  const intent = world.need('payment_intent', id)
  if (intent.status !== 'requires_action' || !intent.payment_method) return intent
  const method = world.need('payment_method', intent.payment_method)
  if (!isAllowed)
    return fail(world, { ...intent, next_action: null }, method, 'authentication_required').intent
  world.setNote(id, { authenticated: true })
  return succeed(world, intent, method).intent
}
