import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { keyOf, type Stripe } from '../../stripe/client.ts'
import { audit, listAuditAbout } from '../audit/index.ts'
import { asPlatform } from '../payments/index.ts'
import * as disputes from './dispute-store.ts'
import { openLines, type OpenLine } from './plan.ts'
import { ofOperator } from './settle.ts'
import * as store from './store.ts'

type Evidence = Stripe.DisputeUpdateParams.Evidence

/** What every operator agreed to: shown before a plan is chosen. */
const refundPolicy =
  'The price of a service is given back in full within 30 days of its first payment, on one click in the account. A month in which nothing of a service ran is not charged, and of one in which a service was available for less than 99.9 % of the time 10 to 50 % are given back. What was paid ahead is given back in proportion when a service is cancelled.'
const cancellationPolicy =
  'A service or the plan can be cancelled at any time in the account, at once, without a reason.'

/** Stripe takes 20,000 characters of a text. */
const mostEntries = 200
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
    access_activity_log: await activityOf(theirs, { invoice, lines, from, to }),
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

/**
 * What became of the subscriptions that the invoice is for, in its time, from the audit log: when, who (by id), what was
 * done, and to what (by id). Of what an entry holds besides, nothing leaves: it may be somebody's words.
 */
async function activityOf(
  theirs: UnitOfWork,
  { invoice, lines, from, to }: { invoice: string; lines: readonly OpenLine[]; from: Date; to: Date },
): Promise<string> {
  const subscriptions = [...new Set(lines.flatMap(({ row }) => row.subscription ?? []))]
  const executions = await store.listExecutions(theirs.tx, subscriptions, { from, to, limit: mostEntries })
  const about = [
    encodeId(idPrefixes.invoice, invoice),
    ...subscriptions.map((id) => encodeId(idPrefixes.subscription, id)),
    ...executions.map((id) => encodeId(idPrefixes.execution, id)),
  ]
  const found = await listAuditAbout(theirs, { about, from, to, limit: mostEntries + 1 })
  const known = new Set(about)
  const told = found.slice(0, mostEntries).map(({ at, actor, action, subject }) => {
    const of = Object.values(subject as Record<string, unknown>).filter(
      (value) => typeof value === 'string' && known.has(value),
    )
    return `${at} ${actor.kind} ${actor.id ?? ''} ${action} ${of.join(' ')}`
  })
  const isCut = found.length > mostEntries
  const head = isCut ? `The newest ${mostEntries} entries; there are more.` : `${told.length} entries.`
  return [head, ...told.toReversed()].join('\n').slice(0, mostText)
}
