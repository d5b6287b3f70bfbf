import { ActionType, idPrefixes, idSchema, Money, statesOf } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../http/pagination.ts'

export const DisputeId = idSchema(idPrefixes.dispute)
export const DisputeState = z.enum(statesOf('dispute')).openapi('DisputeState')

export const DisputeReason = z
  .enum([
    'wrong-result',
    'harm-done',
    'not-as-described',
    'data-misused',
    'charged-wrongly',
    'no-support',
    'other',
  ])
  .openapi('DisputeReason')
export type DisputeReason = z.infer<typeof DisputeReason>

export const DisputeWish = z
  .enum(['explanation', 'mending', 'credit', 'end-without-cost'])
  .openapi('DisputeWish')
export type DisputeWish = z.infer<typeof DisputeWish>

export const DisputeOutcome = z.enum(['for-operator', 'for-provider', 'shared']).openapi('DisputeOutcome')
export type DisputeOutcome = z.infer<typeof DisputeOutcome>

const Words = z.string().trim().min(1).max(2_000)

export const NewDispute = z
  .object({
    about: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.literal('subscription') }),
        z.object({ kind: z.literal('action'), action: idSchema(idPrefixes.action) }),
        z.object({ kind: z.literal('execution'), execution: idSchema(idPrefixes.execution) }),
      ])
      .default({ kind: 'subscription' }),
    reason: DisputeReason,
    words: Words.openapi({
      description: 'What happened. The provider and the platform read it redacted, never as it stands here.',
    }),
    wish: DisputeWish,
    amount: Money.optional().openapi({
      description: 'Of the wish `credit`: at most a year of the price, in the currency of the price.',
    }),
  })
  .openapi('NewDispute')
export type NewDispute = z.infer<typeof NewDispute>

export const DisputeAnswer = z.object({ words: Words }).openapi('DisputeAnswer')

export const DisputeDecision = z
  .object({
    outcome: DisputeOutcome,
    words: Words,
    credit: Money.optional().openapi({
      description: 'What is owed to the operator by the decision, written down as a claim.',
    }),
  })
  .openapi('DisputeDecision')
export type DisputeDecision = z.infer<typeof DisputeDecision>

const Party = z.object({ id: idSchema(idPrefixes.organisation), name: z.string() })

export const Dispute = z
  .object({
    id: DisputeId,
    service: z.object({ id: idSchema(idPrefixes.service), service: z.string(), name: z.string() }),
    version: z.string().openapi({ description: 'The release that it is about' }),
    about: z.enum(['subscription', 'action', 'execution']),
    actionType: ActionType.nullable(),
    reason: DisputeReason,
    words: z.string().openapi({ description: 'As everybody reads it: redacted' }),
    wish: DisputeWish,
    amount: Money.nullable(),
    state: DisputeState,
    openedAt: z.iso.datetime(),
    dueAt: z.iso.datetime().openapi({ description: 'Until then the provider answers: 48 hours' }),
    isOverdue: z.boolean().openapi({ description: 'It is open, and its time is over' }),
    answer: z.string().nullable(),
    answeredAt: z.iso.datetime().nullable(),
    outcome: DisputeOutcome.or(z.null()),
    decision: z.string().nullable().openapi({ description: 'The reasons of the decision' }),
    credit: Money.nullable(),
    endedAt: z.iso.datetime().nullable(),
    own: z
      .object({
        words: z.string(),
        business: idSchema(idPrefixes.business),
        subscription: idSchema(idPrefixes.subscription),
        action: idSchema(idPrefixes.action).nullable(),
        execution: idSchema(idPrefixes.execution).nullable(),
      })
      .nullable()
      .openapi({ description: 'What the operator alone sees' }),
    subscriber: z.string().nullable().openapi({ description: 'Of the provider: which subscriber it is' }),
    parties: z
      .object({ operator: Party, provider: Party })
      .nullable()
      .openapi({ description: 'What the platform alone sees' }),
  })
  .openapi('Dispute')
export type Dispute = z.infer<typeof Dispute>

export const DisputeQuery = PageQuery.extend({
  state: z.enum(['waiting', 'ended']).optional().openapi({
    description: 'waiting: open or answered. ended: decided or withdrawn.',
  }),
  subscription: idSchema(idPrefixes.subscription).optional(),
  service: idSchema(idPrefixes.service).optional(),
})
export type DisputeQuery = z.infer<typeof DisputeQuery>
