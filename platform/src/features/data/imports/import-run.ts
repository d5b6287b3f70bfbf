import type { DatasetName } from '@bizq/sdk/contract'
import type { DatasetCounts, ImportCounts } from '../events.ts'
import type { Scope } from '../record-store.ts'
import type { Edges } from './group-memory.ts'
import type { Numbering } from './numbering.ts'
import type { Resolver } from './resolve.ts'

/** An import under way: what goes with it from batch to batch. */
export interface ImportRun {
  scope: Scope
  /** UUID. */
  id: string
  numbering: Numbering
  resolver: Resolver
  edges: Edges
  categories: Set<string>
  counts: ImportCounts
  datasets: Partial<Record<DatasetName, DatasetCounts>>
  /** Datasets that were written to, be it stubs. */
  touched: Set<DatasetName>
  errors: number
}
