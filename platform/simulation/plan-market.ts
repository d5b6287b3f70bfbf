import type { Currency, Happening, PlannedService } from './happening.ts'
import { providerOf, servicesEach } from './happening.ts'
import { between, pick, type Random } from './random.ts'

const currencies: Currency[] = ['USD', 'EUR', 'GBP']
const countries = ['US', 'DE', 'GB', 'FR', 'NL']
export const coupons = [
  { code: 'WELCOME-20', body: { percent: 20, appliesTo: 'all', months: 3 } },
  { code: 'SERVICES-15', body: { percent: 15, appliesTo: 'services', months: null } },
  { code: 'PLAN-25-USD', body: { amount: { amount: 2_500, currency: 'USD' }, appliesTo: 'plan', months: 2 } },
  { code: 'LESS-10-EUR', body: { amount: { amount: 1_000, currency: 'EUR' }, appliesTo: 'all', months: 1 } },
]

/** Who sells what: providers, two services each, coupons and bundles. */
export function planMarket(random: Random, { operators, lastDay }: { operators: number; lastDay: number }) {
  const providers = 3 + Math.floor(operators / 20)
  const services = Array.from({ length: providers * servicesEach }, (_, i) => planService(random, i))
  const happenings: Happening[] = []
  for (let provider = 0; provider < providers; provider++)
    happenings.push(...planProvider(random, provider, services, lastDay))
  for (const { code, body } of coupons) happenings.push({ day: 0, kind: 'coupon is made', code, body })
  happenings.push({ day: 0, kind: 'bundle is made', services: [0, 2], percent: 15 })
  if (providers > 4) happenings.push({ day: 0, kind: 'bundle is made', services: [5, 6, 9], percent: 20 })
  return { services, happenings }
}

function planService(random: Random, number: number): PlannedService {
  const provider = providerOf(number)
  const currency = currencies[provider % 3] ?? 'USD'
  const money = (amount: number) => ({ amount, currency })
  const monthly = { monthly: money(between(random, 9, 49) * 100 + pick(random, [0, 49, 95, 99])) }
  const runs = { unit: 'run', price: money(between(random, 11, 90)), included: between(random, 0, 3) }
  const reminders = { unit: 'reminder', price: money(between(random, 25, 199)), per: 'invoice.remind' }
  const trial = { trialDays: pick(random, [7, 14, 30]) }
  const pricing = [
    monthly,
    { ...monthly, ...trial },
    { ...monthly, usage: [reminders] },
    { usage: [runs] },
    { ...monthly, ...trial, usage: [runs, reminders] },
  ][number % 5]
  return { number, provider, pricing: pricing ?? monthly }
}

/** The first two are launch providers, one of them only after it had customers. One is slow to be paid, one never can be. */
function planProvider(
  random: Random,
  provider: number,
  services: readonly PlannedService[],
  lastDay: number,
): Happening[] {
  const at = (share: number) => Math.max(1, Math.floor(lastDay * share))
  const schedule = (['daily', 'weekly', 'monthly'] as const)[provider % 3] ?? 'monthly'
  const country = countries[provider % countries.length] ?? 'US'
  const own = services.filter((service) => service.provider === provider)
  const happenings: Happening[] = [
    { day: 0, kind: 'provider joins', provider },
    ...own.map((service): Happening => ({ day: 0, kind: 'service is published', service })),
  ]
  const onboardsAt = provider === 1 ? at(0.4) : between(random, 1, 9)
  if (provider === 0) happenings.push({ day: 0, kind: 'launch provider is named', provider })
  if (provider === 1) happenings.push({ day: at(0.3), kind: 'launch provider is named', provider })
  if (provider % 7 === 2) {
    happenings.push({ day: at(0.2), kind: 'provider onboards', provider, country, give: 'no-bank' })
    return happenings
  }
  happenings.push({ day: onboardsAt, kind: 'provider onboards', provider, country, give: 'all' })
  happenings.push({ day: onboardsAt + 1, kind: 'schedule is put', provider, schedule })
  if (provider % 4 === 0) {
    happenings.push({ day: at(0.6), kind: 'account stands', provider, isRestricted: true })
    happenings.push({ day: at(0.75), kind: 'account stands', provider, isRestricted: false })
  }
  return happenings
}
