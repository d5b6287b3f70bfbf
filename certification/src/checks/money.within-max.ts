import { actionOf } from '@bizq/sdk/contract'
import type { Finding, ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'
import { circumstancesOf, recordsOf } from '../proposed.ts'

export const check: ReleaseCheck = {
  id: 'money.within-max',
  stage: 'release',
  group: 'money',
  severity: 'error',
  title: 'No proposal stakes more than the manifest allows',
  why: 'The operator consented to the highest stake of one proposal; the platform refuses what is above it.',
  howToMend: 'Bound the amount before you propose, or raise `max`, which needs consent anew.',
  skip: ({ manifest }) =>
    manifest.money === 'scaled' ? 'under scaled money only the platform knows the stake' : undefined,
  run: async (examined) =>
    findOn(examined, await examined.trials(), ({ case: of, output }) => {
      if (!of.isGenerated) return []
      const { manifest } = examined
      const now = circumstancesOf(manifest, of)
      return (output?.proposals ?? []).flatMap((proposal, i): Finding[] => {
        const { type, parameters } = proposal
        const most = manifest.actions.find((action) => action.type === type)?.max
        const stake = actionOf(type).stake(recordsOf(of, proposal), parameters, now)
        if (!most || !stake || stake.currency !== most.currency || stake.amount <= most.amount) return []
        const detail = `${type} stakes ${stake.amount} ${stake.currency}`
        return [{ pointer: `/proposals/${i}`, detail, expected: `at most ${most.amount} ${most.currency}` }]
      })
    }),
}
