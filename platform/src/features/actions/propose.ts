import { randomUUIDv7 } from 'node:crypto'
import { actionOf, encodeId, idPrefixes, rejectionQuiet } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { isStopped } from '../identity/index.ts'
import { recordsVersion } from '../data/index.ts'
import { keepFacts, openJudge, tableUnits, type Facts, type Verdict } from '../policies/index.ts'
import { approve } from './approve.ts'
import * as decisions from './decision-store.ts'
import './events.ts'
import {
  candidateOf,
  factsOf,
  type Candidate,
  type Proposal,
  type ProposalResult,
  type ProposalSource,
  type Refusal,
  type Session,
} from './proposal.ts'
import { circumstancesOf, loadSubjectsAcross, versionOf } from './records.ts'
import * as store from './store.ts'

/** Turns proposals into actions: each is judged by the policies and asked, applied or blocked. Part of the settling of an execution. */
export async function proposeActions(
  unit: UnitOfWork,
  source: ProposalSource,
  proposals: readonly Proposal[],
): Promise<ProposalResult> {
  const [result] = await proposeAll(unit, [{ source, proposals }])
  return result ?? { actions: [], dropped: [] }
}

/** The same for many executions at once: a result for each, in their order. What is asked of the database does not grow with their number. */
export async function proposeAll(
  unit: UnitOfWork,
  given: readonly { source: ProposalSource; proposals: readonly Proposal[] }[],
): Promise<ProposalResult[]> {
  const results = given.map((): ProposalResult => ({ actions: [], dropped: [] }))
  const speaking = given.flatMap((each, at) => (each.proposals.length > 0 ? [{ ...each, at }] : []))
  if (speaking.length === 0) return results
  const sessions = await openSessions(
    unit,
    speaking.map(({ source }) => source),
  )
  const subjects = await loadSubjectsAcross(
    unit,
    speaking.flatMap(({ source, proposals }) =>
      proposals.map((proposal) => ({ ...proposal, business: source.business.id })),
    ),
  )
  const items = speaking.flatMap(({ proposals, at }, i) =>
    proposals.map((proposal, index) => ({ at, index, proposal, session: sessions[i] as Session })),
  )
  const candidates = items.map((item, i) => candidateOf(item, subjects[i] ?? {}))
  for (const [{ at, index }, outcome] of await proposeEach(unit, lastOfEach(candidates))) {
    if (typeof outcome === 'string') results[at]?.actions.push(outcome)
    else results[at]?.dropped.push({ index, ...outcome })
  }
  for (const { dropped } of results) dropped.sort((a, b) => a.index - b.index)
  return results
}

async function openSessions(unit: UnitOfWork, sources: readonly ProposalSource[]): Promise<Session[]> {
  const judge = await openJudge(unit)
  const stopped = await isStopped(unit)
  const services = [...new Set(sources.map(({ service }) => service.id))].sort()
  const records = await decisions.listServiceRecords(unit.tx, services)
  const lastDays = new Map<string, Session['lastDay']>()
  for (const service of services)
    lastDays.set(service, await decisions.lockLastDay(unit.tx, unit.actor.organisation, service))
  const decided = await decisions.countDecided(
    unit.tx,
    sources.map(({ subscription }) => subscription),
  )
  return sources.map((source) => ({
    source,
    now: circumstancesOf(source.business, source.categories),
    judge,
    hour: Temporal.Now.zonedDateTimeISO(source.business.time_zone).hour,
    isStopped: stopped,
    decided: decided.get(source.subscription) ?? 0,
    record: records.get(source.service.id),
    lastDay: lastDays.get(source.service.id) ?? { amount: 0, count: 0 },
  }))
}

function placeOf({ session, proposal, target }: Candidate): store.ActionPlace {
  return { subscription: session.source.subscription, type: proposal.type, target }
}

/** Of several proposals about the same thing the last one counts. */
function lastOfEach(candidates: readonly Candidate[]): Candidate[] {
  const last = new Map<string, Candidate>()
  for (const candidate of candidates)
    if (!candidate.refusal) last.set(store.keyOf(placeOf(candidate)), candidate)
  const repeated: Refusal = { code: 'repeated', detail: 'A later proposal is about the same thing.' }
  return candidates.map((candidate) =>
    candidate.refusal || last.get(store.keyOf(placeOf(candidate))) === candidate
      ? candidate
      : { ...candidate, refusal: repeated },
  )
}

/** A candidate that becomes an action. */
interface Made {
  candidate: Candidate
  standing: store.ActionRow | undefined
  facts: Facts
  verdict: Verdict
  isAutomatic: boolean
}

async function proposeEach(
  unit: UnitOfWork,
  candidates: readonly Candidate[],
): Promise<[Candidate, string | Refusal][]> {
  const outcomes: [Candidate, string | Refusal][] = []
  const places = candidates.filter(({ refusal }) => !refusal).map(placeOf)
  // In this order: what is taken back between the two questions is found by the one or the other.
  const last = await store.findLastDecided(unit.tx, places)
  const standing = await store.lockUndecided(unit.tx, places)
  const made: Made[] = []
  for (const candidate of candidates) {
    const key = store.keyOf(placeOf(candidate))
    const stands = standing.get(key)
    const refusal =
      candidate.refusal ?? (stands ? repeats(stands, candidate.proposal) : quiet(candidate, last.get(key)))
    const one = refusal ?? judged(candidate, stands, last.get(key))
    if ('code' in one) outcomes.push([candidate, one])
    else made.push(one)
  }
  const rows = await saveMade(unit, made)
  for (const [i, row] of rows.entries()) outcomes.push([(made[i] as Made).candidate, row.id])
  for (const [i, row] of rows.entries()) {
    const { candidate, isAutomatic } = made[i] as Made
    if (!isAutomatic) continue
    const version = versionOf(row.type, candidate.records, row.parameters)
    await approve(unit, row, { kind: 'policy', version, decision: 'approve' })
  }
  return outcomes
}

