import type { ReleaseCheck } from '../check.ts'
import { findEndings } from '../endings.ts'
import { lateWords } from '../remote/ground.ts'

export const check: ReleaseCheck = {
  id: 'remote.slow',
  stage: 'release',
  group: 'remote',
  severity: 'error',
  title: 'It answers within ten seconds, if only with 202',
  why: 'The platform hangs up after ten seconds, and the execution is lost.',
  howToMend: 'Answer 202 when the work takes longer, and send the output to /v1/executions/{id}/output.',
  skip: ({ remote }) => (remote ? undefined : 'no endpoint was given'),
  run: async (examined) =>
    (await findEndings(examined, ['timed-out'], 'an answer in time')).filter(({ detail }) =>
      detail.includes(lateWords.answer),
    ),
}
