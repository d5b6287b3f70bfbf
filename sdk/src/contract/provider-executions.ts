import { z } from 'zod'
import { Instant, PlainDate } from './dates.ts'
import { ExecutionOutcome } from './execution.ts'

/**
 * What a provider learns of one execution (contract, “What comes back to the provider”): outcome,
 * timings, error class and positions in its own bundle. Log text only of staging and test runs, and of
 * one that the operator shared.
 */
export const ProviderExecution = z.object({
  /** Names this line, and nothing of the subscriber's. */
  id: z.string().min(1),
  version: z.string(),
  /** The day, or the moment where it may be known. */
  at: z.union([Instant, PlainDate]),
  outcome: ExecutionOutcome,
  wallMs: z.number().nullable(),
  error: z
    .object({
      name: z.string(),
      stack: z.array(z.object({ line: z.int(), column: z.int() })),
    })
    .nullable(),
  log: z.string().nullable(),
})
export type ProviderExecution = z.infer<typeof ProviderExecution>

/** `GET /v1/provider/services/{service}/executions?limit=&cursor=&after=`: the newest first; `after` is the id of a line that those wanted came after. */
export const ProviderExecutions = z.object({ items: z.array(ProviderExecution), next: z.string().nullable() })
export type ProviderExecutions = z.infer<typeof ProviderExecutions>
