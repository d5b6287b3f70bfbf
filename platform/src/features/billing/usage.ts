import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { ensureAccount, accountNow, type Account } from './account.ts'
import { findAccount, holdAccount } from './account-store.ts'
import * as charges from './charge-store.ts'
import * as store from './usage-store.ts'

/** What a service may cost a business by use in a month when the operator set nothing: three monthly prices, or this many minor units. */
const monthlyPrices = 3
const withoutMonthly = 2_000

/** The cap of a service in minor units of its price's currency; null where nothing is priced by use. */
export function capOf(price: charges.PriceValue, set: number | null): number | null {
  if (price.usage.length === 0) return null
  return set ?? (price.monthly ? price.monthly.amount * monthlyPrices : withoutMonthly)
}

interface CostOfUse {
  used: store.Used
  charged: number
  amount: number
}

/** One unit's use within a period, less what is included, at each price; what is included is used first. */
export function costOfUse(used: readonly store.Used[]): CostOfUse[] {
  const left = new Map<string, number>()
  return used.map((each) => {
    const key = `${store.placeOf(each)} ${each.unit}`
    const included = left.get(key) ?? each.included
    const free = Math.min(included, each.count)
    left.set(key, included - free)
    const charged = each.count - free
    return { used: each, charged, amount: charged * each.unit_price }
  })
}

/**
 * What of a period's use is asked for: with each price at most the cap that it had, and what was used before a cap was
 * set. `within` are the charges of the period, from the oldest on; `caps` what operators set, by service and business.
 */
export function chargeUse(
  used: readonly store.Used[],
  within: readonly charges.Charge[],
  caps: ReadonlyMap<string, Pick<store.Cap, 'amount' | 'spent_before'>>,
): (CostOfUse & { asked: number })[] {
  const spent = new Map<string, number>()
  return costOfUse(used).map((cost) => {
    const place = store.placeOf(cost.used)
    const before = spent.get(place) ?? 0
    const price = priceOf(cost.used, within)
    const set = caps.get(place)
    const cap = price ? capOf(price, set?.amount ?? null) : null
    const most = Math.max(cap ?? Infinity, set?.spent_before ?? 0)
    const asked = Math.min(cost.amount, Math.max(0, most - before))
    spent.set(place, before + asked)
    return { ...cost, asked }
  })
}

/** The price under which something was used: what a subscription costs may change within a period. */
function priceOf(used: store.Used, within: readonly charges.Charge[]): charges.PriceValue | undefined {
  const prices = within
    .filter((charge) => charge.subscription_id === used.subscription_id && charge.price.usage.length > 0)
    .map(({ price }) => price)
  const isAt = ({ unit, price, included }: charges.PriceValue['usage'][number]) =>
    unit === used.unit &&
    price.amount === used.unit_price &&
    price.currency === used.currency &&
    included === used.included
  return prices.findLast(({ usage }) => usage.some(isAt)) ?? prices.at(-1)
}

interface Cause {
  /** UUID of the execution or the action. */
  id: string
  subscription: string
}

/** Counts what was done, in the transaction that does it: of subscriptions whose price is by use, past their trial. */
export async function meter(unit: UnitOfWork, per: string, causes: readonly Cause[]): Promise<void> {
  if (causes.length === 0) return
  // Whose account has not begun is charged nothing: it begins with the first execution, if not before.
  if (per === 'execution') await ensureAccount(unit)
  // Held, so that what is counted in a period is there when its invoice is written; the clocks of two machines may differ.
  const account = await holdAccount(unit.tx)
  if (!account) return
  const now = later(accountNow(unit, account), account.period_start)
  if (per === 'execution') {
    const ids = [...new Set(causes.map(({ subscription }) => subscription))]
    await charges.recordActivity(unit.tx, unit.actor.organisation, ids, now)
  }
  const open = await charges.findOpenCharges(
    unit.tx,
    causes.map(({ subscription }) => subscription),
  )
  const priced = new Map(
    open
      .filter((charge) => charge.from_at <= now && charge.price.usage.length > 0)
      .map((charge) => [charge.subscription_id, charge]),
  )
  const rows = causes.flatMap(({ id, subscription }) => {
    const charge = priced.get(subscription)
    const prices = charge?.price.usage.filter((price) => (price.per ?? 'execution') === per) ?? []
    return charge ? prices.map((price) => usageOf(charge, price, id, now)) : []
  })
  if (rows.length === 0) return
  await store.insertUsage(unit.tx, rows)
  await closeReached(unit, account, [...priced.values()])
}

const later = (one: Date, other: Date): Date => (one < other ? other : one)

function usageOf(
  charge: charges.Charge,
  { unit, price, included, per }: charges.PriceValue['usage'][number],
  cause: string,
  at: Date,
): store.NewUsage {
  const { organisation_id, subscription_id, business_id, service_id, provider_id } = charge
  return {
    organisation_id,
    subscription_id,
    business_id,
    service_id,
    provider_id,
    unit,
    per: per ?? 'execution',
    currency: price.currency,
    unit_price: price.amount,
    included,
    cause_id: cause,
    at,
  }
}

/** What has reached its cap runs no more until the next period. */
async function closeReached(
  unit: UnitOfWork,
  account: Account,
  open: readonly charges.Charge[],
): Promise<void> {
  const costs = costOfUse(await store.sumUsage(unit.tx, account.period_start, farAway, open))
  const caps = await store.listCaps(unit.tx, open)
  for (const charge of open) {
    const place = store.placeOf(charge)
    const cap = caps.get(place)
    const limit = capOf(charge.price, cap?.amount ?? null)
    const spent = costs
      .filter(({ used }) => store.placeOf(used) === place)
      .reduce((sum, { amount }) => sum + amount, 0)
    if (limit === null || spent === 0 || cap?.reached_at) continue
    if (spent < limit) {
      await tellIfNear(unit, account, charge, { spent, limit, isTold: Boolean(cap?.near_at) })
      continue
    }
    await store.saveCap(unit.tx, unit.actor.organisation, charge, {
      reached_at: accountNow(unit, account),
    })
    unit.emit('usage.capped', {
      subscription: encodeId(idPrefixes.subscription, charge.subscription_id),
      business: encodeId(idPrefixes.business, charge.business_id),
    })
  }
}

const nearPercent = 80

async function tellIfNear(
  unit: UnitOfWork,
  account: Account,
  charge: charges.Charge,
  { spent, limit, isTold }: { spent: number; limit: number; isTold: boolean },
): Promise<void> {
  if (isTold || spent * 100 < limit * nearPercent) return
  await store.saveCap(unit.tx, unit.actor.organisation, charge, {
    near_at: accountNow(unit, account),
  })
  const currency = charge.price.usage[0]?.price.currency ?? 'USD'
  unit.emit('usage.near-cap', {
    subscription: encodeId(idPrefixes.subscription, charge.subscription_id),
    business: encodeId(idPrefixes.business, charge.business_id),
    spent: { amount: spent, currency },
    cap: { amount: limit, currency },
  })
}

/** Later than anything that was counted. */
const farAway = new Date('9999-01-01T00:00:00Z')

/** An action that was taken back within its period costs nothing. */
export async function unmeter(unit: UnitOfWork, action: string): Promise<void> {
  const account = await findAccount(unit.tx)
  if (account) await store.markUndone(unit.tx, decodeId(idPrefixes.action, action), accountNow(unit, account))
}
