import type { ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'

export const check: ReleaseCheck = {
  id: 'determinism.same-bytes',
  stage: 'release',
  group: 'determinism',
  severity: 'error',
  title: 'The same input gives the same output in another process, byte for byte',
  why: 'A receipt is worth what a replay of it proves.',
  howToMend:
    'Take time and dice from the context alone, and nothing from how deep or how fast the code runs.',
  skip: ({ remote }) => remote && 'a remote service is not replayed',
  run: async (examined) =>
    findOn(examined, await examined.trials(), async ({ case: of, input, result }) => {
      if (result.outcome !== 'succeeded') return []
      const again = await examined.run(input, of.world, { elsewhere: true })
      const second = again.outcome === 'succeeded' ? again.output : again.outcome
      if (second === result.output) return []
      const letters = Array.from(result.output)
      const at = letters.findIndex((letter, i) => letter !== second[i])
      const from = at < 0 ? letters.length : at
      return [
        {
          detail: `from character ${from} on the second run says ${second.slice(from, from + 40)}`,
          expected: result.output.slice(from, from + 40),
        },
      ]
    }),
}
