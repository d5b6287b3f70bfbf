import { createHash } from 'node:crypto'
import {
  actionOf,
  canonicalJson,
  cardContent,
  parametersOf,
  splitPath,
  targetOf,
  type ActionType,
  type Circumstances,
  type DatasetName,
  type LoadedRecords,
} from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { BusinessRow } from '../businesses/index.ts'
import {
  columnOf,
  loadRecords,
  loadRecordsAcross,
  loadReferring,
  placeKey,
  recordsVersion,
  type WireRow,
} from '../data/index.ts'

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
  return load(
    unit,
    subjects.map((subject) => ({ ...subject, business })),
    async (dataset, places) => {
      const ids = [...new Set(places.map((place) => place.id))]
      const rows = await loadRecords(unit, business, dataset, ids, options)
      return new Map([...rows].map(([id, row]) => [placeKey(business, id), row]))
    },
  )
}

type PlacedSubject = Subject & { business: string }

/** The same over many businesses, still one query for each dataset and depth. */
export async function loadSubjectsAcross(
  unit: UnitOfWork,
  subjects: readonly PlacedSubject[],
): Promise<LoadedRecords[]> {
  return load(unit, subjects, (dataset, places) => loadRecordsAcross(unit, dataset, places))
}

type LoadPlaces = (
  dataset: DatasetName,
  places: readonly { business: string; id: string }[],
) => Promise<Map<string, WireRow>>

async function load(
  unit: UnitOfWork,
  subjects: readonly PlacedSubject[],
  loadPlaces: LoadPlaces,
): Promise<LoadedRecords[]> {
  const loaded: Records[] = subjects.map(() => ({}))
  const depth = Math.max(
    0,
    ...subjects.flatMap(({ type }) =>
      Object.keys(actionOf(type).records).map((path) => path.split('.').length),
    ),
  )
  for (let level = 1; level <= depth; level++) {
    const wanted = new Map<DatasetName, { at: number; path: string; business: string; id: string }[]>()
    for (const [at, subject] of subjects.entries()) {
      const { business } = subject
      for (const [path, what] of Object.entries(actionOf(subject.type).records)) {
        if (path.split('.').length !== level) continue
        const id = idAt(path, subject, loaded[at] ?? {}, typeof what === 'string')
        if (typeof what !== 'string') (loaded[at] ?? {})[path] = await loadList(unit, business, what, id)
        else if (id === null) (loaded[at] ?? {})[path] = null
        else {
          const places = wanted.get(what) ?? []
          places.push({ at, path, business, id })
          wanted.set(what, places)
        }
      }
    }
    for (const [dataset, places] of wanted) {
      const rows = await loadPlaces(dataset, places)
      for (const { at, path, business, id } of places)
        (loaded[at] ?? {})[path] = rows.get(placeKey(business, id)) ?? null
    }
  }
  return loaded
}

async function loadList(
  unit: UnitOfWork,
  business: string,
  { dataset, by }: { dataset: DatasetName; by: string },
  id: string | null,
): Promise<WireRow[]> {
  const { column, dataset: of } = columnOf(dataset, by)
  return id === null || !of ? [] : loadReferring(unit, business, dataset, { column, dataset: of }, id)
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

/** A fingerprint of what the provider may see of the record that the action is about. */
export function targetVersionOf(
  granted: Partial<Record<DatasetName, string[]>>,
  { type, parameters }: Subject,
  records: LoadedRecords,
): string {
  const { parameter } = targetOf(type, parameters)
  const dataset = parametersOf(actionOf(type).parameters).find((each) => each.name === parameter)?.dataset
  const record = records[parameter]
  if (!dataset || !record || Array.isArray(record)) return recordsVersion([{ parameters }])
  const row = record as Record<string, unknown>
  return recordsVersion([
    Object.fromEntries((granted[dataset] ?? []).map((field) => [field, row[field] ?? null])),
  ])
}
