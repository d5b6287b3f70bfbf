import { actionOf } from '@bizq/sdk/contract'
import type { Finding, ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'
import { circumstancesOf, recordsOf } from '../proposed.ts'

export const check: ReleaseCheck = {
  id: 'money.impact-stated',
  stage: 'release',
  group: 'money',
  severity: 'error',
  title: 'Who would move money says what it is worth',
  why: 'The platform compares the provider’s claim with the stake that it computes; without a claim nothing can be noticed.',
  howToMend: 'Give `impact` with every proposal that moves money out.',
  run: async (examined) =>
    findOn(examined, await examined.ordinaryTrials(), ({ case: of, output }) =>
      (output?.proposals ?? []).flatMap((proposal, i): Finding[] => {
        const action = actionOf(proposal.type)
        if (!action.movesMoneyOut || proposal.impact !== undefined) return []
        const now = circumstancesOf(examined.manifest, of)
        if (action.stake(recordsOf(of, proposal), proposal.parameters, now) === null) return []
        return [{ pointer: `/proposals/${i}/impact`, detail: 'is missing', expected: 'money as received' }]
      }),
    ),
}
