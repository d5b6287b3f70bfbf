import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { convert, prorate } from '../ledger/index.ts'
import type { Account } from './account-store.ts'
import { planAsk } from './invoice/asks.ts'
import type { Asked } from './invoice/build.ts'
import { couponOf, type Rates } from './invoice/facts.ts'
import { applyOffers, type Coupon } from './invoice/offers.ts'
import * as invoices from './invoice/store.ts'
import * as offers from './offer-store.ts'
import type { PlanCurrency, PlanName } from './plans.ts'
import { unusedPlan } from './take-backs.ts'

/** What a change of plan within a period comes to, in the account's currency. */
interface PlanDifference {
  /** The rest of the period on the new plan, as it is priced. */
  rest: Asked
  /** What takes a percentage off it. */
  coupons: Coupon[]
  /** The rest of the period, converted and less those. */
  amount: bigint
  /** What of the present plan is not used. */
  unused: bigint
}

interface Change {
  account: Account
  plan: PlanName
  currency: PlanCurrency
  rates: Rates
}

/**
 * Prices the rest of a period on another plan; undefined where nothing is left of it. Percentages that the period's
 * plan had off come off again; an amount came off the period's invoice, and does not come off twice.
 */
export async function priceChange(
  unit: UnitOfWork,
  { account, plan, currency, rates }: Change,
  at: Date,
): Promise<PlanDifference | undefined> {
  if (at >= account.period_end) return undefined
  const period = { from: account.period_start, to: account.period_end }
  const whole = planAsk(plan, period)
  const span = { from: at, to: period.to }
  const rest = { ...whole, span, amount: prorate(whole.amount, span, period) }
  const lines = await invoices.listPlanLines(unit.tx, period.from)
  const names = lines.flatMap(({ discounts }) => discounts.map(({ name }) => name))
  const coupons = (await offers.listPercentages(unit.tx, names)).map(couponOf)
  const { total: gross } = convert(rest.amount, rest.currency, currency, rates.get(rest.currency) ?? '1')
  const [off] = applyOffers([{ kind: 'plan', of: null, gross }], {
    bundles: [],
    coupons,
    currency,
    rates,
  }).lines
  const unused = await unusedPlan(unit, period, at)
  return { rest, coupons, amount: gross - (off?.discount ?? 0n), unused: unused > 0n ? unused : 0n }
}
