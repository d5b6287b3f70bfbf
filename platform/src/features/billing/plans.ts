/** What operators can be on. Prices and credit in US cents a month; `businesses` is how many may be served, null for any number. */
export const plans = {
  starter: { price: 9_700, serviceCredit: 5_000, businesses: 3 },
  professional: { price: 29_700, serviceCredit: 20_000, businesses: 10 },
  enterprise: { price: 99_700, serviceCredit: 50_000, businesses: null },
} as const

export const planNames = ['starter', 'professional', 'enterprise'] as const
export type PlanName = (typeof planNames)[number]

export const planCurrencies = ['USD', 'EUR', 'GBP'] as const
export type PlanCurrency = (typeof planCurrencies)[number]

export const dayMs = 86_400_000
export const trialDays = 14
const tellTrialDays = 3
/** When a failed payment is tried again, in days after it first failed. */
export const retryDays = [1, 3, 5, 7] as const
/** How long everything still runs after the last try. */
export const graceDays = 7

export const accountStates = [
  'trialing',
  'active',
  'past_due',
  'grace',
  'paused',
  'lapsed',
  'cancelled',
] as const
export type AccountState = (typeof accountStates)[number]

/** In these nothing runs and nothing is charged; nothing is lost either. */
export function isPausing(state: AccountState): boolean {
  return state === 'paused' || state === 'lapsed' || state === 'cancelled'
}

/** When it is told that a trial ends. */
export function trialEndingAt(trialEndsAt: Date): Date {
  return new Date(trialEndsAt.getTime() - tellTrialDays * dayMs)
}
