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
import { areThere, circumstancesOf, loadSubjects, versionOf } from './records.ts'
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
  const result: ProposalResult = { actions: [], dropped: [] }
  if (proposals.length === 0) return result
  const now = circumstancesOf(source.business, source.categories)
  const loaded = await loadSubjects(unit, source.business.id, proposals)
  const session: Session = {
    source,
    now,
    judge: await openJudge(unit),
    hour: Temporal.Now.zonedDateTimeISO(source.business.time_zone).hour,
    isStopped: await isStopped(unit),
    decided: await store.countDecided(unit.tx, source.subscription),
    record: (await store.listServiceRecords(unit.tx, [source.service.id])).get(source.service.id),
    lastDay: await store.lockLastDay(unit.tx, unit.actor.organisation, source.service.id),
  }
  for (const [index, proposal] of proposals.entries()) {
    const outcome = await proposeOne(unit, session, proposal, loaded[index] ?? {})
    if (typeof outcome === 'string') result.actions.push(outcome)
    else result.dropped.push({ index, ...outcome })
  }
  return result
}

interface Session {
  source: ProposalSource
  now: Circumstances
  judge: (facts: Facts) => Verdict
  hour: number
  isStopped: boolean
  decided: number
  record: store.ServiceRecord | undefined
  lastDay: { amount: number; count: number }
}

type Refusal = Omit<Dropped, 'index'>

async function proposeOne(
  unit: UnitOfWork,
  session: Session,
  proposal: Proposal,
  records: LoadedRecords,
): Promise<string | Refusal> {
  const { source, now } = session
  const action = actionOf(proposal.type)
  const { value: target } = targetOf(proposal.type, proposal.parameters)
  if (!areThere(proposal, records))
    return { code: 'record-gone', detail: 'A record that it names is not there any more.' }
  const possible = action.precondition(records, proposal.parameters, now)
  if (possible !== true) return { code: 'cannot-be-done', detail: possible.code }
  const stake = action.stake(records, proposal.parameters, now)
  const max = source.declaredMax[proposal.type]
  if (max && stake && tableUnits(stake) > tableUnits(max)) {
    return {
      code: 'above-declared-maximum',
      detail: 'The stake is above the highest that the manifest declares for this type.',
    }
  }
  const standing = await store.lockUndecided(unit.tx, source.subscription, proposal.type, target)
  const targetVersion = targetVersionOf(session, proposal, records)
  const refusal = standing
    ? repeats(standing, proposal)
    : await quiet(unit, session, proposal, target, targetVersion)
  if (refusal) return refusal

  const facts = factsOf(session, proposal, stake, records)
  const verdict = session.judge(facts)
  const values = actionValues(unit, session, proposal, { target, targetVersion, stake, facts, verdict })
  const row = standing
    ? await store.updateAction(unit.tx, standing.id, {
        ...values,
        state: verdict.outcome === 'block' ? 'blocked' : 'proposed',
        first_approver: null,
        note: null,
      } as never)
    : await store.insertAction(unit.tx, { ...values, id: randomUUIDv7() })
  await keepFacts(unit, row.id, facts, verdict.outcome)
  unit.emit('action.proposed', {
    action: encodeId(idPrefixes.action, row.id),
    business: encodeId(idPrefixes.business, row.business_id),
    subscription: encodeId(idPrefixes.subscription, row.subscription_id),
    type: row.type,
    state: row.state,
    replaces: standing !== undefined,
  })
  if (verdict.outcome === 'apply' || verdict.outcome === 'apply-and-tell')
    await applyByItself(unit, session, row, records, facts)
  return row.id
}

/** A rule of the operator's says so: nobody is asked. */
async function applyByItself(
  unit: UnitOfWork,
  session: Session,
  row: store.ActionRow,
  records: LoadedRecords,
  facts: Facts,
): Promise<void> {
  if (session.isStopped) return
  await approve(unit, row, {
    kind: 'policy',
    version: versionOf(row.type, records, row.parameters),
    decision: 'approve',
  })
  session.lastDay.count++
  session.lastDay.amount += facts.stake ? tableUnits(facts.stake) : 0
}

function repeats(standing: store.ActionRow, proposal: Proposal): Refusal | undefined {
  const isSame = recordsVersion([standing.parameters]) === recordsVersion([proposal.parameters])
  return isSame ? { code: 'unchanged', detail: 'The same proposal is waiting already.' } : undefined
}

/** After a rejection it stays away for 30 days, unless the granted fields of its target differ from those at rejection. */
async function quiet(
  unit: UnitOfWork,
  { source }: Session,
  { type }: Proposal,
  target: string,
  targetVersion: string,
): Promise<Refusal | undefined> {
  const last = await store.findLastDecided(unit.tx, source.subscription, type, target)
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

function factsOf(session: Session, proposal: Proposal, stake: Money | null, records: LoadedRecords): Facts {
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

interface Judged {
  target: string
  targetVersion: string
  stake: Money | null
  facts: Facts
  verdict: Verdict
}

function actionValues(
  unit: UnitOfWork,
  { source }: Session,
  proposal: Proposal,
  judged: Judged,
): store.NewAction {
  const { stake, facts, verdict } = judged
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
    target: judged.target,
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
    target_version: judged.targetVersion,
    expires_at: new Date(proposal.expiresAt ?? expires.epochMilliseconds),
  }
}
