import { z } from '@hono/zod-openapi'
import {
  ActionType,
  EndingReason,
  ExecutionOutcome,
  idPrefixes,
  idSchema,
  RejectionReason,
} from '@bizq/sdk/contract'
import { PageQuery } from '../../http/pagination.ts'
import { listOf } from '../../http/router.ts'
import { Price } from '../catalogue/index.ts'
import { ReleaseId, ReleaseState } from '../releases/index.ts'

export const RunId = idSchema(idPrefixes.run)
export const SubscriberId = idSchema(idPrefixes.subscriber)

export const LineQuery = PageQuery.extend({
  after: RunId.optional().openapi({ description: 'Only what came after this line.' }),
  outcome: z.enum(ExecutionOutcome.options).optional(),
  version: z.string().max(100).optional(),
  error: z.string().max(100).optional().openapi({ description: 'The class of the error.' }),
})
export type LineQuery = z.infer<typeof LineQuery>

const Position = z.object({ line: z.int(), column: z.int() })

export const ProviderLine = z
  .object({
    id: RunId,
    version: z.string(),
    at: z.iso.date(),
    outcome: z.enum(ExecutionOutcome.options),
    wallMs: z.int().nullable(),
    error: z.object({ name: z.string(), stack: z.array(Position) }).nullable(),
    log: z
      .string()
      .nullable()
      .openapi({ description: 'Of a staged release, and of what an operator shares; else null.' }),
  })
  .openapi('ProviderLine')

export const ProviderLines = listOf(ProviderLine)
  .extend({
    errors: z
      .array(z.string())
      .openapi({ description: 'The classes of errors of the last 90 days, the most frequent first.' }),
  })
  .openapi('ProviderLines')

export const ProviderLineDetail = ProviderLine.extend({
  release: ReleaseId.nullable(),
  code: z
    .array(
      Position.extend({
        fromColumn: z.int().openapi({ description: 'Of long lines only a part is shown: where it begins.' }),
        lines: z.array(z.object({ line: z.int(), text: z.string() })),
      }),
    )
    .openapi({ description: 'The bundle around each position of the stack.' }),
}).openapi('ProviderLineDetail')

export const Subscriber = z
  .object({
    id: SubscriberId,
    state: z.enum(['active', 'paused', 'cancelled']),
    since: z.iso.date(),
    until: z.iso.date().nullable(),
    version: z.string().nullable().openapi({ description: 'Where five or more share it.' }),
    price: z.object(Price.shape).nullable().openapi({ description: 'Where five or more share it.' }),
    activity: z.enum(['ran-lately', 'ran-before', 'not-yet']).openapi({
      description: 'Whether it ran in the last seven days.',
    }),
  })
  .openapi('Subscriber')

export const Subscribers = listOf(Subscriber)
  .extend({ isWithheld: z.boolean().openapi({ description: 'Fewer than five are active.' }) })
  .openapi('Subscribers')

export const AnalyticsQuery = z.object({ days: z.enum(['7', '30', '90']).default('30') })
export type AnalyticsQuery = z.infer<typeof AnalyticsQuery>

const count = z.int()
const share = z.number().nullable()
const milliseconds = z.int().nullable().openapi({ description: 'Of those that succeeded, within 5 %.' })
const Tally = z.array(z.object({ key: z.string(), count }))
const Period = z.object({ from: z.iso.date(), to: z.iso.date(), days: z.int() })

export const ExecutionFigures = z.object({
  executions: count,
  proposals: count,
  successRate: share.openapi({ description: 'Served or declined with a reason, of what did not wait.' }),
  p50Ms: milliseconds,
  p95Ms: milliseconds,
  outcomes: Tally,
  errors: Tally,
})
export type ExecutionFigures = z.infer<typeof ExecutionFigures>

const DecisionShares = z.object({
  accepted: share.openapi({ description: 'Of what was decided or expired; edited ones among them.' }),
  edited: share,
  undone: share.openapi({ description: 'Of what was accepted.' }),
})

