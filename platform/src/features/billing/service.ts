import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import { withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { enqueue } from '../../jobs/define.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { getOrganisation } from '../identity/index.ts'
import { convert } from '../ledger/index.ts'
import { accountNow, ensureAccount, lockAccount, type Account } from './account.ts'
import * as store from './account-store.ts'
import { startPlan } from './boundary.ts'
import { openMissingCharges } from './charges.ts'
import { titleOf } from './invoice/asks.ts'
import { loadRates, serviceCreditIn, type Rates } from './invoice/facts.ts'
import * as invoices from './invoice/store.ts'
import { turnJob } from './jobs.ts'
import { requireKeepable } from './limits.ts'
import * as offers from './offer-store.ts'
import { isPausing, planNames, plans, type PlanCurrency, type PlanName } from './plans.ts'
import { money, spanOf } from './present.ts'
import { foreseeResuming } from './resuming.ts'
import { reschedule } from './schedule.ts'
import type { BillingAccount, PlanChoice } from './schemas.ts'
import { bringClock } from './stripe-clock.ts'
import { turnAccount } from './turn.ts'

/** What the plans come to in a currency: converted at the day's rate, without what converting costs. */
export async function ratesOfPlans(deps: Deps, currency: PlanCurrency): Promise<Rates> {
  return loadRates(deps, ['USD'], currency, deps.clock())
}

/** An operator's billing as it stands; plans are priced in the currency that is fixed, or else in the one that is asked for. */
export async function getBilling(
  deps: Deps,
  actor: Actor,
  asked: PlanCurrency = 'USD',
): Promise<z.infer<typeof BillingAccount>> {
  requireOrganisationKind(actor, 'operator')
  const known = await withUnitOfWork(deps, actor, (unit) => store.findAccount(unit.tx))
  const currency = known?.currency ?? asked
  const rates = await ratesOfPlans(deps, currency)
  const resuming = known && (await foreseeResuming(deps, actor, known))
  return withUnitOfWork(deps, actor, async (unit) => ({
    ...(await describe(unit, deps, await ensureAccount(unit), { currency, rates })),
    resuming: resuming?.shown ?? null,
  }))
}

async function describe(
  unit: UnitOfWork,
  deps: Deps,
  account: Account,
  { currency, rates }: { currency: PlanCurrency; rates: Rates },
): Promise<Omit<z.infer<typeof BillingAccount>, 'resuming'>> {
  const served = await store.listServedBusinesses(unit.tx)
  const resting = new Set((await store.listResting(unit.tx)).map((row) => row.business_id))
  const unpaid = (await invoices.listUnpaid(unit.tx)).filter(({ card }) => card > 0)
  const [open] = unpaid
  const coupons = await offers.listRedemptions(unit.tx)
  return {
    state: account.state,
    plan: account.plan,
    currency: account.currency,
    trialEndsAt: account.trial_ends_at.toISOString(),
    period: spanOf({ from: account.period_start, to: account.period_end }),
    endsAt: account.ends_at?.toISOString() ?? null,
    graceEndsAt: account.grace_ends_at?.toISOString() ?? null,
    nextAttemptAt: open?.next_attempt_at?.toISOString() ?? null,
    now: accountNow(unit, account).toISOString(),
    mayAdvanceClock: deps.stripe.mode !== 'live',
    limits: {
      businesses: account.plan && account.state !== 'trialing' ? plans[account.plan].businesses : null,
      served: served.filter(({ id }) => !resting.has(id)).length,
    },
    resting: served
      .filter(({ id }) => resting.has(id))
      .map(({ id, name }) => ({ id: encodeId(idPrefixes.business, id), name })),
    credit: await creditOf(unit, account, currency, rates),
    paymentMethod: account.payment_method && {
      brand: account.payment_method.brand,
      last4: account.payment_method.last4,
      expiresAt: account.payment_method.expires,
    },
    openInvoices: unpaid.map(toOpenInvoice),
    owed: open ? owedOf(unpaid, open.currency) : null,
    coupons: coupons.map((row) => ({
      code: row.code,
      words: couponInWords(row),
      monthsLeft: row.months === null ? null : row.months - row.used,
    })),
    plans: planNames.map((plan) => toPlan(plan, currency, rates)),
  }
}

const toOpenInvoice = (
  invoice: invoices.InvoiceRow,
): z.infer<typeof BillingAccount>['openInvoices'][number] => ({
  id: encodeId(idPrefixes.invoice, invoice.id),
  total: money(invoice.card + invoice.tax, invoice.currency),
  number: invoice.number,
  madeAt: invoice.made_at.toISOString(),
  failure: invoice.failure,
  hostedUrl: invoice.hosted_url,
})

const toPlan = (
  plan: PlanName,
  currency: PlanCurrency,
  rates: Rates,
): z.infer<typeof BillingAccount>['plans'][number] => ({
  plan,
  price: money(priceIn(plan, currency, rates), currency),
  serviceCredit: money(serviceCreditIn(plan, currency, rates), currency),
  businesses: plans[plan].businesses,
})

/** What open invoices come to, with tax. */
export function owedOf(unpaid: readonly invoices.InvoiceRow[], currency: string) {
  return money(
    unpaid.reduce((sum, { card, tax }) => sum + card + tax, 0),
    currency,
  )
}

/** A plan's price in a currency, with what converting costs. */
export function priceIn(plan: keyof typeof plans, currency: PlanCurrency, rates: Rates): bigint {
  return convert(BigInt(plans[plan].price), 'USD', currency, rates.get('USD') ?? '1').total
}

async function creditOf(unit: UnitOfWork, account: Account, currency: PlanCurrency, rates: Rates) {
  const left = await offers.sumCredits(unit.tx, currency)
  const whole =
    account.plan && !isPausing(account.state) ? serviceCreditIn(account.plan, currency, rates) : null
  const { used: everUsed, returned } = await invoices.sumServiceCredit(unit.tx, account.period_start)
  // An invoice may have used what was left of the period before besides: of this one's it used no more than all.
  const used = Math.max(0, Math.min(everUsed, Number(whole ?? 0)) - returned)
  return {
    service:
      whole === null
        ? null
        : {
            whole: money(whole, currency),
            used: money(used, currency),
            left: money(Math.max(0, Number(whole) - used), currency),
          },
    granted: money(left.granted, currency),
    account: money(left.account, currency),
  }
}

export function couponInWords(coupon: {
  percent: number | null
  amount: number | null
  currency: string | null
  applies_to: 'plan' | 'services' | 'all'
}): string {
  const what = { plan: 'the plan', services: 'services', all: 'everything' }[coupon.applies_to]
  if (coupon.percent !== null) return `${coupon.percent} % off ${what}`
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: coupon.currency ?? 'USD' })
  return `${format.format((coupon.amount ?? 0) / 100)} off ${what}`
}

