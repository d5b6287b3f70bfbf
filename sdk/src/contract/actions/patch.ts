import { z } from 'zod'
import { DatasetName, type DatasetName as Dataset } from '../datasets/index.ts'
import type { Row } from '../rows.ts'

const values = z.record(z.string(), z.unknown())

/**
 * One change of BizQ's own records, or one e-mail to be sent. An effect is a list of these; the
 * platform writes them in one transaction and keeps each with the `id` of what it created.
 */
export const Patch = z.union([
  z.strictObject({ dataset: DatasetName, id: z.string(), set: values }),
  z.strictObject({ create: z.strictObject({ dataset: DatasetName, values }), id: z.string().optional() }),
  z.strictObject({ task: values, id: z.string().optional() }),
  z.strictObject({ removeTask: z.string() }),
  z.strictObject({
    mail: z.strictObject({
      to: z.strictObject({ dataset: z.enum(['customers', 'suppliers']), id: z.string() }),
      subject: z.string(),
      text: z.string(),
    }),
  }),
])
export type Patch = z.infer<typeof Patch>

type Values<D extends Dataset> = Partial<Omit<Row<D>, 'id'>>

/** Sets fields of one record. */
export function set<D extends Dataset>(dataset: D, id: string, fields: Values<D>): Patch {
  return { dataset, id, set: fields }
}

/** Creates a record. */
export function create<D extends Dataset>(dataset: D, fields: Values<D>): Patch {
  return { create: { dataset, values: fields } }
}

/** Sends plain text to the address on record of one customer or supplier. */
export function mail(dataset: 'customers' | 'suppliers', id: string, subject: string, text: string): Patch {
  return { mail: { to: { dataset, id }, subject, text } }
}

/** The ids and datasets of records as they were, to take a patch back with. */
export interface RecordBefore {
  dataset: Dataset
  row: Readonly<Record<string, unknown>>
}

/** The patches that put every field that was set back to what it was. Pure: `restore(before, effect)` undoes `effect`. */
export function restore(before: readonly RecordBefore[], applied: readonly Patch[]): Patch[] {
  return applied.flatMap((patch) => {
    if (!('set' in patch)) return []
    const was = before.find(({ dataset, row }) => dataset === patch.dataset && row['id'] === patch.id)
    if (!was) throw new RangeError(`no earlier state of ${patch.dataset} ${patch.id} to restore`)
    const fields = Object.keys(patch.set).map((field) => [field, was.row[field] ?? null])
    return [
      { dataset: patch.dataset, id: patch.id, set: Object.fromEntries(fields) as Record<string, unknown> },
    ]
  })
}
