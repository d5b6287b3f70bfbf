import type { ReleaseCheck } from '../check.ts'
import { findOnCases } from '../evidence.ts'
import { rekeyed } from '../inputs/change.ts'
import { unlessFollowing } from '../relation.ts'

export const check: ReleaseCheck = {
  id: 'metamorphic.rekey',
  stage: 'release',
  group: 'metamorphic',
  severity: 'error',
  title: 'With other pseudonyms it proposes the same about the same records',
  why: 'A pseudonym says nothing but which record it is; another subscription has others in another order.',
  howToMend:
    'Sort and choose by what rows hold, never by their ids; where rows are equal, treat them equally.',
  run: (examined) =>
    findOnCases(examined, examined.cases, (of) =>
      unlessFollowing(examined, of, {
        words: 'with every pseudonym changed',
        change: (given) => ({ ...given, books: rekeyed(given.books, 'other') }),
        expect: (said) => rekeyed(said, 'other'),
      }),
    ),
}
