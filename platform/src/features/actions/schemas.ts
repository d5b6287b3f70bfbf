import { z } from '@hono/zod-openapi'
import {
  ActionType,
  DatasetName,
  idPrefixes,
  idSchema,
  Money,
  RejectionReason,
  statesOf,
} from '@bizq/sdk/contract'
import { Outcome } from '../policies/index.ts'

export const ActionId = idSchema(idPrefixes.action)
export const ActionState = z.enum(statesOf('action')).openapi('ActionState')

const Because = z
  .object({
    dataset: DatasetName,
    id: z.string(),
    label: z.string().nullable().openapi({ description: 'What the row is called among people' }),
    fields: z
      .record(z.string(), z.unknown())
      .openapi({ description: 'The fields that the service saw, as you have them' }),
  })
  .openapi('Because')

const ReasonGiven = z.object({ code: RejectionReason, text: z.string().max(1_000).nullable() })

export const Action = z
  .object({
    id: ActionId,
    type: ActionType,
    state: ActionState,
    version: z.string().openapi({ description: 'The hash of what the card shows; a decision names it' }),
    business: z.object({
      id: z.string(),
      name: z.string(),
      country: z.string(),
      locale: z.string(),
      timeZone: z.string(),
    }),
    subscription: z.string(),
    execution: z.string(),
    service: z.object({ id: z.string(), slug: z.string(), name: z.string(), release: z.string() }),
    sentence: z.string(),
    stake: Money.nullable(),
    impact: Money.nullable().openapi({ description: 'What the service claims it is worth' }),
    risk: z.enum(['low', 'medium', 'high']),
    confidence: z.number(),
    mayBulk: z.boolean(),
    because: z.array(Because),
    parameters: z.record(z.string(), z.unknown()),
    editable: z.array(
      z.object({
        name: z.string(),
        kind: z.string(),
        dataset: z.string().nullable(),
        isOptional: z.boolean(),
      }),
    ),
    text: z
      .object({ to: z.string().nullable(), subject: z.string().nullable(), body: z.string() })
      .nullable(),
    record: z.object({ decided: z.int(), accepted: z.int(), edited: z.int(), undone: z.int() }),
    policy: z.object({ outcome: Outcome, explanation: z.array(z.string()) }),
    note: z
      .string()
      .nullable()
      .openapi({ description: 'Why it came back to the queue, failed, or was withdrawn' }),
    canUndo: z.boolean(),
    undoUntil: z.iso.datetime().nullable(),
    noUndo: z.string().nullable().openapi({ description: 'Why it cannot be undone once it is carried out' }),
    proposedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    decision: z
      .object({
        decision: z.enum(['approve', 'edit', 'reject']),
        by: z.object({ kind: z.string(), name: z.string().nullable() }),
        at: z.iso.datetime(),
        reason: ReasonGiven.nullable(),
      })
      .nullable(),
    effect: z
      .object({
        id: z.string(),
        state: z.enum(statesOf('effect')),
        heldUntil: z.iso.datetime().nullable(),
        at: z.iso.datetime().nullable(),
        detail: z.string().nullable(),
      })
      .nullable(),
  })
  .openapi('Action')
export type Action = z.infer<typeof Action>

const reason = z.object({ code: RejectionReason, text: z.string().trim().min(1).max(1_000).optional() })

export const Decision = z
  .object({
    decision: z.enum(['approve', 'reject', 'edit']),
    version: z.string().min(1).max(100),
    reason: reason.optional(),
    parameters: z
      .record(z.string(), z.unknown())
      .optional()
      .openapi({ description: 'For an edit: the parameters that change' }),
  })
  .superRefine((given, context) => {
    if (given.decision === 'reject' && !given.reason)
      context.addIssue({
        code: 'custom',
        path: ['reason'],
        message: 'say why: a code, and words if you like',
      })
    if (given.decision === 'edit' && !given.parameters)
      context.addIssue({ code: 'custom', path: ['parameters'], message: 'say what to change' })
  })
  .openapi('Decision')
export type Decision = z.infer<typeof Decision>

export const BulkDecision = z
  .object({
    items: z
      .array(z.object({ action: ActionId, version: z.string().min(1).max(100) }))
      .min(1)
      .max(200),
    decision: z.enum(['approve', 'reject']),
    expectedTotal: z
      .array(Money)
      .openapi({ description: 'The sum of the stakes as you saw it, one for each currency' }),
    reason: reason.optional(),
  })
  .superRefine((given, context) => {
    if (given.decision === 'reject' && !given.reason)
      context.addIssue({
        code: 'custom',
        path: ['reason'],
        message: 'say why: a code, and words if you like',
      })
  })
  .openapi('BulkDecision')
export type BulkDecision = z.infer<typeof BulkDecision>

export const BulkResult = z
  .object({
    items: z.array(
      z.object({
        action: ActionId,
        state: ActionState.or(z.null()),
        problem: z
          .object({ type: z.string(), title: z.string(), status: z.int(), detail: z.string().optional() })
          .nullable(),
      }),
    ),
  })
  .openapi('BulkResult')

export const CarryOver = z
  .object({
    id: idSchema(idPrefixes.carryOver),
    action: ActionId,
    business: z.object({ id: z.string(), name: z.string() }),
    kind: z.enum(['do', 'take-back']),
    sentence: z.string(),
    state: z.enum(['open', 'done', 'confirmed', 'dropped']),
    createdAt: z.iso.datetime(),
  })
  .openapi('CarryOver')

export const Mail = z
  .object({
    id: idSchema(idPrefixes.mail),
    to: z.string(),
    subject: z.string(),
    body: z.string(),
    state: z.enum(['kept', 'queued', 'sending', 'sent', 'unknown', 'failed']),
    action: ActionId,
    business: z.object({ id: z.string(), name: z.string() }),
    createdAt: z.iso.datetime(),
    sentAt: z.iso.datetime().nullable(),
    detail: z.string().nullable(),
  })
  .openapi('Mail')

export const Task = z
  .object({
    id: z.string(),
    action: ActionId,
    business: z.object({ id: z.string(), name: z.string() }),
    body: z.record(z.string(), z.unknown()),
    state: z.enum(['open', 'done', 'removed']),
    createdAt: z.iso.datetime(),
  })
  .openapi('Task')
