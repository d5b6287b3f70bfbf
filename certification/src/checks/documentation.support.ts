import type { ReleaseCheck } from '../check.ts'

export const check: ReleaseCheck = {
  id: 'documentation.support',
  stage: 'release',
  group: 'documentation',
  severity: 'error',
  title: 'There is somebody to ask',
  why: 'An operator whose service misbehaves needs to reach the people behind it, also without an account.',
  howToMend: 'Give `support`: an e-mail address or an https page.',
  skip: ({ documents }) => (documents ? undefined : 'no documents were submitted'),
  run: ({ manifest: { support } }) =>
    support === undefined ? [{ pointer: '/support', detail: 'is missing' }] : [],
}
