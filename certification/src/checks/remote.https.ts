import type { ManifestCheck } from '../check.ts'
import { unreachable } from '../links.ts'

export const check: ManifestCheck = {
  id: 'remote.https',
  stage: 'manifest',
  group: 'remote',
  severity: 'error',
  title: 'The endpoint is a public https address',
  why: 'Settings and tokens travel there; the platform calls no private address, and none without TLS outside development.',
  howToMend:
    'Give the https address at which the service is reached from the internet, with a name that public certificates exist for.',
  run({ manifest }) {
    if (manifest?.runtime.kind !== 'remote') return []
    const { endpoint } = manifest.runtime
    const pointer = '/runtime/endpoint'
    const { username, search, hash } = new URL(endpoint)
    const why = unreachable(endpoint)
    if (why !== undefined) return [{ pointer, detail: `${endpoint} ${why}`, expected: 'a public address' }]
    return username || search || hash
      ? [{ pointer, detail: 'holds a user, a query or a fragment', expected: 'scheme, host and path alone' }]
      : []
  },
}
