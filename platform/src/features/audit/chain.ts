import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** One line of the log as it is hashed and exported. Ids are TypeIDs; `at` is ISO 8601 in UTC. */
export interface AuditEntry {
  sequence: number
  id: string
  at: string
  actor: { kind: string; id: string | null }
  action: string
  subject: unknown
}

/** What the first entry of every chain follows. */
export const genesisHash = '0'.repeat(64)

/** SHA-256 in hex over the RFC 8785 form of the entry with the hash before it. */
export function entryHash(entry: AuditEntry, previous: string): string {
  return createHash('sha256')
    .update(canonicalize({ ...entry, previous }) ?? '')
    .digest('hex')
}
