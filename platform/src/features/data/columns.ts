import { datasetOf, type DatasetName, type FieldKind } from '@bizq/sdk/contract'

/** A field of a dataset and the column that keeps it. */
export interface FieldColumn {
  field: string
  column: string
  kind: FieldKind
  required: boolean
  /** The dataset that a reference points into. */
  dataset?: DatasetName
  values?: readonly string[]
}

/** `orderLines` → `order_lines`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** The table of a dataset within the schema `data`. */
export function tableOf(dataset: DatasetName): string {
  return snakeCase(dataset)
}

const kept = new Map<DatasetName, readonly FieldColumn[]>()

/** The fields of a dataset with their columns, without the id, in the contract's order. */
export function columnsOf(dataset: DatasetName): readonly FieldColumn[] {
  const known = kept.get(dataset)
  if (known) return known
  const columns = Object.entries(datasetOf(dataset).fields)
    .filter(([, field]) => field.kind !== 'identifier')
    .map(([name, field]) => ({
      field: name,
      column: snakeCase(name),
      kind: field.kind,
      required: field.required,
      ...(field.dataset ? { dataset: field.dataset as DatasetName } : {}),
      ...(field.values ? { values: field.values } : {}),
    }))
  kept.set(dataset, columns)
  return columns
}

/** The column of a field. Throws a RangeError if the dataset has no such field. */
export function columnOf(dataset: DatasetName, field: string): FieldColumn {
  const column = columnsOf(dataset).find((each) => each.field === field)
  if (!column) throw new RangeError(`${dataset} has no field ${field}`)
  return column
}

/** Whether amounts in this dataset need a currency beside them. */
export function hasMoney(dataset: DatasetName): boolean {
  return columnsOf(dataset).some(({ kind }) => kind === 'money')
}

/** The column type of each kind. */
export const columnTypes: Record<FieldKind, string> = {
  identifier: 'uuid',
  reference: 'uuid',
  counterparty: 'uuid',
  money: 'bigint',
  quantity: 'numeric',
  rate: 'numeric',
  boolean: 'boolean',
  timestamp: 'timestamp with time zone',
  date: 'date',
  code: 'text',
  enum: 'text',
  currency: 'text',
  country: 'text',
  category: 'text',
  region: 'text',
  place: 'text',
  personName: 'text',
  email: 'text',
  phone: 'text',
  street: 'text',
  iban: 'text',
  taxNumber: 'text',
  legalName: 'text',
  text: 'text',
}
