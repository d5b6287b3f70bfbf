export { rowBuilders, type RowBuilders } from './build-rows.ts'
export { InvalidOutput, inputOf, runProvider, runReport, type RunOptions } from './run-provider.ts'
export { ManifestError, manifestOf } from '../manifest-of.ts'
