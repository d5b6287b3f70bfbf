import { z } from 'zod'
import { ActionType } from './actions/index.ts'
import { idPrefixes, idSchema } from './ids.ts'
import { CurrencyCode } from './money.ts'
import { fromMajor } from './currency.ts'

/** What happens to a proposal, from the least to the most strict: of all rules the strictest wins. */
export const PolicyOutcome = z.enum(['apply', 'apply-and-tell', 'ask', 'ask-two', 'block'])
export type PolicyOutcome = z.infer<typeof PolicyOutcome>

/** The strictest of several outcomes; `apply` of none. */
export function strictest(outcomes: readonly PolicyOutcome[]): PolicyOutcome {
  const order = PolicyOutcome.options
  return order[Math.max(0, ...outcomes.map((outcome) => order.indexOf(outcome)))] ?? 'block'
}

const Time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 18:30')

/** Every condition that is given must hold. Amounts are in minor units of `currency`. */
export const PolicyCondition = z.strictObject({
  services: z.array(z.string()).min(1).optional(),
  actions: z.array(ActionType).min(1).optional(),
  risks: z
    .array(z.enum(['low', 'medium', 'high']))
    .min(1)
    .optional(),
  businesses: z.array(idSchema(idPrefixes.business)).min(1).optional(),
  tags: z.array(z.string()).min(1).optional(),
  /** Records of customers and suppliers that the action concerns. */
  counterparties: z.array(z.string()).min(1).optional(),
  stake: z
    .strictObject({
      currency: CurrencyCode,
      atLeast: z.int().min(0).optional(),
      below: z.int().min(0).optional(),
    })
    .refine((s) => s.atLeast !== undefined || s.below !== undefined, 'say atLeast, below or both')
    .optional(),
  confidence: z
    .strictObject({
      atLeast: z.number().min(0).max(1).optional(),
      below: z.number().min(0).max(1).optional(),
    })
    .refine((c) => c.atLeast !== undefined || c.below !== undefined, 'say atLeast, below or both')
    .optional(),
  /** In the business's time zone; `from` after `to` runs over midnight. Days: 1 is Monday, 7 is Sunday. */
  hours: z
    .strictObject({ from: Time, to: Time, days: z.array(z.int().min(1).max(7)).min(1).optional() })
    .optional(),
})
export type PolicyCondition = z.infer<typeof PolicyCondition>

export const PolicyRule = z.strictObject({
  name: z.string().trim().min(1).max(120),
  when: PolicyCondition,
  outcome: PolicyOutcome,
})
export type PolicyRule = z.infer<typeof PolicyRule>

export const Policy = z.strictObject({
  name: z.string().trim().min(1).max(120),
  isActive: z.boolean(),
  rules: z.array(PolicyRule).max(100),
})
export type Policy = z.infer<typeof Policy>

/** What holds before an operator writes a rule of their own; product.md A2. */
export const policyDefaults = {
  /** A new subscription asks for everything until this many of its actions were decided. */
  decisionsBeforeAutomatic: 20,
  /** In hundreds of the currency's table. */
  automaticBelow: 1,
  bulkBelow: 10,
  applyConfidence: 0.95,
  tellConfidence: 0.8,
  acceptance: 0.95,
  /** Of automatic actions in 24 hours, for each subscription. */
  dailyHundreds: 2,
  dailyCount: 20,
} as const

/** What stands for “100” in each currency: about as much as 100 dollars, a round figure, in major units. */
const hundreds: Readonly<Record<string, number>> = {
  USD: 100,
  EUR: 100,
  GBP: 100,
  CHF: 100,
  AUD: 150,
  CAD: 150,
  NZD: 150,
  SGD: 150,
  BRL: 500,
  PLN: 400,
  RON: 500,
  ILS: 400,
  AED: 400,
  MYR: 500,
  CNY: 700,
  HKD: 800,
  DKK: 700,
  SEK: 1_000,
  NOK: 1_000,
  ZAR: 2_000,
  MXN: 2_000,
  CZK: 2_500,
  TRY: 3_000,
  THB: 3_500,
  TWD: 3_000,
  PHP: 5_500,
  INR: 8_000,
  HUF: 35_000,
  JPY: 15_000,
  KRW: 130_000,
  CLP: 95_000,
  COP: 400_000,
  IDR: 1_500_000,
  VND: 2_500_000,
}

/** The currency's “100”, in minor units; null for a currency that the table does not have: then every stake is asked. */
export function hundredOf(currency: string): number | null {
  const major = hundreds[currency]
  return major === undefined ? null : fromMajor(major, currency).amount
}
