import './events.ts'
export {
  applyPatches,
  findConflicts,
  findThere,
  loadRecords,
  loadRecordsAcross,
  loadReferring,
  placeKey,
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
export { loadCategories, loadCategoriesAcross } from './service.ts'
export { importJob } from './imports/jobs.ts'
export { dataRoutes } from './routes.ts'
export {
  holdNamesVersion,
  listParties,
  lockUnread,
  markForRedaction,
  readDatasets,
  saveRead,
  type Party,
  type Read,
  type Unread,
} from './redaction-store.ts'
