import { datasetNames, datasetOf, type DatasetName } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { loadRecords, recordId } from '../data/index.ts'
import { openGrant, resolvePseudonyms, type Named, type SubscriptionRow } from '../subscriptions/index.ts'

const datasetOfPrefix = new Map(datasetNames.map((dataset) => [datasetOf(dataset).prefix, dataset]))
const pseudonyms = /(?<![A-Za-z0-9])([a-z]{2,5})_[0-9a-f]{32}(?![A-Za-z0-9])/g
const mostNamed = 100
const telling = ['name', 'company', 'title', 'number', 'description'] as const

/** What the pseudonyms in these texts stand for, as their operator knows it; what is no record of the business is left out. */
export async function nameRecords(
  unit: UnitOfWork,
  deps: Deps,
  subscription: SubscriptionRow,
  texts: readonly string[],
): Promise<Map<string, string>> {
  const named = texts.flatMap(namedIn).slice(0, mostNamed)
  if (named.length === 0) return new Map()
  const grant = await openGrant(unit, deps, subscription.id)
  const uuids = await resolvePseudonyms(unit, grant, named)
  const names = new Map<string, string>()
  for (const [dataset, group] of Map.groupBy(named, (each) => each.dataset)) {
    const idOf = ({ pseudonym }: Named): string[] => {
      const uuid = uuids.get(pseudonym)
      return uuid ? [recordId(dataset, uuid)] : []
    }
    const rows = await loadRecords(unit, subscription.business_id, dataset, [...new Set(group.flatMap(idOf))])
    for (const each of group) {
      const [row] = idOf(each).map((id) => rows.get(id))
      const name = telling
        .map((field) => row?.[field])
        .find((value) => typeof value === 'string' && value !== '')
      if (typeof name === 'string') names.set(each.pseudonym, name)
    }
  }
  return names
}

function namedIn(text: string): Named[] {
  return Array.from(text.matchAll(pseudonyms), ([pseudonym, prefix]) => ({
    pseudonym,
    dataset: datasetOfPrefix.get(prefix ?? ''),
  })).filter((each): each is { pseudonym: string; dataset: DatasetName } => each.dataset !== undefined)
}