export const DecisionFigures = z.object({
  accepted: count,
  edited: count,
  rejected: count,
  undone: count,
  expired: count,
  shares: DecisionShares,
  reasons: Tally.openapi({ description: 'Why proposals were rejected.' }),
})
export type DecisionFigures = z.infer<typeof DecisionFigures>

export const EndingFigures = z.object({ ended: count, inTrial: count, reasons: Tally })
export type EndingFigures = z.infer<typeof EndingFigures>

const beside = <S extends z.ZodType>(figures: S) =>
  z.object({ now: figures.nullable(), before: figures.nullable() })
const Moves = z.object({ came: count, left: count })

export const Analytics = z
  .object({
    period: Period,
    before: Period.omit({ days: true }),
    subscribers: z.object({ active: count, now: Moves, before: Moves }).nullable().openapi({
      description: 'Null below five active ones.',
    }),
    executions: beside(ExecutionFigures),
    decisions: beside(DecisionFigures),
    endings: beside(EndingFigures).extend({
      words: z.array(z.object({ code: z.enum(EndingReason.options).nullable(), words: z.string() })),
    }),
    releases: z.array(
      z.object({
        release: ReleaseId,
        version: z.string(),
        subscribers: count.nullable(),
        executions: ExecutionFigures.nullable(),
        decisions: DecisionFigures.nullable(),
      }),
    ),
    types: z.array(z.object({ type: ActionType, decisions: DecisionFigures.nullable() })),
    blocks: z
      .array(
        z.object({
          from: z.iso.date(),
          to: z.iso.date(),
          executions: count.nullable(),
          successRate: share,
          p50Ms: milliseconds,
          p95Ms: milliseconds,
          accepted: count.nullable(),
          edited: count.nullable(),
          rejected: count.nullable(),
          undone: count.nullable(),
        }),
      )
      .openapi({ description: 'What the figures are sums of, by the day on which five were together.' }),
  })
  .openapi('Analytics', {
    description:
      'Null is what fewer than five subscribers stand behind. Days are told once they are over and five are in them; totals are sums of what is told.',
  })

export const ServiceOverview = z
  .object({
    service: z.string(),
    name: z.string(),
    version: z.string().nullable(),
    state: ReleaseState.or(z.null()),
    subscribers: count.nullable(),
    behind: count.nullable().openapi({ description: 'Active subscribers on an older release.' }),
    executions: ExecutionFigures.nullable(),
    decisions: DecisionFigures.nullable(),
    isFailing: z.boolean().openapi({ description: 'Fewer than 99 % of executions of 30 days end well.' }),
    resting: z.array(z.object({ release: ReleaseId, version: z.string(), until: z.iso.datetime() })).openapi({
      description: 'Releases that failed so often in a row that they are not run for a while.',
    }),
    handedBack: z.array(z.object({ release: ReleaseId, version: z.string(), failed: count })),
  })
  .openapi('ServiceOverview')

export const MeasuredQuality = z
  .object({
    period: Period,
    executions: z.object({ successRate: share, p50Ms: milliseconds, p95Ms: milliseconds }).nullable(),
    decisions: DecisionShares.nullable(),
  })
  .openapi('MeasuredQuality', {
    description: 'Measured over five subscribers or more; null where fewer stand behind it.',
  })

export const Feedback = listOf(
  z.object({
    type: ActionType,
    outcome: z.enum(['rejected', 'edited']),
    code: RejectionReason.nullable(),
    words: z.string().nullable().openapi({ description: 'Redacted as every text is' }),
    parameters: z.record(z.string(), z.unknown()).nullable().openapi({
      description: 'What an edit made of what may be edited, under the masks of the subscription',
    }),
    day: z.iso.date(),
  }),
)
  .extend({
    figures: z
      .array(
        z.object({
          type: ActionType,
          accepted: count,
          edited: count,
          rejected: count,
          undone: count,
          expired: count,
        }),
      )
      .openapi({ description: 'By type of action; none of types that fewer than five subscribers had' }),
  })
  .openapi('Feedback')
