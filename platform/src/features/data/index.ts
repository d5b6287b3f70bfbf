import './events.ts'
export {
  applyPatches,
  findConflicts,
  loadRecords,
  loadReferring,
  recordsVersion,
  revertPatches,
  type Applied,
  type Cause,
  type Conflict,
  type RecordPatch,
} from './patches.ts'
export { columnOf, columnsOf, hasMoney, snakeCase, tableOf, type FieldColumn } from './columns.ts'
export { counterpartyPrefix, recordId, recordUuid, type Values, type WireRow } from './values.ts'
export { insertRecords, type NewRecord, type Scope } from './record-store.ts'
export type { DatasetCounts, ImportCounts } from './events.ts'
export { loadCategories } from './service.ts'
export { importJob } from './imports/jobs.ts'
export { dataRoutes } from './routes.ts'
