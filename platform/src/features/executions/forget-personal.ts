import { decodeId, idPrefixes, type DatasetName } from '@bizq/sdk/contract'
import type { DomainEvent, UnitOfWork } from '../../db/unit-of-work.ts'
import { audit } from '../audit/index.ts'
import { findThere, placeKey } from '../data/index.ts'
import { listPersonalGrantsOf } from '../subscriptions/index.ts'
import * as inputs from './input-store.ts'
import { giveUp } from './run.ts'
import * as schedules from './schedule-store.ts'
import * as store from './store.ts'

/**
 * Erases what was delivered under consents to personal data: when such a consent is taken back, and when a record of
 * a dataset that they name is removed. Kept inputs go, and with them logs and kept state, which the provider's code
 * may have written a person into.
 */
export async function forgetPersonal(unit: UnitOfWork, { type, payload }: DomainEvent): Promise<void> {
  if (type === 'subscription.personal-withdrawn') {
    const { subscription } = payload as { subscription: string }
    const id = decodeId(idPrefixes.subscription, subscription)
    const grants = await listPersonalGrantsOf(unit, { subscription: id })
    await callOff(unit, id, grants)
    await forget(unit, grants, { subscription })
  } else if (type === 'record.changed') {
    const { business, dataset, records, cause } = payload as Removed
    if (cause === 'hand' && (await isAnyGone(unit, business, dataset, records)))
      await forgetDataset(unit, business, dataset)
  } else if (type === 'import.undone') {
    const { business, datasets } = payload as { business: string; datasets: DatasetName[] }
    for (const dataset of datasets) await forgetDataset(unit, business, dataset)
  }
}

interface Removed {
  business: string
  dataset: DatasetName
  records: string[]
  cause: 'hand' | 'effect'
}

async function isAnyGone(
  unit: UnitOfWork,
  business: string,
  dataset: DatasetName,
  records: readonly string[],
) {
  const places = records.map((record) => ({
    business: decodeId(idPrefixes.business, business),
    id: decodeId(datasetPrefix(record), record),
  }))
  const there = await findThere(unit, dataset, places)
  return places.some((place) => !there.has(placeKey(place.business, place.id)))
}

const datasetPrefix = (record: string): string => record.split('_')[0] ?? ''

async function forgetDataset(unit: UnitOfWork, business: string, dataset: DatasetName): Promise<void> {
  const of = { business: decodeId(idPrefixes.business, business), dataset }
  const grants = await listPersonalGrantsOf(unit, of)
  if (grants.length > 0) await forget(unit, grants, { business, dataset })
}

async function forget(
  unit: UnitOfWork,
  grants: readonly string[],
  subject: Record<string, string>,
): Promise<void> {
  const count = await inputs.deleteInputsUnder(unit.tx, grants)
  await store.emptyLogsUnder(unit.tx, grants)
  for (const subscription of await store.listSubscriptionsUnder(unit.tx, grants))
    await schedules.saveKeptState(unit.tx, subscription, null)
  await audit(unit, 'execution-inputs.delete', { ...subject, inputs: count })
}

/** What runs on a withdrawn consent, or waits to run on it again, is called off; what has no input yet gets the new grant. */
async function callOff(unit: UnitOfWork, subscription: string, grants: readonly string[]): Promise<void> {
  for (const row of await store.listOpenOf(unit.tx, subscription)) {
    const isUnder = grants.includes(row.grant_id) && (row.state === 'running' || row.input_digest !== null)
    if (isUnder)
      await giveUp(unit, row, { state: 'cancelled', reason: 'The consent to personal data was taken back.' })
  }
}
