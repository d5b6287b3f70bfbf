import { book, feesOf, settled, settlesAt } from './balance.ts'
import { idAt, type Call, type Route } from './call.ts'
import { declineOf, type Card } from './cards.ts'
import { answerList, both, equals } from './lists.ts'
import { changedMetadata } from './params.ts'
import { cardOf } from './payment-methods.ts'
import { change, type World } from './world.ts'
import type { Charge, PaymentIntent, PaymentMethod } from './wire.ts'

type CardDetails = NonNullable<NonNullable<Charge['payment_method_details']>['card']>

function cardDetails(method: PaymentMethod, amount: number): CardDetails {
  const card = method.card
  if (!card) throw new Error(`${method.id} has no card`)
  return {
    amount_authorized: amount,
    authorization_code: null,
    brand: card.brand,
    checks: card.checks,
    country: card.country,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    electronic_commerce_indicator: null,
    extended_authorization: { status: 'disabled' },
    fingerprint: card.fingerprint ?? null,
    funding: card.funding,
    incremental_authorization: { status: 'unavailable' },
    installments: null,
    last4: card.last4,
    mandate: null,
    multicapture: { status: 'unavailable' },
    network: card.brand,
    network_token: { used: false },
    network_transaction_id: null,
    overcapture: { maximum_amount_capturable: amount, status: 'unavailable' },
    regulated_status: card.regulated_status,
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  }
}

function outcomeOf(decline: string | null): NonNullable<Charge['outcome']> {
  return {
    advice_code: decline ? 'try_again_later' : null,
    network_advice_code: null,
    network_decline_code: decline ? '05' : null,
    network_status: decline ? 'declined_by_network' : 'approved_by_network',
    reason: decline,
    risk_level: 'normal',
    risk_score: 20,
    seller_message: decline
      ? 'The bank did not return any further details with this decline.'
      : 'Payment complete.',
    type: decline ? 'issuer_declined' : 'authorized',
  }
}

function newCharge(
  world: World,
  intent: PaymentIntent,
  method: PaymentMethod,
  decline: string | null,
): Charge {
  const id = world.newId('ch')
  const customer = intent.customer ? world.find('customer', intent.customer) : undefined
  const why = decline ? declineOf(decline) : undefined
  return {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: decline ? 0 : intent.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: 'BIZQ',
    captured: !decline,
    created: world.now(customer?.test_clock),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: why?.code ?? null,
    failure_message: why?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcomeOf(decline),
    paid: !decline,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: { card: cardDetails(method, intent.amount), type: 'card' },
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: `${world.url}/_simulator/receipts/${id}`,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: decline ? 'failed' : 'succeeded',
    transfer_data: null,
    transfer_group: intent.transfer_group ?? null,
  }
}

function bookCharge(world: World, charge: Charge, card: Card): Charge {
  const into = settled(world, charge.amount, charge.currency)
  const customer = charge.customer ? world.find('customer', charge.customer) : undefined
  const clock = customer?.test_clock ?? null
  const now = world.now(clock)
  const entry = book(world, {
    type: 'charge',
    amount: into.amount,
    currency: into.currency,
    rate: into.rate,
    source: charge.id,
    fees: feesOf(world, into),
    description: charge.description,
    availableOn: card.isAvailableAtOnce ? now : settlesAt(now),
    clock,
  })
  return { ...charge, balance_transaction: entry.id }
}

/** Takes the money, or keeps that it could not be taken. */
export function chargeCard(
  world: World,
  intent: PaymentIntent,
  method: PaymentMethod,
  decline: string | null,
): Charge {
  const made = newCharge(world, intent, method, decline)
  if (decline) {
    world.put('charge', made)
    world.emit('charge.failed', made)
    return made
  }
  const card = cardOf(world, method)
  const charge = world.put('charge', bookCharge(world, made, card))
  world.emit('charge.succeeded', charge)
  if (card.dispute) world.plan({ at: world.now(), clock: null, what: 'dispute', about: charge.id })
  return charge
}

function update(call: Call): Charge {
  const { world, params } = call
  const charge = world.need('charge', idAt(call))
  const description = params.orNull('description')
  const patch: Partial<Charge> = {
    metadata: changedMetadata(charge.metadata, params),
    ...(description !== undefined && { description }),
  }
  const group = params.text('transfer_group')
  return change(
    world,
    'charge',
    charge,
    { ...patch, ...(group && { transfer_group: group }) },
    'charge.updated',
  )
}

const list = (call: Call) =>
  answerList(call, '/v1/charges', call.world.all('charge'), (params) =>
    both(
      equals<Charge>(params, 'customer', (each) => each.customer),
      equals<Charge>(params, 'payment_intent', (each) => each.payment_intent),
      equals<Charge>(params, 'transfer_group', (each) => each.transfer_group),
    ),
  )

export const chargeRoutes: Route[] = [
  ['GET', '/v1/charges', list],
  ['GET', '/v1/charges/:', (call) => call.world.need('charge', idAt(call))],
  ['POST', '/v1/charges/:', update],
]
