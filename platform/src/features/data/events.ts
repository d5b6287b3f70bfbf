import type { DatasetName } from '@bizq/sdk/contract'

export interface ImportCounts {
  read: number
  created: number
  updated: number
  unchanged: number
  rejected: number
}

/** What one import did to a dataset. */
export type DatasetCounts = Pick<ImportCounts, 'created' | 'updated' | 'unchanged'>

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    /** Records were entered, changed or removed by hand or by an effect. */
    'record.changed': { business: string; dataset: DatasetName; records: string[]; cause: 'hand' | 'effect' }
    /** A source gave another value for a field that was overridden: the source's value stands. `effect` is null after a hand edit. */
    'override.superseded': {
      business: string
      dataset: DatasetName
      record: string
      field: string
      effect: string | null
    }
    /** The source now says what was set here: the change has arrived in the outside system. */
    'override.confirmed': {
      business: string
      dataset: DatasetName
      record: string
      field: string
      effect: string | null
    }
    'import.received': { business: string; import: string; state: 'needs-mapping' | 'received' }
    'import.progressed': {
      business: string
      import: string
      counts: ImportCounts
      bytesRead: number
      bytes: number
    }
    'import.finished': {
      business: string
      import: string
      counts: ImportCounts
      datasets: Partial<Record<DatasetName, DatasetCounts>>
    }
    'import.failed': { business: string; import: string; counts: ImportCounts }
    'import.undone': { business: string; import: string; datasets: DatasetName[] }
  }
}
