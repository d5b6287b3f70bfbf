import type { ReleaseCheck } from '../check.ts'

/** The same value with its keys in order, as canonical JSON has them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}

export const check: ReleaseCheck = {
  id: 'manifest.same-build',
  stage: 'release',
  group: 'manifest',
  severity: 'error',
  title: 'Bundle and manifest are of one build',
  why: 'The operator consents to the manifest, and the bundle is what runs.',
  howToMend: 'Submit manifest.json and bundle.js of the same `bizq build`.',
  skip: ({ remote }) => remote && 'a remote release has no bundle',
  async run({ manifest, describe }) {
    const said = await describe()
    if (typeof said === 'string') return [{ detail: `asked to describe itself, the bundle did not: ${said}` }]
    const schemas = new Set(['$schema', 'settings', 'state'])
    const own = manifest as Record<string, unknown>
    const parts = new Set([...Object.keys(said), ...Object.keys(own)]).difference(schemas)
    return [...parts]
      .filter((part) => JSON.stringify(sorted(said[part])) !== JSON.stringify(sorted(own[part])))
      .map((part) => ({
        pointer: `/${part}`,
        detail: `the bundle says otherwise of ${part} than the manifest`,
        expected: JSON.stringify(own[part]) ?? 'nothing',
      }))
  },
}
