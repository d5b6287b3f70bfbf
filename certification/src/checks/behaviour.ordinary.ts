import type { ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'
import { endingOf } from '../examined.ts'

export const check: ReleaseCheck = {
  id: 'behaviour.ordinary',
  stage: 'release',
  group: 'behaviour',
  severity: 'error',
  title: 'On ordinary data it gives an output',
  why: 'An operator who subscribes sees a first result within a minute, not an excuse.',
  howToMend:
    'Throw CannotServe or RetryLater only where nothing can be done; ordinary books are enough to start on.',
  run: async (examined) =>
    findOn(examined, (await examined.ordinaryTrials()).slice(0, 1), ({ result }) =>
      result.outcome === 'failed' ? [{ detail: endingOf(result), expected: 'an output' }] : [],
    ),
}
