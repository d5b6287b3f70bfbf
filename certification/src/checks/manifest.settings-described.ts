import type { ManifestCheck } from '../check.ts'

export const check: ManifestCheck = {
  id: 'manifest.settings-described',
  stage: 'manifest',
  group: 'manifest',
  severity: 'warning',
  title: 'Each setting says what it does',
  why: 'Settings are drawn as a form; without a description the operator reads the name of a variable.',
  howToMend: 'Add `.describe(…)` to each setting.',
  run({ manifest }) {
    const properties = (manifest?.settings?.['properties'] ?? {}) as Record<
      string,
      { description?: string; title?: string }
    >
    return Object.entries(properties).flatMap(([name, { description, title }]) =>
      (description ?? title ?? '').trim() === ''
        ? [{ pointer: `/settings/properties/${name}`, detail: `${name} has no description` }]
        : [],
    )
  },
}
