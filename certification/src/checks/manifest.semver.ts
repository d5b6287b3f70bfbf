import type { ManifestCheck } from '../check.ts'

const identifier = /^(0|[1-9]\d*|\d*[a-z-][\da-z-]*)$/i

export const check: ManifestCheck = {
  id: 'manifest.semver',
  stage: 'manifest',
  group: 'manifest',
  severity: 'error',
  title: 'The version is a semantic version',
  why: 'Subscribers move from release to release by their order, and only semantic versions have one (semver.org 2.0.0).',
  howToMend:
    'Write MAJOR.MINOR.PATCH, with a pre-release part of dotted words or numbers: 1.4.0, 2.0.0-beta.1.',
  run({ manifest, problems }) {
    const unread = problems.filter(({ pointer }) => pointer === '/version')
    const [, prerelease] = (manifest?.version ?? '').split(/-(.*)/s)
    const wrong = prerelease?.split('.').filter((part) => !identifier.test(part)) ?? []
    return [
      ...unread,
      ...wrong.map((part) => ({
        pointer: '/version',
        detail: `“${part}” in the pre-release part ${prerelease} has no order`,
        expected: 'letters, digits and hyphens, numbers without leading zeros',
      })),
    ]
  },
}
