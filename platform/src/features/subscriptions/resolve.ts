import type { DatasetName } from '@bizq/sdk/contract'
import { resolvePseudonym as decryptPseudonym } from '@bizq/sdk/contract/host'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { loadRecords, recordId, recordUuid } from '../data/index.ts'
import type { OpenGrant } from './grants.ts'

export interface Named {
  dataset: DatasetName
  pseudonym: string
}

/** The UUID of the record that a pseudonym stands for; undefined if it is no record of the grant's business. */
export async function resolvePseudonym(
  unit: UnitOfWork,
  grant: Pick<OpenGrant, 'key' | 'business'>,
  dataset: DatasetName,
  pseudonym: string,
): Promise<string | undefined> {
  return (await resolvePseudonyms(unit, grant, [{ dataset, pseudonym }])).get(pseudonym)
}

/** The same for many, with one look-up for each dataset. What is no record of the business is left out. */
export async function resolvePseudonyms(
  unit: UnitOfWork,
  grant: Pick<OpenGrant, 'key' | 'business'>,
  named: readonly Named[],
): Promise<Map<string, string>> {
  const resolved = new Map<string, string>()
  for (const [dataset, group] of Map.groupBy(named, (each) => each.dataset)) {
    const uuids = new Map<string, string>()
    for (const { pseudonym } of group) {
      const uuid = decryptPseudonym(grant.key, dataset, pseudonym)
      if (uuid) uuids.set(pseudonym, uuid)
    }
    const ids = [...new Set(uuids.values())].map((uuid) => recordId(dataset, uuid))
    const found = await loadRecords(unit, grant.business, dataset, ids)
    const there = new Set([...found.keys()].map((id) => recordUuid(dataset, id)))
    for (const [pseudonym, uuid] of uuids) if (there.has(uuid)) resolved.set(pseudonym, uuid)
  }
  return resolved
}
