import { createHmac, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto'
import type { Keyring } from '../../keyring.ts'

/** Which keys of a service sign: from the second generation on, the one before signs for a day longer. */
export interface Generation {
  generation: number
  rotated_at: Date
}

/** The keys of one generation as a provider sets them: it needs one of the two. */
export interface SigningKey {
  /** Symmetric: `whsec_…`. */
  secret: string
  /** Ed25519: `whpk_…`. */
  publicKey: string
  /** Until when it signs, where another has taken its place. */
  until: Date | null
}

const overlapMs = 86_400_000
const pkcs8OfSeed = Buffer.from('302e020100300506032b657004220420', 'hex')

function secretOf(keyring: Keyring, service: string, generation: number): Buffer {
  return keyring.derive(`remote-secret:${service}:${generation}`)
}

function privateKeyOf(keyring: Keyring, service: string, generation: number): KeyObject {
  const seed = keyring.derive(`remote-ed25519:${service}:${generation}`)
  return createPrivateKey({ key: Buffer.concat([pkcs8OfSeed, seed]), format: 'der', type: 'pkcs8' })
}

/** The generations that sign now, newest first. */
function standing(of: Generation | undefined): { generation: number; until: Date | null }[] {
  if (!of) return [{ generation: 1, until: null }]
  const until = new Date(of.rotated_at.getTime() + overlapMs)
  const before = until.getTime() > Date.now() ? [{ generation: of.generation - 1, until }] : []
  return [{ generation: of.generation, until: null }, ...before]
}

export function signingKeysOf(
  keyring: Keyring,
  service: string,
  generation: Generation | undefined,
): SigningKey[] {
  return standing(generation).map(({ generation: number, until }) => {
    const { x = '' } = createPublicKey(privateKeyOf(keyring, service, number)).export({ format: 'jwk' })
    return {
      secret: `whsec_${secretOf(keyring, service, number).toString('base64')}`,
      publicKey: `whpk_${Buffer.from(x, 'base64url').toString('base64')}`,
      until,
    }
  })
}

/** The headers of a request that is signed as Standard Webhooks: by every key that stands, symmetric (`v1`) and Ed25519 (`v1a`). */
export function signRequest(
  keyring: Keyring,
  { service, generation }: { service: string; generation: Generation | undefined },
  { id, at, body }: { id: string; at: Date; body: string },
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000))
  const signed = Buffer.from(`${id}.${timestamp}.${body}`)
  const signatures = standing(generation).flatMap(({ generation: number }) => [
    `v1,${createHmac('sha256', secretOf(keyring, service, number))
      .update(signed)
      .digest('base64')}`,
    `v1a,${sign(null, signed, privateKeyOf(keyring, service, number)).toString('base64')}`,
  ])
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
