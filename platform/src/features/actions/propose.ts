import { randomUUIDv7 } from 'node:crypto'
import {
  actionOf,
  encodeId,
  idPrefixes,
  parametersOf,
  rejectionQuiet,
  targetOf,
  type ActionType,
  type Circumstances,
  type DatasetName,
  type LoadedRecords,
  type Money,
} from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { isStopped } from '../identity/index.ts'
import type { BusinessRow } from '../businesses/index.ts'
import { recordsVersion } from '../data/index.ts'
import { keepFacts, openJudge, tableUnits, type Facts, type Verdict } from '../policies/index.ts'
import { approve } from './approve.ts'
import './events.ts'
import { areThere, circumstancesOf, loadSubjectsAcross, versionOf } from './records.ts'
import * as store from './store.ts'

/** A proposal in canonical form: real ids, exact money. */
export interface Proposal {
  type: ActionType
  parameters: Record<string, unknown>
  impact: Money | null
  confidence: number
  because: { dataset: DatasetName; id: string }[]
  /** ISO 8601 instant; the type's own period when it does not say. */
  expiresAt?: string
}

/** What the proposals of one execution have in common. Ids are UUIDs. */
export interface ProposalSource {
  business: BusinessRow
  subscription: string
  subscriber: string
  provider: string
  service: { id: string; slug: string; name: string }
  release: { id: string; version: string }
  execution: string
  /** The fields that the grant allows, by dataset. */
  granted: Partial<Record<DatasetName, string[]>>
  /** The highest stake of one proposal that the manifest declares, by type. */
  declaredMax: Partial<Record<ActionType, Money>>
  categories: readonly string[]
}

/** Why a proposal did not become an action; told to the provider as a code. */
export interface Dropped {
  index: number
  code:
    | 'record-gone'
    | 'cannot-be-done'
    | 'unchanged'
    | 'rejected-lately'
    | 'under-way'
    | 'above-declared-maximum'
  detail: string
}

export interface ProposalResult {
  actions: string[]
  dropped: Dropped[]
}

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
  for (const wave of wavesOf(candidates)) {
    for (const [{ at, index }, outcome] of await proposeWave(unit, wave)) {
      if (typeof outcome === 'string') results[at]?.actions.push(outcome)
      else results[at]?.dropped.push({ index, ...outcome })
    }
  }
  for (const { dropped } of results) dropped.sort((a, b) => a.index - b.index)
  return results
}

/** What all proposals of one execution are judged by. */
interface Session {
  source: ProposalSource
  now: Circumstances
  judge: (facts: Facts) => Verdict
  hour: number
  isStopped: boolean
  decided: number
  record: store.ServiceRecord | undefined
  /** Shared by all of a service: what it did automatically counts at once. */
  lastDay: { amount: number; count: number }
}

