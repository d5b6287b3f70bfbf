import type { ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'
import { endingOf, isHonestRefusal } from '../examined.ts'
import { settingVariants } from '../settings.ts'

export const check: ReleaseCheck = {
  id: 'behaviour.settings-range',
  stage: 'release',
  group: 'behaviour',
  severity: 'error',
  title: 'It ends well at both ends of every setting',
  why: 'The form lets the operator choose whatever the schema allows.',
  howToMend: 'Narrow the setting’s minimum and maximum to what works, or handle the ends.',
  skip: ({ manifest }) => (manifest.settings ? undefined : 'it has no settings'),
  async run(examined) {
    const of = examined.cases[0]
    if (!of) return []
    const cases = settingVariants(examined.manifest, of)
      .filter(({ isEnd }) => isEnd)
      .map(({ case: changed }) => changed)
    return findOn(examined, await Promise.all(cases.map(examined.trial)), ({ result }) =>
      result.outcome !== 'failed' || isHonestRefusal(result)
        ? []
        : [{ detail: endingOf(result), expected: 'an output, or CannotServe with the reason' }],
    )
  },
}
