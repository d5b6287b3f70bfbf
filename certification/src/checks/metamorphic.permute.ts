import type { ReleaseCheck } from '../check.ts'
import { findOnCases } from '../evidence.ts'
import { permuted } from '../inputs/change.ts'
import { unlessFollowing } from '../relation.ts'

export const check: ReleaseCheck = {
  id: 'metamorphic.permute',
  stage: 'release',
  group: 'metamorphic',
  severity: 'error',
  title: 'Rows of equal time may come in any order',
  why: 'The order of what happened on one day is an accident of the import.',
  howToMend: 'Where the first or the last of several rows decides, say which one by more than its place.',
  run: (examined) =>
    findOnCases(examined, examined.cases, (of) =>
      unlessFollowing(examined, of, {
        words: 'with rows of equal time in another order',
        change: (given) => ({ ...given, books: permuted(given.books) }),
      }),
    ),
}
