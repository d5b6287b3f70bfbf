import type { ReleaseCheck } from '../check.ts'
import { findOnCases } from '../evidence.ts'
import { shifted } from '../inputs/change.ts'
import { unlessFollowing } from '../relation.ts'

/** So many years keep weekdays, months and leap days as they are, so that nothing may change but the year. */
const years = 28

export const check: ReleaseCheck = {
  id: 'metamorphic.shift-years',
  stage: 'release',
  group: 'metamorphic',
  severity: 'error',
  title: 'In another year it proposes the same, that much later',
  why: 'A year that stands in the code makes a service that stops working on a certain day.',
  howToMend: 'Count from `today`; write no year, no fixed date and no epoch into the code.',
  run: (examined) =>
    findOnCases(examined, examined.cases, (of) =>
      unlessFollowing(examined, of, {
        words: `with every date and the clock ${years} years later`,
        change: (given) => ({
          ...given,
          books: shifted(given.books, years),
          world: {
            ...given.world,
            now: Temporal.Instant.fromEpochMilliseconds(given.world.now)
              .toZonedDateTimeISO('UTC')
              .add({ years }).epochMilliseconds,
          },
        }),
        expect: (said) => shifted(said, years),
      }),
    ),
}
