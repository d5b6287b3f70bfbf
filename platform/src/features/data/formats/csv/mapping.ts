import { z } from 'zod'
import { CurrencyCode, DatasetName } from '@bizq/sdk/contract'
import { resolveTarget, targetsOf } from './targets.ts'

const TargetName = z.string().min(1).max(100)

/**
 * What the columns of a CSV mean: guessed by the platform, confirmed by the operator. A row is one record
 * of `dataset`; columns whose target has a dot also make the records it refers to, so that one file of order
 * lines yields orders, customers and products.
 */
export const Mapping = z
  .object({
    dataset: DatasetName,
    /** By the header, trimmed (`Column 1` … where there is none): a target, or several. Columns left out are ignored. */
    columns: z.record(z.string().max(500), z.union([TargetName, z.array(TargetName).min(1).max(5)])),
    /** Values that every row has although no column says them, e.g. `{ 'account.name': 'Company card' }`. */
    constants: z.record(TargetName, z.string().max(500)).default({}),
    dateOrder: z.enum(['ymd', 'dmy', 'mdy']),
    decimal: z.enum(['.', ',']),
    /** Of money in rows that name no currency; the business's own where null. */
    currency: CurrencyCode.nullable().default(null),
    /** The line of the header; null where the file starts with data. Found by itself where it is not given. */
    headerLine: z.int().min(1).max(1000).nullable().optional(),
    delimiter: z.string().length(1).optional(),
    encoding: z
      .enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'windows-1250', 'iso-8859-15'])
      .optional(),
    /** What a positive amount means on a statement: money in, or money out as card statements have it. */
    positiveMeans: z.enum(['in', 'out']).default('in'),
    /** Marks in the `direction` column that mean money out. */
    outMarks: z.array(z.string().max(40)).max(20).default([]),
    /** Whether the rows of each currency belong to an account of their own, as wallets keep them. */
    isAccountPerCurrency: z.boolean().default(false),
    /** Only rows with one of these values in this column, e.g. `{ Status: ['Completed'] }`. */
    only: z.record(z.string().max(500), z.array(z.string().max(100)).max(20)).default({}),
    /** Who gave the ids in the file: records with the same id from the same source are the same. */
    source: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'may hold small letters, digits and hyphens')
      .default('csv'),
  })
  .superRefine((mapping, context) => {
    const wrong = (path: string[], target: string) => {
      if (resolveTarget(mapping.dataset, target)) return
      const near = targetsOf(mapping.dataset)
        .filter((other) => other.includes(target.split('.').pop() ?? ''))
        .slice(0, 5)
      const hint = near.length ? `; did you mean ${near.join(', ')}?` : ''
      context.addIssue({ code: 'custom', path, message: `${mapping.dataset} has no field ${target}${hint}` })
    }
    for (const [header, targets] of Object.entries(mapping.columns)) {
      for (const target of [targets].flat()) wrong(['columns', header], target)
    }
    for (const target of Object.keys(mapping.constants)) wrong(['constants', target], target)
  })
export type Mapping = z.infer<typeof Mapping>
export type MappingInput = z.input<typeof Mapping>
