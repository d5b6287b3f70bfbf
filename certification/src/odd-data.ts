import type { OddityGround, ReleaseCheck } from './check.ts'
import { findOn } from './evidence.ts'
import { endingOf, isHonestRefusal } from './examined.ts'
import type { Case } from './inputs/case.ts'

type About = Omit<ReleaseCheck, 'stage' | 'group' | 'run' | 'skip' | 'oddities'>

interface OddData extends About {
  /** The odd inputs, each with a name of its own. */
  oddities(ground: OddityGround): Case[]
}

/** A check that a release ends well on one kind of odd data: with an output, or saying honestly why not. */
export function oddDataCheck({ oddities, ...about }: OddData): ReleaseCheck {
  return {
    ...about,
    stage: 'release',
    group: 'behaviour',
    oddities: (ground) => oddities(ground).map((made) => ({ ...made, name: `${about.id}: ${made.name}` })),
    skip: ({ odd }) => (odd.some(isOwn) ? undefined : 'no such input can be made for this release'),
    async run(examined) {
      const trials = await Promise.all(examined.odd.filter(isOwn).map(examined.trial))
      return findOn(examined, trials, ({ result }) =>
        // Time, memory and size are judged by the limits; here by whether it threw.
        result.outcome !== 'failed' || isHonestRefusal(result)
          ? []
          : [{ detail: endingOf(result), expected: 'an output, or CannotServe with the reason' }],
      )
    },
  }

  function isOwn({ name }: Case): boolean {
    return name.startsWith(`${about.id}: `)
  }
}
