import { targetOf } from '@bizq/sdk/contract'
import type { Finding, ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'

export const check: ReleaseCheck = {
  id: 'contract.one-for-each-target',
  stage: 'release',
  group: 'contract',
  severity: 'error',
  title: 'One execution proposes one action of a type for a record',
  why: 'A second proposal for the same record replaces the first, so that the operator never sees it.',
  howToMend: 'Choose the better proposal before you call `propose`.',
  run: async (examined) =>
    findOn(examined, await examined.trials(), ({ output }) => {
      const seen = new Map<string, number>()
      return (output?.proposals ?? []).flatMap(({ type, parameters }, i): Finding[] => {
        const key = JSON.stringify([type, targetOf(type, parameters)])
        const first = seen.get(key)
        if (first === undefined) {
          seen.set(key, i)
          return []
        }
        return [
          {
            pointer: `/proposals/${i}`,
            detail: `is about the same record as /proposals/${first}`,
            expected: 'one',
          },
        ]
      })
    }),
}
