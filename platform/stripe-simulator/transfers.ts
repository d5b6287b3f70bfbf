import { book, requireAvailable } from './balance.ts'
import { idAt, type Call, type Route } from './call.ts'
import { answerList, both, equals, within } from './lists.ts'
import { changedMetadata } from './params.ts'
import { invalid, missing } from './refusal.ts'
import { change, requireCurrency, type World } from './world.ts'
import type { Charge, Transfer, TransferReversal } from './wire.ts'

interface Asked {
  amount: number
  currency: string
  destination: string
  source: Charge | null
  group: string | null
  description: string | null
  metadata: Record<string, string>
}

/** The payment that the connected account sees: a charge of its own, whose source is the transfer. */
function destinationPayment(world: World, asked: Asked, transfer: string, availableOn: number): Charge {
  const theirs = world.of(asked.destination)
  const id = theirs.newId('py')
  const entry = book(theirs, {
    type: 'payment',
    amount: asked.amount,
    currency: asked.currency,
    source: id,
    availableOn,
  })
  return theirs.put('charge', {
    id,
    object: 'charge',
    amount: asked.amount,
    amount_captured: asked.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: entry.id,
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    calculated_statement_descriptor: null,
    captured: true,
    created: theirs.now(),
    currency: asked.currency,
    customer: null,
    description: null,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: false,
    metadata: {},
    on_behalf_of: null,
    outcome: null,
    paid: true,
    payment_intent: null,
    payment_method: null,
    payment_method_details: null,
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: transfer,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: asked.group,
  })
}

/** A transfer out of a charge waits for that charge's money; any other needs money that is there. */
function requireFunds(world: World, { source, amount, currency }: Asked): number {
  if (!source) {
    requireAvailable(world, amount, currency)
    return world.now()
  }
  const entry = source.balance_transaction
    ? world.need('balance_transaction', source.balance_transaction)
    : undefined
  if (!entry || entry.currency !== currency)
    throw invalid(
      `The source_transaction settles in ${entry?.currency ?? 'nothing'}; the transfer must be in the same currency.`,
      {
        param: 'currency',
      },
    )
  const before = world.all('transfer').filter((each) => each.source_transaction === source.id)
  const used = before.reduce((sum, each) => sum + each.amount, 0)
  if (used + amount > entry.amount)
    throw invalid(`Transfers out of ${source.id} may come to ${entry.amount} at most; ${used} are used.`, {
      code: 'transfer_source_balance_parameters_mismatch',
      param: 'amount',
    })
  return entry.available_on
}

function makeTransfer(world: World, asked: Asked): Transfer {
  const account = world.find('account', asked.destination)
  if (!account) throw missing('destination', asked.destination, 'destination')
  if (account.capabilities?.transfers !== 'active')
    throw invalid(
      'Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments',
      { code: 'insufficient_capabilities_for_transfer' },
    )
  if (asked.amount < 1)
    throw invalid('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'amount',
    })
  const availableOn = requireFunds(world, asked)
  const id = world.newId('tr')
  const payment = destinationPayment(world, asked, id, availableOn)
  const entry = book(world, {
    type: 'transfer',
    amount: -asked.amount,
    currency: asked.currency,
    source: id,
    description: asked.description,
    availableOn,
  })
  const transfer = world.put('transfer', {
    id,
    object: 'transfer',
    amount: asked.amount,
    amount_reversed: 0,
    balance_transaction: entry.id,
    created: world.now(),
    currency: asked.currency,
    description: asked.description,
    destination: asked.destination,
    destination_payment: payment.id,
    livemode: false,
    metadata: asked.metadata,
    reversals: within<TransferReversal>([], `/v1/transfers/${id}/reversals`),
    reversed: false,
    source_transaction: asked.source?.id ?? null,
    source_type: 'card',
    transfer_group:
      asked.group ??
      asked.source?.transfer_group ??
      (asked.source ? `group_${asked.source.payment_intent ?? asked.source.id}` : null),
  })
  world.emit('transfer.created', transfer)
  world.of(asked.destination).emit('payment.created', payment)
  return transfer
}

function create({ world, params }: Call): Transfer {
  const source = params.text('source_transaction')
  params.accept('source_type')
  return makeTransfer(world, {
    amount: params.needWhole('amount'),
    currency: requireCurrency(world, params.needText('currency')),
    destination: params.needText('destination'),
    source: source ? world.need('charge', source, 'source_transaction') : null,
    group: params.text('transfer_group') ?? null,
    description: params.orNull('description') ?? null,
    metadata: changedMetadata({}, params),
  })
}

