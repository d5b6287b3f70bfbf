import { randomUUIDv7 } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { DatasetName } from '@bizq/sdk/contract'
import type { Database } from '../../../db/database.ts'
import type { SourceKey } from '../formats/index.ts'
import type { Scope } from '../record-store.ts'
import { boundedKey } from './numbering.ts'
import { findByKeys, findKeysOf, type NewAlias, type StoredKey } from './resolve-store.ts'

/** A record or a reference that is looked for: its own key first, then its other names. */
export interface Wanted {
  dataset: DatasetName
  key: StoredKey
  aliases: StoredKey[]
}

export interface Found {
  id: string
  /** Nobody had its key nor a name that is surely its own. */
  isNew: boolean
}

const text = ({ source, sourceKey }: StoredKey) => `${source}\n${sourceKey}`

export function storedKey({ source, sourceId }: SourceKey): StoredKey {
  return { source, sourceKey: boundedKey(sourceId) }
}

/** What is known of the keys of one dataset. */
function createIndex() {
  const byKey = new Map<string, string>()
  const byAlias = new Map<string, Set<string>>()
  const sources = new Map<string, Map<string, Set<string>>>()

  function noteSource(key: StoredKey, id: string): void {
    const own = sources.get(id) ?? new Map<string, Set<string>>()
    sources.set(id, own.set(key.source, (own.get(key.source) ?? new Set()).add(key.sourceKey)))
  }

  return {
    noteSource,
    add(key: StoredKey, id: string, isAlias: boolean): void {
      if (isAlias) byAlias.set(text(key), (byAlias.get(text(key)) ?? new Set()).add(id))
      else byKey.set(text(key), id)
      noteSource(key, id)
    },
    /** Whose own key it is. */
    ownerOf: (key: StoredKey) => byKey.get(text(key)),
    /** Who has this name, as a key or besides. */
    holdersOf(key: StoredKey): Set<string> {
      const holders = new Set(byAlias.get(text(key)))
      const own = byKey.get(text(key))
      return own === undefined ? holders : holders.add(own)
    },
    /** The names that a record has from one authority. */
    namesOf: (id: string, source: string) => sources.get(id)?.get(source),
  }
}
type Index = ReturnType<typeof createIndex>

/** How many keys are remembered from batch to batch, for each dataset. */
const mostRemembered = 20_000

/**
 * Finds which records keys stand for. A key of its own decides. Another name helps where exactly one record
 * has it and that record has no different key from the same authority: two customers of one name but
 * different addresses stay two. What nobody has gets a new id.
 */
export function createResolver(scope: Scope) {
  const remembered = new Map<DatasetName, Map<string, string>>()

  function remember(dataset: DatasetName, key: StoredKey, id: string) {
    const own = remembered.get(dataset) ?? new Map<string, string>()
    remembered.set(dataset, own)
    if (own.size >= mostRemembered) own.clear()
    own.set(text(key), id)
  }

  async function load(
    tx: Transaction<Database>,
    wanted: readonly Wanted[],
  ): Promise<Map<DatasetName, Index>> {
    const keys = new Map<DatasetName, Map<string, StoredKey>>()
    for (const { dataset, key, aliases } of wanted) {
      const own = keys.get(dataset) ?? new Map<string, StoredKey>()
      keys.set(dataset, own)
      for (const each of [key, ...aliases]) own.set(text(each), each)
    }
    const indexes = new Map<DatasetName, Index>()
    for (const [dataset, own] of keys) {
      const index = createIndex()
      indexes.set(dataset, index)
      const found = await findByKeys(tx, scope, dataset, [...own.values()])
      for (const row of found) index.add(row, row.id, row.isAlias)
      const hasAliases = wanted.some((each) => each.dataset === dataset && each.aliases.length > 0)
      const holders = hasAliases ? [...new Set(found.map((row) => row.id))] : []
      for (const row of await findKeysOf(tx, scope, dataset, holders)) index.noteSource(row, row.id)
    }
    return indexes
  }

  return {
    /** Looks all of these up at once; the answer takes them one by one, in order. */
    async open(tx: Transaction<Database>, wanted: readonly Wanted[]) {
      const unknown = wanted.filter(
        ({ dataset, key, aliases }) => aliases.length > 0 || !remembered.get(dataset)?.has(text(key)),
      )
      const indexes = await load(tx, unknown)
      const aliases: NewAlias[] = []

      function learn(index: Index, { dataset, key, aliases: others }: Wanted, found: Found) {
        const own = index.ownerOf(key) === found.id
        for (const [each, isAlias] of [
          [key, !own] as const,
          ...others.map((other) => [other, true] as const),
        ]) {
          if (!isAlias || index.holdersOf(each).has(found.id)) continue
          aliases.push({ dataset, ...each, record: found.id })
          index.add(each, found.id, true)
        }
      }

      return {
        /** The aliases that became known. */
        aliases,
        resolve(one: Wanted): Found {
          const known = one.aliases.length === 0 ? remembered.get(one.dataset)?.get(text(one.key)) : undefined
          if (known !== undefined) return { id: known, isNew: false }
          const index = indexes.get(one.dataset) ?? createIndex()
          indexes.set(one.dataset, index)
          const id = find(index, one)
          const found: Found = { id: id ?? randomUUIDv7(), isNew: id === undefined }
          if (found.isNew) index.add(one.key, found.id, false)
          learn(index, one, found)
          remember(one.dataset, one.key, found.id)
          return found
        },
      }
    },
  }
}
export type Resolver = ReturnType<typeof createResolver>

function find(index: Index, { key, aliases }: Wanted): string | undefined {
  const own = index.ownerOf(key)
  if (own !== undefined) return own
  for (const name of [key, ...aliases]) {
    const [holder, ...others] = index.holdersOf(name)
    if (holder === undefined || others.length > 0) continue
    const same = index.namesOf(holder, key.source)
    if (same === undefined || same.has(key.sourceKey)) return holder
  }
  return undefined
}
