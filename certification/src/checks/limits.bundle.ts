import { executionLimits } from '@bizq/sdk/contract'
import type { ReleaseCheck } from '../check.ts'

const most = executionLimits.bundleBytes / 4

export const check: ReleaseCheck = {
  id: 'limits.bundle',
  stage: 'release',
  group: 'limits',
  severity: 'warning',
  title: 'The bundle is small',
  why: 'It is evaluated afresh for every execution; what it holds is what that costs.',
  howToMend:
    'Leave libraries out; look for a copy of a validation library, and for data that could be fitted into a few numbers.',
  run({ bundle }) {
    const bytes = new TextEncoder().encode(bundle).length
    return bytes <= most ? [] : [{ detail: `has ${bytes} bytes`, expected: `at most ${most}` }]
  },
}
