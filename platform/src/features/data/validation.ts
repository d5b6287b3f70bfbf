import type { DatasetName } from '@bizq/sdk/contract'
import { ProblemError } from '../../problems.ts'
import { columnsOf } from './columns.ts'
import * as store from './record-store.ts'
import { currenciesOf, missingFields, valuesSchema, type Values } from './values.ts'

/**
 * Values as the contract allows them. `part` are some fields in wire form; `whole` is a record, whose
 * required fields must be there and whose amounts must be in one currency.
 */
export function requireValid(
  dataset: DatasetName,
  values: Values,
  extent: 'part' | 'whole' = 'part',
): Values {
  const errors = problemsOf(dataset, values, extent)
  if (errors.length > 0) throw new ProblemError('record-invalid', { errors })
  return values
}

function problemsOf(dataset: DatasetName, values: Values, extent: 'part' | 'whole') {
  const own = values['currency']
  const currencies = [...new Set([...(typeof own === 'string' ? [own] : []), ...currenciesOf(values)])]
  const mixed =
    currencies.length > 1
      ? [{ pointer: '', detail: `has amounts in ${currencies.join(' and ')}; one record holds one currency` }]
      : []
  if (extent === 'part') {
    const checked = valuesSchema(dataset, 'wire').safeParse(values)
    const issues = checked.success ? [] : checked.error.issues
    return [
      ...issues.map((issue) => ({ pointer: `/${issue.path.join('/')}`, detail: issue.message })),
      ...mixed,
    ]
  }
  const missing = missingFields(dataset, values).map((field) => ({
    pointer: `/${field}`,
    detail: 'is required',
  }))
  return [...missing, ...mixed]
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
