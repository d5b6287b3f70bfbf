import { convert, monthsAfter, periodOf, type Credits, type Period } from '../../ledger/index.ts'
import { rateOf } from '../../payments/index.ts'
import type { UnitOfWork } from '../../../db/unit-of-work.ts'
import type { Deps } from '../../../deps.ts'
import type { Account } from '../account.ts'
import * as charges from '../charge-store.ts'
import { namesOf } from '../names.ts'
import * as offers from '../offer-store.ts'
import { plans, type PlanCurrency, type PlanName } from '../plans.ts'
import * as usage from '../usage-store.ts'
import type { PeriodFacts } from './asks.ts'
import type { LineOf, Terms } from './build.ts'
import type { Coupon } from './offers.ts'
import * as store from './store.ts'

export type Rates = ReadonlyMap<string, string>

/** What the rates of a day are, of every currency that an invoice may need. Speaks to Stripe: not within a transaction. */
export async function loadRates(
  deps: Deps,
  currencies: Iterable<string>,
  to: PlanCurrency,
  at: Date,
): Promise<Rates> {
  const rates = new Map<string, string>()
  for (const currency of new Set(currencies))
    if (currency !== to) rates.set(currency, (await rateOf(deps, currency, to, at)).rate)
  return rates
}

/** The currencies of everything that could be asked for at a boundary. */
export async function listCurrencies(unit: UnitOfWork, account: Account): Promise<string[]> {
  const standing = await charges.listChargesWithin(unit.tx, account.period_start, farAway)
  const used = await usage.sumUsage(unit.tx, account.period_start, farAway)
  const coupons = await offers.listRedemptions(unit.tx)
  return [
    'USD',
    ...standing.flatMap(({ price }) => (price.monthly ? [price.monthly.currency] : [])),
    ...used.map(({ currency }) => currency),
    ...coupons.flatMap(({ currency }) => (currency === null ? [] : [currency])),
  ]
}

const farAway = new Date('9999-01-01T00:00:00Z')

export interface Boundary {
  plan: PlanName
  period: Period
  previous: Period
  anchor: Date
  index: number
}

/** The boundary at which an account's next period begins. */
export function nextBoundary(account: Account, plan: PlanName): Boundary {
  const anchor = account.anchor_at ?? account.period_end
  const index = account.period_index + 1
  return {
    plan,
    anchor,
    index,
    period: periodOf(anchor, index),
    previous: { from: account.period_start, to: periodOf(anchor, index).from },
  }
}

/** What is known at a boundary, of the operator's own rows. */
export async function loadFacts(
  unit: UnitOfWork,
  deps: Deps,
  { plan, period, previous, anchor, index }: Boundary,
  isFree: (of: LineOf) => boolean,
): Promise<PeriodFacts> {
  const until = new Date(period.from.getTime() + 1)
  const standing = await charges.listChargesWithin(unit.tx, previous.from, until)
  const used = await usage.sumUsage(unit.tx, previous.from, previous.to)
  const subscriptions = [...standing, ...used].map((row) => row.subscription_id)
  const lastRuns = await charges.listLastActive(unit.tx, subscriptions, previous.from, previous.to)
  const begins = firstCharged(standing)
  const caps = await usage.listCaps(unit.tx)
  const names = await namesOf(unit, deps, subscriptions)
  return {
    plan,
    period,
    previous,
    month: { from: monthsAfter(anchor, index - 1), to: period.from },
    charges: standing,
    used,
    caps,
    hasRun: ({ subscription_id: id, from_at: from }) =>
      (lastRuns.get(id)?.getTime() ?? -Infinity) >= (begins.get(id) ?? from).getTime(),
    nameOf: (service, business) => `${names.service(service).name} · ${names.business(business)}`,
    isFree,
  }
}

/** When each subscription was first charged, by its charges from the oldest on: another price begins no new trial. */
function firstCharged(standing: readonly charges.Charge[]): Map<string, Date> {
  return new Map(standing.toReversed().map((charge) => [charge.subscription_id, charge.from_at]))
}

/** What may be taken off and what pays before the card; at a boundary also what is left of the credit of the period before. */
export async function loadTerms(
  unit: UnitOfWork,
  deps: Pick<Deps, 'directory'>,
  terms: { plan: PlanName; currency: PlanCurrency; rates: Rates; period: Period; previous?: Period },
): Promise<Terms> {
  const { plan, currency, rates, period, previous } = terms
  const left = await offers.sumCredits(unit.tx, currency)
  const { used, returned } = await store.sumServiceCredit(unit.tx, period.from)
  const before = previous ? await store.sumServiceCredit(unit.tx, previous.from) : undefined
  const coupons = await offers.listRedemptions(unit.tx)
  const service = serviceCreditIn(plan, currency, rates) - BigInt(used - returned)
  const credits: Credits = {
    service: service > 0n ? service : 0n,
    granted: BigInt(left.granted),
    account: BigInt(left.account),
  }
  return {
    currency,
    rates,
    credits,
    returned: BigInt(before?.returned ?? 0),
    bundles: await offers.listOffered(deps.directory),
    coupons: coupons.map(couponOf),
  }
}

export const couponOf = (row: offers.Redemption): Coupon => ({
  id: row.id,
  code: row.code,
  percent: row.percent,
  amount: row.amount === null ? null : BigInt(row.amount),
  currency: row.currency,
  appliesTo: row.applies_to,
})

/** A plan's service credit for one period, in the account's currency. */
export function serviceCreditIn(plan: PlanName, currency: PlanCurrency, rates: Rates): bigint {
  const credit = BigInt(plans[plan].serviceCredit)
  if (currency === 'USD') return credit
  const rate = rates.get('USD')
  if (rate === undefined) throw new Error(`there is no rate from USD to ${currency}`)
  return convert(credit, 'USD', currency, rate).converted
}
