import { z } from 'zod'
import { DatasetName } from './datasets/index.ts'
import { Instant } from './dates.ts'
import { ExecutionOutcome, ExecutionOutput } from './execution.ts'
import { idPrefixes, idSchema } from './ids.ts'
import { ReportInput } from './report.ts'

/**
 * How a remote provider is called (contract, “Remote protocol”): `POST {endpoint}/execute`,
 * `POST {endpoint}/report` and `GET {endpoint}/health`; JSON, each POST signed as Standard Webhooks.
 */

/** How old or how far ahead a signed request may be, in seconds; the same one is taken once. */
export const replayWindowSeconds = 300

/** What is signed with each request: https://www.standardwebhooks.com. */
export const signatureHeaders = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const

const JsonObject = z.record(z.string(), z.json())

/** The body of `POST {endpoint}/execute`: everything but the data, which the provider reads with a token of its own. New members may come: ignore what you do not know. */
export const RemoteExecution = z.object({
  execution: idSchema(idPrefixes.execution),
  grant: idSchema(idPrefixes.grant),
  service: z.string(),
  version: z.string(),
  /** The moment at which the input was made, and the business's zone and language. */
  now: Instant,
  timeZone: z.string(),
  locale: z.string(),
  /** The datasets that were granted: those that are optional may be missing. */
  datasets: z.array(DatasetName),
  settings: JsonObject,
  state: JsonObject.nullable(),
})
export type RemoteExecution = z.infer<typeof RemoteExecution>

/** The body of `POST {endpoint}/report`; the answer is a ProviderReport. */
export const RemoteReport = z.object({
  grant: idSchema(idPrefixes.grant),
  service: z.string(),
  version: z.string(),
  ...ReportInput.shape,
})
export type RemoteReport = z.infer<typeof RemoteReport>

/**
 * A refusal by a remote provider, media type `application/problem+json` (RFC 9457). `retry-later`
 * stands for `RetryLater` (503, with `afterSeconds`), `cannot-serve` for `CannotServe` (422, `detail`
 * is what the operator reads), `failed` for anything else that was thrown (500); the others say
 * what was wrong with the request itself.
 */
export const RemoteProblem = z.looseObject({
  code: z.enum([
    'retry-later',
    'cannot-serve',
    'failed',
    'bad-signature',
    'outside-replay-window',
    'replayed',
    'bad-request',
    'too-large',
    'not-found',
    'data-unavailable',
  ]),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  afterSeconds: z.int().optional(),
})
export type RemoteProblem = z.infer<typeof RemoteProblem>

/** The body of `POST /v1/executions/{execution}/output`, after a `202`: an output, or why there is none. */
export const LaterOutput = z.union([ExecutionOutput, z.strictObject({ problem: RemoteProblem })])
export type LaterOutput = z.infer<typeof LaterOutput>

/** What the platform answers to a later output: how the execution ended, and what of the output it would not take. */
export const TakenOutput = z.object({
  outcome: ExecutionOutcome,
  problems: z.array(z.object({ pointer: z.string(), detail: z.string() })),
})
export type TakenOutput = z.infer<typeof TakenOutput>

/** What `GET {endpoint}/health` answers. */
export const RemoteHealth = z.object({
  status: z.enum(['ok', 'degraded']),
  service: z.string(),
  version: z.string(),
  /** The version of the provider contract. */
  contract: z.literal(1),
})
export type RemoteHealth = z.infer<typeof RemoteHealth>

/** The one element of `authorization_details` (RFC 9396) that narrows an access token to a grant. */
export function grantAuthorization(grant: string): { type: 'bizq_grant'; grant: string } {
  return { type: 'bizq_grant', grant }
}

/** One page of `GET /v1/grants/{grant}/data/{dataset}`. */
export const DataPage = z.object({ items: z.array(JsonObject), next: z.string().nullable() })
export type DataPage = z.infer<typeof DataPage>
