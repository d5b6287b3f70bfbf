import type { DatasetName } from '@bizq/sdk/contract'
import { resolvePseudonym as decryptPseudonym } from '@bizq/sdk/contract/host'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { findThere, placeKey } from '../data/index.ts'
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
  const [resolved] = await resolvePseudonymsAcross(unit, [{ grant, named }])
  return resolved ?? new Map()
}

/** The same for many grants, still with one look-up for each dataset: a map for each, in their order. */
export async function resolvePseudonymsAcross(
  unit: UnitOfWork,
  asked: readonly { grant: Pick<OpenGrant, 'key' | 'business'>; named: readonly Named[] }[],
): Promise<Map<string, string>[]> {
  const resolved = asked.map(() => new Map<string, string>())
  const meant = asked.flatMap(({ grant, named }, at) =>
    distinct(named).flatMap(({ dataset, pseudonym }) => {
      const id = decryptPseudonym(grant.key, dataset, pseudonym)
      return id ? [{ at, dataset, pseudonym, business: grant.business, id }] : []
    }),
  )
  for (const [dataset, group] of Map.groupBy(meant, (each) => each.dataset)) {
    const places = new Map(group.map((each) => [placeKey(each.business, each.id), each]))
    const there = await findThere(unit, dataset, [...places.values()])
    for (const { at, pseudonym, business, id } of group)
      if (there.has(placeKey(business, id))) resolved[at]?.set(pseudonym, id)
  }
  return resolved
}

function distinct(named: readonly Named[]): Named[] {
  return [...new Map(named.map((each) => [`${each.dataset} ${each.pseudonym}`, each])).values()]
}
