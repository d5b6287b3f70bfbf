import type { DatasetName } from '@bizq/sdk/contract'
import { ProblemError } from '../../problems.ts'
import { columnsOf } from './columns.ts'
import * as store from './record-store.ts'
import { currenciesOf, missingFields, valuesSchema, type Values } from './values.ts'

/**
 * Values as the contract allows them. `part` are some fields in wire form; `whole` is a record, whose
 * required fields must be there and whose amounts must be in one currency. Refuses with `record-invalid`.
 */
export function requireValid(
  dataset: DatasetName,
  values: Values,
  extent: 'part' | 'whole' = 'part',
): Values {
  const problems =
    extent === 'part' ? schemaProblems(dataset, values, 'wire') : wholeProblems(dataset, values)
  if (problems.length > 0) {
    const errors = problems.map(({ field = '', reason }) => ({
      pointer: field && `/${field}`,
      detail: reason,
    }))
    throw new ProblemError('record-invalid', { errors })
  }
  return values
}

export interface FieldProblem {
  field?: string
  reason: string
}

/** What is wrong with values that hold UUIDs, field by field. */
export function fieldProblems(dataset: DatasetName, values: Values): FieldProblem[] {
  return schemaProblems(dataset, values, 'uuid')
}

function schemaProblems(dataset: DatasetName, values: Values, ids: 'uuid' | 'wire'): FieldProblem[] {
  const checked = valuesSchema(dataset, ids).safeParse(values)
  if (checked.success) return []
  return checked.error.issues.map((issue) => ({ field: issue.path.join('/'), reason: issue.message }))
}

/** What keeps these values from being a record: a required field is empty, or amounts are in several currencies. */
export function wholeProblems(dataset: DatasetName, values: Values): FieldProblem[] {
  const problems = missingFields(dataset, values).map((field) => ({ field, reason: 'is required' }))
  const own = values['currency']
  const currencies = [...new Set([...(typeof own === 'string' ? [own] : []), ...currenciesOf(values)])]
  const mixed =
    currencies.length > 1
      ? [{ reason: `has amounts in ${currencies.join(' and ')}; one record holds one currency` }]
      : []
  return [...problems, ...mixed]
}

/** Refuses a reference to a record that is not in this business. `values` hold UUIDs. */
export async function requireReferences(
  tx: Parameters<typeof store.findRecords>[0],
  scope: store.Scope,
  dataset: DatasetName,
  values: Values,
): Promise<void> {
  for (const column of columnsOf(dataset)) {
    const id = values[column.field]
    if (!column.dataset || typeof id !== 'string') continue
    const found = await store.findRecords(tx, scope, column.dataset, [id])
    if (found.length === 0) {
      throw new ProblemError('record-invalid', {
        errors: [
          {
            pointer: `/${column.field}`,
            detail: `there is no such record in ${column.dataset} of this business`,
          },
        ],
      })
    }
  }
}
