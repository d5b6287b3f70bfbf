import {
  actionOf,
  datasetOf,
  splitPath,
  type Circumstances,
  type DatasetName,
  type LoadedRecords,
  type Proposal,
} from '@bizq/sdk/contract'
import type { Case } from './inputs/case.ts'
import { currencyOf } from './inputs/case.ts'
import type { Row } from './inputs/making.ts'
import type { Manifest } from '@bizq/sdk/contract'

const indexes = new WeakMap<Row[], Map<string, Row>>()

function rowOf(books: Case['books'], dataset: DatasetName, id: unknown): Record<string, unknown> | null {
  const rows = books[dataset]
  if (!rows || typeof id !== 'string') return null
  const index = indexes.get(rows) ?? new Map(rows.map((row) => [row['id'] as string, row]))
  indexes.set(rows, index)
  const row = index.get(id)
  return row ? whole(dataset, row) : null
}

/** The record with what never leaves filled in, so that nothing is refused for lack of it. */
function whole(dataset: DatasetName, row: Row): Record<string, unknown> {
  const { fields } = datasetOf(dataset)
  const empty = Object.entries(fields).map(([name, { kind }]) => {
    if (kind === 'email') return [name, 'somebody@mailbox.example']
    return [name, kind === 'personName' || kind === 'code' ? 'known' : null]
  })
  return { ...Object.fromEntries(empty), ...row }
}

/** The records that a proposal is about, as the platform would load them. */
export function recordsOf({ books }: Case, { type, parameters }: Proposal): LoadedRecords {
  const { records: plan } = actionOf(type)
  const loaded: Record<string, LoadedRecords[string]> = {}
  for (const [path, what] of Object.entries(plan)) {
    const [parent, last] = splitPath(path)
    const above = parent === null ? undefined : (loaded[parent] as Record<string, unknown> | null)
    if (typeof what === 'string') {
      loaded[path] = rowOf(books, what, parent === null ? parameters[last] : above?.[last])
    } else {
      const rows = books[what.dataset] ?? []
      loaded[path] = rows
        .filter((row) => row[what.by] === above?.['id'])
        .map((row) => whole(what.dataset, row))
    }
  }
  return loaded
}

export function circumstancesOf(manifest: Manifest, { world }: Case): Circumstances {
  const now = Temporal.Instant.fromEpochMilliseconds(world.now)
  return {
    today: now.toZonedDateTimeISO(world.timeZone).toPlainDate().toString(),
    now: now.toString(),
    currency: currencyOf(manifest),
    locale: world.locale,
    businessName: 'Example Business',
  }
}
