import type { ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'

export const check: ReleaseCheck = {
  id: 'contract.actions-declared',
  stage: 'release',
  group: 'contract',
  severity: 'error',
  title: 'It proposes only what its manifest declares',
  why: 'The operator consented to these types of action and to no other.',
  howToMend: 'Declare the action type in `actions`, or do not propose it.',
  run: async (examined) =>
    findOn(examined, await examined.trials(), ({ problems }) =>
      problems.filter(({ detail }) => detail.includes('does not declare') && !detail.endsWith('state')),
    ),
}
