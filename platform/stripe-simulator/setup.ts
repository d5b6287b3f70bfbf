import { idAt, type Call, type Route } from './call.ts'
import { answerList, both, equals } from './lists.ts'
import { changedMetadata, type Params } from './params.ts'
import { attach, needPaymentMethod } from './payment-methods.ts'
import { invalid } from './refusal.ts'
import { change, type World } from './world.ts'
import type { CheckoutSession, PortalSession, SetupIntent } from './wire.ts'

const day = 86_400

function newSetupIntent(
  world: World,
  customer: string | null,
  given: Partial<SetupIntent> = {},
): SetupIntent {
  const id = world.newId('seti')
  const intent = world.put('setup_intent', {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${world.newId('s', 24).slice(2)}`,
    created: world.now(),
    customer,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: 'requires_payment_method',
    usage: 'off_session',
    ...given,
  })
  world.emit('setup_intent.created', intent)
  return intent
}

/** Keeps the card for later payments. */
function confirmSetup(world: World, intent: SetupIntent, method: string): SetupIntent {
  if (['succeeded', 'canceled'].includes(intent.status))
    throw invalid(`You cannot confirm this SetupIntent because it has a status of ${intent.status}.`, {
      code: 'setup_intent_unexpected_state',
    })
  const found = needPaymentMethod(world, method)
  const kept = intent.customer ? attach(world, found, intent.customer) : found
  const done = world.put('setup_intent', { ...intent, status: 'succeeded', payment_method: kept.id })
  world.emit('setup_intent.succeeded', done)
  return done
}

function createIntent({ world, params }: Call): SetupIntent {
  const customer = params.text('customer') ?? null
  if (customer) world.need('customer', customer, 'customer')
  params.accept(
    'allowed_payment_method_types',
    'payment_method_types',
    'automatic_payment_methods',
    'payment_method_options',
    'return_url',
    'mandate_data',
  )
  const method = params.text('payment_method')
  const wantsConfirm = params.flag('confirm') ?? false
  const intent = newSetupIntent(world, customer, {
    description: params.orNull('description') ?? null,
    metadata: changedMetadata({}, params),
    usage: params.oneOf('usage', ['off_session', 'on_session']) ?? 'off_session',
    ...(method && { status: 'requires_confirmation', payment_method: null }),
  })
  if (!wantsConfirm)
    return method
      ? world.put('setup_intent', { ...intent, payment_method: needPaymentMethod(world, method).id })
      : intent
  return confirmSetup(world, intent, params.needText('payment_method'))
}

function confirmIntent(call: Call): SetupIntent {
  const { world, params } = call
  const intent = world.need('setup_intent', idAt(call))
  params.accept('return_url', 'mandate_data', 'use_stripe_sdk')
  return confirmSetup(
    world,
    intent,
    params.text('payment_method') ?? intent.payment_method ?? params.needText('payment_method'),
  )
}

function cancelIntent(call: Call): SetupIntent {
  const { world, params } = call
  const intent = world.need('setup_intent', idAt(call))
  if (['succeeded', 'canceled'].includes(intent.status))
    throw invalid(`You cannot cancel this SetupIntent because it has a status of ${intent.status}.`, {
      code: 'setup_intent_unexpected_state',
    })
  const reason =
    params.oneOf('cancellation_reason', ['abandoned', 'duplicate', 'requested_by_customer']) ?? null
  return change(
    world,
    'setup_intent',
    intent,
    { status: 'canceled', cancellation_reason: reason },
    'setup_intent.canceled',
  )
}

function newSession(world: World, params: Params, customer: string, intent: SetupIntent): CheckoutSession {
  const id = world.newId('cs_test', 40)
  const metadata = changedMetadata({}, params)
  const { address = null, email, name = null, phone = null } = world.need('customer', customer)
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: null,
    amount_subtotal: null,
    amount_total: null,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: params.text('cancel_url') ?? null,
    client_reference_id: params.text('client_reference_id') ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: world.now(),
    currency: params.text('currency') ?? null,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer,
    customer_account: null,
    customer_creation: null,
    customer_details: {
      address,
      business_name: null,
      email,
      individual_name: null,
      name,
      phone,
      tax_exempt: 'none',
      tax_ids: null,
    },
    customer_email: null,
    discounts: null,
    expires_at: world.now() + day,
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: null,
    managed_payments: null,
    metadata,
    mode: 'setup',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'always',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_status: 'no_payment_required',
    permissions: null,
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: intent.id,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    success_url: params.needText('success_url'),
    total_details: null,
    ui_mode: null,
    url: `${world.url}/_simulator/pages/checkout/${id}`,
    wallet_options: null,
  }
}

function createSession({ world, params }: Call): CheckoutSession {
  const mode = params.text('mode')
  if (mode !== 'setup')
    throw invalid('The simulator makes checkout sessions of mode setup alone.', { param: 'mode' })
  params.accept('allowed_payment_method_types', 'payment_method_types', 'locale')
  const keepsAddress = params.group('customer_update')?.text('address') === 'auto'
  const isAddressAsked = params.text('billing_address_collection') === 'required'
  const customer = world.need('customer', params.needText('customer'), 'customer')
  const data = params.group('setup_intent_data')
  const intent = newSetupIntent(world, customer.id, {
    description: data?.orNull('description') ?? null,
    metadata: data ? changedMetadata({}, data) : {},
  })
  const session = world.put('checkout.session', newSession(world, params, customer.id, intent))
  world.setNote(session.id, { keepsAddress: keepsAddress && isAddressAsked })
  world.plan({ at: session.expires_at, clock: null, what: 'checkout expires', about: session.id })
  return session
}

/** Whoever pays with a test card lives in the United States. */
function keepAddress(world: World, id: string): void {
  const empty = { city: null, line1: null, line2: null, postal_code: '94107', state: 'CA' }
  const customer = world.need('customer', id)
  change(world, 'customer', customer, { address: { ...empty, country: 'US' } }, 'customer.updated')
}

/** The person on the page gave this card. */
export function completeSession(world: World, id: string, method: string): CheckoutSession {
  const session = world.need('checkout.session', id)
  if (session.status !== 'open') throw invalid(`This checkout session is ${session.status ?? 'over'}.`)
  if (world.note(id)['keepsAddress']) keepAddress(world, String(session.customer))
  confirmSetup(world, world.need('setup_intent', String(session.setup_intent)), method)
  world.unplan(id)
  const done = world.put('checkout.session', { ...session, status: 'complete', url: null })
  world.emit('checkout.session.completed', done)
  return done
}

export function expireSession(world: World, id: string): CheckoutSession {
  const session = world.need('checkout.session', id)
  if (session.status !== 'open')
    throw invalid(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status ?? 'null'}.`,
    )
  world.unplan(id)
  const over = world.put('checkout.session', { ...session, status: 'expired', url: null })
  world.emit('checkout.session.expired', over)
  return over
}

function createPortal({ world, params }: Call): PortalSession {
  const customer = world.need('customer', params.needText('customer'), 'customer')
  params.accept('flow_data', 'locale', 'configuration')
  const id = world.newId('bps')
  const session = world.put('billing_portal.session', {
    id,
    object: 'billing_portal.session',
    configuration: 'bpc_1Simulator',
    created: world.now(),
    customer: customer.id,
    customer_account: null,
    flow: null,
    livemode: false,
    locale: null,
    on_behalf_of: null,
    return_url: params.text('return_url') ?? null,
    url: `${world.url}/_simulator/pages/portal/${id}`,
  })
  world.emit('billing_portal.session.created', session)
  return session
}

export const setupRoutes: Route[] = [
  ['POST', '/v1/setup_intents', createIntent],
  [
    'GET',
    '/v1/setup_intents',
    (call) =>
      answerList(call, '/v1/setup_intents', call.world.all('setup_intent'), (params) =>
        both(
          equals<SetupIntent>(params, 'customer', (each) => each.customer),
          equals<SetupIntent>(params, 'payment_method', (each) => each.payment_method),
        ),
      ),
  ],
  ['GET', '/v1/setup_intents/:', (call) => call.world.need('setup_intent', idAt(call))],
  ['POST', '/v1/setup_intents/:/confirm', confirmIntent],
  ['POST', '/v1/setup_intents/:/cancel', cancelIntent],
  ['POST', '/v1/checkout/sessions', createSession],
  [
    'GET',
    '/v1/checkout/sessions',
    (call) =>
      answerList(call, '/v1/checkout/sessions', call.world.all('checkout.session'), (params) =>
        both(
          equals<CheckoutSession>(params, 'customer', (each) => each.customer),
          equals<CheckoutSession>(params, 'status', (each) => each.status),
        ),
      ),
  ],
  ['GET', '/v1/checkout/sessions/:', (call) => call.world.need('checkout.session', idAt(call))],
  ['POST', '/v1/checkout/sessions/:/expire', (call) => expireSession(call.world, idAt(call))],
  ['POST', '/v1/billing_portal/sessions', createPortal],
]
