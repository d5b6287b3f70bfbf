import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import { withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { listSavings } from '../reports/index.ts'
import { findSubscriptions, requireSubscription, type SubscriptionRow } from '../subscriptions/index.ts'
import { accountNow, ensureAccount, lockAccount, type Account } from './account.ts'
import { findAccount } from './account-store.ts'
import * as charges from './charge-store.ts'
import { periodAsks } from './invoice/asks.ts'
import { buildInvoice, type BuiltInvoice } from './invoice/build.ts'
import { listCurrencies, loadFacts, loadRates, loadTerms, nextBoundary } from './invoice/facts.ts'
import * as invoices from './invoice/store.ts'
import * as back from './given-back-store.ts'
import { freeLinesOf } from './launch.ts'
import { namesOf, type Names } from './names.ts'
import { plans, type PlanCurrency } from './plans.ts'
import { money, namedService, spanOf, toLine, toSummary, toUpcomingLine, upcomingSums } from './present.ts'
import type { Cost, Invoice, UpcomingInvoice, Usage, UsageCap } from './schemas.ts'
import { requireBiller } from './service.ts'
import { capOf, chargeUse } from './usage.ts'
import * as usage from './usage-store.ts'

const place = z.tuple([z.uuid()])

/** The invoices of an operator, newest first. */
export async function listInvoices(unit: UnitOfWork, query: PageQuery) {
  requireOrganisationKind(unit.actor, 'operator')
  const rows = await invoices.listInvoices(unit.tx, decodeCursor(query.cursor, place)?.[0], query.limit)
  const page = pageOf(rows, query.limit, (row) => [row.id])
  const given = Map.groupBy(
    await back.listGivenBack(
      unit.tx,
      page.items.map(({ id }) => id),
    ),
    ({ invoice }) => invoice,
  )
  return {
    items: page.items.map((row) => toSummary(row, back.sumGiven(given.get(row.id) ?? []))),
    next: page.next,
  }
}

/** One invoice with its lines. */
export async function getInvoice(unit: UnitOfWork, deps: Deps, id: string): Promise<z.infer<typeof Invoice>> {
  requireOrganisationKind(unit.actor, 'operator')
  const row = await invoices.findInvoice(unit.tx, decodeId(idPrefixes.invoice, id))
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such invoice in your organisation.' })
  const lines = await invoices.listLines(unit.tx, [row.id])
  const names = await namesOf(
    unit,
    deps,
    lines.flatMap((line) => line.subscription_id ?? []),
  )
  const given = await back.listGivenBack(unit.tx, [row.id])
  const ofLines = new Map(given.map((each) => [each.line, each]))
  return {
    ...toSummary(row, back.sumGiven(given)),
    lines: lines.map((line) => toLine(line, row.currency, names, ofLines.get(line.id))),
  }
}

interface Upcoming {
  account: Account
  built: BuiltInvoice
  names: Names
  madeAt: Date
}

/** The next invoice as it would be made now; undefined while no plan goes on. */
async function buildUpcoming(deps: Deps, actor: Actor): Promise<Upcoming | undefined> {
  const asked = await withUnitOfWork(deps, actor, async (unit) => {
    const account = await ensureAccount(unit)
    return { account, currencies: await listCurrencies(unit, account), now: accountNow(unit, account) }
  })
  const { plan, currency, state } = asked.account
  const goesOn = ['trialing', 'active', 'past_due', 'grace'].includes(state) && !asked.account.ends_at
  if (!plan || !currency || !goesOn) return undefined
  const rates = await loadRates(deps, asked.currencies, currency, deps.clock())
  const isFree = await freeLinesOf(deps, actor.organisation, deps.clock())
  return withUnitOfWork(deps, actor, async (unit) => {
    const account = await ensureAccount(unit)
    const next =
      account.state === 'trialing'
        ? { ...account, anchor_at: account.trial_ends_at, period_index: -1 }
        : account
    const boundary = nextBoundary(next, plan)
    const facts = await loadFacts(unit, deps, boundary, isFree)
    const { period, previous } = boundary
    const terms = await loadTerms(unit, deps, { plan, currency, rates, period, previous })
    // What began meanwhile may still succeed before the invoice is made: it is shown as if it did.
    const built = buildInvoice(periodAsks({ ...facts, hasRun: () => true }), terms)
    const names = await namesOf(
      unit,
      deps,
      facts.charges.map((row) => row.subscription_id),
    )
    return { account: next, built, names, madeAt: boundary.period.from }
  })
}

export async function getUpcoming(deps: Deps, actor: Actor): Promise<z.infer<typeof UpcomingInvoice>> {
  requireOrganisationKind(actor, 'operator')
  const upcoming = await buildUpcoming(deps, actor)
  if (!upcoming)
    throw new ProblemError('not-found', { detail: 'No invoice comes next: choose a plan under Billing.' })
  const { account, built, names, madeAt } = upcoming
  const { plan, currency } = account as { plan: keyof typeof plans; currency: PlanCurrency }
  return {
    plan,
    isBeforeTax: deps.config.stripe.hasTax,
    period: spanOf(nextBoundary(account, plan).period),
    madeAt: madeAt.toISOString(),
    ...upcomingSums(built, currency),
    lines: built.lines.map((line) => toUpcomingLine(line, currency, names)),
  }
}

/** What was used in this period, by service and business, against each cap: of several subscriptions the newest says it. */
export async function listUsage(
  unit: UnitOfWork,
  deps: Deps,
  only: string | undefined,
): Promise<z.infer<typeof Usage>[]> {
  requireOrganisationKind(unit.actor, 'operator')
  const account = await ensureAccount(unit)
  const standing = await listCharged(unit, account)
  const shown = standing.filter(
    ({ price, subscription_id: id }) =>
      price.usage.length > 0 && (only === undefined || id === decodeId(idPrefixes.subscription, only)),
  )
  const newest = new Map(shown.map((charge) => [usage.placeOf(charge), charge]))
  return toUsages(unit, deps, account, standing, [...newest.values()])
}

/** What is charged in this period, and what will be once its trial is over; what ended in its trial never was. */
async function listCharged(unit: UnitOfWork, account: Account): Promise<charges.Charge[]> {
  const found = await charges.listChargesWithin(unit.tx, account.period_start, farAway)
  return found.filter(({ from_at: from, to_at: to }) => to === null || to > from)
}

/** Later than anything that is charged. */
const farAway = new Date('9999-01-01T00:00:00Z')

type Shown = Pick<
  charges.Charge,
  'subscription_id' | 'business_id' | 'service_id' | 'price' | 'from_at' | 'to_at' | 'ended_because'
>

async function toUsages(
  unit: UnitOfWork,
  deps: Deps,
  account: Account,
  standing: readonly charges.Charge[],
  shown: readonly Shown[],
): Promise<z.infer<typeof Usage>[]> {
  const now = accountNow(unit, account)
  const until = new Date(now.getTime() + 1)
  const caps = await usage.listCaps(unit.tx, shown)
  const used = await usage.sumUsage(unit.tx, account.period_start, until, shown)
  const costs = chargeUse(used, standing, caps)
  const names = await namesOf(
    unit,
    deps,
    shown.map((charge) => charge.subscription_id),
  )
  return shown.map((charge) =>
    toUsage(charge, { costs, set: caps.get(usage.placeOf(charge)), names, account, now }),
  )
}

interface UsageFacts {
  costs: ReturnType<typeof chargeUse>
  set: usage.Cap | undefined
  names: Names
  account: Account
  now: Date
}

function toUsage(charge: Shown, { costs, set, names, account, now }: UsageFacts): z.infer<typeof Usage> {
  const own = costs.filter(({ used }) => usage.placeOf(used) === usage.placeOf(charge))
  const currency = charge.price.usage[0]?.price.currency ?? 'USD'
  const cap = capOf(charge.price, set?.amount ?? null) ?? 0
  const spent = own.reduce((sum, { asked }) => sum + asked, 0)
  return {
    subscription: encodeId(idPrefixes.subscription, charge.subscription_id),
    business: {
      id: encodeId(idPrefixes.business, charge.business_id),
      name: names.business(charge.business_id),
    },
    service: namedService(charge.service_id, names),
    units: charge.price.usage.map(({ unit, included }) => {
      const ofUnit = own.filter(({ used }) => used.unit === unit)
      const sum = (of: (each: (typeof own)[number]) => number) =>
        ofUnit.reduce((all, each) => all + of(each), 0)
      return {
        unit,
        count: sum(({ used }) => used.count),
        included,
        charged: sum(({ charged }) => charged),
        amount: money(
          sum(({ amount }) => amount),
          currency,
        ),
      }
    }),
    spent: money(spent, currency),
    cap: money(cap, currency),
    capIsOwn: (set?.amount ?? null) !== null,
    reachedAt: set?.reached_at?.toISOString() ?? null,
    chargedFrom: charge.from_at > now ? charge.from_at.toISOString() : null,
    endedAt: charge.ended_because === 'cancelled' ? (charge.to_at?.toISOString() ?? null) : null,
    period: spanOf({ from: account.period_start, to: account.period_end }),
  }
}

/**
 * Sets what use may cost in a period. One that is above what was spent opens again at once; one that is below lets
 * nothing more run, and what was used until now is charged as it was agreed till then. In a trial nothing is spent, and
 * it holds from the first use that is charged.
 */
export async function setUsageCap(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  { amount }: z.infer<typeof UsageCap>,
): Promise<z.infer<typeof Usage>> {
  requireBiller(unit.actor)
  // Locked first, as whoever counts use holds it: nothing is counted between what is read here and what is set.
  await ensureAccount(unit)
  const account = await lockAccount(unit)
  const subscription = await requireSubscription(unit, decodeId(idPrefixes.subscription, id), true)
  requireUsagePriced(subscription)
  const now = accountNow(unit, account)
  const standing = await listCharged(unit, account)
  const charge: Shown = standing.findLast((each) => each.subscription_id === subscription.id) ?? {
    ...subscription,
    subscription_id: subscription.id,
    from_at: now,
    to_at: null,
    ended_because: null,
  }
  const caps = await usage.listCaps(unit.tx, [charge])
  const until = new Date(now.getTime() + 1)
  const used = await usage.sumUsage(unit.tx, account.period_start, until, [charge])
  const costs = chargeUse(used, standing, caps)
  const spent = costs.reduce((sum, each) => sum + each.amount, 0)
  const isReached = charge.from_at <= now && spent >= (capOf(subscription.price, amount) ?? Infinity)
  await usage.saveCap(unit.tx, unit.actor.organisation, charge, {
    amount,
    reached_at: isReached ? now : null,
    near_at: null,
    spent_before: costs.reduce((sum, { asked }) => sum + asked, 0),
  })
  await audit(unit, 'usage-cap.set', { subscription: id, amount })
  if (!isReached) unit.emit('billing.resumed', {})
  const [shown] = await toUsages(unit, deps, account, standing, [charge])
  if (!shown) throw new Error('what is shown was given')
  return shown
}

function requireUsagePriced({ price, state }: SubscriptionRow): void {
  if (price.usage.length === 0)
    throw new ProblemError('conflict', { detail: 'Nothing of this service is priced by use.' })
  if (state === 'cancelled')
    throw new ProblemError('conflict', {
      detail:
        'This subscription was cancelled: nothing more is charged for it. Subscribe the business again, then set its cap.',
    })
}

/** What each subscription cost over the last months, and what its reports say that it saved. */
export async function listCosts(
  unit: UnitOfWork,
  deps: Deps,
  months: number,
): Promise<z.infer<typeof Cost>[]> {
  requireOrganisationKind(unit.actor, 'operator')
  const account = await findAccount(unit.tx)
  if (!account) return []
  const now = accountNow(unit, account).toTemporalInstant().toZonedDateTimeISO('UTC')
  const since = new Date(now.subtract({ months }).epochMilliseconds)
  const rows = await invoices.sumCosts(unit.tx, since)
  const ids = rows.map((row) => row.subscription_id)
  const [subscriptions, names] = [await findSubscriptions(unit, ids), await namesOf(unit, deps, ids)]
  const savings = await listSavings(unit, ids, since)
  return rows.flatMap(({ subscription_id: id, currency, cost }) => {
    const row = subscriptions.get(id)
    if (!row) return []
    return [
      {
        subscription: encodeId(idPrefixes.subscription, id),
        business: {
          id: encodeId(idPrefixes.business, row.business_id),
          name: names.business(row.business_id),
        },
        service: namedService(row.service_id, names),
        cost: money(Number(cost), currency),
        saved: savings.get(id) ?? [],
      },
    ]
  })
}
