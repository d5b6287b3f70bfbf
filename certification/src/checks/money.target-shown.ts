import { actionOf, targetOf } from '@bizq/sdk/contract'
import type { Finding, ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'

export const check: ReleaseCheck = {
  id: 'money.target-shown',
  stage: 'release',
  group: 'money',
  severity: 'error',
  title: 'Who would move money shows the record that it moves for',
  why: 'The operator approves the order, the campaign or the product on the card, not one that merely led there.',
  howToMend: 'Put the row that the action is about first into `because`; ask for its `id`.',
  run: async (examined) =>
    findOn(examined, await examined.ordinaryTrials(), ({ output }) =>
      (output?.proposals ?? []).flatMap(({ type, parameters, because }, i): Finding[] => {
        if (!actionOf(type).movesMoneyOut || because.length === 0) return []
        const { value } = targetOf(type, parameters)
        if (because.some(({ id }) => id === value)) return []
        return [
          {
            pointer: `/proposals/${i}/because`,
            detail: `does not hold ${value}`,
            expected: 'the record itself',
          },
        ]
      }),
    ),
}
