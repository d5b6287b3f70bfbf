import { encodeId, idPrefixes, type Money } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import { withUnitOfWork, type Actor } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { priceOf, type Price } from '../catalogue/index.ts'
import { convert } from '../ledger/index.ts'
import { findRate, type ExchangeRate } from '../payments/index.ts'
import { requireListed, type PublishedRelease } from '../releases/index.ts'
import { requireAskedRelease } from '../subscriptions/index.ts'
import { accountNow } from './account.ts'
import { findAccount } from './account-store.ts'
import { applyOffers, type OfferedLine } from './invoice/offers.ts'
import * as offers from './offer-store.ts'
import type { PlanCurrency } from './plans.ts'
import { money } from './present.ts'
import type { OwnPrice, OwnPriceQuery } from './schemas.ts'
import { capOf } from './usage.ts'

/** How an operator's amounts are converted today. */
interface Till {
  /** Null while it is not fixed: then nothing is converted. */
  currency: PlanCurrency | null
  /** What an amount comes to with what converting costs; undefined where there is no rate. */
  toOwn(amount: Money): Promise<bigint | undefined>
  rateFrom(currency: string): Promise<ExchangeRate | undefined>
}

/** What a service comes to for an operator in the currency that it is billed in: about, since an invoice has its own day's rate. */
export async function getOwnPrice(
  deps: Deps,
  actor: Actor,
  service: string,
  { release }: z.infer<typeof OwnPriceQuery>,
): Promise<z.infer<typeof OwnPrice>> {
  requireOrganisationKind(actor, 'operator')
  const asked = await requireAskedRelease(deps, service, release, actor)
  const price = priceOf(asked.manifest)
  const from = price.monthly?.currency ?? price.usage[0]?.price.currency ?? 'USD'
  const till = await openTill(deps, actor)
  const isConverted = till.currency !== null && till.currency !== from
  const rate = isConverted ? await till.rateFrom(from) : undefined
  return {
    currency: till.currency,
    conversion: isConverted ? (rate ? 'known' : 'unknown') : 'none',
    rate: rate ? { from, rate: rate.rate, day: rate.day } : null,
    ...(await inOwn(price, from, rate ? till : undefined)),
    bundles: await bundlesWith(deps, actor, asked, from, till),
  }
}

async function openTill(deps: Deps, actor: Actor): Promise<Till> {
  const { currency, at } = await withUnitOfWork(deps, actor, async (unit) => {
    const account = await findAccount(unit.tx)
    return { currency: account?.currency ?? null, at: account ? accountNow(unit, account) : unit.clock() }
  })
  const rateFrom = (from: string) =>
    currency === null ? Promise.resolve(undefined) : findRate(deps, from, currency, at)
  return {
    currency,
    rateFrom,
    toOwn: async ({ amount, currency: from }) => {
      if (currency === null || currency === from) return BigInt(amount)
      const rate = await rateFrom(from)
      return rate && convert(BigInt(amount), from, currency, rate.rate).total
    },
  }
}

/** Below this many minor units one of a unit is too little to be converted by itself: a hundred are. */
const littleAmount = 100

async function inOwn({ monthly, usage }: z.infer<typeof Price>, from: string, till: Till | undefined) {
  if (!till?.currency) return { monthly: null, usage: [], cap: null }
  const { currency } = till
  const own = async (amount: number) => money((await till.toOwn({ amount, currency: from })) ?? 0, currency)
  const cap = capOf({ monthly, usage, trialDays: 0 }, null)
  return {
    monthly: monthly && (await own(monthly.amount)),
    usage: await Promise.all(
      usage.map(async ({ unit, price }) => {
        const count = price.amount < littleAmount ? 100 : 1
        return { unit, count, amount: await own(price.amount * count) }
      }),
    ),
    cap: cap === null ? null : await own(cap),
  }
}

/** What this service and others come to together, by the very arithmetic of an invoice. */
async function bundlesWith(deps: Deps, actor: Actor, asked: PublishedRelease, from: string, till: Till) {
  const currency = till.currency ?? from
  const bundles = (await offers.listOffered(deps.directory)).filter(({ services }) =>
    services.includes(asked.service),
  )
  const found = await Promise.all(
    bundles.map(async (bundle) => {
      const others = bundle.services.filter((id) => id !== asked.service)
      const listed = await Promise.all(others.map((id) => findListed(deps, actor, id)))
      const rest = listed.filter((each) => each !== undefined)
      // A bundle of which something is not offered to this operator cannot be had.
      if (rest.length < others.length) return []
      return [
        {
          name: bundle.name,
          percent: bundle.percent,
          with: rest.map(({ slug, manifest }) => ({ service: slug, name: manifest.name })),
          monthly: await togetherOf([asked, ...rest], bundle, currency, till),
          isConverted: [asked, ...rest].some(({ manifest: { pricing } }) =>
            Boolean(till.currency && pricing.monthly && pricing.monthly.currency !== till.currency),
          ),
        },
      ]
    }),
  )
  return found.flat()
}

/** Null where a price of it has no rate, or nothing by the month. */
async function togetherOf(
  releases: readonly PublishedRelease[],
  bundle: { name: string; services: readonly string[]; percent: number },
  currency: string,
  till: Till,
) {
  const lines: OfferedLine[] = []
  for (const { manifest, service, provider } of releases) {
    const monthly = manifest.pricing.monthly
    const isOpen = till.currency === null && monthly?.currency !== currency
    const gross = monthly && !isOpen ? await till.toOwn(monthly) : undefined
    if (gross === undefined) return null
    const of = { charge: null, subscription: service, business: '', service, provider }
    lines.push({ kind: 'monthly', of, gross })
  }
  const off = applyOffers(lines, { bundles: [bundle], coupons: [], currency, rates: new Map() }).lines
  return money(
    lines.reduce((sum, { gross }, i) => sum + gross - (off[i]?.discount ?? 0n), 0n),
    currency,
  )
}

async function findListed(deps: Deps, actor: Actor, service: string): Promise<PublishedRelease | undefined> {
  try {
    return await requireListed(deps, encodeId(idPrefixes.service, service), actor)
  } catch (error) {
    if (error instanceof ProblemError && error.slug === 'not-found') return undefined
    throw error
  }
}
