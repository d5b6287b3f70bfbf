import { hash } from 'node:crypto'
import type { DatasetName } from '@bizq/sdk/contract'
import type { ParsedRecord, RecordKey } from '../formats/index.ts'
import { numberRun, type Edge, type StoredGroup } from './align.ts'

type NaturalKey = Extract<RecordKey, { naturalKey: string }>

/** A record of a file with the key under which it is kept. */
export interface KeyedRecord {
  record: ParsedRecord
  source: string
  sourceKey: string
}

/** What the database knows of groups. */
export interface GroupMemory {
  /** What earlier imports stored of a group, and the edges at which files cut it. */
  stored(dataset: DatasetName, source: string, group: string): Promise<StoredGroup>
  /** Counts that did not stay in memory, by group. */
  recall(dataset: DatasetName, groups: readonly string[]): Promise<Map<string, Record<string, number>>>
  /** Keeps counts that leave the memory. */
  spill(dataset: DatasetName, group: string, counts: Record<string, number>): void
  /** That this file cut the group at this edge; with null, that it holds it in full. */
  noteEdge(dataset: DatasetName, group: string, edge: Edge): void
}

interface Run {
  dataset: DatasetName
  source: string
  group: string
  records: ParsedRecord[]
  keys: string[]
}

interface ClosedRun {
  run: Run
  edge: Edge
}

/** A group of more rows than this is numbered as it comes. */
const longestRun = 5_000
/** How many counts are held before the oldest groups leave the memory. */
const mostCounts = 50_000

function short(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 20)
}

/** The prefix of the keys of all records of a group, and the least text that is above them all. */
export function groupRange(group: string): [from: string, below: string] {
  return [`${group}/`, `${group}0`]
}

/**
 * Gives every record of a file its key. Where the source has no id of its own, equal records are numbered
 * within their group (an account's day, an order). Rows of one group that stand together are held back until
 * the group ends, those of the first until the file ends, because the first and the last group of a file
 * may be cut.
 */
export function createNumbering() {
  const open = new Map<DatasetName, Run>()
  const first = new Map<DatasetName, Run & { isAlone: boolean; isScattered: boolean }>()
  const counts = new Map<string, { dataset: DatasetName; group: string; byKey: Map<string, number> }>()
  let held = 0
  let hasSpilled = false

  function take(record: ParsedRecord, key: NaturalKey, closed: ClosedRun[]) {
    const { dataset } = record
    const group = short(key.group)
    const start = { dataset, source: key.source, group, records: [record], keys: [short(key.naturalKey)] }
    const beginning = first.get(dataset)
    const current = open.get(dataset)
    if (!beginning) {
      first.set(dataset, { ...start, isAlone: true, isScattered: false })
    } else if (beginning.group === group && beginning.records.length < longestRun) {
      beginning.isScattered ||= !beginning.isAlone
      append(beginning, start)
    } else if (current?.group === group && current.records.length < longestRun) {
      append(current, start)
    } else {
      beginning.isAlone = false
      if (current) closed.push({ run: current, edge: null })
      open.set(dataset, start)
    }
  }

  function append(run: Run, more: Run) {
    run.records.push(...more.records)
    run.keys.push(...more.keys)
  }

  function closeAll(): ClosedRun[] {
    const closed = [...open.values()].map((run): ClosedRun => ({ run, edge: 'end' }))
    for (const run of first.values()) {
      closed.push({ run, edge: run.isScattered ? null : run.isAlone ? 'both' : 'start' })
    }
    open.clear()
    first.clear()
    return closed
  }

  function countsOf(dataset: DatasetName, group: string): Map<string, number> | undefined {
    return counts.get(`${dataset} ${group}`)?.byKey
  }

  function hold(dataset: DatasetName, group: string, byKey: Map<string, number>, memory: GroupMemory) {
    const name = `${dataset} ${group}`
    held += byKey.size - (counts.get(name)?.byKey.size ?? 0)
    counts.delete(name)
    counts.set(name, { dataset, group, byKey })
    for (const [oldest, kept] of counts) {
      if (held <= mostCounts || oldest === name) break
      counts.delete(oldest)
      held -= kept.byKey.size
      hasSpilled = true
      memory.spill(kept.dataset, kept.group, Object.fromEntries(kept.byKey))
    }
  }

  async function numbersOf(run: Run, edge: Edge, memory: GroupMemory): Promise<number[]> {
    const { dataset, group, source } = run
    const known = countsOf(dataset, group)
    const byKey = new Map(known)
    let numbers: number[]
    if (known === undefined && edge !== null && run.records.length < longestRun) {
      const stored = await memory.stored(dataset, source, group)
      numbers = numberRun(stored, run.keys, edge, dataset !== 'transactions')
      for (const [index, key] of run.keys.entries())
        byKey.set(key, Math.max(byKey.get(key) ?? 0, numbers[index] ?? 0))
    } else {
      numbers = run.keys.map((key) => {
        const n = (byKey.get(key) ?? 0) + 1
        byKey.set(key, n)
        return n
      })
    }
    hold(dataset, group, byKey, memory)
    if (known === undefined) memory.noteEdge(dataset, group, edge)
    return numbers
  }

  async function recallSpilled(closed: readonly ClosedRun[], memory: GroupMemory) {
    if (!hasSpilled) return
    const missing = new Map<DatasetName, Set<string>>()
    for (const { run } of closed) {
      if (countsOf(run.dataset, run.group)) continue
      missing.set(run.dataset, (missing.get(run.dataset) ?? new Set()).add(run.group))
    }
    for (const [dataset, groups] of missing) {
      for (const [group, byKey] of await memory.recall(dataset, [...groups])) {
        hold(dataset, group, new Map(Object.entries(byKey)), memory)
      }
    }
  }

  return {
    /** Keys for these records and for those held back before, in order; what is held back now comes with a later call. */
    async number(
      records: readonly ParsedRecord[],
      isLast: boolean,
      memory: GroupMemory,
    ): Promise<KeyedRecord[]> {
      const keyed: KeyedRecord[] = []
      const closed: ClosedRun[] = []
      for (const record of records) {
        if ('sourceId' in record.key) {
          keyed.push({ record, source: record.key.source, sourceKey: boundedKey(record.key.sourceId) })
        } else take(record, record.key, closed)
      }
      if (isLast) closed.push(...closeAll())
      await recallSpilled(closed, memory)
      for (const { run, edge } of closed) {
        const numbers = await numbersOf(run, edge, memory)
        for (const [index, record] of run.records.entries()) {
          const sourceKey = `${run.group}/${run.keys[index]}/${numbers[index]}`
          keyed.push({ record, source: run.source, sourceKey })
        }
      }
      return keyed
    },
  }
}
export type Numbering = ReturnType<typeof createNumbering>

/** Ids of sources as they are kept: as they come, or their digest where they are long. */
export function boundedKey(sourceId: string): string {
  return sourceId.length <= 200 ? sourceId : `sha256:${hash('sha256', sourceId, 'base64url')}`
}
