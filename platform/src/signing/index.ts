import {
  calculateJwkThumbprint,
  CompactSign,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
  type JWK,
} from 'jose'
import type { Kysely } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Keyring } from '../keyring.ts'
import { findActiveKey, listPublicKeys, replaceActiveKey } from './store.ts'

const algorithm = 'EdDSA'
const purpose = 'signing-key'

export interface Signer {
  /** Signs claims as a compact JWS (RFC 7515, EdDSA over Ed25519) with this `typ`. */
  sign(type: string, claims: Record<string, unknown>): Promise<string>
  /** The public keys, retired ones too: what they signed stays verifiable. */
  publicKeys(): Promise<{ keys: JWK[] }>
  /** Puts a new key in place of the active one. */
  rotate(): Promise<void>
}

export interface SignerOptions {
  db: Kysely<Database>
  keyring: Keyring
  /** A key older than this is replaced before it signs again. */
  maxAgeMs?: number
}

type PrivateKey = Awaited<ReturnType<typeof importPKCS8>>

/** Signs with the installation's active key and makes one if there is none. Private keys rest sealed in the database. */
export function createSigner({ db, keyring, maxAgeMs = 30 * 86_400_000 }: SignerOptions): Signer {
  let opened: { kid: string; key: PrivateKey; createdAt: number; checkedAt: number } | undefined

  const rotate = async (retire?: string) => {
    const pair = await generateKeyPair(algorithm, { extractable: true })
    const jwk = await exportJWK(pair.publicKey)
    const kid = await calculateJwkThumbprint(jwk)
    const sealed = keyring.seal(purpose, Buffer.from(await exportPKCS8(pair.privateKey)))
    await replaceActiveKey(db, retire, {
      kid,
      publicJwk: { ...jwk, kid, alg: algorithm, use: 'sig' },
      sealed,
    })
    opened = undefined
  }

  const activeKey = async (): Promise<{ kid: string; key: PrivateKey }> => {
    const now = Date.now()
    if (opened && now - opened.checkedAt < 60_000 && now - opened.createdAt < maxAgeMs) return opened
    const row = await findActiveKey(db)
    if (!row || now - row.created_at.getTime() >= maxAgeMs) {
      await rotate(row?.kid)
      return activeKey()
    }
    const key = await importPKCS8(keyring.open(purpose, row.private_sealed).toString(), algorithm)
    opened = { kid: row.kid, key, createdAt: row.created_at.getTime(), checkedAt: now }
    return opened
  }

  return {
    sign: async (type, claims) => {
      const { kid, key } = await activeKey()
      return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
        .setProtectedHeader({ alg: algorithm, kid, typ: type })
        .sign(key)
    },
    publicKeys: async () => ({ keys: (await listPublicKeys(db)).map((row) => row.public_jwk as JWK) }),
    rotate: async () => rotate((await findActiveKey(db))?.kid),
  }
}
