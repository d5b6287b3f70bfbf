import type { ManifestCheck } from '../check.ts'
import { defaultSettings } from '../inputs/case.ts'

export const check: ManifestCheck = {
  id: 'manifest.settings-defaults',
  stage: 'manifest',
  group: 'manifest',
  severity: 'error',
  title: 'The service runs on its default settings',
  why: 'An operator who subscribes gets a first result without filling in a form.',
  howToMend: 'Give every setting a default.',
  run({ manifest }) {
    const settings = manifest && defaultSettings(manifest)
    if (!settings || settings.ok) return []
    return settings.problems.map(({ pointer, detail }) => ({ pointer: `/settings${pointer}`, detail }))
  },
}
