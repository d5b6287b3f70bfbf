import { datasetNames, datasetOf, type DatasetName, type Field } from '@bizq/sdk/contract'
import { error } from '@sveltejs/kit'

/** A field of a dataset as pages need it, without the library that defines it. */
export interface FieldInfo {
  name: string
  kind: Field['kind']
  classification: Field['classification']
  description: string
  isRequired: boolean
  dataset: string | null
  values: readonly string[] | null
}

export function requireDataset(name: string): DatasetName {
  const found = datasetNames.find((one) => one === name)
  if (!found) error(404, { message: 'There is no such dataset' })
  return found
}

export function fieldsOf(dataset: DatasetName): FieldInfo[] {
  return Object.entries(datasetOf(dataset).fields).map(([name, field]) => ({
    name,
    kind: field.kind,
    classification: field.classification,
    description: field.description,
    isRequired: field.required,
    dataset: field.dataset ?? null,
    values: field.values ?? null,
  }))
}

/** The field by which people call a record of the dataset, if it has one. */
export function nameFieldOf(dataset: DatasetName): string | null {
  const { fields } = datasetOf(dataset)
  return ['number', 'name', 'title', 'sku', 'subject'].find((name) => name in fields) ?? null
}

/** The time field, by which lists of a dataset are filtered. */
export function timeFieldOf(dataset: DatasetName): string | null {
  return datasetOf(dataset).time
}
