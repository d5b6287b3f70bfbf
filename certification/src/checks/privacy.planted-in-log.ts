import type { ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'
import { findPlanted, plantedTrials, receivesWords } from '../planted.ts'

export const check: ReleaseCheck = {
  id: 'privacy.planted-in-log',
  stage: 'release',
  group: 'privacy',
  severity: 'error',
  title: 'Personal values planted in the input do not come back in the log',
  why: 'The log of an execution that an operator shares is read by the provider’s people.',
  howToMend: 'Log counts and ids, never rows or their texts.',
  skip: ({ manifest, remote }) =>
    remote
      ? 'a remote service keeps its own log'
      : receivesWords(manifest)
        ? undefined
        : 'it receives nothing that could hold one',
  run: async (examined) =>
    findOn(examined, await plantedTrials(examined), ({ result }) => findPlanted(result.log, 'the log')),
}
