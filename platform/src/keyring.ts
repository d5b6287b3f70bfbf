import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** Everything that is derived from the master key; the key itself is kept nowhere else. */
export interface Keyring {
  /** 32 bytes for one purpose (HKDF-SHA256, the purpose as info). */
  derive(purpose: string): Buffer
  /** A password for a database role, in hex. */
  password(role: string): string
  /** Encrypts with AES-256-GCM under the purpose's key: 12 bytes of nonce, 16 of tag, then the text. */
  seal(purpose: string, plain: Buffer): Buffer
  /** Takes `seal` back. Throws if a bit was changed or the purpose is another. */
  open(purpose: string, sealed: Buffer): Buffer
  /** A keyed fingerprint in hex, for looking a secret up without keeping it. */
  fingerprint(purpose: string, secret: string): string
}

/** Opens the keyring of a master key of 64 hex digits. */
export function openKeyring(masterKey: string): Keyring {
  const master = Buffer.from(masterKey, 'hex')
  if (master.length !== 32) throw new RangeError('the master key must be 32 bytes in hex')
  const keys = new Map<string, Buffer>()

  const derive = (purpose: string) => {
    const known = keys.get(purpose)
    if (known) return known
    const key = Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `bizq:${purpose}`, 32))
    keys.set(purpose, key)
    return key
  }

  return {
    derive,
    password: (role) => derive(`database-role:${role}`).toString('hex'),
    seal: (purpose, plain) => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', derive(`seal:${purpose}`), nonce)
      const text = Buffer.concat([cipher.update(plain), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), text])
    },
    open: (purpose, sealed) => {
      const decipher = createDecipheriv('aes-256-gcm', derive(`seal:${purpose}`), sealed.subarray(0, 12))
      decipher.setAuthTag(sealed.subarray(12, 28))
      return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])
    },
    fingerprint: (purpose, secret) =>
      createHmac('sha256', derive(`fingerprint:${purpose}`))
        .update(secret)
        .digest('hex'),
  }
}
