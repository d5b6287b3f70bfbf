import { signatureHeaders } from '../../contract/remote.ts'

const base64 = (bytes: Uint8Array) => bytes.toBase64()

export interface SigningKeys {
  /** As the portal shows them: `whsec_…` and `whpk_…`. */
  shown: [symmetric: string, ed25519: string]
  /** The headers of Standard Webhooks over a body, by both keys. */
  sign(id: string, at: Date, body: string): Promise<Record<(typeof signatureHeaders)[number], string>>
}

/** Keys that sign as the platform does. */
export async function createSigningKeys(): Promise<SigningKeys> {
  const secret = crypto.getRandomValues(new Uint8Array(32))
  const hmac = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as {
    privateKey: typeof hmac
    publicKey: typeof hmac
  }
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  return {
    shown: [`whsec_${base64(secret)}`, `whpk_${base64(publicKey)}`],
    async sign(id, at, body) {
      const timestamp = String(Math.floor(at.getTime() / 1_000))
      const bytes = new TextEncoder().encode(`${id}.${timestamp}.${body}`)
      const by = async (algorithm: string, key: typeof hmac) =>
        base64(new Uint8Array(await crypto.subtle.sign(algorithm, key, bytes)))
      const signature = `v1,${await by('HMAC', hmac)} v1a,${await by('Ed25519', pair.privateKey)}`
      return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature }
    },
  }
}
