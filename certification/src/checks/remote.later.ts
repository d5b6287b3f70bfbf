import type { ReleaseCheck } from '../check.ts'
import { findEndings } from '../endings.ts'
import { lateWords } from '../remote/ground.ts'

export const check: ReleaseCheck = {
  id: 'remote.later',
  stage: 'release',
  group: 'remote',
  severity: 'error',
  title: 'After a 202 the output comes',
  why: 'A 202 is a promise: the operator sees the execution as running until it is kept or fifteen minutes are over.',
  howToMend:
    'Send the output, or the problem, with a token of the grant; try again while the platform cannot be reached.',
  skip: ({ remote }) => (remote ? undefined : 'no endpoint was given'),
  run: async (examined) =>
    (await findEndings(examined, ['timed-out'], 'an output within fifteen minutes')).filter(({ detail }) =>
      detail.includes(lateWords.output),
    ),
}
