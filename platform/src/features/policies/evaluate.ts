import { tableUnits } from './currency-table.ts'
import {
  outcomes,
  type BaseSettings,
  type Conditions,
  type Facts,
  type Outcome,
  type Policy,
  type Reason,
  type Verdict,
} from './schemas.ts'

/** What enabled policies say of a proposal. Of all that speak, the strictest decides; every one is in the reasons. */
export function evaluate(policies: readonly Policy[], facts: Facts): Verdict {
  const reasons = policies.filter((policy) => policy.isEnabled).flatMap((policy) => reasonsOf(policy, facts))
  const sorted = reasons.toSorted((a, b) => strictness(b.outcome) - strictness(a.outcome))
  const outcome = sorted[0]?.outcome ?? 'ask'
  const isTooMuch = reasons.some(
    (reason) => reason.code === 'stake-above-bulk' || reason.code === 'stake-unknown',
  )
  return { outcome, mayBulk: !isTooMuch && strictness(outcome) <= strictness('ask'), reasons: sorted }
}

export function strictness(outcome: Outcome): number {
  return outcomes.indexOf(outcome)
}

function reasonsOf(policy: Policy, facts: Facts): Reason[] {
  const say = (code: Reason['code'], outcome: Outcome, detail: string): Reason => ({
    code,
    outcome,
    policy: policy.id,
    name: policy.name,
    detail,
  })
  if (policy.body.kind === 'base') return baseReasons(policy.body.settings, facts, say)
  const { when, outcome } = policy.body
  return holds(when, facts) ? [say('rule', outcome, `The rule “${policy.name}” applies.`)] : []
}

type Say = (code: Reason['code'], outcome: Outcome, detail: string) => Reason

function baseReasons(base: BaseSettings, facts: Facts, say: Say): Reason[] {
  const reasons = [
    ...stakeReasons(base, facts, say),
    confidenceReason(base, facts, say),
    ...capReasons(base, facts, say),
  ]
  if (facts.decided < base.askFirst) {
    reasons.push(
      say(
        'learning',
        'ask',
        `You have decided ${facts.decided} of the first ${base.askFirst} actions of this service for this business.`,
      ),
    )
  }
  if (facts.risk !== 'low') reasons.push(say('risk', 'ask', `This kind of action is of ${facts.risk} risk.`))
  if (facts.isClaimDisputed)
    reasons.push(
      say('claim-disputed', 'ask', 'The service’s claim of what it is worth does not fit the records.'),
    )
  if (facts.reachesThirdParty && !base.mayReachThirdParties)
    reasons.push(say('third-party', 'ask', 'Somebody outside the business would notice.'))
  if (facts.movesMoneyOut && !base.mayMoveMoneyOut)
    reasons.push(say('money-out', 'ask', 'Money would leave or be committed.'))
  if (facts.acceptance === null || facts.acceptance < base.acceptance) {
    const so =
      facts.acceptance === null
        ? 'You have not decided an action of this service yet'
        : `You accepted ${percent(facts.acceptance)} of this service’s actions`
    reasons.push(say('acceptance', 'ask', `${so}; ${percent(base.acceptance)} is needed.`))
  }
  return reasons
}

function stakeReasons(base: BaseSettings, { stake }: Facts, say: Say): Reason[] {
  if (stake === null)
    return [say('stake-unknown', 'ask', 'The records do not tell how much money is at stake.')]
  const units = tableUnits(stake)
  if (units >= base.bulkBelow)
    return [
      say(
        'stake-above-bulk',
        'ask',
        `At ${Math.round(units)} the stake is decided one by one; from ${base.bulkBelow} on never in bulk.`,
      ),
    ]
  if (units >= base.automaticBelow)
    return [
      say('stake-asked', 'ask', `At ${Math.round(units)} the stake is not below ${base.automaticBelow}.`),
    ]
  return []
}

function confidenceReason(base: BaseSettings, { confidence }: Facts, say: Say): Reason {
  if (confidence > base.applyAbove)
    return say('confidence-high', 'apply', `The service is ${percent(confidence)} sure.`)
  if (confidence >= base.tellFrom)
    return say(
      'confidence-middle',
      'apply-and-tell',
      `The service is ${percent(confidence)} sure, above ${percent(base.applyAbove)} it would not be told.`,
    )
  return say('confidence-low', 'ask', `The service is only ${percent(confidence)} sure.`)
}

function capReasons(base: BaseSettings, { stake, lastDay }: Facts, say: Say): Reason[] {
  const reasons: Reason[] = []
  const amount = lastDay.amount + (stake ? tableUnits(stake) : 0)
  if (amount > base.capAmount) {
    reasons.push(
      say(
        'cap-amount',
        'ask',
        `With this one, ${Math.round(amount)} would be done automatically within 24 hours; the cap is ${base.capAmount}.`,
      ),
    )
  }
  if (lastDay.count + 1 > base.capCount) {
    reasons.push(
      say(
        'cap-count',
        'ask',
        `${lastDay.count} actions of this service were automatic within 24 hours; the cap is ${base.capCount}.`,
      ),
    )
  }
  return reasons
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`
}

function holds(when: Conditions, facts: Facts): boolean {
  const units = facts.stake ? tableUnits(facts.stake) : Number.POSITIVE_INFINITY
  return (
    (!when.services || when.services.includes(facts.service)) &&
    (!when.actions || when.actions.includes(facts.type)) &&
    (!when.businesses || when.businesses.includes(facts.business)) &&
    (!when.counterparties || when.counterparties.some((id) => facts.counterparties.includes(id))) &&
    isWithin(when.amount, units) &&
    isWithin(when.confidence, facts.confidence) &&
    isHour(when.hours, facts.hour)
  )
}

function isWithin(range: Conditions['amount'], value: number): boolean {
  if (!range) return true
  return (
    (range.atLeast === undefined || value >= range.atLeast) &&
    (range.below === undefined || value < range.below)
  )
}

function isHour(hours: Conditions['hours'], hour: number): boolean {
  if (!hours) return true
  const { from, to } = hours
  return from <= to ? hour >= from && hour <= to : hour >= from || hour <= to
}
