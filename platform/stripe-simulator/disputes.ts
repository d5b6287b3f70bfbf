import { book, settled } from './balance.ts'
import { idAt, type Call, type Route } from './call.ts'
import { cardOf } from './payment-methods.ts'
import { requireEvidenceFile } from './files.ts'
import { answerList, both, equals } from './lists.ts'
import { changedMetadata, type Params } from './params.ts'
import { invalid } from './refusal.ts'
import { change, type World } from './world.ts'
import type { BalanceTransaction, Charge, Dispute } from './wire.ts'

const day = 86_400
const days = 21

const mostText = 20_000
const mostTogether = 150_000

const evidenceFiles: ReadonlySet<string> = new Set([
  'cancellation_policy',
  'customer_communication',
  'customer_signature',
  'duplicate_charge_documentation',
  'receipt',
  'refund_policy',
  'service_documentation',
  'shipping_documentation',
  'uncategorized_file',
])

const evidenceTexts = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_communication',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'customer_signature',
  'duplicate_charge_documentation',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'receipt',
  'refund_policy',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'service_documentation',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_documentation',
  'shipping_tracking_number',
  'uncategorized_file',
  'uncategorized_text',
] as const

const noEvidence: Dispute['evidence'] = {
  ...(Object.fromEntries(evidenceTexts.map((name) => [name, null])) as Record<
    (typeof evidenceTexts)[number],
    null
  >),
  enhanced_evidence: {},
}

function withdraw(world: World, charge: Charge, id: string, amount: number): BalanceTransaction {
  const part = settled(world, amount, charge.currency)
  return book(world, {
    type: 'adjustment',
    amount: -part.amount,
    currency: part.currency,
    rate: part.rate,
    source: id,
    fees: [{ amount: world.terms.disputeFee, description: 'Dispute fee' }],
    description: `Chargeback withdrawal for ${charge.id}`,
    category: 'dispute',
  })
}

/** Takes what was not refunded back from the platform, with the fee; an inquiry takes nothing yet. */
export function openDispute(
  world: World,
  chargeId: string,
  given?: { reason?: string; amount?: number; isInquiry?: boolean },
): Dispute {
  const charge = world.need('charge', chargeId)
  const left = charge.amount - charge.amount_refunded
  if (charge.status !== 'succeeded' || charge.disputed || left === 0)
    throw invalid(`Charge ${charge.id} cannot be disputed: it is not paid, disputed already, or refunded.`)
  const method = charge.payment_method ? world.find('payment_method', charge.payment_method) : undefined
  const card = method && cardOf(world, method)
  const isInquiry = given?.isInquiry ?? card?.isInquiry ?? false
  const amount = Math.min(left, given?.amount ?? left)
  const id = world.newId('dp')
  const dueBy = world.now() + days * day
  const dispute = world.put('dispute', {
    ...newDispute(world, charge, { id, dueBy, isInquiry, brand: card?.brand ?? 'visa' }),
    amount,
    balance_transactions: isInquiry ? [] : [withdraw(world, charge, id, amount)],
    reason: given?.reason ?? card?.dispute ?? 'general',
  })
  world.plan({ at: dueBy, clock: null, what: 'dispute lost', about: id })
  change(world, 'charge', charge, { disputed: true }, 'charge.updated')
  world.emit('charge.dispute.created', dispute)
  if (!isInquiry) world.emit('charge.dispute.funds_withdrawn', dispute)
  return dispute
}

