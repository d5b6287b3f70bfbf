import type { ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'
import { findPlanted, plantedTrials, receivesWords } from '../planted.ts'

export const check: ReleaseCheck = {
  id: 'privacy.planted-in-errors',
  stage: 'release',
  group: 'privacy',
  severity: 'error',
  title: 'Personal values planted in the input do not come back in errors',
  why: 'The words of an error, also of CannotServe, are shown and kept.',
  howToMend: 'Say in an error what is wrong with which record by its id, never what stands in it.',
  skip: ({ manifest }) => (receivesWords(manifest) ? undefined : 'it receives nothing that could hold one'),
  run: async (examined) =>
    findOn(examined, await plantedTrials(examined), ({ result }) =>
      result.outcome === 'failed' ? findPlanted(JSON.stringify(result.error), 'the error') : [],
    ),
}
