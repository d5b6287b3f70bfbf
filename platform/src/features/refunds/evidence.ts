import { createHash } from 'node:crypto'
import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { keyOf, type Stripe } from '../../stripe/client.ts'
import { audit, listAuditAbout } from '../audit/index.ts'
import { openReceipt, type InvoiceFile } from '../billing/index.ts'
import { describeService } from '../listings/index.ts'
import { namesOf } from '../ledger/index.ts'
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

/** Stripe takes 20,000 characters of a text, and of all together no more pages than the card’s network does (Mastercard: 19). */
const mostEntries = 100
const mostText = 8_000

/**
 * Hands in the evidence of a dispute that is still asked for, once. All of it is written down before Stripe is asked:
 * however often it takes, the same is asked with the same key. Safe to lose at any point.
 */
export async function handInEvidence(deps: Deps, id: string): Promise<void> {
  const row = await asPlatform(deps, ({ tx }) => disputes.findDispute(tx, id))
  if (!row || row.evidence_at !== null || !row.status.endsWith('needs_response')) return
  const dispute = encodeId(idPrefixes.cardDispute, row.id)
  const wasAsked = row.evidence !== null && (await isHandedIn(deps, row.stripe_dispute, dispute))
  if (!wasAsked) {
    const evidence = (row.evidence ?? (await prepare(deps, row))) as Evidence
    await deps.stripe.disputes.update(
      row.stripe_dispute,
      { evidence, submit: true, metadata: { bizq: dispute } },
      { idempotencyKey: keyOf('evidence', dispute) },
    )
  }
  await asPlatform(deps, async (unit) => {
    const isFirst = await disputes.noteHandedIn(unit.tx, row.id, unit.clock())
    if (isFirst) await audit(unit, 'card-dispute.evidence', { dispute })
  })
}

/** Whether Stripe took ours before, whose answer was lost: its keys are forgotten after a day. */
async function isHandedIn(deps: Deps, stripeDispute: string, dispute: string): Promise<boolean> {
  const known = await deps.stripe.disputes.retrieve(stripeDispute)
  return known.metadata['bizq'] === dispute && known.evidence_details.submission_count > 0
}

/** Collects it, uploads the receipt and writes all of it down; answers what was written down first. */
async function prepare(deps: Deps, row: disputes.CardDisputeRow): Promise<unknown> {
  const names = await namesOf(deps.directory, [row.operator_id])
  const { services, receipt, ...texts } = await asPlatform(deps, (unit) =>
    ofOperator(unit, row.operator_id, (theirs) => collect(theirs, deps, row)),
  )
  const evidence: Evidence = {
    ...texts,
    product_description: await describeAll(deps, services),
    customer_name: names.get(row.operator_id) ?? '',
    receipt: await upload(deps, row, await receipt()),
  }
  return asPlatform(deps, ({ tx }) => disputes.keepEvidence(tx, row.id, evidence))
}

/** A file that is uploaded and then not handed in does no harm: Stripe shows it to nobody, and forgets it. */
async function upload(
  deps: Deps,
  { id }: disputes.CardDisputeRow,
  { name, content }: InvoiceFile,
): Promise<string> {
  const digest = createHash('sha256').update(content).digest('hex')
  const file = await deps.stripe.files.create(
    { purpose: 'dispute_evidence', file: { data: content, name, type: 'application/pdf' } },
    { idempotencyKey: keyOf('evidence-receipt', `${encodeId(idPrefixes.cardDispute, id)}:${digest}`) },
  )
  return file.id
}

async function collect(theirs: UnitOfWork, deps: Deps, row: disputes.CardDisputeRow) {
  const lines = await openLines(theirs, row.invoice_id)
  const from = lines.map(({ row: each }) => each.from).reduce((a, b) => (a < b ? a : b), theirs.clock())
  const to = lines.map(({ row: each }) => each.to).reduce((a, b) => (a > b ? a : b), from)
  const byBank = await store.listOfCause(theirs.tx, 'dispute', row.stripe_dispute)
  return {
    service_date: `${from.toISOString().slice(0, 10)} to ${to.toISOString().slice(0, 10)}`,
    uncategorized_text: receiptOf(lines, byBank),
    access_activity_log: await activityOf(theirs, { invoice: row.invoice_id, lines, from, to }),
    refund_policy_disclosure: refundPolicy,
    cancellation_policy_disclosure: cancellationPolicy,
    services: [...new Set(lines.flatMap(({ row: { service } }) => service ?? []))],
    receipt: await openReceipt(theirs, deps, encodeId(idPrefixes.invoice, row.invoice_id)),
  }
}

const marketplace =
  'Subscription to a marketplace of software services for businesses: a monthly plan, and the services that the customer chose for its businesses.'

/** What the marketplace is, and of each service what its listing says that it does: each has as much room as the others. */
async function describeAll(deps: Deps, services: readonly string[]): Promise<string> {
  const found = await Promise.all(services.map((service) => describeService(deps, service)))
  const known = found.filter((each) => each !== undefined)
  const room = Math.floor((mostText - marketplace.length) / Math.max(1, known.length)) - 2
  const told = known.map(({ name, summary, description, version, publishedAt }) => {
    const since = publishedAt ? `, as published on ${publishedAt.toISOString().slice(0, 10)}` : ''
    const more = description === summary ? '' : `\n${description}`
    return `${name} (version ${version}${since}): ${summary}${more}`.slice(0, Math.max(0, room))
  })
  return [marketplace, ...told].join('\n\n').slice(0, mostText)
}

/** What was bought, line by line, and what of it was given back; not what the bank took, which is the dispute itself. */
function receiptOf(lines: readonly OpenLine[], byBank: readonly store.RefundRow[]): string {
  const [first] = lines
  if (!first) return ''
  const { number, currency, paidAt } = first.row
  const money = (amount: bigint) => `${(Number(amount) / 100).toFixed(2)} ${currency}`
  const each = lines.map(({ row, before }) => {
    const taken = byBank.filter(({ line_id }) => line_id === row.id)
    const back = taken.reduce(
      (left, { card, credit }) => left - BigInt(card) - BigInt(credit),
      before.card + before.credit,
    )
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
