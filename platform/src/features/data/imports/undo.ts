import { datasetNames, type DatasetName } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../../db/unit-of-work.ts'
import * as overrides from '../override-store.ts'
import { findRecords, updateRecords, type Scope, type ChangedRecord } from '../record-store.ts'
import { listSummedOrders, sumOrders } from './land-store.ts'
import * as store from './undo-store.ts'

const pageRecords = 1_000

/**
 * Takes an import back within the unit. Records that another import holds too become that one's; fields
 * that a later import changed keep its value.
 */
export async function undo(unit: UnitOfWork, scope: Scope, importId: string): Promise<void> {
  for (const dataset of datasetNames) await restoreChanged(unit, scope, importId, dataset)
  const fromLeaves = datasetNames.toReversed()
  for (const dataset of fromLeaves) await store.handOver(unit.tx, scope, importId, dataset)
  for (const dataset of fromLeaves) {
    await store.deleteCreated(unit.tx, scope, importId, dataset)
    await store.emptyCreated(unit.tx, scope, importId, dataset)
  }
  for (const dataset of fromLeaves) await store.deleteOrphanStubs(unit.tx, scope, dataset)
  await sumAllOrders(unit, scope)
  await store.forgetImport(unit.tx, scope, importId)
}

async function restoreChanged(
  unit: UnitOfWork,
  scope: Scope,
  importId: string,
  dataset: DatasetName,
): Promise<void> {
  let after: string | undefined
  for (;;) {
    const changes = await store.listChanges(unit.tx, scope, importId, dataset, after, pageRecords)
    if (changes.length === 0) return
    after = changes.at(-1)?.record
    const ids = changes.map((change) => change.record)
    const records = new Map(
      (await findRecords(unit.tx, scope, dataset, ids, true)).map((each) => [each.id, each]),
    )
    const standing = await overrides.findStanding(unit.tx, scope, dataset, ids)
    const restored: ChangedRecord[] = []
    for (const change of changes) {
      const record = records.get(change.record)
      if (!record) continue
      const own = standing.filter((override) => override.record === record.id)
      restored.push(await restoreOne(unit, scope, dataset, { record, change, standing: own }))
    }
    await updateRecords(unit.tx, scope, dataset, restored)
  }
}

interface Restoring {
  record: ChangedRecord
  change: store.StoredChange
  standing: overrides.Override[]
}

/** The record as it was before the import: where an override stood, its value stands again over what the source said then. */
async function restoreOne(
  unit: UnitOfWork,
  scope: Scope,
  dataset: DatasetName,
  { record, change, standing }: Restoring,
): Promise<ChangedRecord> {
  const passed = await store.passOn(unit.tx, scope, dataset, change)
  const values = { ...record.values }
  for (const [field, value] of Object.entries(change.previous)) {
    if (passed.has(field)) continue
    const since = standing.find((override) => override.field === field)
    const ended = change.overrides[field]
    if (since) {
      await overrides.setImportedValue(unit.tx, scope, since.id, value)
    } else if (ended === undefined) {
      values[field] = value
    } else {
      await overrides.resumeOverride(unit.tx, scope, ended, value)
      values[field] = await overrides.requireValue(unit.tx, scope, ended)
    }
  }
  return { ...record, values, asOf: passed.size > 0 ? record.asOf : change.asOf }
}

/** Orders that stayed while some of their lines went. */
async function sumAllOrders(unit: UnitOfWork, scope: Scope): Promise<void> {
  let orders: string[] = []
  do {
    orders = await listSummedOrders(unit.tx, scope, orders.at(-1), pageRecords)
    await sumOrders(unit.tx, scope, orders)
  } while (orders.length === pageRecords)
}
