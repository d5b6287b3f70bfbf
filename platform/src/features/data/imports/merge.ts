import type { DatasetName } from '@bizq/sdk/contract'
import { columnOf } from '../columns.ts'
import type { FieldValue } from '../formats/index.ts'
import { isSame, type Values } from '../values.ts'

/** What a file says about a record; references and counterparties are UUIDs. */
export interface Incoming {
  values: Values
  asOf?: string | undefined
  /** Fields taken for granted: they fill what is empty. */
  assumed?: readonly string[] | undefined
  /** Fields added up from the lines of this file alone. */
  summed?: readonly string[] | undefined
}

export interface Standing {
  values: Values
  asOf: string | null
  isStub: boolean
  /** What the source said beneath each override. */
  overrides: ReadonlyMap<string, { id: string; importedValue: FieldValue }>
}

export interface Merged {
  values: Values
  asOf: string | null
  /** What the source said before, by changed field. */
  previous: Values
  /** Overrides that another value of the source ends, by field. */
  superseded: Record<string, string>
  /** Overrides that the source now says too: the change has arrived where it came from. */
  confirmed: Record<string, string>
}

/** Datasets of which each row of a file is a record of its own: an empty cell there empties the field. */
const oneRowEach: ReadonlySet<DatasetName> = new Set([
  'transactions',
  'orderLines',
  'adSpend',
  'purchaseOrders',
  'tickets',
])

/** Fields that people and effects fill and that files only sometimes know: an empty cell does not empty them. */
const keptWhenEmpty: ReadonlySet<string> = new Set([
  'transactions.category',
  'transactions.invoice',
  'transactions.bill',
])

/** Lays what a file says over what stands: an unchanged source value leaves an override, a changed one wins. */
export function merge(dataset: DatasetName, standing: Standing, incoming: Incoming): Merged {
  const merged: Merged = {
    values: { ...standing.values },
    asOf: standing.asOf,
    previous: {},
    superseded: {},
    confirmed: {},
  }
  const isOlder = standing.asOf !== null && incoming.asOf !== undefined && incoming.asOf < standing.asOf
  if (incoming.asOf !== undefined && !isOlder) merged.asOf = incoming.asOf
  for (const [field, value] of Object.entries(incoming.values)) {
    const override = standing.overrides.get(field)
    const before = override ? override.importedValue : (standing.values[field] ?? null)
    if (isSame(before, value)) continue
    if (value === null && !mayEmpty(dataset, field)) continue
    const isWeak =
      isOlder || incoming.assumed?.includes(field) || (incoming.summed?.includes(field) && !standing.isStub)
    if (isWeak && before !== null) continue
    merged.previous[field] = before
    if (override) {
      const ended = isSame(standing.values[field], value) ? merged.confirmed : merged.superseded
      ended[field] = override.id
    }
    merged.values[field] = value
  }
  return merged
}

function mayEmpty(dataset: DatasetName, field: string): boolean {
  return (
    oneRowEach.has(dataset) && !keptWhenEmpty.has(`${dataset}.${field}`) && !columnOf(dataset, field).required
  )
}
