import { withUnitOfWork, systemActor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { audit } from '../audit/index.ts'
import { asPlatform } from '../payments/index.ts'
import { accountNow, isEnding, lockAccount, type Account } from './account.ts'
import { updateAccount } from './account-store.ts'
import { buildChange } from './change.ts'
import * as charges from './charge-store.ts'
import { applyLimits } from './limits.ts'
import { freeLinesOf } from './launch.ts'
import { periodAsks } from './invoice/asks.ts'
import { buildInvoice } from './invoice/build.ts'
import {
  listCurrencies,
  loadFacts,
  loadRates,
  loadTerms,
  nextBoundary,
  type Boundary,
  type Rates,
} from './invoice/facts.ts'
import { asOperator, bookInvoice, writeInvoice } from './invoice/write.ts'
import type { PlanCurrency } from './plans.ts'
import { reopenCaps } from './usage-store.ts'
import { reschedule } from './schedule.ts'
import { takeBackIdle, takeBackPlan } from './take-backs.ts'

/** The rates that an invoice of an account needs on a day, asked before any transaction. */
async function ratesFor(deps: Deps, organisation: string, at: Date): Promise<Rates> {
  const found = await withUnitOfWork(deps, systemActor(organisation), async (unit) => {
    const account = await lockAccount(unit)
    return account.currency && { to: account.currency, from: await listCurrencies(unit, account) }
  })
  return found ? loadRates(deps, found.from, found.to, at) : new Map()
}

/** The trial ends in three days: it is told once, and not where it ended meanwhile. */
export async function tellTrialEnding(deps: Deps, organisation: string): Promise<void> {
  await withUnitOfWork(deps, systemActor(organisation), async (unit) => {
    const account = await lockAccount(unit)
    if (account.state !== 'trialing' || account.trial_told_at) return
    const now = accountNow(unit, account)
    await updateAccount(unit.tx, { trial_told_at: now })
    await reschedule(unit)
    if (now < account.trial_ends_at)
      unit.emit('trial.ending', { endsAt: account.trial_ends_at.toISOString(), plan: account.plan })
  })
}

/** The trial is over: who chose a plan goes on with its first period, who did not rests until they do. */
export async function endTrial(deps: Deps, organisation: string): Promise<void> {
  await withUnitOfWork(deps, systemActor(organisation), async (unit) => {
    const account = await lockAccount(unit)
    if (account.state !== 'trialing') return
    await (account.plan
      ? startPlan(unit, account.trial_ends_at)
      : pauseAccount(unit, 'lapsed', account.trial_ends_at))
  })
}

/** A first period begins at once, and its invoice is due: with what was used since `asked`, up to where all was asked for. */
export async function startPlan(unit: UnitOfWork, at: Date, asked?: Date): Promise<Account> {
  const account = await updateAccount(unit.tx, {
    state: 'active',
    ...(asked ? { period_start: asked } : {}),
    anchor_at: at,
    period_index: -1,
    period_end: at,
    ends_at: null,
    failing_since: null,
    grace_ends_at: null,
  })
  await reschedule(unit)
  return account
}

/** Nothing runs and nothing is charged from now on; nothing is lost. */
export async function pauseAccount(
  unit: UnitOfWork,
  state: 'paused' | 'lapsed' | 'cancelled',
  at: Date,
): Promise<void> {
  await charges.endCharges(unit.tx, 'all', at, 'paused')
  await updateAccount(unit.tx, {
    state,
    ...(state === 'paused' ? {} : { ends_at: null }),
    grace_ends_at: null,
    paused_at: state === 'paused' ? at : null,
  })
  await reschedule(unit)
  await audit(unit, 'billing.pause', { because: state })
  unit.emit('billing.paused', { because: state })
}

/** Grace is over and nothing was paid. */
export async function endGrace(deps: Deps, organisation: string): Promise<void> {
  await withUnitOfWork(deps, systemActor(organisation), async (unit) => {
    const account = await lockAccount(unit)
    if (account.state === 'grace' && account.grace_ends_at)
      await pauseAccount(unit, 'paused', account.grace_ends_at)
  })
}

/**
 * The next period begins: what the last one did not justify is given back, and the invoice for both is written and
 * booked, in one transaction. An account that was to end does so, with what is left to be asked.
 */
export async function turnPeriod(deps: Deps, organisation: string, at: Date): Promise<void> {
  const rates = await ratesFor(deps, organisation, at)
  const isFree = await freeLinesOf(deps, organisation, at)
  await asPlatform(deps, async (unit) => {
    const invoice = await asOperator(unit, organisation, async (theirs) => {
      const account = await lockAccount(theirs)
      const isRunning = ['active', 'past_due', 'grace'].includes(account.state)
      if (!isRunning || !account.plan || account.period_end.getTime() !== at.getTime()) return undefined
      const boundary = nextBoundary(account, account.plan)
      await takeBackIdle(theirs, at, boundary.previous)
      return isEnding(account, at)
        ? endWith(theirs, deps, { account, boundary, rates, isFree })
        : beginWith(theirs, deps, { account, boundary, rates, isFree })
    })
    if (invoice) await bookInvoice(unit, invoice)
  })
}

interface Turning {
  account: Account
  boundary: Boundary
  rates: Rates
  isFree: Awaited<ReturnType<typeof freeLinesOf>>
}

async function beginWith(unit: UnitOfWork, deps: Deps, turning: Turning) {
  const { period, index } = turning.boundary
  const { account, charged, built } = await beginPeriod(unit, deps, turning)
  const invoice = await writeInvoice(unit, { account, kind: 'period', index, period, at: period.from }, built)
  for (const charge of charged)
    await charges.markBilled(unit.tx, [charge.id], charge.to_at === null ? period.to : period.from)
  if ((await reopenCaps(unit.tx)) > 0) unit.emit('billing.resumed', {})
  await reschedule(unit)
  return invoice
}

/** Begins a period within the limits of its plan, and builds the invoice that it begins with. */
export async function beginPeriod(
  unit: UnitOfWork,
  deps: Deps,
  { boundary, rates, isFree, account: before }: Turning,
) {
  const { period, previous, index, anchor, plan } = boundary
  const account = await updateAccount(unit.tx, {
    anchor_at: anchor,
    period_index: index,
    period_start: period.from,
    period_end: period.to,
  })
  await applyLimits(unit, account, period.from)
  const facts = await loadFacts(unit, deps, boundary, isFree)
  const currency = before.currency as PlanCurrency
  const terms = await loadTerms(unit, deps, { plan, currency, rates, period, previous })
  return { account, charged: facts.charges, built: buildInvoice(periodAsks(facts), terms) }
}

async function endWith(unit: UnitOfWork, deps: Deps, turning: Turning) {
  const { account, boundary } = turning
  const { period, index } = boundary
  const { charged, built } = await endPeriod(unit, deps, turning)
  await charges.markBilled(
    unit.tx,
    charged.map(({ id }) => id),
    period.from,
  )
  await pauseAccount(unit, 'cancelled', period.from)
  if (!built) return undefined
  const ended = { from: period.from, to: period.from }
  const invoice = await writeInvoice(
    unit,
    { account, kind: 'period', index, period: ended, at: period.from },
    built,
  )
  await reschedule(unit)
  return invoice
}

/** Ends a period after which none begins, and builds the last invoice: what began or was used since the one before, and nothing ahead. */
export async function endPeriod(unit: UnitOfWork, deps: Deps, { account, boundary, rates, isFree }: Turning) {
  const { period, previous, plan } = boundary
  await charges.endCharges(unit.tx, 'all', period.from, 'paused')
  const facts = await loadFacts(unit, deps, boundary, isFree)
  const asked = periodAsks(facts).filter(({ kind }) => kind === 'usage' || kind === 'catch-up')
  const currency = account.currency as PlanCurrency
  const terms = await loadTerms(unit, deps, { plan, currency, rates, period, previous })
  const credits = { ...terms.credits, service: 0n }
  return {
    charged: facts.charges,
    built: asked.length === 0 ? undefined : buildInvoice(asked, { ...terms, credits }),
  }
}

/** Invoices a change to a larger plan at once, or gives the difference to a smaller one back; then the limits are the new plan's. */
export async function settleChange(deps: Deps, organisation: string, at: Date): Promise<void> {
  const rates = await ratesFor(deps, organisation, at)
  await asPlatform(deps, async (unit) => {
    const invoice = await asOperator(unit, organisation, async (theirs) => {
      const account = await lockAccount(theirs)
      if (!account.plan_change || !account.currency || !account.plan) return undefined
      const changed = await updateAccount(theirs.tx, { plan_change: null })
      await applyLimits(theirs, changed, at)
      const made = await invoiceChange(theirs, deps, account, at, rates)
      await reschedule(theirs)
      return made
    })
    if (invoice) await bookInvoice(unit, invoice)
  })
}

async function invoiceChange(unit: UnitOfWork, deps: Deps, account: Account, at: Date, rates: Rates) {
  const { plan, currency, plan_change: change } = account
  if (!plan || !currency || !change || change.from === plan) return undefined
  const made = await buildChange(unit, deps, { account, from: change.from, plan, currency, rates }, at)
  if (!made) return undefined
  const period = { from: account.period_start, to: account.period_end }
  if (made.back > 0n) await takeBackPlan(unit, period, made.back, at)
  if (!made.built) return undefined
  return writeInvoice(unit, { account, kind: 'change', index: account.period_index, period, at }, made.built)
}
