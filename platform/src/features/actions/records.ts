import { createHash } from 'node:crypto'
import {
  actionOf,
  canonicalJson,
  cardContent,
  splitPath,
  type ActionType,
  type Circumstances,
  type DatasetName,
  type LoadedRecords,
} from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { BusinessRow } from '../businesses/index.ts'
import { columnOf, loadRecords, loadReferring, type WireRow } from '../data/index.ts'

export interface Subject {
  type: ActionType
  parameters: Record<string, unknown>
}

type Records = Record<string, WireRow | WireRow[] | null>

/** What an action may know beside its records, now and for this business. */
export function circumstancesOf(business: BusinessRow, categories: readonly string[] = []): Circumstances {
  const now = Temporal.Now.instant()
  return {
    today: now.toZonedDateTimeISO(business.time_zone).toPlainDate().toString(),
    now: now.toString({ smallestUnit: 'millisecond' }),
    currency: business.currency,
    locale: business.locale,
    businessName: business.name,
    ...(categories.length > 0 ? { categories } : {}),
  }
}

/** The hash of what the operator's card shows. */
export function versionOf(
  type: ActionType,
  records: LoadedRecords,
  parameters: Record<string, unknown>,
): string {
  return createHash('sha256')
    .update(canonicalJson(cardContent(type, records, parameters)))
    .digest('base64url')
}

/**
 * The records that actions are about, loaded by their plans: one query for each dataset and depth,
 * however many actions. What is not there any more is null.
 */
export async function loadSubjects(
  unit: UnitOfWork,
  business: string,
  subjects: readonly Subject[],
  options: { lock?: boolean } = {},
): Promise<LoadedRecords[]> {
  const loaded: Records[] = subjects.map(() => ({}))
  const depth = Math.max(
    0,
    ...subjects.flatMap(({ type }) =>
      Object.keys(actionOf(type).records).map((path) => path.split('.').length),
    ),
  )
  for (let level = 1; level <= depth; level++) {
    const wanted = new Map<DatasetName, { at: number; path: string; id: string }[]>()
    for (const [at, subject] of subjects.entries()) {
      for (const [path, what] of Object.entries(actionOf(subject.type).records)) {
        if (path.split('.').length !== level) continue
        const id = idAt(path, subject, loaded[at] ?? {}, typeof what === 'string')
        if (typeof what !== 'string') {
          const by = columnOf(what.dataset, what.by)
          const list =
            id === null || !by.dataset
              ? []
              : await loadReferring(
                  unit,
                  business,
                  what.dataset,
                  { column: by.column, dataset: by.dataset },
                  id,
                )
          ;(loaded[at] ?? {})[path] = list
        } else if (id !== null) {
          wanted.set(what, [...(wanted.get(what) ?? []), { at, path, id }])
        } else (loaded[at] ?? {})[path] = null
      }
    }
    for (const [dataset, places] of wanted) {
      const rows = await loadRecords(
        unit,
        business,
        dataset,
        [...new Set(places.map((place) => place.id))],
        options,
      )
      for (const { at, path, id } of places) (loaded[at] ?? {})[path] = rows.get(id) ?? null
    }
  }
  return loaded
}

/** The id that a path leads to: a parameter, a field of the record before it, or that record itself for lists. */
function idAt(path: string, subject: Subject, loaded: Records, isRecord: boolean): string | null {
  const [parent, last] = splitPath(path)
  if (parent === null) return (subject.parameters[last] as string | undefined) ?? null
  const record = loaded[parent]
  if (!record || Array.isArray(record)) return null
  return isRecord ? ((record[last] as string | null | undefined) ?? null) : record.id
}

/** Whether every record that the parameters name is there. */
export function areThere({ type, parameters }: Subject, records: LoadedRecords): boolean {
  return Object.keys(actionOf(type).records).every(
    (path) => path.includes('.') || parameters[path] === undefined || records[path] !== null,
  )
}
