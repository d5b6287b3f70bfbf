import type { Deps } from '../../deps.ts'
import { stripeErrorOf } from '../../stripe/client.ts'
import { asPlatform } from './service.ts'
import * as store from './store.ts'

/** Units of `to` for one unit of `from`, as decimal text, on a day (UTC). */
export interface ExchangeRate {
  from: string
  to: string
  rate: string
  day: string
  source: string
}

/** What operators pay in. Prices of other currencies come into one of these. */
const quotes = ['USD', 'EUR', 'GBP'] as const

const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

/** Asks Stripe and keeps the answer as the day's; the first answer of a day stands. */
async function ask(deps: Deps, base: string, day: string): Promise<void> {
  const { rates } = await deps.stripe.exchangeRates.retrieve(base.toLowerCase())
  const known = quotes.filter((quote) => quote !== base)
  await asPlatform(deps, ({ tx, actor }) =>
    store.keepRates(
      tx,
      known.flatMap((quote) => {
        const rate = rates[quote.toLowerCase()]
        const row = { organisation_id: actor.organisation, day, base, quote, source: 'stripe' }
        return rate === undefined ? [] : [{ ...row, rate: decimalOf(rate) }]
      }),
    ),
  )
}

/** Stripe answers numbers; from here on they are exact. */
function decimalOf(rate: number): string {
  const text = String(rate)
  return text.includes('e') ? rate.toFixed(12) : text
}

/**
 * The rate of the day of `at`: asked of Stripe when the day's is not known yet, and kept, so that the same day
 * always converts alike. Speaks to Stripe: never call it within a transaction. Throws where Stripe knows no rate.
 */
export async function rateOf(deps: Deps, from: string, to: string, at: Date): Promise<ExchangeRate> {
  const known = await askedRateOf(deps, from, to, at)
  if (!known) throw new Error(`Stripe names no rate from ${from} to ${to}.`)
  return known
}

/** The same, for what is only shown: undefined where Stripe knows no rate or does not answer. */
export async function findRate(
  deps: Deps,
  from: string,
  to: string,
  at: Date,
): Promise<ExchangeRate | undefined> {
  try {
    return await askedRateOf(deps, from, to, at)
  } catch (error) {
    if (!stripeErrorOf(error)) throw error
    deps.log.warn({ err: error, from, to }, 'no rate to show')
    return undefined
  }
}

async function askedRateOf(
  deps: Deps,
  from: string,
  to: string,
  at: Date,
): Promise<ExchangeRate | undefined> {
  const day = dayOf(at)
  if (from === to) return { from, to, rate: '1', day, source: 'same currency' }
  const find = () => store.findRate(deps.directory, day, from, to)
  let row = await find()
  if (!row) {
    await ask(deps, from, day)
    row = await find()
  }
  return row && { from, to, rate: row.rate, day, source: row.source }
}

/** Asks for the rates of the day between what operators pay in. */
export async function askRates(deps: Deps): Promise<void> {
  if (deps.stripe.mode === 'off') return
  for (const base of quotes) await ask(deps, base, dayOf(deps.clock()))
}
