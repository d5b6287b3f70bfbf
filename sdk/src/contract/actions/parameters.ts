import { z } from 'zod'
import { datasetOf, type DatasetName } from '../datasets/index.ts'
import { PlainDate } from '../dates.ts'
import { idSchema, pseudonymSchema } from '../ids.ts'
import { Money } from '../money.ts'

/** What a parameter is: decides how it is translated, shown in a sentence and drawn in the edit form. */
export type ParameterKind =
  | 'reference'
  | 'money'
  | 'date'
  | 'rate'
  | 'quantity'
  | 'label'
  | 'template'
  | 'choice'
  | 'boolean'

interface Mark {
  kind: ParameterKind
  dataset?: DatasetName
}

const marks = z.registry<Mark>()

function marked<S extends z.ZodType>(schema: S, mark: Mark): S {
  marks.add(schema, mark)
  return schema
}

/** A reference to a record: its id (`bil_01h…`) on the operator's side, its pseudonym on the provider's. */
export function ref(dataset: DatasetName) {
  return marked(idSchema(datasetOf(dataset).prefix), { kind: 'reference', dataset })
}

/** The other parameters of actions, each with what it is. */
export const parameter = {
  money: () =>
    marked(
      Money.refine((m) => m.amount >= 0, 'must not be negative'),
      { kind: 'money' },
    ),
  date: () => marked(z.iso.date(), { kind: 'date' }) satisfies typeof PlainDate,
  rate: (max: number) => marked(z.number().gt(0).max(max), { kind: 'rate' }),
  quantity: () => marked(z.number().positive().max(1_000_000), { kind: 'quantity' }),
  label: () => marked(z.string().trim().min(1).max(120), { kind: 'label' }),
  /** Plain text that the platform fills: see `checkTemplate`. */
  template: (max: number) => marked(z.string().trim().min(1).max(max), { kind: 'template' }),
  choice: <const V extends readonly [string, ...string[]]>(values: V) =>
    marked(z.enum(values), { kind: 'choice' }),
  boolean: () => marked(z.boolean(), { kind: 'boolean' }),
}

function unwrap(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
    ? unwrap(schema.unwrap() as z.ZodType)
    : schema
}

/** What a parameter is, whether it may be left out, and, for a reference, the dataset that it points into. */
export interface ParameterInfo extends Mark {
  name: string
  isOptional: boolean
}

/** The parameters of an action, in the order of its schema. */
export function parametersOf(schema: z.ZodObject): ParameterInfo[] {
  return Object.entries(schema.shape).map(([name, part]) => {
    const mark = marks.get(unwrap(part as z.ZodType))
    if (!mark) throw new TypeError(`parameter ${name} has no kind: make it with ref() or parameter.…()`)
    return { name, isOptional: (part as z.ZodType).safeParse(undefined).success, ...mark }
  })
}

/** The same parameters as a provider writes them: references are pseudonyms, all else is unchanged. */
export function providerSide<S extends z.ZodObject>(schema: S): S {
  const shape = parametersOf(schema).map(({ name, dataset, isOptional }) => {
    if (!dataset) return [name, schema.shape[name] as z.ZodType]
    const pseudonym = pseudonymSchema(datasetOf(dataset).prefix)
    return [name, isOptional ? pseudonym.optional() : pseudonym]
  })
  return z.strictObject(Object.fromEntries(shape)) as unknown as S
}
