import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { keyOf, type Stripe } from '../../stripe/client.ts'
import { audit, listAudit } from '../audit/index.ts'
import { asPlatform } from '../payments/index.ts'
import * as disputes from './dispute-store.ts'
import { openLines, type OpenLine } from './plan.ts'
import { ofOperator } from './settle.ts'

type Evidence = Stripe.DisputeUpdateParams.Evidence

/** What every operator agreed to: shown before a plan is chosen. */
const refundPolicy =
  'The price of a service is given back in full within 30 days of its first payment, on one click in the account. A month in which nothing of a service ran is not charged. What was paid ahead is given back in proportion when a service is cancelled.'
const cancellationPolicy =
  'A service or the plan can be cancelled at any time in the account, at once, without a reason.'

const mostEntries = 150
const mostText = 20_000

/** Collects and hands in the evidence of a dispute that is still asked for. Once: Stripe takes the same again as the same. */
export async function handInEvidence(deps: Deps, id: string): Promise<void> {
  const row = await asPlatform(deps, ({ tx }) => disputes.findDispute(tx, id))
  if (!row || row.evidence_at !== null || !row.status.endsWith('needs_response')) return
  const names = await disputes.namesOf(deps.directory, [row.operator_id])
  const collected = await asPlatform(deps, (unit) =>
    ofOperator(unit, row.operator_id, (theirs) => collect(theirs, row.invoice_id)),
  )
  const evidence: Evidence = { ...collected, customer_name: names.get(row.operator_id) ?? '' }
  await deps.stripe.disputes.update(
    row.stripe_dispute,
    { evidence, submit: true, metadata: { bizq: encodeId(idPrefixes.cardDispute, row.id) } },
    { idempotencyKey: keyOf('evidence', encodeId(idPrefixes.cardDispute, row.id)) },
  )
  await asPlatform(deps, async (unit) => {
    await disputes.noteEvidence(unit.tx, row.id, evidence, unit.clock())
    await audit(unit, 'card-dispute.evidence', { dispute: encodeId(idPrefixes.cardDispute, row.id) })
  })
}

async function collect(theirs: UnitOfWork, invoice: string): Promise<Evidence> {
  const lines = await openLines(theirs, invoice)
  const from = lines.map(({ row }) => row.from).reduce((a, b) => (a < b ? a : b), theirs.clock())
  const to = lines.map(({ row }) => row.to).reduce((a, b) => (a > b ? a : b), from)
  return {
    product_description:
      'Subscription to a marketplace of software services for businesses: a monthly plan, and the services that the customer chose for its businesses.',
    service_date: `${from.toISOString().slice(0, 10)} to ${to.toISOString().slice(0, 10)}`,
    uncategorized_text: receiptOf(lines),
    access_activity_log: await activityOf(theirs, from, to),
    refund_policy_disclosure: refundPolicy,
    cancellation_policy_disclosure: cancellationPolicy,
  }
}

/** What was bought, line by line, and what of it was given back. */
function receiptOf(lines: readonly OpenLine[]): string {
  const [first] = lines
  if (!first) return ''
  const { number, currency, paidAt } = first.row
  const money = (amount: bigint) => `${(Number(amount) / 100).toFixed(2)} ${currency}`
  const each = lines.map(({ row, before }) => {
    const back = before.card + before.credit
    return `${row.description}: ${money(row.amount)}, of that by card ${money(row.card)}${back > 0n ? `, given back ${money(back)}` : ''}`
  })
  return [`Invoice ${number ?? ''}, paid ${paidAt?.toISOString() ?? ''}`, ...each]
    .join('\n')
    .slice(0, mostText)
}

/** What the customer's people and its services did in that time, from the audit log: when, who (by id), what. */
async function activityOf(theirs: UnitOfWork, from: Date, to: Date): Promise<string> {
  const { items } = await listAudit(theirs, { limit: mostEntries })
  return items
    .filter(({ at }) => new Date(at) >= from && new Date(at) < to)
    .map(({ at, actor, action }) => `${at} ${actor.kind} ${actor.id ?? ''} ${action}`)
    .toReversed()
    .join('\n')
    .slice(0, mostText)
}
