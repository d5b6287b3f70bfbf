import { currencyExponent, type Manifest } from '@bizq/sdk/contract'
import type { Finding, ManifestCheck } from '../check.ts'

const currencies = new Set(Intl.supportedValuesOf('currency'))
/** In major units of a currency with cents; a hundred times that where there are none. */
const most = 1_000

function judge(pricing: Manifest['pricing']): Finding[] {
  const usage = pricing.usage ?? []
  const prices = [
    { at: '/pricing/monthly', price: pricing.monthly },
    ...usage.map(({ price }, i) => ({ at: `/pricing/usage/${i}/price`, price })),
  ]
  const odd = prices.flatMap(({ at, price }): Finding[] => {
    if (!price) return []
    const { amount, currency } = price
    if (!currencies.has(currency)) return [{ pointer: at, detail: `${currency} is no currency of ISO 4217` }]
    const exponent = currencyExponent(currency)
    const limit = most * (exponent === 0 ? 100 : 10 ** exponent)
    if (amount <= limit) return []
    const detail = `${amount} minor units are ${amount / 10 ** exponent} ${currency} for one business`
    return [{ pointer: at, detail, expected: `at most ${limit} minor units` }]
  })
  const twice = usage.flatMap(({ unit }, i) =>
    usage.findIndex((other) => other.unit === unit) === i
      ? []
      : [
          {
            pointer: `/pricing/usage/${i}/unit`,
            detail: `“${unit}” has two prices`,
            expected: 'one for each unit',
          },
        ],
  )
  return [...odd, ...twice]
}

export const check: ManifestCheck = {
  id: 'manifest.pricing',
  stage: 'manifest',
  group: 'manifest',
  severity: 'error',
  title: 'The prices can be meant',
  why: 'A price in pounds where pence are asked, or in a currency that nobody pays in, reaches an invoice.',
  howToMend:
    'State prices in minor units (500 is 5.00), in a currency of ISO 4217, one for each unit of usage.',
  run: ({ manifest, problems }) => [
    ...problems.filter(({ pointer }) => /^\/pricing(\/|$)/.test(pointer)),
    ...(manifest ? judge(manifest.pricing) : []),
  ],
}
