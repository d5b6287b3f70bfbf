import { datasetNames, encodeId, idPrefixes, type DatasetName } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireRole } from '../../http/authorise.ts'
import { audit } from '../audit/index.ts'
import { requireBusiness, requireBusinessRow } from '../businesses/index.ts'
import type { Fence } from './schemas.ts'
import * as store from './fence-store.ts'

/** Which datasets of a business are fenced off from every provider. */
export async function listFences(unit: UnitOfWork, business: string): Promise<z.infer<typeof Fence>[]> {
  const { id } = await requireBusiness(unit, business)
  const fenced = new Set((await store.listFences(unit.tx, id)).map(({ dataset }) => dataset))
  return datasetNames.map((dataset) => ({ dataset, isFenced: fenced.has(dataset) }))
}

/** Whether a dataset of a business (UUID), or the whole business, is fenced off. */
export async function isFenced(unit: UnitOfWork, business: string, dataset: DatasetName): Promise<boolean> {
  const { fenced_at: fencedAt } = await requireBusinessRow(unit, business)
  if (fencedAt) return true
  return (await store.listFences(unit.tx, business)).some((fence) => fence.dataset === dataset)
}

/** Fences a dataset of a business off from every provider, whatever was granted, or takes the fence away. It holds from the commit on. */
export async function setDatasetFence(
  unit: UnitOfWork,
  business: string,
  dataset: DatasetName,
  isFenced: boolean,
): Promise<z.infer<typeof Fence>> {
  requireRole(unit.actor, 'manager')
  const { id } = await requireBusiness(unit, business)
  if (isFenced) await store.insertFence(unit.tx, unit.actor.organisation, id, dataset)
  else await store.deleteFence(unit.tx, id, dataset)
  await audit(unit, isFenced ? 'dataset.fence' : 'dataset.unfence', { business, dataset })
  unit.emit('fence.changed', { business: encodeId(idPrefixes.business, id), dataset, isFenced })
  return { dataset, isFenced }
}
