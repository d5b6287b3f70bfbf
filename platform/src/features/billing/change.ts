import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { convert, prorate } from '../ledger/index.ts'
import type { Account } from './account-store.ts'
import { planAsk, titleOf } from './invoice/asks.ts'
import { buildInvoice, type Asked, type BuiltInvoice } from './invoice/build.ts'
import { couponOf, loadTerms, type Rates } from './invoice/facts.ts'
import { applyOffers, couponsOfRest, type Coupon } from './invoice/offers.ts'
import * as invoices from './invoice/store.ts'
import * as offers from './offer-store.ts'
import type { PlanCurrency, PlanName } from './plans.ts'
import { unusedPlan } from './take-backs.ts'

interface Change {
  account: Account
  from: PlanName
  plan: PlanName
  currency: PlanCurrency
  rates: Rates
}

/** What a change of plan within a period comes to, in the account's currency. */
interface PlanDifference {
  /** The rest of the period on the new plan, converted and less what comes off it. */
  amount: bigint
  /** What of the present plan is not used. */
  unused: bigint
  /** What is given back: the new plan comes to less than is unused. */
  back: bigint
  /** The invoice of what it comes to above that. */
  built: BuiltInvoice | undefined
}

/** Builds a change to another plan for the rest of the period; undefined where nothing is left of it. */
export async function buildChange(
  unit: UnitOfWork,
  deps: Pick<Deps, 'directory'>,
  change: Change,
  at: Date,
): Promise<PlanDifference | undefined> {
  const { account, from, plan, currency, rates } = change
  if (at >= account.period_end) return undefined
  const period = { from: account.period_start, to: account.period_end }
  const unused = await unusedPlan(unit, period, at)
  const { rest, coupons, amount } = await priceRest(unit, change, at)
  const back = unused > amount ? unused - amount : 0n
  if (amount <= unused) return { amount, unused, back, built: undefined }
  const description = `${titleOf(plan)} instead of ${titleOf(from)} for the rest of the period`
  const code = `Not used of the ${titleOf(from)} plan`
  const paid: Coupon = { id: code, code, percent: null, amount: unused, currency, appliesTo: 'plan' }
  const terms = await loadTerms(unit, deps, { plan, currency, rates, period })
  const built = buildInvoice([{ ...rest, description }], {
    ...terms,
    coupons: unused > 0n ? [...coupons, paid] : coupons,
    bundles: [],
  })
  return { amount, unused, back, built }
}

/** Prices the rest of a period on another plan, less what of the period's coupons falls on it. */
async function priceRest(unit: UnitOfWork, { account, plan, currency, rates }: Change, at: Date) {
  const period = { from: account.period_start, to: account.period_end }
  const whole = planAsk(plan, period)
  const span = { from: at, to: period.to }
  const rest: Asked = { ...whole, span, amount: prorate(whole.amount, span, period) }
  const [line] = await invoices.listPlanLines(unit.tx, period.from)
  const codes = line?.discounts.map(({ name }) => name) ?? []
  const redeemed = (await offers.listRedeemed(unit.tx, codes)).map(couponOf)
  const taken = line && {
    discounts: line.discounts,
    span: { from: line.from_at, to: line.to_at },
    currency,
  }
  const coupons = taken ? couponsOfRest(redeemed, taken, at) : []
  const { total: gross } = convert(rest.amount, rest.currency, currency, rates.get(rest.currency) ?? '1')
  const [off] = applyOffers([{ kind: 'plan', of: null, gross }], {
    bundles: [],
    coupons,
    currency,
    rates,
  }).lines
  return { rest, coupons, amount: gross - (off?.discount ?? 0n) }
}
