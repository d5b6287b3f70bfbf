import { createPrivateKey } from 'node:crypto'
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
import { findActiveKey, listPrivateKeys, listPublicKeys, replaceActiveKey } from './store.ts'

const algorithm = 'EdDSA'
const purpose = 'signing-key'

export interface Signer {
  /** Opens the active key, so that nobody who signs has to wait for it. */
  ready(): Promise<void>
  /** Signs claims as a compact JWS (RFC 7515, EdDSA over Ed25519) with this `typ`. */
  sign(type: string, claims: Record<string, unknown>): Promise<string>
  /** The public keys, retired ones too: what they signed stays verifiable. */
  publicKeys(): Promise<{ keys: JWK[] }>
  /** The private keys as JWKs, the active one first: for who signs by itself. One that was retired within a day stays. */
  privateKeys(): Promise<JWK[]>
  /** Puts a new key in place of the active one. */
  rotate(): Promise<void>
}

export interface SignerOptions {
  db: Kysely<Database>
  keyring: Keyring
  /** A key older than this is replaced soon. */
  maxAgeMs?: number
  onError?: (error: unknown) => void
}

interface OpenKey {
  kid: string
  key: Awaited<ReturnType<typeof importPKCS8>>
  createdAt: number
  checkedAt: number
}

const freshMs = 60_000

/** The public keys as a transaction sees them, retired ones too. */
export async function publicKeysWithin(tx: Kysely<Database>): Promise<{ keys: JWK[] }> {
  return { keys: (await listPublicKeys(tx)).map((row) => row.public_jwk as JWK) }
}

/**
 * Signs with the installation's active key and makes one if there is none. Private keys rest sealed in the
 * database. Whoever signs may hold a transaction, so that signing waits for the database only the first
 * time: afterwards the key is looked after beside.
 */
export function createSigner({ db, keyring, maxAgeMs = 30 * 86_400_000, onError }: SignerOptions): Signer {
  let opened: OpenKey | undefined
  let opening: Promise<OpenKey> | undefined

  const replace = async (retire?: string): Promise<void> => {
    const pair = await generateKeyPair(algorithm, { extractable: true })
    const jwk = await exportJWK(pair.publicKey)
    const kid = await calculateJwkThumbprint(jwk)
    const sealed = keyring.seal(purpose, Buffer.from(await exportPKCS8(pair.privateKey)))
    const publicJwk = { ...jwk, kid, alg: algorithm, use: 'sig' }
    await replaceActiveKey(db, retire, { kid, publicJwk, sealed })
  }

  const open = async (): Promise<OpenKey> => {
    const row = await findActiveKey(db)
    if (!row || Date.now() - row.created_at.getTime() >= maxAgeMs) {
      await replace(row?.kid)
      return open()
    }
    const key = await importPKCS8(keyring.open(purpose, row.private_sealed).toString(), algorithm)
    opened = { kid: row.kid, key, createdAt: row.created_at.getTime(), checkedAt: Date.now() }
    return opened
  }

  const openOnce = (): Promise<OpenKey> => {
    opening ??= open().finally(() => (opening = undefined))
    return opening
  }

  const activeKey = async (): Promise<OpenKey> => {
    if (!opened) return openOnce()
    const isFresh = Date.now() - opened.checkedAt < freshMs && Date.now() - opened.createdAt < maxAgeMs
    if (!isFresh) openOnce().catch((error: unknown) => onError?.(error))
    return opened
  }

  return {
    ready: async () => void (await activeKey()),
    sign: async (type, claims) => {
      const { kid, key } = await activeKey()
      return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
        .setProtectedHeader({ alg: algorithm, kid, typ: type })
        .sign(key)
    },
    publicKeys: () => publicKeysWithin(db),
    privateKeys: async () => {
      await activeKey()
      const rows = await listPrivateKeys(db)
      return rows.map(({ kid, private_sealed: sealed }) => ({
        ...createPrivateKey(keyring.open(purpose, sealed).toString()).export({ format: 'jwk' }),
        kid,
        alg: algorithm,
        use: 'sig',
      }))
    },
    rotate: async () => {
      await replace((await findActiveKey(db))?.kid)
      opened = undefined
      await openOnce()
    },
  }
}
