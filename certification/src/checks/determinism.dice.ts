import type { ReleaseCheck } from '../check.ts'
import { findOnCases } from '../evidence.ts'
import { unlessFollowing } from '../relation.ts'

export const check: ReleaseCheck = {
  id: 'determinism.dice',
  stage: 'release',
  group: 'determinism',
  severity: 'warning',
  title: 'What it proposes does not hang on dice',
  why: 'Every execution has dice of its own: a proposal that depends on them differs each day on the same books.',
  howToMend: 'Use `random` to sample or simulate with enough rounds, not to choose what is proposed.',
  skip: ({ remote }) => remote && 'a remote service has dice of its own',
  run: (examined) =>
    findOnCases(examined, examined.cases, (of) =>
      unlessFollowing(examined, of, {
        words: 'with other dice',
        change: (given) => ({ ...given, world: { ...given.world, seed: `${given.world.seed}d1ce` } }),
      }),
    ),
}
