import type { ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'

export const check: ReleaseCheck = {
  id: 'safety.templates',
  stage: 'release',
  group: 'safety',
  severity: 'error',
  title: 'Texts for third parties are plain templates',
  why: 'They leave in the business’s name: with markup, foreign links or invented amounts they would be a way to harm its customers.',
  howToMend:
    'Write plain text with the placeholders of the records that it is about, without links and without amounts.',
  run: async (examined) =>
    findOn(examined, await examined.trials(), ({ problems }) =>
      problems.filter(({ detail }) => detail.startsWith('“')),
    ),
}
