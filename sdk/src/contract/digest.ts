import { createHash } from 'node:crypto'
import { cardContent, type ActionType, type LoadedRecords } from './actions/index.ts'
import { canonicalJson } from './canonical.ts'
import type { Manifest } from './manifest.ts'

/** SHA-256 in lower-case hex, of text as UTF-8. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/**
 * The digest of a release: SHA-256 over the canonical manifest (RFC 8785), a line feed, and the
 * bundle's text. Any bit of either changes it. A remote release has an empty bundle.
 */
export function releaseDigest(manifest: Manifest, bundle: string): string {
  return sha256(`${canonicalJson(manifest)}\n${bundle}`)
}

/**
 * The version of an action's card: SHA-256 of the canonical JSON (RFC 8785) of what the card shows of
 * the records, and the parameters. A decision names it; another hash means that the world has moved.
 */
export function cardVersion(
  type: ActionType,
  records: LoadedRecords,
  parameters: Readonly<Record<string, unknown>>,
): string {
  return sha256(canonicalJson(cardContent(type, records, parameters)))
}
