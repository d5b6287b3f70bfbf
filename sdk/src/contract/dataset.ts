import { z } from 'zod'

/** How carefully a field is to be treated; see contract.md, Data. */
export const Classification = z.enum(['public', 'internal', 'confidential', 'personal', 'secret'])
export type Classification = z.infer<typeof Classification>

/** How a field leaves the platform. */
export const Mask = z.enum(['clear', 'pseudonym', 'scaled', 'coarse', 'redacted', 'withheld'])
export type Mask = z.infer<typeof Mask>

/** What a field is. Together with its classification this decides its mask. */
export const FieldKind = z.enum([
  'identifier', // the record's own id
  'reference', // the id of a record of another dataset
  'counterparty', // who stands on the other side of a bank row: an id of its own, no dataset
  'code', // the source's own number or key (order number, SKU, reference): never leaves
  'money',
  'quantity', // a count or measure; decimal
  'rate', // a share or percentage, 0.2 is 20 %
  'enum',
  'boolean',
  'currency',
  'country', // ISO 3166-1 alpha-2
  'category', // a label from the business's own list
  'timestamp', // an instant, ISO 8601 in UTC
  'date', // a calendar day, YYYY-MM-DD
  'region', // a place within a country: state, province, county
  'place', // finer than a region: city, postal code
  'personName',
  'email',
  'phone',
  'street',
  'iban',
  'taxNumber',
  'legalName', // a company's name; what may be a person counts as one
  'text', // free text, redacted when imported
])
export type FieldKind = z.infer<typeof FieldKind>

export interface Field<K extends FieldKind = FieldKind> {
  kind: K
  classification: Classification
  /** One sentence for providers and operators. */
  description: string
  /** True when every record has it; otherwise it may be null. */
  required: boolean
  /** The dataset that a reference points into. */
  dataset?: string
  /** The values of an enum. */
  values?: readonly string[]
}

export interface DatasetDefinition<
  N extends string = string,
  F extends Record<string, Field> = Record<string, Field>,
> {
  name: N
  /** One record, in words: `invoice`. */
  singular: string
  /** The prefix of its ids and pseudonyms. */
  prefix: string
  description: string
  /** The field by which windows count; without one the dataset comes whole. */
  time: string | null
  /** Records that are inside every window whatever their age: an unpaid invoice, an undelivered order. */
  openWhile: { field: string; values: readonly string[] } | null
  /** The fields that tell two records apart when the source gives no id of its own. */
  naturalKey: readonly string[]
  fields: F
}

/** Defines a dataset: from this one value come validation, storage, masking, SDK types, API docs and the preview. */
export function defineDataset<const N extends string, const F extends Record<string, Field>>(
  definition: DatasetDefinition<N, F>,
): DatasetDefinition<N, F> {
  return definition
}

interface Options {
  required?: boolean
  classification?: Classification
}
type Made<K extends FieldKind, O extends Options> = Field<K> & {
  required: O extends { required: true } ? true : false
}

function maker<K extends FieldKind>(kind: K, usual: Classification) {
  return <const O extends Options = object>(description: string, options?: O): Made<K, O> =>
    ({
      kind,
      description,
      classification: options?.classification ?? usual,
      required: options?.required ?? false,
    }) as Made<K, O>
}

/** The makers of fields, one for each kind, with the classification that the kind usually has. */
export const field = {
  identifier: (description = 'The record’s own id.') =>
    maker('identifier', 'internal')(description, { required: true }),
  reference: <const D extends string, const O extends Options = object>(
    dataset: D,
    description: string,
    options?: O,
  ) => ({ ...maker('reference', 'internal')(description, options), dataset }),
  enum: <const V extends readonly [string, ...string[]], const O extends Options = object>(
    values: V,
    description: string,
    options?: O,
  ) => ({ ...maker('enum', 'internal')(description, options), values }),
  counterparty: maker('counterparty', 'personal'),
  code: maker('code', 'confidential'),
  money: maker('money', 'confidential'),
  quantity: maker('quantity', 'internal'),
  rate: maker('rate', 'internal'),
  boolean: maker('boolean', 'internal'),
  currency: maker('currency', 'internal'),
  country: maker('country', 'internal'),
  category: maker('category', 'internal'),
  timestamp: maker('timestamp', 'internal'),
  date: maker('date', 'internal'),
  region: maker('region', 'internal'),
  place: maker('place', 'personal'),
  personName: maker('personName', 'personal'),
  email: maker('email', 'personal'),
  phone: maker('phone', 'personal'),
  street: maker('street', 'personal'),
  iban: maker('iban', 'personal'),
  taxNumber: maker('taxNumber', 'personal'),
  legalName: maker('legalName', 'confidential'),
  text: maker('text', 'confidential'),
}

/** The mask that a field's kind and classification lead to, before personal-data grants and exact money. */
export function defaultMask(f: Pick<Field, 'kind' | 'classification'>): Mask {
  if (f.classification === 'secret') return 'withheld'
  switch (f.kind) {
    case 'identifier':
    case 'reference':
    case 'counterparty':
      return 'pseudonym'
    case 'money':
      return 'scaled'
    case 'quantity':
    case 'rate':
    case 'enum':
    case 'boolean':
    case 'currency':
    case 'country':
    case 'category':
    case 'region':
      return 'clear'
    case 'timestamp':
    case 'date':
      return f.classification === 'personal' ? 'coarse' : 'clear'
    case 'text':
      return 'redacted'
    case 'legalName':
      return 'clear'
    case 'place':
    case 'code':
    case 'personName':
    case 'email':
    case 'phone':
    case 'street':
    case 'iban':
    case 'taxNumber':
      return 'withheld'
  }
}

/** Whether a field leaves at all without a personal-data grant. */
export function leaves(field: Field): boolean {
  return defaultMask(field) !== 'withheld'
}
