import { z } from '@hono/zod-openapi'
import { idPrefixes, idSchema } from '@bizq/sdk/contract'
import { PageQuery } from '../../http/pagination.ts'
import { ReleaseDocument, ReleaseId, Report, ReviewNote, ReviewReason, ServiceId } from '../releases/index.ts'

export const QueueQuery = z.object({
  order: z.enum(['risk', 'age']).default('risk').openapi({
    description: '`risk`: what can do most harm first, then the oldest; `age`: the oldest first.',
  }),
})

/** A release that waits for certifiers. */
export const Waiting = z
  .object({
    release: ReleaseId,
    service: ServiceId,
    slug: z.string(),
    name: z.string(),
    publisher: z.string(),
    version: z.string(),
    category: z.string(),
    since: z.iso.datetime(),
    reasons: z.array(ReviewReason),
    risk: z.enum(['high', 'medium', 'low']),
    certifiers: z.int().openapi({ description: 'How many have to approve it.' }),
    approvals: z.int(),
    askedAt: z.iso.datetime().nullable().openapi({ description: 'A question waits for the provider.' }),
    isApprovedByMe: z.boolean(),
  })
  .openapi('WaitingSubmission')

export const AnswerName = z.enum(['yes', 'no', 'not-applicable'])

export const ChecklistAnswers = z
  .record(z.string().max(40), AnswerName)
  .openapi('ChecklistAnswers', { type: 'object', additionalProperties: { type: 'string' } })

export const ChecklistLine = z
  .object({
    id: z.string(),
    question: z.string(),
    look: z.string(),
    answer: AnswerName.nullable(),
  })
  .openapi('ChecklistLine')

export const DecisionKind = z.enum(['approve', 'refuse', 'ask'])

export const NewCertifierDecision = z
  .object({
    decision: DecisionKind,
    report: z.string().openapi({ description: 'The id of the report that you read.' }),
    words: z.string().trim().min(10).max(4_000).openapi({
      description: 'Your reasons, or your question. The provider reads them; your name is not told.',
    }),
  })
  .openapi('NewCertifierDecision')

export const CertifierDecision = z
  .object({
    id: idSchema(idPrefixes.certifierDecision),
    release: ReleaseId,
    slug: z.string(),
    name: z.string(),
    version: z.string(),
    publisher: z.string(),
    decision: DecisionKind,
    words: z.string(),
    report: z.string(),
    certifier: z.string().openapi({ description: 'Who decided, by name.' }),
    isMine: z.boolean(),
    at: z.iso.datetime(),
  })
  .openapi('CertifierDecision')

export const SubmissionUnderReview = z
  .object({
    release: ReleaseId,
    service: ServiceId,
    slug: z.string(),
    name: z.string(),
    publisher: z.string(),
    version: z.string(),
    digest: z.string(),
    state: z.string(),
    submittedAt: z.iso.datetime(),
    since: z.iso.datetime().nullable(),
    askedAt: z.iso.datetime().nullable(),
    reasons: z.array(ReviewReason),
    certifiers: z.int(),
    approvals: z.int().openapi({ description: 'Of certifiers who approved the present report.' }),
    report: Report,
    manifest: z.record(z.string(), z.json()).openapi({ type: 'object' }),
    documents: z.array(ReleaseDocument),
    notes: z.array(ReviewNote),
    before: z
      .object({
        version: z.string(),
        manifest: z.record(z.string(), z.json()).openapi({ type: 'object' }),
      })
      .nullable(),
    changes: z.array(z.string()).openapi({ description: 'What it changes for subscribers, in words.' }),
    bundle: z.string(),
    newCode: z.array(z.object({ line: z.int(), text: z.string() })).openapi({
      description: 'What of the bundle the release before did not have, with the line that it begins on.',
    }),
    checklist: z.array(ChecklistLine).openapi({ description: 'With your own answers.' }),
    decisions: z.array(CertifierDecision),
    objection: z
      .string()
      .nullable()
      .openapi({ description: 'Why you cannot approve it; null where you can.' }),
  })
  .openapi('SubmissionUnderReview')

export const HistoryQuery = PageQuery
