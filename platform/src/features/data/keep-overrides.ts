import type { DatasetName } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import * as overrides from './override-store.ts'
import type { Cause } from './patches.ts'
import type * as store from './record-store.ts'
import { isSame, type StoredRecord, type Values } from './values.ts'

/** What a source said stays beneath what was set; setting it to what the source says ends the override. */
export async function keepOverrides(
  unit: UnitOfWork,
  scope: store.Scope,
  dataset: DatasetName,
  record: StoredRecord,
  set: Values,
  cause: Cause,
  ended: 'replaced' | 'reverted',
): Promise<void> {
  const changed = Object.entries(set).filter(([field, value]) => !isSame(record.values[field], value))
  if (changed.length === 0) return
  const standing = await overrides.findStanding(unit.tx, scope, dataset, [record.id])
  const fresh: overrides.NewOverride[] = []
  const over: string[] = []
  for (const [field, value] of changed) {
    const known = standing.find((each) => each.field === field)
    const importedValue = known ? known.importedValue : (record.values[field] ?? null)
    if (known) over.push(known.id)
    if (isSame(importedValue, value)) continue
    fresh.push({
      dataset,
      record: record.id,
      field,
      importedValue,
      value,
      effect: cause === 'hand' ? null : cause.effect,
      actor: unit.actor.user,
    })
  }
  await overrides.endOverrides(unit.tx, scope, over, ended)
  await addOverrides(unit, scope, dataset, record.id, fresh, ended)
}

/** When an effect is taken back, an earlier override that wrote the same value stands again. */
async function addOverrides(
  unit: UnitOfWork,
  scope: store.Scope,
  dataset: DatasetName,
  record: string,
  fresh: overrides.NewOverride[],
  ended: 'replaced' | 'reverted',
): Promise<void> {
  if (fresh.length === 0) return
  const earlier = ended === 'reverted' ? await overrides.listOverrides(unit.tx, scope, dataset, record) : []
  const added: overrides.NewOverride[] = []
  for (const each of fresh) {
    const beneath = earlier.find(
      (one) => one.state === 'replaced' && one.field === each.field && isSame(one.value, each.value),
    )
    if (beneath) await overrides.resumeOverride(unit.tx, scope, beneath.id, each.importedValue)
    else added.push(each)
  }
  await overrides.insertOverrides(unit.tx, scope, added)
}
