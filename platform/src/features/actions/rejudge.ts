import { actionOf, type ActionType, type LoadedRecords, type Money } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { BusinessRow } from '../businesses/index.ts'
import { findFacts, openJudge, type Facts, type Verdict } from '../policies/index.ts'
import { countDecided, listServiceRecords, lockLastDay, type ServiceRecord } from './decision-store.ts'
import { circumstancesOf } from './records.ts'
import type { ActionRow } from './store.ts'

/** What the policies say, and what they were told. */
export interface Judged {
  facts: Facts
  verdict: Verdict
}

/**
 * Asks the policies again, on the stake as the records stand now; of what is automatic also on what was
 * automatic since, and on what the operator has decided and taken back since.
 */
export async function rejudge(
  unit: UnitOfWork,
  action: ActionRow,
  business: BusinessRow,
  records: LoadedRecords,
  options: { isAutomatic?: boolean } = {},
): Promise<Judged> {
  const known = await findFacts(unit, action.id)
  const judge = await openJudge(unit)
  const stake = actionOf(action.type).stake(records, action.parameters, circumstancesOf(business))
  const facts: Facts = {
    ...known,
    ...claimOf(action.type, action.impact, stake),
    stake,
    hour: Temporal.Now.zonedDateTimeISO(business.time_zone).hour,
    ...(options.isAutomatic ? await standingOf(unit, action) : {}),
  }
  return { facts, verdict: judge(facts) }
}

async function standingOf(
  unit: UnitOfWork,
  action: ActionRow,
): Promise<Pick<Facts, 'lastDay' | 'decided' | 'acceptance'>> {
  const lastDay = await lockLastDay(unit.tx, unit.actor.organisation, action.service_id, action.id)
  const decided = await countDecided(unit.tx, [action.subscription_id])
  const records = await listServiceRecords(unit.tx, [action.service_id])
  return {
    lastDay,
    decided: decided.get(action.subscription_id) ?? 0,
    acceptance: acceptanceOf(records.get(action.service_id)),
  }
}

/** The share of a service's decided actions that were accepted as they were; null before the first. */
export function acceptanceOf(record: ServiceRecord | undefined): number | null {
  return record && record.decided > 0 ? record.accepted / record.decided : null
}

const raised = { low: 'medium', medium: 'high', high: 'high' } as const
/** A claim may be a little off before it counts as one that does not fit the records. */
const claimTolerance = 1.05

/** Whether a provider's claim of what an action is worth fits the records; if not, the risk is raised. */
export function claimOf(
  type: ActionType,
  impact: Money | null,
  stake: Money | null,
): Pick<Facts, 'risk' | 'isClaimDisputed'> {
  const { risk } = actionOf(type)
  const isClaimDisputed =
    impact !== null &&
    stake !== null &&
    (impact.currency !== stake.currency || Math.abs(impact.amount) > stake.amount * claimTolerance + 100)
  return { isClaimDisputed, risk: isClaimDisputed ? raised[risk] : risk }
}
