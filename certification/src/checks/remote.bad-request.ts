import type { ReleaseCheck } from '../check.ts'

export const check: ReleaseCheck = {
  id: 'remote.bad-request',
  stage: 'release',
  group: 'remote',
  severity: 'error',
  title: 'What it cannot read it refuses, and stays well',
  why: 'A fault of 500 counts against the service and is tried again; a refusal of 400 says whose fault it was.',
  howToMend: 'Answer a signed body that is no execution with 400 and a problem, not with an exception.',
  skip: ({ remote }) => (remote ? undefined : 'no endpoint was given'),
  async run({ remote }) {
    if (!remote) return []
    const response = await remote.ask({ execution: 7 })
    const isRefused = response.status >= 400 && response.status < 500
    return isRefused
      ? []
      : [{ detail: `a body that is no execution was answered ${response.status}`, expected: '400' }]
  },
}
