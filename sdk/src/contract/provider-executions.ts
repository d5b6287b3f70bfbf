import { z } from 'zod'
import { Instant } from './dates.ts'
import { ExecutionOutcome, ExecutionTrigger } from './execution.ts'
import { idPrefixes, idSchema } from './ids.ts'

/**
 * What a provider learns of one execution (contract, “What comes back to the provider”): outcome,
 * timings, error class and positions in its own bundle. Log text only of staging and test runs, and of
 * one that the operator shared.
 */
export const ProviderExecution = z.object({
  id: idSchema(idPrefixes.execution),
  version: z.string(),
  at: Instant,
  trigger: ExecutionTrigger,
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

/** `GET /v1/provider/services/{service}/executions?limit=&cursor=&after=`: the newest first; `after` names an execution that those wanted came after. */
export const ProviderExecutions = z.object({ items: z.array(ProviderExecution), next: z.string().nullable() })
export type ProviderExecutions = z.infer<typeof ProviderExecutions>
