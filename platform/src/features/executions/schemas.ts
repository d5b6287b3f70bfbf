import { z } from '@hono/zod-openapi'
import {
  DatasetName,
  ExecutionOutcome,
  ExecutionTrigger,
  idPrefixes,
  idSchema,
  Money,
  ReceiptClaims,
  ReplayVerdict,
  statesOf,
} from '@bizq/sdk/contract'

export const ExecutionId = idSchema(idPrefixes.execution)

export const Execution = z
  .object({
    id: ExecutionId,
    subscription: idSchema(idPrefixes.subscription),
    business: z.object({ id: idSchema(idPrefixes.business), name: z.string() }),
    service: z.object({ id: idSchema(idPrefixes.service), slug: z.string(), name: z.string() }),
    release: z.object({ id: idSchema(idPrefixes.release), version: z.string(), digest: z.string() }),
    grant: idSchema(idPrefixes.grant),
    state: z.enum(statesOf('execution')),
    trigger: ExecutionTrigger,
    outcome: ExecutionOutcome.nullable(),
    reason: z.string().nullable().openapi({
      description: 'Why it waits, was refused or failed, in words; what a service said is its own words',
    }),
    attempts: z.int(),
    queuedAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    nextAttemptAt: z.iso.datetime().nullable(),
    durationMs: z.number().nullable(),
    cpuMs: z.number().nullable(),
    input: z
      .object({
        rows: z.record(z.string(), z.int()),
        bytes: z.int(),
        digest: z.string(),
        expiresAt: z.iso.datetime().nullable(),
      })
      .nullable(),
    output: z
      .object({
        digest: z.string(),
        actions: z.int(),
        recommendations: z.array(
          z.object({
            text: z.string(),
            because: z.array(z.object({ dataset: DatasetName, id: z.string() })),
          }),
        ),
        metrics: z.record(z.string(), z.union([z.number(), Money])),
        dropped: z.array(z.object({ index: z.int(), code: z.string(), detail: z.string() })),
      })
      .nullable(),
    error: z.unknown(),
    log: z.string(),
    logSharing: z.object({ sharedAt: z.iso.datetime().nullable() }).nullable().openapi({
      description:
        'Whether its provider may read the log; null while there is none to share, and where it was given personal data.',
    }),
  })
  .openapi('Execution')
export type Execution = z.infer<typeof Execution>

export const Receipt = z.object({ jws: z.string(), claims: z.object(ReceiptClaims.shape) }).openapi('Receipt')
export const ReplayResult = z
  .object({
    verdict: ReplayVerdict,
    differences: z.array(
      z.object({ pointer: z.string(), expected: z.unknown().optional(), actual: z.unknown().optional() }),
    ),
  })
  .openapi('Replay')

/** How the output that was handed in ended. */
export const TakenOutput = z
  .object({
    outcome: ExecutionOutcome,
    problems: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .openapi({ description: 'Where the output is not what the contract asks for.' }),
  })
  .openapi('TakenOutput')

export const SigningKeys = z
  .object({
    keys: z.array(
      z.object({
        secret: z
          .string()
          .nullable()
          .openapi({ description: 'Symmetric, `whsec_…`; null where an answer is repeated.' }),
        publicKey: z.string().openapi({ description: 'Ed25519, `whpk_…`.' }),
        until: z.iso.datetime().nullable(),
      }),
    ),
  })
  .openapi('SigningKeys')

export const Forecast = z
  .object({
    execution: ExecutionId,
    service: z.object({ slug: z.string(), name: z.string() }),
    asOf: z.iso.datetime(),
    metrics: z.record(z.string(), z.union([z.number(), Money])),
  })
  .openapi('LatestMetrics')
