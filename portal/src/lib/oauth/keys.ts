import type { Schemas } from '@bizq/client'

export type PublicJwk = Schemas['PublicJwk']

/** Keys that somebody pasted: a JWK, a list of them, or a JWKS. Undefined where it is no JSON of that form. */
export function readKeys(pasted: string): PublicJwk[] | undefined {
  if (pasted.trim() === '') return []
  try {
    const read: unknown = JSON.parse(pasted)
    const found = Array.isArray(read) ? read : ((read as { keys?: unknown }).keys ?? [read])
    return Array.isArray(found) ? (found as PublicJwk[]) : undefined
  } catch {
    return undefined
  }
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']

/** Whether pasted keys hold what must stay with their owner. */
export function holdsPrivate(pasted: string): boolean {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pasted)) return true
  return (readKeys(pasted) ?? []).some(
    (key) => typeof key === 'object' && key !== null && privateMembers.some((member) => member in key),
  )
}

/** An ES256 key pair made in this browser; the private half leaves it only by the hand of the reader. */
export async function generatePair(): Promise<{ publicKey: string; privateKey: string }> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', pair.privateKey)
  const open = { kty, crv, x, y, alg: 'ES256' }
  return {
    publicKey: JSON.stringify({ keys: [open] }, null, 2),
    privateKey: JSON.stringify({ ...open, d }),
  }
}
