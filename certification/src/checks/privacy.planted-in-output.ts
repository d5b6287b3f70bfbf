import type { ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'
import { findPlanted, plantedTrials, receivesWords } from '../planted.ts'

export const check: ReleaseCheck = {
  id: 'privacy.planted-in-output',
  stage: 'release',
  group: 'privacy',
  severity: 'error',
  title: 'Personal values planted in the input do not come back in the output',
  why: 'Whatever redaction misses must not travel on through parameters, recommendations, metrics or state.',
  howToMend: 'Never copy free text into an output, whole, in part or encoded; name records by id.',
  skip: ({ manifest }) => (receivesWords(manifest) ? undefined : 'it receives nothing that could hold one'),
  run: async (examined) =>
    findOn(examined, await plantedTrials(examined), ({ result }) =>
      result.outcome === 'succeeded' ? findPlanted(result.output, 'the output') : [],
    ),
}
