import { book, settled } from './balance.ts'
import { idAt, type Call, type Route } from './call.ts'
import { answerList, both, equals } from './lists.ts'
import { changedMetadata } from './params.ts'
import { cardOf } from './payment-methods.ts'
import { invalid } from './refusal.ts'
import { reverseTransfer } from './transfers.ts'
import { change, type World } from './world.ts'
import type { Charge, Refund } from './wire.ts'

/** What a refund takes from the balance: the last one takes what is left, so that all together are the charge. */
function settledPart(
  world: World,
  charge: Charge,
  amount: number,
): { amount: number; currency: string; rate: number | null } {
  const entry = charge.balance_transaction
    ? world.find('balance_transaction', charge.balance_transaction)
    : undefined
  if (!entry || entry.exchange_rate === null) return settled(world, amount, charge.currency)
  const before = world
    .under('refund', charge.id)
    .filter((each) => each.status !== 'failed' && each.status !== 'canceled')
  const taken = before.reduce((sum, each) => {
    const booked = each.balance_transaction
      ? world.find('balance_transaction', each.balance_transaction)
      : undefined
    return sum - (booked?.amount ?? 0)
  }, 0)
  const isLast = charge.amount_refunded + amount === charge.amount
  const part = isLast ? entry.amount - taken : Math.round((entry.amount * amount) / charge.amount)
  return { amount: part, currency: entry.currency, rate: entry.exchange_rate }
}

/** A charge stays disputed in name when its dispute was won; its money is there again. */
const isWon = (world: World, charge: string): boolean =>
  world.all('dispute').some((dispute) => dispute.charge === charge && dispute.status === 'won')

function requireRefundable(world: World, charge: Charge, amount: number): void {
  const left = charge.amount - charge.amount_refunded
  if (charge.disputed && !isWon(world, charge.id))
    throw invalid('This charge is disputed and cannot be refunded.', { code: 'charge_disputed' })
  if (charge.status !== 'succeeded') throw invalid(`Charge ${charge.id} was not paid and cannot be refunded.`)
  if (left === 0)
    throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  if (amount <= 0)
    throw invalid('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' })
  if (amount > left)
    throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, {
      param: 'amount',
    })
}

interface Asked {
  charge: Charge
  amount: number
  reason: Refund['reason']
  metadata: Record<string, string>
}

export function makeRefund(world: World, { charge, amount, reason, metadata }: Asked): Refund {
  requireRefundable(world, charge, amount)
  const method = charge.payment_method ? world.find('payment_method', charge.payment_method) : undefined
  const mode = method ? cardOf(world, method).refund : 'at_once'
  const id = world.newId('re')
  const part = settledPart(world, charge, amount)
  const entry = book(world, {
    type: 'refund',
    amount: -part.amount,
    currency: part.currency,
    rate: part.rate,
    source: id,
    description: `REFUND FOR CHARGE${charge.description ? ` (${charge.description})` : ''}`,
  })
  const refund = world.put('refund', {
    id,
    object: 'refund',
    amount,
    balance_transaction: entry.id,
    charge: charge.id,
    created: world.now(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      card: { type: 'refund', reference_status: 'pending', reference_type: 'acquirer_reference_number' },
      type: 'card',
    },
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: mode === 'pending' ? 'pending' : 'succeeded',
    transfer_reversal: null,
  })
  const total = charge.amount_refunded + amount
  const patch = { amount_refunded: total, refunded: total === charge.amount }
  world.emit('refund.created', refund)
  change(world, 'charge', charge, patch, 'charge.refunded')
  if (mode !== 'at_once') world.plan({ at: world.now() + 60, clock: null, what: `refund ${mode}`, about: id })
  return refund
}

/** A refund that was under way arrives, or comes back: then the charge counts as paid again. */
export function endRefund(world: World, id: string, isPaid: boolean): Refund {
  const refund = world.need('refund', id)
  if (refund.status === 'failed' || refund.status === 'canceled') return refund
  if (isPaid) return change(world, 'refund', refund, { status: 'succeeded' }, 'refund.updated')
  const taken = refund.balance_transaction
    ? world.need('balance_transaction', refund.balance_transaction)
    : undefined
  const back =
    taken &&
    book(world, {
      type: 'refund_failure',
      amount: -taken.amount,
      currency: taken.currency,
      rate: taken.exchange_rate,
      source: id,
      description: 'REFUND FAILED',
    })
  const charge = refund.charge ? world.need('charge', refund.charge) : undefined
  if (charge)
    world.put('charge', {
      ...charge,
      amount_refunded: charge.amount_refunded - refund.amount,
      refunded: false,
    })
  const patch: Partial<Refund> = {
    status: 'failed',
    failure_reason: 'unknown',
    ...(back && { failure_balance_transaction: back.id }),
  }
  const failed = change(world, 'refund', refund, patch, 'refund.failed')
  world.emit('refund.updated', failed, { status: refund.status })
  return failed
}

function create({ world, params }: Call): Refund {
  const intent = params.text('payment_intent')
  const id =
    params.text('charge') ??
    (intent ? world.need('payment_intent', intent, 'payment_intent').latest_charge : undefined)
  if (!id)
    throw invalid(
      'One of the following params should be provided for this request: payment_intent or charge.',
      { code: 'parameter_missing' },
    )
  const charge = world.need('charge', id, 'charge')
  const wantsReversal = params.flag('reverse_transfer') ?? false
  const amount = params.whole('amount') ?? charge.amount - charge.amount_refunded
  const refund = makeRefund(world, {
    charge,
    amount,
    reason: params.oneOf('reason', ['duplicate', 'fraudulent', 'requested_by_customer']) ?? null,
    metadata: changedMetadata({}, params),
  })
  if (!wantsReversal) return refund
  const transfer = world.all('transfer').find((each) => each.source_transaction === charge.id)
  if (!transfer) throw invalid('The charge has no transfer to reverse.', { param: 'reverse_transfer' })
  const part = Math.min(
    transfer.amount - transfer.amount_reversed,
    Math.round((transfer.amount * amount) / charge.amount),
  )
  const reversal = reverseTransfer(world, transfer, { amount: part, metadata: {}, sourceRefund: refund.id })
  return world.put('refund', { ...refund, transfer_reversal: reversal.id })
}

function update(call: Call): Refund {
  const { world, params } = call
  const refund = world.need('refund', idAt(call))
  return change(
    world,
    'refund',
    refund,
    { metadata: changedMetadata(refund.metadata, params) },
    'refund.updated',
  )
}

export const refundRoutes: Route[] = [
  ['POST', '/v1/refunds', create],
  [
    'GET',
    '/v1/refunds',
    (call) =>
      answerList(call, '/v1/refunds', call.world.all('refund'), (params) =>
        both(
          equals<Refund>(params, 'charge', (each) => each.charge),
          equals<Refund>(params, 'payment_intent', (each) => each.payment_intent),
        ),
      ),
  ],
  ['GET', '/v1/refunds/:', (call) => call.world.need('refund', idAt(call))],
  ['POST', '/v1/refunds/:', update],
]
