import { replayWindowSeconds } from '../contract/remote.ts'

/** A request that was not signed as it should be; `code` is that of the answered problem. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError'
  readonly code: 'bad-signature' | 'outside-replay-window' | 'replayed'
  constructor(code: SignatureError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** A key that opens signatures of one scheme of Standard Webhooks: `v1` symmetric, `v1a` Ed25519. */
interface VerifyingKey {
  scheme: 'v1' | 'v1a'
  key: CryptoKey
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> | undefined => {
  try {
    return Uint8Array.fromBase64(base64)
  } catch {
    return undefined
  }
}

async function importKey(text: string): Promise<VerifyingKey> {
  const [, kind, encoded = ''] = /^(whsec|whpk)_(.+)$/.exec(text) ?? []
  const bytes = bytesOf(encoded)
  if (kind === 'whsec' && bytes !== undefined && bytes.length >= 16) {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    return { scheme: 'v1', key: await crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify']) }
  }
  if (kind === 'whpk' && bytes?.length === 32) {
    return { scheme: 'v1a', key: await crypto.subtle.importKey('raw', bytes, 'Ed25519', false, ['verify']) }
  }
  throw new TypeError(
    'a signing key is not one: give whsec_ and base64 of at least 16 bytes, or whpk_ and base64 of an Ed25519 public key',
  )
}

/** Imports keys as they are shown in the portal: `whsec_…` (symmetric) or `whpk_…` (Ed25519). Rejects with a TypeError. */
export function importKeys(keys: readonly string[]): Promise<VerifyingKey[]> {
  if (keys.length === 0) throw new TypeError('give at least one signing key: whsec_… or whpk_…')
  return Promise.all(keys.map(importKey))
}

/** A signature as it stands in the header, in time order of arrival: remembered so that it is taken once. */
export interface ReplayStore {
  /** True when the key was not claimed before; it may be forgotten after `ttlSeconds`. */
  claim(key: string, ttlSeconds: number): boolean | Promise<boolean>
}

/** Remembers what this process has seen. Give several processes a store that they share. */
export function memoryReplayStore(): ReplayStore {
  const seen = new Map<string, number>()
  return {
    claim(key, ttlSeconds) {
      const now = Date.now()
      for (const [old, until] of seen) {
        if (until > now) break
        seen.delete(old)
      }
      if (seen.has(key)) return false
      seen.set(key, now + ttlSeconds * 1_000)
      return true
    },
  }
}

export interface Verification {
  keys: readonly VerifyingKey[]
  store: ReplayStore
  /** Epoch milliseconds. */
  now: () => number
}

async function isSignedBy(keys: readonly VerifyingKey[], header: string, signed: Uint8Array<ArrayBuffer>) {
  for (const part of header.split(' ')) {
    const [scheme, encoded = ''] = part.split(',')
    const signature = bytesOf(encoded)
    if (signature === undefined) continue
    for (const { key } of keys.filter((each) => each.scheme === scheme)) {
      if (await crypto.subtle.verify(key.algorithm.name, key, signature, signed)) return true
    }
  }
  return false
}

/**
 * Checks a request's Standard Webhooks signature over its exact bytes, then its age (300 s either
 * way), then that this very request was not taken before. A retry has a time, and so a signature, of
 * its own. Rejects with a SignatureError.
 */
export async function verifySignature(
  headers: Headers,
  body: Uint8Array,
  { keys, store, now }: Verification,
): Promise<void> {
  const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    headers.get(name),
  )
  if (!id || !timestamp || !signature || !/^\d{1,12}$/.test(timestamp)) {
    throw new SignatureError(
      'bad-signature',
      'webhook-id, webhook-timestamp and webhook-signature are needed',
    )
  }
  const prefix = new TextEncoder().encode(`${id}.${timestamp}.`)
  const signed = new Uint8Array(prefix.length + body.length)
  signed.set(prefix)
  signed.set(body, prefix.length)
  if (!(await isSignedBy(keys, signature, signed))) {
    throw new SignatureError('bad-signature', 'no signature of the request is by a key of the platform')
  }
  const seconds = Number(timestamp)
  if (Math.abs(now() / 1_000 - seconds) > replayWindowSeconds) {
    throw new SignatureError(
      'outside-replay-window',
      `the request was signed more than ${replayWindowSeconds} s from now: is this machine's clock right?`,
    )
  }
  if (!(await store.claim(`${id}.${timestamp}`, 2 * replayWindowSeconds))) {
    throw new SignatureError('replayed', 'this request was taken before')
  }
}
