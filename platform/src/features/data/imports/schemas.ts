import { z } from '@hono/zod-openapi'
import { DatasetName, idPrefixes, idSchema, statesOf } from '@bizq/sdk/contract'
import { BusinessId } from '../../businesses/index.ts'
import { fileFormats, Mapping } from '../formats/index.ts'

export const ImportId = idSchema(idPrefixes.import)
export const ImportState = z.enum(statesOf('import'))

const ImportCounts = z
  .object({
    read: z.int().openapi({ description: 'Records and rows that were read; each is in one of the others.' }),
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    rejected: z.int(),
  })
  .openapi('ImportCounts')

const DatasetCounts = z.object({ created: z.int(), updated: z.int(), unchanged: z.int() })

export const Import = z
  .object({
    id: ImportId,
    business: BusinessId,
    state: ImportState,
    fileName: z.string(),
    bytes: z.int(),
    bytesRead: z.int(),
    format: z.enum(fileFormats).nullable(),
    details: z
      .object({
        encoding: z.string().optional(),
        delimiter: z.string().optional(),
        layout: z.string().optional(),
        reason: z.string().optional(),
        confidence: z.number().optional(),
      })
      .openapi({ description: 'How the file is understood.' }),
    mapping: z.record(z.string(), z.unknown()).nullable().openapi({
      description:
        'What the columns of a CSV mean: guessed while the state is needs-mapping, else as confirmed.',
    }),
    missing: z.array(z.string()).openapi({ description: 'Required targets that no column was found for.' }),
    uncertain: z.array(z.string()).openapi({ description: 'What the file itself does not decide.' }),
    counts: ImportCounts,
    datasets: z.partialRecord(DatasetName, DatasetCounts),
    errors: z
      .array(z.object({ line: z.int(), field: z.string().optional(), reason: z.string() }))
      .openapi({ description: 'The first 1,000.' }),
    errorCount: z.int(),
    failure: z.string().nullable(),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    undoneAt: z.iso.datetime().nullable(),
  })
  .openapi('Import')
export type Import = z.infer<typeof Import>

/** The parts of the form beside the file. */
export const ImportForm = z.object({
  format: z.enum(fileFormats).optional(),
  role: z.enum(['buyer', 'seller']).optional(),
  mapping: z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue({ code: 'custom', message: 'must be JSON' })
        return z.NEVER
      }
    })
    .pipe(Mapping)
    .optional(),
})
export type ImportForm = z.infer<typeof ImportForm>

/** The mapping in the API document: what it refines is told by the answer. */
export const MappingBody = z.record(z.string(), z.unknown()).openapi('Mapping', {
  description:
    'dataset, columns { header: target or targets }, constants, dateOrder (ymd, dmy, mdy), decimal (. or ,), currency, headerLine, delimiter, encoding, positiveMeans (in, out), outMarks, only, source.',
  example: {
    dataset: 'transactions',
    columns: { Date: 'bookedAt', Amount: 'amount', Text: 'description' },
    constants: { 'account.name': 'Main account' },
    dateOrder: 'dmy',
    decimal: '.',
  },
})

export const ImportPreview = z
  .object({
    mapping: z.record(z.string(), z.unknown()),
    header: z.array(z.string()),
    headerLine: z.int().nullable(),
    sample: z
      .array(z.array(z.string()))
      .openapi({ description: 'The first rows as they stand in the file.' }),
    targets: z.array(z.string()).openapi({ description: 'What a column may be mapped to.' }),
    records: z.array(
      z.object({ line: z.int(), dataset: DatasetName, fields: z.record(z.string(), z.unknown()) }),
    ),
    errors: z.array(z.object({ line: z.int(), field: z.string().optional(), reason: z.string() })),
  })
  .openapi('ImportPreview', { description: 'The first 20 rows as this mapping reads them.' })
export type ImportPreview = z.infer<typeof ImportPreview>