async function openSessions(unit: UnitOfWork, sources: readonly ProposalSource[]): Promise<Session[]> {
  const judge = await openJudge(unit)
  const stopped = await isStopped(unit)
  const services = [...new Set(sources.map(({ service }) => service.id))].sort()
  const records = await store.listServiceRecords(unit.tx, services)
  const lastDays = new Map<string, Session['lastDay']>()
  for (const service of services)
    lastDays.set(service, await store.lockLastDay(unit.tx, unit.actor.organisation, service))
  const decided = await store.countDecided(
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

type Refusal = Omit<Dropped, 'index'>

interface Item {
  /** Of which execution, and where in it. */
  at: number
  index: number
  proposal: Proposal
  session: Session
}

/** A proposal with what is known of it before the database is asked what stands. */
interface Candidate extends Item {
  records: LoadedRecords
  target: string
  targetVersion: string
  stake: Money | null
  refusal: Refusal | undefined
}

function candidateOf(item: Item, records: LoadedRecords): Candidate {
  const { proposal, session } = item
  const { source, now } = session
  const action = actionOf(proposal.type)
  const { value: target } = targetOf(proposal.type, proposal.parameters)
  const refused = (refusal: Refusal): Candidate => {
    return { ...item, records, target, targetVersion: '', stake: null, refusal }
  }
  if (!areThere(proposal, records))
    return refused({ code: 'record-gone', detail: 'A record that it names is not there any more.' })
  const possible = action.precondition(records, proposal.parameters, now)
  if (possible !== true) return refused({ code: 'cannot-be-done', detail: possible.code })
  const stake = action.stake(records, proposal.parameters, now)
  const max = source.declaredMax[proposal.type]
  if (max && stake && tableUnits(stake) > tableUnits(max)) {
    return refused({
      code: 'above-declared-maximum',
      detail: 'The stake is above the highest that the manifest declares for this type.',
    })
  }
  const targetVersion = targetVersionOf(session, proposal, records)
  return { ...item, records, target, targetVersion, stake, refusal: undefined }
}

function placeOf({ session, proposal, target }: Candidate): store.ActionPlace {
  return { subscription: session.source.subscription, type: proposal.type, target }
}

/** Splits candidates so that none stands beside another about the same thing: the later one has to see the earlier. */
function wavesOf(candidates: readonly Candidate[]): Candidate[][] {
  const waves: Candidate[][] = []
  const seen = new Map<string, number>()
  for (const candidate of candidates) {
    const key = store.keyOf(placeOf(candidate))
    const turn = candidate.refusal ? 0 : (seen.get(key) ?? 0)
    if (!candidate.refusal) seen.set(key, turn + 1)
    ;(waves[turn] ??= []).push(candidate)
  }
  return waves
}

/** A candidate that becomes an action. */
interface Made {
  candidate: Candidate
  standing: store.ActionRow | undefined
  facts: Facts
  verdict: Verdict
  isAutomatic: boolean
}

async function proposeWave(
  unit: UnitOfWork,
  wave: readonly Candidate[],
): Promise<[Candidate, string | Refusal][]> {
  const outcomes: [Candidate, string | Refusal][] = []
  const places = wave.filter(({ refusal }) => !refusal).map(placeOf)
  const standing = await store.lockUndecided(unit.tx, places)
  const last = await store.findLastDecided(
    unit.tx,
    places.filter((place) => !standing.has(store.keyOf(place))),
  )
  const made: Made[] = []
  for (const candidate of wave) {
    const key = store.keyOf(placeOf(candidate))
    const stands = standing.get(key)
    const refusal =
      candidate.refusal ?? (stands ? repeats(stands, candidate.proposal) : quiet(candidate, last.get(key)))
    if (refusal) outcomes.push([candidate, refusal])
    else made.push(judged(candidate, stands))
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
function judged(candidate: Candidate, standing: store.ActionRow | undefined): Made {
  const { session } = candidate
  const facts = factsOf(candidate)
  const verdict = session.judge(facts)
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
        } as never)
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

function repeats(standing: store.ActionRow, proposal: Proposal): Refusal | undefined {
  const isSame = recordsVersion([standing.parameters]) === recordsVersion([proposal.parameters])
  return isSame ? { code: 'unchanged', detail: 'The same proposal is waiting already.' } : undefined
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

/** A fingerprint of what the provider may see of the record that the action is about. */
function targetVersionOf(
  { source }: Session,
  { type, parameters }: Proposal,
  records: LoadedRecords,
): string {
  const { parameter } = targetOf(type, parameters)
  const dataset = parametersOf(actionOf(type).parameters).find((each) => each.name === parameter)?.dataset
  const record = records[parameter]
  if (!dataset || !record || Array.isArray(record)) return recordsVersion([{ parameters }])
  const row = record as Record<string, unknown>
  return recordsVersion([
    Object.fromEntries((source.granted[dataset] ?? []).map((field) => [field, row[field] ?? null])),
  ])
}

const raised = { low: 'medium', medium: 'high', high: 'high' } as const
/** A claim may be a little off before it counts as one that does not fit the records. */
const claimTolerance = 1.05

function factsOf({ session, proposal, stake, records }: Candidate): Facts {
  const { source, record } = session
  const action = actionOf(proposal.type)
  const { impact } = proposal
  const isClaimDisputed =
    impact !== null &&
    stake !== null &&
    (impact.currency !== stake.currency || Math.abs(impact.amount) > stake.amount * claimTolerance + 100)
  return {
    type: proposal.type,
    service: encodeId(idPrefixes.service, source.service.id),
    business: encodeId(idPrefixes.business, source.business.id),
    counterparties: counterpartiesOf(records),
    risk: isClaimDisputed ? raised[action.risk] : action.risk,
    reachesThirdParty: action.reachesThirdParty,
    movesMoneyOut: action.movesMoneyOut,
    stake,
    confidence: proposal.confidence,
    isClaimDisputed,
    hour: session.hour,
    decided: session.decided,
    acceptance: record && record.decided > 0 ? record.accepted / record.decided : null,
    lastDay: { ...session.lastDay },
  }
}

function counterpartiesOf(records: LoadedRecords): string[] {
  const ids = Object.values(records).flatMap((found) =>
    found && !Array.isArray(found) ? [(found as { id?: unknown }).id] : [],
  )
  return ids.filter((id): id is string => typeof id === 'string' && /^(cus|sup)_/.test(id))
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