/** Refuses who may not change what is paid for. */
export function requireBiller(actor: Actor): void {
  requireOrganisationKind(actor, 'operator')
  requireRole(actor, 'manager')
}

/**
 * Chooses a plan or changes it. In the trial it begins when the trial ends; without one at once; within a period at
 * once too, and the difference is invoiced or given back right after.
 */
export async function choosePlan(unit: UnitOfWork, choice: z.infer<typeof PlanChoice>): Promise<void> {
  requireBiller(unit.actor)
  await ensureAccount(unit)
  const account = await lockAccount(unit)
  const currency = requireCurrency(account, choice.currency)
  if (account.plan_change)
    throw new ProblemError('conflict', {
      detail: 'A change of plan is being invoiced: ask again in a moment.',
    })
  requireAsSeen(account, choice.seen)
  const now = accountNow(unit, account)
  const keep = choice.keep?.map((id) => decodeId(idPrefixes.business, id))
  await requireKeepable(unit, choice.plan, keep)
  const kept = keep ?? account.kept_businesses
  const isWithin = ['active', 'past_due', 'grace', 'paused'].includes(account.state)
  const isChange = isWithin && account.plan !== null && account.plan !== choice.plan
  const isKeeping = choice.keep !== undefined && isWithin
  await store.updateAccount(unit.tx, {
    plan: choice.plan,
    currency,
    ends_at: null,
    kept_businesses: kept ?? null,
    ...(account.plan && (isChange || isKeeping)
      ? { plan_change: { from: account.plan, at: now.toISOString() } }
      : {}),
  })
  await (isPausing(account.state) && account.state !== 'paused'
    ? restart(unit, account, now)
    : reschedule(unit))
  await audit(unit, 'plan.change', { plan: choice.plan, from: account.plan, currency })
  if (choice.plan !== account.plan) unit.emit('plan.changed', { plan: choice.plan, from: account.plan })
  await enqueue(unit, turnJob, { organisation: unit.actor.organisation }, { key: unit.actor.organisation })
}

function requireAsSeen(account: Account, seen: z.infer<typeof PlanChoice>['seen']): void {
  if (!seen || (seen.plan === account.plan && seen.state === account.state)) return
  const stands =
    account.plan && !isPausing(account.state) ? `you are on ${titleOf(account.plan)}` : 'you are on no plan'
  throw new ProblemError('conflict', {
    detail: `Your billing changed since you looked: ${stands} now. Nothing was done. Look once more at what a change comes to.`,
  })
}

/** What an account pays in: what was fixed, or else what is asked for. */
export function requireCurrency(account: Account, asked: PlanCurrency | undefined): PlanCurrency {
  if (!account.currency) return asked ?? 'USD'
  if (asked && asked !== account.currency)
    throw new ProblemError('conflict', {
      detail: `This account pays in ${account.currency}, which was fixed when its first plan was chosen.`,
    })
  return account.currency
}

