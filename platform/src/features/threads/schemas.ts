import { z } from '@hono/zod-openapi'
import { idPrefixes, idSchema } from '@bizq/sdk/contract'
import { plainWords } from '../../http/plain-words.ts'
import { ServiceId } from '../releases/index.ts'
import { SubscriptionId } from '../subscriptions/index.ts'

export const SubscriberId = idSchema(idPrefixes.subscriber)
export const RunId = idSchema(idPrefixes.run)
const ExecutionId = idSchema(idPrefixes.execution)
const ThreadId = idSchema(idPrefixes.thread)
export const ThreadReportId = idSchema(idPrefixes.report)
const MessageId = idSchema(idPrefixes.message)

export const NewMessage = z.object({ words: plainWords(4_000) }).openapi('NewMessage')
export type NewMessage = z.infer<typeof NewMessage>

const conversation = ThreadId.optional().openapi({
  description:
    'The conversation about an execution that is answered, as its messages name it. Without it you write to the provider about the service.',
})
export const NewOwnMessage = NewMessage.extend({ conversation }).openapi('NewMessageToProvider')
export type NewOwnMessage = z.infer<typeof NewOwnMessage>

export const Delivered = z
  .object({ delivered: z.string().openapi({ description: 'What the other side would read.' }) })
  .openapi('DeliveredWords')

const Named = z.object({ id: z.string(), name: z.string() })
const whyClosed = z.string().nullable().openapi({ description: 'Why nothing more can be written here.' })
const writableUntil = z.iso.date().nullable().openapi({
  description:
    'The last day, in UTC, on which either side can write: thirty days after the subscription ended, or after the execution that it is about. Null while that is open.',
})

export const Thread = z
  .object({
    subscription: SubscriptionId,
    business: Named,
    service: z.object({ id: ServiceId, service: z.string(), name: z.string(), publisher: z.string() }),
    unread: z.int(),
    isMuted: z.boolean().openapi({ description: 'Nothing is told of what comes in; it can still be read.' }),
    isReported: z.boolean(),
    whyClosed,
    writableUntil,
    lastAt: z.iso.datetime().nullable(),
  })
  .openapi('Thread')
export type Thread = z.infer<typeof Thread>

export const Message = z
  .object({
    id: MessageId,
    sender: z.enum(['operator', 'provider']),
    words: z
      .string()
      .openapi({ description: 'As they were written by you, or delivered to you. Plain text.' }),
    delivered: z.string().openapi({ description: 'What the other side reads.' }),
    names: z.record(z.string(), z.string()).openapi({
      description: 'What the pseudonyms in it stand for; read by the operator alone.',
    }),
    about: z
      .object({
        conversation: ThreadId,
        execution: ExecutionId.nullable(),
        day: z.iso.date(),
        whyClosed,
      })
      .nullable()
      .openapi({
        description:
          'The execution that it is about. The provider does not learn whose it was, nor that another message is of the same subscriber: answer it in its own conversation.',
      }),
    at: z.iso.datetime(),
  })
  .openapi('Message')
export type Message = z.infer<typeof Message>

export const Messages = z
  .object({ thread: Thread, items: z.array(Message), next: z.string().nullable() })
  .openapi('Messages')

export const ThreadChange = z.object({ isMuted: z.boolean() }).openapi('ThreadChange')

export const ThreadReportReason = z.enum([
  'abusive',
  'asks-who-i-am',
  'outside-the-platform',
  'advertising',
  'other',
])
export type ThreadReportReason = z.infer<typeof ThreadReportReason>

export const NewThreadReport = z
  .object({ reason: ThreadReportReason, words: plainWords(2_000).optional() })
  .openapi('NewThreadReport')
export type NewThreadReport = z.infer<typeof NewThreadReport>

export const ProviderThread = z
  .object({
    subscriber: SubscriberId.nullable().openapi({ description: 'Null where it is about an execution.' }),
    about: z.object({ execution: RunId, day: z.iso.date() }).nullable().openapi({
      description: 'The line of an execution that it is about; whose it was is not told.',
    }),
    label: z
      .string()
      .openapi({ description: 'The end of the number, to tell subscribers apart at a glance.' }),
    service: ServiceId,
    unread: z.int(),
    whyClosed,
    writableUntil,
    lastAt: z.iso.datetime().nullable(),
  })
  .openapi('ProviderThread')
export type ProviderThread = z.infer<typeof ProviderThread>

export const ProviderMessage = Message.omit({ names: true, about: true }).openapi('ProviderMessage')
export type ProviderMessage = z.infer<typeof ProviderMessage>

export const ProviderMessages = z
  .object({ thread: ProviderThread, items: z.array(ProviderMessage), next: z.string().nullable() })
  .openapi('ProviderMessages')

export const ReportedThread = z
  .object({
    report: ThreadReportId,
    service: z.object({ id: ServiceId, service: z.string(), publisher: z.string() }),
    reason: ThreadReportReason,
    words: z.string().nullable(),
    state: z.enum(['open', 'closed', 'dismissed']),
    decisionReason: z.string().nullable(),
    at: z.iso.datetime(),
    decidedAt: z.iso.datetime().nullable(),
  })
  .openapi('ReportedThread')
export type ReportedThread = z.infer<typeof ReportedThread>

export const ReportedThreadDetail = ReportedThread.extend({
  messages: z
    .array(z.object({ sender: z.enum(['operator', 'provider']), words: z.string(), at: z.iso.datetime() }))
    .openapi({ description: 'As they were delivered, the newest first; at most 200.' }),
}).openapi('ReportedThreadDetail')

export const ThreadDecision = z
  .object({ decision: z.enum(['close', 'dismiss']), reason: plainWords(500) })
  .openapi('ThreadDecision')
export type ThreadDecision = z.infer<typeof ThreadDecision>
