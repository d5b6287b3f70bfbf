import { idAt, type Call, type Route } from './call.ts'
import { listed, readPage } from './lists.ts'
import { missing } from './refusal.ts'
import type { World } from './world.ts'

/** One unit of this currency in all others. */
function rateOf(
  { terms }: World,
  currency: string,
): { id: string; object: 'exchange_rate'; rates: Record<string, number> } {
  const own = terms.rates[currency]
  if (own === undefined) throw missing('exchange rate', currency)
  const rates = Object.entries(terms.rates).map(
    ([name, rate]) => [name, Math.round((own / rate) * 1e6) / 1e6] as const,
  )
  return { id: currency, object: 'exchange_rate', rates: Object.fromEntries(rates) }
}

export const exchangeRateRoutes: Route[] = [
  [
    'GET',
    '/v1/exchange_rates',
    ({ world, params }: Call) =>
      listed(
        readPage(params),
        Object.keys(world.terms.rates)
          .sort()
          .map((each) => rateOf(world, each)),
        '/v1/exchange_rates',
        false,
      ),
  ],
  ['GET', '/v1/exchange_rates/:', (call) => rateOf(call.world, idAt(call))],
]
