export type Plan = 'starter' | 'professional' | 'enterprise'
export type Currency = 'USD' | 'EUR' | 'GBP'
/** Test cards by what becomes of them. */
export type Card = 'good' | 'other' | 'declining' | 'refund-fails'

/** What is sold. Whoever and whatever is planned is known by a number. */
export interface PlannedService {
  number: number
  provider: number
  pricing: {
    monthly?: { amount: number; currency: Currency }
    usage?: { unit: string; price: { amount: number; currency: Currency }; per?: string; included?: number }[]
    trialDays?: number
  }
}

/** A service of a business, by numbers. */
export interface Of {
  operator: number
  business: number
  service: number
}

/** What somebody does, as it is planned. Everything that it names was there before, as far as the plan can know. */
export type Deed =
  | { kind: 'provider joins'; provider: number }
  | { kind: 'service is published'; service: PlannedService }
  | { kind: 'provider onboards'; provider: number; country: string; give: 'all' | 'no-bank' }
  | { kind: 'account stands'; provider: number; isRestricted: boolean }
  | { kind: 'schedule is put'; provider: number; schedule: 'daily' | 'weekly' | 'monthly' }
  | { kind: 'launch provider is named'; provider: number }
  | { kind: 'coupon is made'; code: string; body: object }
  | { kind: 'bundle is made'; services: number[]; percent: number }
  | { kind: 'operator joins'; operator: number; currency: Currency }
  | { kind: 'business is added'; operator: number; business: number }
  | { kind: 'plan is chosen'; operator: number; plan: Plan; keep?: number[] }
  | { kind: 'plan is cancelled'; operator: number }
  | { kind: 'card is given'; operator: number; card: Card }
  | ({ kind: 'business subscribes' } & Of)
  | ({ kind: 'subscription is cancelled' } & Of)
  | ({ kind: 'money is asked back' } & Of)
  | ({ kind: 'cap is set'; amount: number } & Of)
  | ({ kind: 'service was down'; downHours: number } & Of)
  | { kind: 'coupon is redeemed'; operator: number; code: string }
  | { kind: 'credit is granted'; operator: number; amount: number }
  | { kind: 'payment is asked'; operator: number }
  | {
      kind: 'line is refunded'
      operator: number
      line: number
      percent: number
      way: 'card' | 'account_credit'
    }
  | { kind: 'charge is disputed'; operator: number; percent: number }
  | { kind: 'dispute is closed'; operator: number; isWon: boolean }

export type Happening = Deed & { day: number }
export type Kind = Deed['kind']

/** A time in which nothing of a service runs for a business. */
export interface Idle extends Of {
  from: number
  until: number
}

export interface PlannedYear {
  /** Noon (UTC) of the first day. */
  start: Date
  /** How many days are told, those in which everything comes to rest at the end included. */
  days: number
  operators: number
  happenings: Happening[]
  idle: Idle[]
  services: PlannedService[]
}

export const nameOf = {
  operator: (n: number) => `Operator ${String(n).padStart(4, '0')}`,
  provider: (n: number) => `Provider ${String(n).padStart(3, '0')}`,
  business: (operator: number, n: number) =>
    `Business ${String(operator).padStart(4, '0')}-${String(n).padStart(3, '0')}`,
  service: (n: number) => `service-${String(n).padStart(3, '0')}`,
}

export const servicesEach = 2
export const providerOf = (service: number): number => Math.floor(service / servicesEach)

/** Who takes part in a happening: what concerns the same one is done in order. */
export function partiesOf(happening: Happening): string[] {
  if ('operator' in happening) {
    const own = `operator ${happening.operator}`
    // Whoever subscribes first is an earlier customer of a launch provider.
    return happening.kind === 'business subscribes'
      ? [own, `provider ${providerOf(happening.service)}`]
      : [own]
  }
  if (happening.kind === 'service is published') return [`provider ${happening.service.provider}`]
  return 'provider' in happening ? [`provider ${happening.provider}`] : ['platform']
}