/** A rule of the operator's may say that nobody is asked; it counts for the proposals after it. */
function judged(
  candidate: Candidate,
  standing: store.ActionRow | undefined,
  last: store.ActionRow | undefined,
): Made | Refusal {
  const { session, proposal } = candidate
  const facts = factsOf(candidate)
  const verdict = session.judge(facts)
  if (verdict.outcome === 'block' && !standing && last?.state === 'blocked' && isSame(last, proposal))
    return { code: 'unchanged', detail: 'The same proposal was blocked already.' }
  const applies = verdict.outcome === 'apply' || verdict.outcome === 'apply-and-tell'
  const isAutomatic = applies && !session.isStopped
  if (isAutomatic) {
    session.lastDay.count++
    session.lastDay.amount += facts.stake ? tableUnits(facts.stake) : 0
  }
  return { candidate, standing, facts, verdict, isAutomatic }
}

async function saveMade(unit: UnitOfWork, made: readonly Made[]): Promise<store.ActionRow[]> {
  const fresh = made.filter(({ standing }) => !standing)
  const inserted = await store.insertActions(
    unit.tx,
    fresh.map((each) => ({ ...actionValues(unit, each), id: randomUUIDv7() })),
  )
  const rows: store.ActionRow[] = []
  for (const each of made) {
    const row = each.standing
      ? await store.updateAction(unit.tx, each.standing.id, {
          ...actionValues(unit, each),
          state: each.verdict.outcome === 'block' ? 'blocked' : 'proposed',
          first_approver: null,
          note: null,
        })
      : inserted.shift()
    if (row) rows.push(row)
  }
  await keepFacts(
    unit,
    made.map(({ facts, verdict }, i) => ({ action: rows[i]?.id ?? '', facts, outcome: verdict.outcome })),
  )
  for (const [i, row] of rows.entries()) {
    unit.emit('action.proposed', {
      action: encodeId(idPrefixes.action, row.id),
      business: encodeId(idPrefixes.business, row.business_id),
      subscription: encodeId(idPrefixes.subscription, row.subscription_id),
      type: row.type,
      state: row.state,
      replaces: made[i]?.standing !== undefined,
    })
  }
  return rows
}

const isSame = (a: Pick<Proposal, 'parameters'>, b: Pick<Proposal, 'parameters'>): boolean =>
  recordsVersion([a.parameters]) === recordsVersion([b.parameters])

function repeats(standing: store.ActionRow, proposal: Proposal): Refusal | undefined {
  return isSame(standing, proposal)
    ? { code: 'unchanged', detail: 'The same proposal is waiting already.' }
    : undefined
}

/** After a rejection it stays away for 30 days, unless the granted fields of its target differ from those at rejection. */
function quiet({ targetVersion }: Candidate, last: store.ActionRow | undefined): Refusal | undefined {
  if (last?.state === 'approved')
    return { code: 'under-way', detail: 'An approved action about the same record is being carried out.' }
  if (last?.state !== 'rejected' || last.target_version !== targetVersion || !last.decided_at)
    return undefined
  const until = Temporal.Instant.fromEpochMilliseconds(last.decided_at.getTime())
    .toZonedDateTimeISO('UTC')
    .add(rejectionQuiet)
  return Temporal.Now.instant().epochMilliseconds < until.epochMilliseconds
    ? {
        code: 'rejected-lately',
        detail: 'It was rejected, and what was granted of its record has not changed since.',
      }
    : undefined
}

function actionValues(unit: UnitOfWork, { candidate, facts, verdict }: Made): store.NewAction {
  const { proposal, session, stake } = candidate
  const { source } = session
  const expires = Temporal.Now.zonedDateTimeISO('UTC').add(actionOf(proposal.type).expiresAfter)
  return {
    organisation_id: unit.actor.organisation,
    business_id: source.business.id,
    subscription_id: source.subscription,
    service_id: source.service.id,
    service_slug: source.service.slug,
    service_name: source.service.name,
    release_id: source.release.id,
    release_version: source.release.version,
    provider_id: source.provider,
    subscriber_id: source.subscriber,
    execution_id: source.execution,
    type: proposal.type,
    target: candidate.target,
    parameters: proposal.parameters,
    state: verdict.outcome === 'block' ? 'blocked' : 'proposed',
    stake_amount: stake?.amount ?? null,
    stake_currency: stake?.currency ?? null,
    stake_units: stake ? tableUnits(stake) : null,
    impact: proposal.impact,
    confidence: proposal.confidence,
    risk: facts.risk,
    is_claim_disputed: facts.isClaimDisputed,
    outcome: verdict.outcome,
    may_bulk: verdict.mayBulk,
    reasons: verdict.reasons,
    because: proposal.because,
    granted: source.granted,
    target_version: candidate.targetVersion,
    expires_at: new Date(proposal.expiresAt ?? expires.epochMilliseconds),
  }
}
