import type { ReleaseCheck } from '../check.ts'
import { settingVariants } from '../settings.ts'

export const check: ReleaseCheck = {
  id: 'behaviour.settings-used',
  stage: 'release',
  group: 'behaviour',
  severity: 'warning',
  title: 'Each setting changes something',
  why: 'A form with a control that does nothing teaches the operator to trust none of them.',
  howToMend: 'Use the setting, leave it out, or supply a case on which it matters.',
  skip: ({ manifest }) => (manifest.settings ? undefined : 'it has no settings'),
  async run({ manifest, allCases, trial }) {
    const cases = allCases()
    const unused = new Set(cases.flatMap((of) => settingVariants(manifest, of).map(({ setting }) => setting)))
    for (const of of cases) {
      if (unused.size === 0) break
      const usual = await trial(of)
      for (const { setting, case: changed } of settingVariants(manifest, of)) {
        if (!unused.has(setting)) continue
        const { result } = await trial(changed)
        const isSame =
          result.outcome === 'succeeded' && usual.result.outcome === 'succeeded'
            ? result.output === usual.result.output
            : result.outcome === usual.result.outcome
        if (!isSame) unused.delete(setting)
      }
    }
    return [...unused].map((setting) => ({
      pointer: `/settings/properties/${setting}`,
      detail: `whatever ${setting} is, the output stays the same on ${cases.length} inputs`,
    }))
  },
}
