import { createHash } from 'node:crypto'
import { idAt, type Call, type Route } from './call.ts'
import { cardNamed, cardNumbered, declineOf, type Card } from './cards.ts'
import { answerList, both, equals } from './lists.ts'
import { changedMetadata, type Params } from './params.ts'
import { invalid, missing, Refusal } from './refusal.ts'
import { change, type World } from './world.ts'
import type { PaymentMethod } from './wire.ts'

type Address = NonNullable<PaymentMethod['billing_details']['address']>

export function readAddress(params: Params | undefined): Address | null {
  if (!params) return null
  const line = (name: string) => params.orNull(name) ?? null
  return {
    city: line('city'),
    country: line('country'),
    line1: line('line1'),
    line2: line('line2'),
    postal_code: line('postal_code'),
    state: line('state'),
  }
}

export interface Shipping {
  address: Address
  name: string
  phone: string | null
}

export function readShipping(params: Params | undefined): Shipping | undefined {
  if (!params) return undefined
  params.accept('carrier', 'tracking_number')
  return {
    address: readAddress(params.group('address')) ?? noAddress,
    name: params.needText('name'),
    phone: params.orNull('phone') ?? null,
  }
}

const noAddress: Address = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
}

function readBilling(params: Params | undefined): PaymentMethod['billing_details'] {
  return {
    address: readAddress(params?.group('address')) ?? noAddress,
    email: params?.orNull('email') ?? null,
    name: params?.orNull('name') ?? null,
    phone: params?.orNull('phone') ?? null,
    tax_id: null,
  }
}

/** The card behind a payment method: what it does is known by its number. */
export function cardOf(world: World, method: PaymentMethod): Card {
  const card = cardNumbered(String(world.note(method.id)['number'] ?? ''))
  if (!card) throw new Error(`${method.id} has no card`)
  return card
}

interface Given {
  card: Card
  params?: Params | undefined
  metadata?: Record<string, string>
  expiry?: { month: number; year: number }
}

export function addPaymentMethod(
  world: World,
  { card, params, metadata = {}, expiry }: Given,
): PaymentMethod {
  const id = world.newId('pm')
  world.setNote(id, { number: card.number })
  return world.put('payment_method', {
    id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: readBilling(params),
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: card.country,
      display_brand: card.brand,
      exp_month: expiry?.month ?? 12,
      exp_year: expiry?.year ?? new Date(world.now() * 1000).getUTCFullYear() + 3,
      fingerprint: createHash('sha256').update(card.number).digest('base64url').slice(0, 16),
      funding: card.funding,
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: world.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata,
    type: 'card',
  })
}

/** A payment method of this account; Stripe's named test cards become one at first use. */
export function needPaymentMethod(world: World, id: string, param = 'payment_method'): PaymentMethod {
  const card = cardNamed(id)
  if (card) return addPaymentMethod(world, { card })
  return world.need('payment_method', id, param)
}

export function attach(world: World, method: PaymentMethod, customer: string): PaymentMethod {
  world.need('customer', customer, 'customer')
  if (method.customer === customer) return method
  if (method.customer)
    throw invalid('The payment method you provided has already been attached to a customer.')
  const card = cardOf(world, method)
  if (card.decline && card.isDeclinedAtOnce)
    throw new Refusal(402, { type: 'card_error', ...declineOf(card.decline), param: '' })
  const attached = world.put('payment_method', { ...method, customer })
  world.emit('payment_method.attached', attached)
  return attached
}

function create({ world, params }: Call): PaymentMethod {
  params.oneOf('type', ['card'])
  const given = params.group('card')
  if (!given) throw invalid('Missing required param: card.', { code: 'parameter_missing', param: 'card' })
  const token = given.text('token')
  const number = given.text('number')
  given.accept('cvc')
  const card = token ? cardNamed(token) : cardNumbered(number ?? '')
  if (!card && token) throw missing('token', token, 'card[token]')
  if (!card)
    throw new Refusal(402, {
      type: 'card_error',
      code: 'incorrect_number',
      param: 'number',
      message: 'Your card number is incorrect. The simulator takes the test cards that its README lists.',
    })
  const expiry = token
    ? undefined
    : { month: given.needWhole('exp_month'), year: given.needWhole('exp_year') }
  const method = addPaymentMethod(world, {
    card,
    params: params.group('billing_details'),
    metadata: changedMetadata({}, params),
    ...(expiry && { expiry }),
  })
  const customer = params.text('customer')
  return customer ? attach(world, method, customer) : method
}

function update(call: Call): PaymentMethod {
  const { world, params } = call
  const method = world.need('payment_method', idAt(call))
  const billing = params.group('billing_details')
  const patch = {
    metadata: changedMetadata(method.metadata, params),
    ...(billing && { billing_details: readBilling(billing) }),
  }
  return change(world, 'payment_method', method, patch, 'payment_method.updated')
}

function detach(call: Call): PaymentMethod {
  const { world } = call
  const method = world.need('payment_method', idAt(call))
  if (!method.customer)
    throw invalid(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    )
  const customer = world.find('customer', method.customer)
  if (customer?.invoice_settings.default_payment_method === method.id)
    change(
      world,
      'customer',
      customer,
      {
        invoice_settings: { ...customer.invoice_settings, default_payment_method: null },
      },
      'customer.updated',
    )
  return change(world, 'payment_method', method, { customer: null }, 'payment_method.detached')
}

const ofCustomer = (call: Call, customer: string, url: string) =>
  answerList(call, url, call.world.under('payment_method', customer), (params) =>
    both(equals<PaymentMethod>(params, 'type', (each) => each.type)),
  )

export const paymentMethodRoutes: Route[] = [
  ['POST', '/v1/payment_methods', create],
  [
    'GET',
    '/v1/payment_methods',
    (call) => ofCustomer(call, call.params.needText('customer'), '/v1/payment_methods'),
  ],
  ['GET', '/v1/payment_methods/:', (call) => call.world.need('payment_method', idAt(call))],
  ['POST', '/v1/payment_methods/:', update],
  ['POST', '/v1/payment_methods/:/detach', detach],
  [
    'POST',
    '/v1/payment_methods/:/attach',
    (call) =>
      attach(call.world, needPaymentMethod(call.world, idAt(call), 'id'), call.params.needText('customer')),
  ],
  [
    'GET',
    '/v1/customers/:/payment_methods',
    (call) => {
      const { id } = call.world.need('customer', idAt(call))
      return ofCustomer(call, id, `/v1/customers/${id}/payment_methods`)
    },
  ],
  [
    'GET',
    '/v1/customers/:/payment_methods/:',
    (call) => {
      const method = call.world.need('payment_method', idAt(call, 1))
      if (method.customer !== idAt(call)) throw missing('PaymentMethod', method.id)
      return method
    },
  ],
]
