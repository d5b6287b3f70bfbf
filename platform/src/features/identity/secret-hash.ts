import { createHash } from 'node:crypto'

/** What is kept of a secret: its SHA-256, in hex. */
export function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
