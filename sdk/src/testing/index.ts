export { rowBuilders, type RowBuilders } from './build-rows.ts'
export {
  exampleBusiness,
  exampleKeys,
  maskBusiness,
  type ExampleBusiness,
  type ExampleOptions,
  type MaskedBusiness,
} from './business/index.ts'
export {
  expectNoProposal,
  expectProposal,
  ProposalMismatch,
  proposalsOf,
  type ProposalOf,
} from './proposals.ts'
export { InvalidOutput, inputOf, runProvider, runReport, type RunOptions } from './run-provider.ts'
export { ManifestError, manifestOf } from '../manifest-of.ts'
