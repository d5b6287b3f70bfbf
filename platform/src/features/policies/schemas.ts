import { z } from '@hono/zod-openapi'
import { ActionType, idPrefixes, idSchema, Money } from '@bizq/sdk/contract'

/** From the most lenient to the strictest. */
export const outcomes = ['apply', 'apply-and-tell', 'ask', 'ask-two', 'block'] as const
export const Outcome = z.enum(outcomes).openapi('PolicyOutcome')
export type Outcome = z.infer<typeof Outcome>

export const PolicyId = idSchema(idPrefixes.policy)
const share = z.number().min(0).max(1)
const range = z.object({ atLeast: z.number().optional(), below: z.number().optional() })

/**
 * The organisation's base policy: what may be automatic at all. Amounts are in units of the currency
 * table: 100 stands for 100 pounds, dollars or euros and for 10,000 yen.
 */
export const BaseSettings = z
  .object({
    askFirst: z
      .int()
      .min(0)
      .max(1_000)
      .default(20)
      .openapi({ description: 'A new subscription asks until so many of its actions were decided' }),
    automaticBelow: z.number().min(0).max(1_000_000).default(100),
    bulkBelow: z.number().min(0).max(1_000_000_000).default(1_000),
    applyAbove: share.default(0.95),
    tellFrom: share.default(0.8),
    acceptance: share.default(0.95),
    capAmount: z.number().min(0).max(1_000_000).default(200),
    capCount: z.int().min(0).max(10_000).default(20),
    mayReachThirdParties: z.boolean().default(false),
    mayMoveMoneyOut: z.boolean().default(false),
  })
  .openapi('BasePolicySettings')
export type BaseSettings = z.infer<typeof BaseSettings>

/** All of the conditions that are there must hold. */
export const Conditions = z
  .object({
    services: z.array(idSchema(idPrefixes.service)).min(1).optional(),
    actions: z.array(ActionType).min(1).optional(),
    businesses: z.array(idSchema(idPrefixes.business)).min(1).optional(),
    counterparties: z
      .array(z.string())
      .min(1)
      .optional()
      .openapi({ description: 'Record ids of customers or suppliers' }),
    amount: range.optional().openapi({ description: 'The stake, in units of the currency table' }),
    hours: z
      .object({ from: z.int().min(0).max(23), to: z.int().min(0).max(23) })
      .optional()
      .openapi({
        description: 'Hours of the business’s day, both included; from 22 to 5 goes over midnight',
      }),
    confidence: range.optional(),
  })
  .openapi('PolicyConditions')
export type Conditions = z.infer<typeof Conditions>

export const PolicyBody = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('base'), settings: BaseSettings }),
    z.object({ kind: z.literal('rule'), when: Conditions, outcome: Outcome }),
  ])
  .openapi('PolicyBody')
export type PolicyBody = z.infer<typeof PolicyBody>

export const PolicyChange = z
  .object({ name: z.string().trim().min(1).max(200), isEnabled: z.boolean(), body: PolicyBody })
  .openapi('PolicyChange')

export const Policy = z
  .object({
    id: PolicyId,
    name: z.string(),
    isEnabled: z.boolean(),
    body: PolicyBody,
    updatedAt: z.iso.datetime().nullable(),
  })
  .openapi('Policy')
export type Policy = z.infer<typeof Policy>

export const Reason = z
  .object({
    code: z.enum([
      'learning',
      'stake-unknown',
      'stake-asked',
      'stake-above-bulk',
      'confidence-high',
      'confidence-middle',
      'confidence-low',
      'risk',
      'third-party',
      'money-out',
      'acceptance',
      'claim-disputed',
      'cap-amount',
      'cap-count',
      'rule',
    ]),
    outcome: Outcome,
    policy: PolicyId,
    name: z.string().openapi({ description: 'The policy’s name' }),
    detail: z.string().openapi({ description: 'In words, with the figures' }),
  })
  .openapi('PolicyReason')
export type Reason = z.infer<typeof Reason>

export const Verdict = z
  .object({
    outcome: Outcome,
    mayBulk: z.boolean(),
    reasons: z.array(Reason).openapi({ description: 'Every rule that spoke, the strictest first' }),
  })
  .openapi('PolicyVerdict')
export type Verdict = z.infer<typeof Verdict>

/** Plain facts about a proposal: all that a policy knows. */
export const Facts = z.object({
  type: ActionType,
  service: z.string(),
  business: z.string(),
  counterparties: z.array(z.string()),
  risk: z.enum(['low', 'medium', 'high']),
  reachesThirdParty: z.boolean(),
  movesMoneyOut: z.boolean(),
  stake: Money.nullable(),
  confidence: share,
  isClaimDisputed: z.boolean(),
  hour: z.int().min(0).max(23),
  /** Of this subscription's actions, how many a person has decided. */
  decided: z.int(),
  /** The share of this service's decided actions that this operator accepted as they were; null before the first. */
  acceptance: share.nullable(),
  /** What this service did automatically for this operator in the last 24 hours; the amount in units of the currency table. */
  lastDay: z.object({ amount: z.number(), count: z.int() }),
})
export type Facts = z.infer<typeof Facts>

export const Trial = z
  .object({
    tried: z.int(),
    changed: z.int(),
    outcomes: z.record(Outcome, z.int()),
    items: z.array(
      z.object({
        action: z.string(),
        at: z.iso.datetime(),
        type: ActionType,
        before: Outcome,
        after: Outcome,
        verdict: Verdict,
      }),
    ),
  })
  .openapi('PolicyTrial')
