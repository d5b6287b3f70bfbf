import { z } from '@hono/zod-openapi'
import { executionLimits, idPrefixes, idSchema, statesOf } from '@bizq/sdk/contract'

export const ServiceId = idSchema(idPrefixes.service)
export const ReleaseId = idSchema(idPrefixes.release)
const ServiceName = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens')
  .min(3)
  .max(60)

/** A service by its id or by its name. */
export const ServiceRef = z.union([ServiceId, ServiceName]).openapi({
  type: 'string',
  description: 'The id (`svc_…`) or the name (`cash-flow-optimizer`) of a service.',
})

export const NewService = z.object({ service: ServiceName }).openapi('NewService')

export const ProviderService = z
  .object({
    id: ServiceId,
    service: z.string(),
    createdAt: z.iso.datetime(),
    subscribers: z.int().nullable().openapi({ description: 'Active ones; not told below five.' }),
  })
  .openapi('ProviderService')

export const ReleaseState = z.enum(statesOf('release')).openapi('ReleaseState')

/** One finding of the automated checks. */
export const Check = z
  .object({
    rule: z.string(),
    outcome: z.enum(['passed', 'warned', 'failed']),
    detail: z.string(),
    mend: z.string().optional(),
  })
  .openapi('Check')
export type Check = z.infer<typeof Check>

const mostBundleCharacters = executionLimits.bundleBytes

export const NewRelease = z
  .object({
    manifest: z
      .record(z.string(), z.json())
      .openapi({ type: 'object', description: 'manifest.json as built.' }),
    bundle: z.string().max(mostBundleCharacters, `must be at most ${mostBundleCharacters} bytes`).openapi({
      description: 'bundle.js as built: one ES module without imports; empty for a remote service.',
    }),
  })
  .openapi('NewRelease')

export const Release = z
  .object({
    id: ReleaseId,
    service: ServiceId,
    version: z.string(),
    digest: z.string().openapi({ description: 'SHA-256 over manifest and bundle, in hex.' }),
    state: ReleaseState,
    notice: z.string().nullable().openapi({ description: 'What subscribers are told about its state.' }),
    checks: z.array(Check),
    manifest: z.record(z.string(), z.json()).openapi({ type: 'object' }),
    createdAt: z.iso.datetime(),
    publishedAt: z.iso.datetime().nullable(),
  })
  .openapi('Release')

export const ReleaseChange = z
  .object({
    state: z.enum(['published', 'deprecated', 'suspended', 'withdrawn']),
    notice: z.string().trim().min(1).max(500).optional(),
  })
  .openapi('ReleaseChange')
