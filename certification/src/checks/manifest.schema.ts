import type { ManifestCheck } from '../check.ts'

/** What other checks of the manifest explain better. */
const elsewhere = /^\/(version|category|capabilities|pricing)(\/|$)/

export const check: ManifestCheck = {
  id: 'manifest.schema',
  stage: 'manifest',
  group: 'manifest',
  severity: 'error',
  title: 'The manifest is as the contract asks',
  why: 'The platform enforces the manifest; what it cannot read it cannot enforce.',
  howToMend: 'Build with `bizq build`, which says where a definition is not right.',
  run: ({ problems }) => problems.filter(({ pointer }) => !elsewhere.test(pointer)),
}
