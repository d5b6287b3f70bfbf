import type { ReleaseCheck } from '../check.ts'
import { scaled } from '../inputs/change.ts'
import { unlessFollowing } from '../relation.ts'

const factor = 8

export const check: ReleaseCheck = {
  id: 'least-data.exact-money',
  stage: 'release',
  group: 'least-data',
  severity: 'error',
  title: 'Where it asks for exact money, ratios are not enough',
  why: 'Scaled money blurs how large a business is; who works on ratios alone needs no more.',
  howToMend: 'Ask for `money: "scaled"`, or supply a case whose output depends on absolute amounts.',
  skip: ({ manifest }) => (manifest.money === 'scaled' ? 'it asks for scaled money' : undefined),
  async run(examined) {
    let tried = 0
    for (const of of examined.cases) {
      const { output } = await examined.trial(of)
      if (!output || output.proposals.length + Object.keys(output.metrics).length === 0) continue
      tried += 1
      const found = await unlessFollowing(examined, of, {
        words: 'with every amount eight times as large',
        change: (given) => ({ ...given, books: scaled(given.books, factor) }),
        expect: (said) => scaled(said, factor),
        tolerance: { moneyUnits: factor, confidence: 0.01 },
      })
      if (found) return []
    }
    if (tried === 0) return []
    return [
      {
        pointer: '/money',
        detail: `with every amount eight times as large it proposed the same, eight times as large, on ${tried} inputs`,
        expected: 'another output on one of them',
      },
    ]
  },
}