interface Reversing {
  amount: number
  metadata: Record<string, string>
  description?: string | null
  sourceRefund?: string
}

/** Takes back from the connected account, below zero if need be: what is missing carries over. */
export function reverseTransfer(
  world: World,
  transfer: Transfer,
  { amount, metadata, sourceRefund }: Reversing,
): TransferReversal {
  const left = transfer.amount - transfer.amount_reversed
  if (amount < 1)
    throw invalid('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'amount',
    })
  if (amount > left)
    throw invalid(`Reversal amount (${amount}) is greater than unreversed amount (${left})`, {
      param: 'amount',
    })
  const id = world.newId('trr')
  const theirs = world.of(String(transfer.destination))
  const refundId = theirs.newId('pyr')
  const taken = book(theirs, {
    type: 'payment_refund',
    amount: -amount,
    currency: transfer.currency,
    source: refundId,
    category: 'refund',
  })
  const payment = transfer.destination_payment
    ? theirs.need('charge', transfer.destination_payment)
    : undefined
  theirs.put('refund', {
    id: refundId,
    object: 'refund',
    amount,
    balance_transaction: taken.id,
    charge: transfer.destination_payment ?? null,
    created: theirs.now(),
    currency: transfer.currency,
    customer: null,
    customer_account: null,
    metadata: {},
    payment_intent: null,
    payment_method: null,
    reason: null,
    receipt_number: null,
    source_transfer_reversal: id,
    status: 'succeeded',
    transfer_reversal: null,
  })
  if (payment) {
    const total = payment.amount_refunded + amount
    change(
      theirs,
      'charge',
      payment,
      { amount_refunded: total, refunded: total === payment.amount },
      'charge.refunded',
    )
  }
  const entry = book(world, {
    type: 'transfer_refund',
    amount,
    currency: transfer.currency,
    source: id,
    category: 'transfer_reversal',
  })
  const reversal = world.put('transfer_reversal', {
    id,
    object: 'transfer_reversal',
    amount,
    balance_transaction: entry.id,
    created: world.now(),
    currency: transfer.currency,
    destination_payment_refund: refundId,
    metadata,
    source_refund: sourceRefund ?? null,
    transfer: transfer.id,
  })
  const total = transfer.amount_reversed + amount
  const reversals = within(
    world.under('transfer_reversal', transfer.id).toReversed(),
    `/v1/transfers/${transfer.id}/reversals`,
  )
  change(
    world,
    'transfer',
    transfer,
    { amount_reversed: total, reversed: total === transfer.amount, reversals },
    'transfer.reversed',
  )
  return reversal
}

function createReversal(call: Call): TransferReversal {
  const { world, params } = call
  const transfer = world.need('transfer', idAt(call))
  params.accept('description', 'refund_application_fee')
  const amount = params.whole('amount') ?? transfer.amount - transfer.amount_reversed
  return reverseTransfer(world, transfer, { amount, metadata: changedMetadata({}, params) })
}

function update(call: Call): Transfer {
  const { world, params } = call
  const transfer = world.need('transfer', idAt(call))
  const description = params.orNull('description')
  const patch = {
    metadata: changedMetadata(transfer.metadata, params),
    ...(description !== undefined && { description }),
  }
  return change(world, 'transfer', transfer, patch, 'transfer.updated')
}

function reversalOf(call: Call): TransferReversal {
  const reversal = call.world.need('transfer_reversal', idAt(call, 1))
  if (reversal.transfer !== idAt(call)) throw missing('transfer reversal', reversal.id)
  return reversal
}

export const transferRoutes: Route[] = [
  ['POST', '/v1/transfers', create],
  [
    'GET',
    '/v1/transfers',
    (call) =>
      answerList(call, '/v1/transfers', call.world.all('transfer'), (params) =>
        both(
          equals<Transfer>(params, 'destination', (each) => each.destination),
          equals<Transfer>(params, 'transfer_group', (each) => each.transfer_group),
        ),
      ),
  ],
  ['GET', '/v1/transfers/:', (call) => call.world.need('transfer', idAt(call))],
  ['POST', '/v1/transfers/:', update],
  ['POST', '/v1/transfers/:/reversals', createReversal],
  [
    'GET',
    '/v1/transfers/:/reversals',
    (call) => {
      const { id } = call.world.need('transfer', idAt(call))
      return answerList(call, `/v1/transfers/${id}/reversals`, call.world.under('transfer_reversal', id))
    },
  ],
  ['GET', '/v1/transfers/:/reversals/:', reversalOf],
]
