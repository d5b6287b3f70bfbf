import './events.ts'
export {
  applyPatches,
  findThere,
  loadRecords,
  loadRecordsAcross,
  loadReferring,
  placeKey,
  recordsVersion,
  revertPatches,
  type RecordPatch,
} from './patches.ts'
export { columnOf, tableOf } from './columns.ts'
export { recordId, type Values, type WireRow } from './values.ts'
export { insertRecords, type NewRecord, type Scope } from './record-store.ts'
export { loadCategories, loadCategoriesAcross } from './categories.ts'
export { importJob } from './imports/jobs.ts'
export { dataRoutes } from './routes.ts'
export {
  holdNamesVersion,
  listParties,
  lockUnread,
  readDatasets,
  saveRead,
  type Party,
  type Read,
  type Unread,
} from './redaction-store.ts'
