import { z } from 'zod'
import { ActionType, RejectionReason } from './actions/index.ts'
import { Instant, PlainDate } from './dates.ts'
import { ExecutionOutcome } from './execution.ts'
import { Money } from './money.ts'

const Words = z.string().trim().min(1).max(500)

export const ReportPeriod = z.strictObject({ from: PlainDate, to: PlainDate })
export type ReportPeriod = z.infer<typeof ReportPeriod>

/** The subscription's own executions, decisions and measured effects, masked as its grant says. */
export const ReportHistory = z.strictObject({
  executions: z.array(
    z.strictObject({
      at: Instant,
      outcome: ExecutionOutcome,
      metrics: z.record(z.string(), z.union([z.number(), Money])),
    }),
  ),
  actions: z.array(
    z.strictObject({
      type: ActionType,
      proposedAt: Instant,
      /** Whether it was asked or applied by policy is not told. */
      decision: z.enum(['approved', 'rejected', 'edited', 'expired', 'undecided']),
      reason: RejectionReason.nullable(),
      confidence: z.number(),
      impact: Money.nullable(),
      stake: Money.nullable(),
      /** What was measured after it was carried out, where it can be: of an invoice that a customer was asked for, what was due on it, once it was paid within 30 days. It may have been paid anyway. */
      measured: Money.nullable(),
      isUndone: z.boolean(),
    }),
  ),
})
export type ReportHistory = z.infer<typeof ReportHistory>

export const ReportInput = z.strictObject({
  period: ReportPeriod,
  history: ReportHistory,
  settings: z.record(z.string(), z.json()),
})
export type ReportInput = z.infer<typeof ReportInput>

/** What a service says of a month. */
export const ProviderReport = z.strictObject({
  kpis: z
    .array(
      z.strictObject({
        name: z.string().trim().min(1).max(80),
        value: z.union([z.number(), Money]),
        /** Against the period before: 0.1 is 10 % up. */
        change: z.number().optional(),
      }),
    )
    .max(20),
  improvements: z.array(Words).max(20),
  savings: z.array(z.strictObject({ what: Words, amount: Money })).max(20),
  nextActions: z.array(Words).max(20),
})
export type ProviderReport = z.infer<typeof ProviderReport>
