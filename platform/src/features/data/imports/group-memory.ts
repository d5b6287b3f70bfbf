import type { Transaction } from 'kysely'
import type { Database } from '../../../db/database.ts'
import type { Scope } from '../record-store.ts'
import type { Edge } from './align.ts'
import * as store from './land-store.ts'
import type { GroupMemory } from './numbering.ts'

export type Edges = Map<string, Set<Exclude<Edge, null>>>

/** The edges that other imports left in the business. */
export async function loadEdges(tx: Transaction<Database>, scope: Scope, importId: string): Promise<Edges> {
  const edges: Edges = new Map()
  for (const row of await store.listEdges(tx, scope, importId)) {
    const name = `${row.dataset} ${row.group_key}`
    edges.set(name, (edges.get(name) ?? new Set()).add(row.edge))
  }
  return edges
}

/** What numbering asks and tells within one batch; `save` writes it in the batch's transaction. */
export function openGroupMemory(
  tx: Transaction<Database>,
  scope: Scope,
  importId: string,
  edges: Edges,
): GroupMemory & { save(): Promise<void> } {
  const spilled: store.SpilledGroup[] = []
  const noted: store.NotedEdge[] = []
  const complete = new Set<string>()
  return {
    async stored(dataset, source, group) {
      const rows = await store.findGroup(tx, scope, importId, { dataset, source, group })
      const known = edges.get(`${dataset} ${group}`) ?? new Set()
      if (rows.length > 0 && known.size === 0) complete.add(`${dataset} ${group}`)
      return { rows, edges: known }
    },
    recall: (dataset, groups) => store.recallGroups(tx, scope, importId, dataset, groups),
    spill: (dataset, group, counts) => void spilled.push({ dataset, group, counts }),
    noteEdge(dataset, group, edge) {
      const name = `${dataset} ${group}`
      if (edge === null ? edges.has(name) : !complete.has(name)) noted.push({ dataset, group, edge })
    },
    async save() {
      await store.spillGroups(tx, scope, importId, spilled)
      await store.saveEdges(tx, scope, importId, noted)
    },
  }
}
