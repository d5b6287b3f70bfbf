import type { ReleaseCheck } from '../check.ts'
import { findOnCases } from '../evidence.ts'
import { differenceOf } from '../relation.ts'
import type { ExecutionOutput } from '@bizq/sdk/contract'

/** What is proposed about which records, without the words. */
const bare = ({ proposals, metrics }: ExecutionOutput): ExecutionOutput => ({
  proposals: proposals.map((each) => ({
    ...each,
    parameters: Object.fromEntries(
      Object.entries(each.parameters).filter(
        ([name]) => !['text', 'subject', 'title', 'notes'].includes(name),
      ),
    ),
  })),
  recommendations: [],
  metrics,
  state: null,
})

export const check: ReleaseCheck = {
  id: 'determinism.locale',
  stage: 'release',
  group: 'determinism',
  severity: 'error',
  title: 'In another language it proposes the same',
  why: 'The words may follow the business’s language; figures and decisions may not.',
  howToMend: 'Never read numbers or dates back from a text that was written for people.',
  run: (examined) =>
    findOnCases(examined, examined.cases.slice(0, 2), async (of) => {
      const german = { ...of, world: { ...of.world, locale: 'de-DE' } }
      const [first, second] = await Promise.all([examined.trial(of), examined.trial(german)])
      if (!first.output || !second.output) return undefined
      const found = differenceOf(bare(first.output), bare(second.output))
      return found && { ...found, detail: `in de-DE instead of en-GB, ${found.detail}` }
    }),
}