function newDispute(
  world: World,
  charge: Charge,
  { id, dueBy, isInquiry, brand }: { id: string; dueBy: number; isInquiry: boolean; brand: string },
): Omit<Dispute, 'amount' | 'balance_transactions' | 'reason'> {
  return {
    id,
    object: 'dispute',
    charge: charge.id,
    created: world.now(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence,
    evidence_details: {
      due_by: dueBy,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: isInquiry,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      card: {
        brand,
        case_type: isInquiry ? 'inquiry' : 'chargeback',
        network: brand,
        network_reason_code: '10.4',
      },
      type: 'card',
    },
    status: isInquiry ? 'warning_needs_response' : 'needs_response',
  }
}

function reinstate(world: World, dispute: Dispute): BalanceTransaction[] {
  const [taken] = dispute.balance_transactions
  if (!taken) return []
  return [
    book(world, {
      type: 'adjustment',
      amount: -taken.amount,
      currency: taken.currency,
      rate: taken.exchange_rate,
      source: dispute.id,
      description: `Chargeback reversal for ${dispute.charge}`,
      category: 'dispute_reversal',
    }),
  ]
}

/** Won: the money comes back, the fee does not. An inquiry closes with nothing taken. */
export function closeDispute(world: World, id: string, isWon: boolean): Dispute {
  const dispute = world.need('dispute', id)
  if (['won', 'lost', 'warning_closed'].includes(dispute.status)) return dispute
  world.unplan(id)
  const isInquiry = dispute.status.startsWith('warning_')
  const given = isWon && !isInquiry ? reinstate(world, dispute) : []
  const closed = change(world, 'dispute', dispute, {
    status: isInquiry ? 'warning_closed' : isWon ? 'won' : 'lost',
    balance_transactions: [...dispute.balance_transactions, ...given],
    evidence_details: {
      ...dispute.evidence_details,
      past_due: dispute.evidence_details.submission_count === 0,
    },
    is_charge_refundable: false,
  })
  const charge = world.find('charge', dispute.charge)
  if (charge && isInquiry) change(world, 'charge', charge, { disputed: false }, 'charge.updated')
  if (given.length > 0) world.emit('charge.dispute.funds_reinstated', closed)
  world.emit('charge.dispute.closed', closed)
  return closed
}

function readEvidence(
  world: World,
  params: Params | undefined,
  before: Dispute['evidence'],
): Dispute['evidence'] {
  if (!params) return before
  params.accept('enhanced_evidence')
  const given = evidenceTexts.flatMap((name) => {
    const text = params.orNull(name)
    if (text === undefined) return []
    const param = `evidence[${name}]`
    if (text !== null && evidenceFiles.has(name)) requireEvidenceFile(world, text, param)
    if ((text?.length ?? 0) > mostText)
      throw invalid(`Invalid string: must be at most ${mostText} characters`, { param })
    return [[name, text] as const]
  })
  const letters = given.reduce((sum, [, text]) => sum + (text?.length ?? 0), 0)
  if (letters > mostTogether)
    throw invalid('All evidence together has up to 150,000 characters.', { param: 'evidence' })
  return { ...before, ...Object.fromEntries(given) }
}

/** `winning_evidence` and `losing_evidence` in the uncategorised text decide it, as in Stripe's test mode. */
function update(call: Call): Dispute {
  const { world, params } = call
  const dispute = world.need('dispute', idAt(call))
  const evidence = readEvidence(world, params.group('evidence'), dispute.evidence)
  const isSubmitted = params.flag('submit') ?? true
  const metadata = changedMetadata(dispute.metadata, params)
  const hasEvidence = Object.values(evidence).some((each) => typeof each === 'string')
  if (!params.has('evidence'))
    return change(world, 'dispute', dispute, { metadata }, 'charge.dispute.updated')
  if (!dispute.status.endsWith('needs_response'))
    throw invalid(`This dispute is ${dispute.status}: its evidence can no longer be changed.`)
  const details = dispute.evidence_details
  const patch: Partial<Dispute> = {
    evidence,
    metadata,
    evidence_details: { ...details, has_evidence: hasEvidence },
  }
  if (!isSubmitted) return change(world, 'dispute', dispute, patch, 'charge.dispute.updated')
  const text = evidence.uncategorized_text ?? ''
  world.unplan(dispute.id)
  if (text === 'winning_evidence' || text === 'losing_evidence')
    world.plan({
      at: world.now(),
      clock: null,
      what: text === 'winning_evidence' ? 'dispute won' : 'dispute lost',
      about: dispute.id,
    })
  return change(
    world,
    'dispute',
    dispute,
    {
      ...patch,
      status: dispute.status === 'warning_needs_response' ? 'warning_under_review' : 'under_review',
      evidence_details: {
        ...details,
        has_evidence: hasEvidence,
        submission_count: details.submission_count + 1,
        submission_method: 'manual',
      },
    },
    'charge.dispute.updated',
  )
}

export const disputeRoutes: Route[] = [
  [
    'GET',
    '/v1/disputes',
    (call) =>
      answerList(call, '/v1/disputes', call.world.all('dispute'), (params) =>
        both(
          equals<Dispute>(params, 'charge', (each) => each.charge),
          equals<Dispute>(params, 'payment_intent', (each) => each.payment_intent),
        ),
      ),
  ],
  ['GET', '/v1/disputes/:', (call) => call.world.need('dispute', idAt(call))],
  ['POST', '/v1/disputes/:', update],
  [
    'POST',
    '/v1/disputes/:/close',
    (call) => closeDispute(call.world, call.world.need('dispute', idAt(call)).id, false),
  ],
]
