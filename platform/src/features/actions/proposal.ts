import {
  actionOf,
  encodeId,
  idPrefixes,
  messagesFor,
  targetOf,
  type ActionType,
  type Circumstances,
  type DatasetName,
  type LoadedRecords,
  type Money,
} from '@bizq/sdk/contract'
import type { BusinessRow } from '../businesses/index.ts'
import { tableUnits, type Facts, type Verdict } from '../policies/index.ts'
import type { ServiceRecord } from './decision-store.ts'
import { areThere, targetVersionOf } from './records.ts'
import { acceptanceOf, claimOf } from './rejudge.ts'

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
    | 'expired'
    | 'repeated'
  detail: string
}

export interface ProposalResult {
  actions: string[]
  dropped: Dropped[]
}

/** What all proposals of one execution are judged by. */
export interface Session {
  source: ProposalSource
  now: Circumstances
  judge: (facts: Facts) => Verdict
  hour: number
  isStopped: boolean
  decided: number
  record: ServiceRecord | undefined
  /** Shared by all of a service: what it did automatically counts at once. */
  lastDay: { amount: number; count: number }
}

export type Refusal = Omit<Dropped, 'index'>

export interface Item {
  /** Of which execution, and where in it. */
  at: number
  index: number
  proposal: Proposal
  session: Session
}

/** A proposal with what is known of it before the database is asked what stands. */
export interface Candidate extends Item {
  records: LoadedRecords
  target: string
  targetVersion: string
  stake: Money | null
  refusal: Refusal | undefined
}

/** What can be told of a proposal from its records alone. */
export function candidateOf(item: Item, records: LoadedRecords): Candidate {
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
  if (possible !== true) {
    const words = messagesFor(source.business.locale).preconditions
    return refused({ code: 'cannot-be-done', detail: words[possible.code] })
  }
  const stake = action.stake(records, proposal.parameters, now)
  const max = source.declaredMax[proposal.type]
  if (max && (!stake || tableUnits(stake) > tableUnits(max))) {
    return refused({
      code: 'above-declared-maximum',
      detail: 'The stake is above the highest that the manifest declares for this type.',
    })
  }
  if (proposal.expiresAt && Temporal.Instant.from(proposal.expiresAt).epochMilliseconds <= Date.now())
    return refused({ code: 'expired', detail: 'The last day on which it makes sense is over.' })
  const targetVersion = targetVersionOf(source.granted, proposal, records)
  return { ...item, records, target, targetVersion, stake, refusal: undefined }
}

/** What the policies are told of a proposal. */
export function factsOf({ session, proposal, stake, records }: Candidate): Facts {
  const { source, record } = session
  const action = actionOf(proposal.type)
  return {
    type: proposal.type,
    service: encodeId(idPrefixes.service, source.service.id),
    business: encodeId(idPrefixes.business, source.business.id),
    counterparties: counterpartiesOf(records),
    ...claimOf(proposal.type, proposal.impact, stake),
    reachesThirdParty: action.reachesThirdParty,
    movesMoneyOut: action.movesMoneyOut,
    stake,
    confidence: proposal.confidence,
    hour: session.hour,
    decided: session.decided,
    acceptance: acceptanceOf(record),
    lastDay: { ...session.lastDay },
  }
}

function counterpartiesOf(records: LoadedRecords): string[] {
  const ids = Object.values(records).flatMap((found) =>
    found && !Array.isArray(found) ? [(found as { id?: unknown }).id] : [],
  )
  return ids.filter((id): id is string => typeof id === 'string' && /^(cus|sup)_/.test(id))
}
