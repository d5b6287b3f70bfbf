import type { ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'

export const check: ReleaseCheck = {
  id: 'contract.references',
  stage: 'release',
  group: 'contract',
  severity: 'error',
  title: 'Every record that is named was in the input',
  why: 'A pseudonym resolves only if its row was in this execution’s input.',
  howToMend:
    'Take ids from the rows of the input, as they stand there, and keep none from earlier executions.',
  run: async (examined) =>
    findOn(examined, await examined.trials(), ({ problems }) =>
      problems.filter(({ detail }) => detail.includes('in the input has this id')),
    ),
}
