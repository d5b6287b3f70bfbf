import type { ReleaseCheck } from '../check.ts'
import { findOnCases } from '../evidence.ts'
import { scaled } from '../inputs/change.ts'
import { unlessFollowing } from '../relation.ts'

const factor = 8

export const check: ReleaseCheck = {
  id: 'metamorphic.scale-money',
  stage: 'release',
  group: 'metamorphic',
  severity: 'error',
  title: 'Under another scale of money it proposes the same, scaled',
  why: 'Each subscription has a factor of its own: a fixed amount means another thing for each, and an amount that is no money cannot be taken back.',
  howToMend:
    'Compare amounts with amounts, never with a number of your own; return amounts as money with their currency.',
  skip: ({ manifest }) => (manifest.money === 'scaled' ? undefined : 'it asks for exact money'),
  run: (examined) =>
    findOnCases(examined, examined.cases, (of) =>
      unlessFollowing(examined, of, {
        words: 'with every amount eight times as large',
        change: (given) => ({ ...given, books: scaled(given.books, factor) }),
        expect: (said) => scaled(said, factor),
        tolerance: { moneyUnits: factor, confidence: 0.01 },
      }),
    ),
}