/** From no plan to one: everything runs again at once. What was not paid before is paid first. */
async function restart(unit: UnitOfWork, account: Account, now: Date): Promise<void> {
  if ((await invoices.listUnpaid(unit.tx)).some(({ failure }) => failure !== null))
    throw new ProblemError('conflict', {
      detail: 'An invoice is still open: pay it under Billing first, then choose a plan.',
    })
  // The last invoice of a plan that ended asked for everything up to its end.
  await startPlan(unit, now, account.state === 'cancelled' ? account.period_end : undefined)
  await openMissingCharges(unit, now)
  unit.emit('billing.resumed', {})
}

/**
 * Ends the plan with its period; until then nothing changes, and choosing one again takes it back. Of an account that is
 * paused what is open stays due, and paying it begins no new period.
 */
export async function cancelPlan(unit: UnitOfWork): Promise<void> {
  requireBiller(unit.actor)
  await ensureAccount(unit)
  const account = await lockAccount(unit)
  if (!account.plan || (isPausing(account.state) && account.state !== 'paused'))
    throw new ProblemError('conflict', { detail: 'There is no plan to end.' })
  await store.updateAccount(
    unit.tx,
    account.state === 'trialing' ? { plan: null, currency: null } : { ends_at: account.period_end },
  )
  await reschedule(unit)
  await audit(unit, 'plan.cancel', { plan: account.plan })
  if (account.state === 'trialing') unit.emit('plan.changed', { plan: null, from: account.plan })
}

/** Puts an account's own time ahead, where no real money is moved, and does everything that comes due meanwhile. */
export async function advanceClock(deps: Deps, actor: Actor, days: number): Promise<void> {
  requireBiller(actor)
  if (deps.stripe.mode === 'live')
    throw new ProblemError('conflict', { detail: 'Real money is moved here: its clock cannot be put ahead.' })
  for (let day = 0; day < days; day++) {
    await withUnitOfWork(deps, actor, async (unit) => {
      await ensureAccount(unit)
      const account = await lockAccount(unit)
      await store.updateAccount(unit.tx, { clock_ahead_ms: account.clock_ahead_ms + 86_400_000 })
    })
    await turnAccount(deps, actor.organisation)
  }
  await bringClock(deps, actor.organisation)
}

/** Redeems a coupon: from the next invoice on. */
export async function redeemCoupon(unit: UnitOfWork, deps: Deps, given: string): Promise<void> {
  requireBiller(unit.actor)
  const account = await ensureAccount(unit)
  const now = accountNow(unit, account)
  const coupon = await offers.findCoupon(deps.directory, given.toUpperCase())
  if (!coupon || (coupon.redeem_by && coupon.redeem_by < now))
    throw new ProblemError('not-found', {
      detail: 'There is no such code, or its time is over. Look at it once more as it was given to you.',
    })
  const { id, code, percent, amount, currency, applies_to, months } = coupon
  const isNew = await offers.insertRedemption(unit.tx, {
    organisation_id: unit.actor.organisation,
    coupon_id: id,
    redeemed_at: now,
    code,
    percent,
    amount,
    currency,
    applies_to,
    months,
  })
  if (!isNew) throw new ProblemError('already-exists', { detail: 'You redeemed this code already.' })
  await audit(unit, 'coupon.redeem', { coupon: encodeId(idPrefixes.coupon, id) })
}

/** Has an open invoice charged again at once. */
export async function askForPayment(unit: UnitOfWork, id: string): Promise<void> {
  requireBiller(unit.actor)
  const account = await ensureAccount(unit)
  const row = await invoices.lockInvoice(unit.tx, decodeId(idPrefixes.invoice, id))
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such invoice in your organisation.' })
  if (row.state !== 'draft' && row.state !== 'open')
    throw new ProblemError('conflict', { detail: `The invoice is ${row.state}: there is nothing to charge.` })
  await invoices.updateInvoice(unit.tx, row.id, { next_attempt_at: accountNow(unit, account) })
  await reschedule(unit)
  await enqueue(unit, turnJob, { organisation: unit.actor.organisation }, { key: unit.actor.organisation })
  await audit(unit, 'invoice.try', { invoice: id })
}

export async function organisationName(unit: UnitOfWork): Promise<string> {
  return (await getOrganisation(unit)).name
}

/** What documents of money that is not real say of themselves. */
export function noteOf({ stripe }: Pick<Deps, 'stripe'>): string | null {
  if (stripe.mode === 'simulator') return 'Stripe simulator: no real money moves.'
  return stripe.mode === 'test' ? 'Stripe test mode: no real money moves.' : null
}
