import { prorate, type Period } from '../../ledger/index.ts'
import type { Charge } from '../charge-store.ts'
import { plans, type PlanName } from '../plans.ts'
import { chargeUse } from '../usage.ts'
import type { Cap, Used } from '../usage-store.ts'
import type { Asked, LineOf } from './build.ts'
import type { Had } from './bundles.ts'

/** What an invoice for the boundary between two periods is made from. */
export interface PeriodFacts {
  plan: PlanName
  /** Begins at the boundary. */
  period: Period
  /** Ends at the boundary; usage is counted over it. */
  previous: Period
  /** A month that ends at the boundary: what a monthly price is for. */
  month: Period
  charges: readonly Charge[]
  used: readonly Used[]
  /** What operators set, by service and business. */
  caps: ReadonlyMap<string, Pick<Cap, 'amount' | 'spent_before'>>
  /** Whether an execution succeeded before the boundary since its subscription was first charged: not in its trial. */
  hasRun(charge: Charge): boolean
  nameOf(service: string, business: string): string
  isFree(of: LineOf): boolean
}

/** Everything that is asked for at a boundary: the plan and services ahead, what began meanwhile and usage behind. */
export function periodAsks(facts: PeriodFacts): Asked[] {
  return [
    planAsk(facts.plan, facts.period),
    ...facts.charges.flatMap((charge) => [...catchUp(facts, charge), ...monthly(facts, charge)]),
    ...usage(facts),
  ]
}

export function planAsk(plan: PlanName, span: Period): Asked {
  return {
    kind: 'plan',
    description: `${titleOf(plan)} plan`,
    of: null,
    span,
    quantity: 1,
    amount: BigInt(plans[plan].price),
    currency: 'USD',
    isFree: false,
  }
}

export const titleOf = (plan: PlanName): string => `${plan[0]?.toUpperCase() ?? ''}${plan.slice(1)}`

const ofCharge = (charge: Charge): LineOf => ({
  charge: charge.id,
  subscription: charge.subscription_id,
  business: charge.business_id,
  service: charge.service_id,
  provider: charge.provider_id,
})

/** A monthly price for the period ahead, of what stands at the boundary. */
function monthly({ period, nameOf, isFree }: PeriodFacts, charge: Charge): Asked[] {
  const price = charge.price.monthly
  const stands = charge.from_at <= period.from && (charge.to_at === null || charge.to_at > period.from)
  if (!price || price.amount === 0 || !stands) return []
  const of = ofCharge(charge)
  return [
    {
      kind: 'monthly',
      description: nameOf(charge.service_id, charge.business_id),
      of,
      span: period,
      quantity: 1,
      amount: BigInt(price.amount),
      currency: price.currency,
      isFree: isFree(of),
    },
  ]
}

/** The part of a monthly price for what began before the boundary and was in no invoice; nothing where nothing succeeded. */
function catchUp(facts: PeriodFacts, charge: Charge): Asked[] {
  const price = charge.price.monthly
  if (!price || price.amount === 0 || !facts.hasRun(charge)) return []
  const from = later(charge.from_at, charge.billed_until)
  const to = charge.to_at && charge.to_at < facts.period.from ? charge.to_at : facts.period.from
  if (from >= to) return []
  const { month } = facts
  const lengthMs = Math.min(to.getTime() - from.getTime(), month.to.getTime() - month.from.getTime())
  const amount = prorate(
    BigInt(price.amount),
    { from: month.from, to: new Date(month.from.getTime() + lengthMs) },
    month,
  )
  if (amount === 0n) return []
  const of = ofCharge(charge)
  return [
    {
      kind: 'catch-up',
      description: facts.nameOf(charge.service_id, charge.business_id),
      of,
      span: { from, to },
      quantity: 1,
      amount,
      currency: price.currency,
      isFree: facts.isFree(of),
      had: hadBy(facts, charge.business_id),
    },
  ]
}

/** What a business paid for by the month until the boundary: what was in its trial or rested was not had. */
const hadBy = ({ charges, period }: PeriodFacts, business: string): Had[] =>
  charges
    .filter((each) => each.business_id === business && (each.price.monthly?.amount ?? 0) > 0)
    .map((each) => ({
      service: each.service_id,
      from: each.from_at,
      to: each.to_at && each.to_at < period.from ? each.to_at : period.from,
    }))

const later = (one: Date, other: Date | null): Date => (other && other > one ? other : one)

/** What was used behind the boundary, less what is included and at most the cap of each service at each business. */
function usage({ used, charges, caps, previous, nameOf, isFree }: PeriodFacts): Asked[] {
  return chargeUse(used, charges, caps).flatMap(({ used: each, charged, amount, asked }) => {
    if (asked === 0) return []
    const of: LineOf = {
      charge: null,
      subscription: each.subscription_id,
      business: each.business_id,
      service: each.service_id,
      provider: each.provider_id,
    }
    return [
      {
        kind: 'usage' as const,
        description: `${nameOf(each.service_id, each.business_id)}: ${charged} × ${each.unit}${asked < amount ? ', up to the cap' : ''}`,
        of,
        span: previous,
        quantity: charged,
        amount: BigInt(asked),
        currency: each.currency,
        isFree: isFree(of),
      },
    ]
  })
}
