import { z } from '@hono/zod-openapi'
import { DatasetName } from '@bizq/sdk/contract'
import { BusinessId } from '../businesses/index.ts'
import { PageQuery } from '../../http/pagination.ts'

export const DatasetParams = z.object({ business: BusinessId, dataset: DatasetName })
export const RecordParams = DatasetParams.extend({ record: z.string().max(60) })

const dayOrInstant = z.union([z.iso.date(), z.iso.datetime({ offset: true })])

export const RecordQuery = PageQuery.extend({
  from: dayOrInstant.optional().openapi({ description: 'Of the dataset’s time field, inclusive.' }),
  to: dayOrInstant.optional().openapi({ description: 'Of the dataset’s time field, inclusive.' }),
  search: z.string().trim().min(1).max(100).optional(),
  sort: z
    .string()
    .max(60)
    .optional()
    .openapi({ description: 'A field; with - before it, descending. Newest first where it is left out.' }),
  stubs: z.enum(['true', 'false']).default('false').openapi({
    description: 'Also those that are only referred to and came in no file.',
  }),
}).openapi({
  description: 'Besides: filter[field]=value, again for any of several values, empty for an empty field.',
})
export type RecordQuery = z.infer<typeof RecordQuery>

const Override = z.object({
  field: z.string(),
  importedValue: z.unknown().openapi({ description: 'What the source says.' }),
  value: z.unknown().openapi({ description: 'What was set.' }),
  cause: z.enum(['effect', 'hand']),
  effect: z.string().nullable(),
  state: z.enum(['standing', 'superseded', 'confirmed', 'replaced', 'reverted']),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
})

const Meta = z.object({
  isStub: z.boolean().openapi({ description: 'Only referred to; it came in no file yet.' }),
  source: z.string().openapi({ description: 'Who gave its id, or manual.' }),
  import: z.string().nullable(),
  labels: z.record(z.string(), z.string()).openapi({ description: 'Names of what its references point to.' }),
  overridden: z.array(z.string()).openapi({ description: 'Fields that no longer say what the source says.' }),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})

/** The fields of the dataset as the contract names them, with the id, and `meta`. */
export const DataRecord = z.object({ id: z.string(), meta: Meta }).catchall(z.unknown()).openapi('Record')
export type DataRecord = z.infer<typeof DataRecord>

export const DataRecordWithHistory = z
  .object({ id: z.string(), meta: Meta.extend({ overrides: z.array(Override) }) })
  .catchall(z.unknown())
  .openapi('RecordWithHistory')
export type DataRecordWithHistory = z.infer<typeof DataRecordWithHistory>

export const RecordValues = z.record(z.string(), z.unknown()).openapi('RecordValues', {
  description: 'Fields of the dataset, without the id. Money is { amount, currency } in minor units.',
})

export const DatasetFreshness = z
  .object({
    dataset: DatasetName,
    count: z.int(),
    stubs: z.int(),
    oldest: z.string().nullable(),
    newest: z.string().nullable(),
    lastImport: z.object({ id: z.string(), finishedAt: z.iso.datetime() }).nullable(),
    state: z.enum(['empty', 'fresh', 'stale']).openapi({
      description: 'Stale: its newest record, or without time its last import, is older than 31 days.',
    }),
  })
  .openapi('DatasetFreshness')
export type DatasetFreshness = z.infer<typeof DatasetFreshness>

export const Category = z.object({ name: z.string().trim().min(1).max(120) }).openapi('Category')
