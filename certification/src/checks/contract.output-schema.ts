import type { ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'

/** What other checks explain better: records, action types, texts and state. */
const elsewhere = /in the input has this id|does not declare|^“|amounts are scaled|own domains|^\/state/

export const check: ReleaseCheck = {
  id: 'contract.output-schema',
  stage: 'release',
  group: 'contract',
  severity: 'error',
  title: 'Every output is what the contract asks for',
  why: 'The platform refuses any other output, and the operator gets nothing from that execution.',
  howToMend:
    'Propose through `propose`, with the parameters of the action type, and return metrics as numbers or money.',
  run: async (examined) =>
    findOn(examined, await examined.trials(), ({ problems }) =>
      problems.filter(({ pointer, detail }) => !elsewhere.test(detail) && !elsewhere.test(pointer)),
    ),
}
