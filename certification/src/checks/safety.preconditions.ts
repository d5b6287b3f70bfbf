import { actionOf } from '@bizq/sdk/contract'
import type { Finding, ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'
import { circumstancesOf, recordsOf } from '../proposed.ts'

/** What a provider cannot know of the records. */
const unknowable = new Set(['no-email-address', 'template-value-missing', 'unknown-category'])

export const check: ReleaseCheck = {
  id: 'safety.preconditions',
  stage: 'release',
  group: 'safety',
  severity: 'error',
  title: 'What it proposes could be carried out at once',
  why: 'A proposal to remind of a paid invoice, or to move a bill into the past, costs the operator a decision and can never be done.',
  howToMend:
    'Ask for the fields that tell (such as `status`) and leave out records whose state does not allow the action.',
  run: async (examined) =>
    findOn(examined, await examined.trials(), ({ case: of, output }) => {
      if (!of.isGenerated) return []
      const now = circumstancesOf(examined.manifest, of)
      return (output?.proposals ?? []).flatMap((proposal, i): Finding[] => {
        const verdict = actionOf(proposal.type).precondition(
          recordsOf(of, proposal),
          proposal.parameters,
          now,
        )
        if (verdict === true || unknowable.has(verdict.code)) return []
        const detail = `${proposal.type} could not be carried out: ${verdict.code}`
        return [{ pointer: `/proposals/${i}`, detail, expected: 'an action that the record allows' }]
      })
    }),
}
