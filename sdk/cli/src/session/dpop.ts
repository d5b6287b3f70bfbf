import * as oauth from 'oauth4webapi'

/** The CLI's own client, public and the same everywhere: it holds no secret. */
export const client: oauth.Client = { client_id: 'bizq-cli' }

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }

/** A new key to bind tokens to (RFC 9449): whoever takes a token alone has nothing. */
export async function newKey(): Promise<Record<string, unknown>> {
  const { privateKey } = await oauth.generateKeyPair('ES256', { extractable: true })
  return { ...(await crypto.subtle.exportKey('jwk', privateKey)) }
}

/** Signs proofs with a kept key. */
export async function openKey(jwk: Readonly<Record<string, unknown>>): Promise<oauth.DPoPHandle> {
  const { d: _private, ...shared } = jwk
  const read = (key: object, uses: ('sign' | 'verify')[]) =>
    crypto.subtle.importKey('jwk', { ...key, key_ops: uses } as never, algorithm, true, uses)
  const [privateKey, publicKey] = await Promise.all([read(jwk, ['sign']), read(shared, ['verify'])])
  return oauth.DPoP(client, { privateKey, publicKey })
}

/** Tries once more when the server asks for a fresh nonce (RFC 9449, section 8). */
export async function withNonce<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return work()
  }
}

/** `fetch` with a token and a proof of its key in each request. A refused token is an answer like any other. */
export function boundFetch(token: string, dpop: oauth.DPoPHandle, isLocal: boolean): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const body = request.body === null ? undefined : await request.arrayBuffer()
    const send = () =>
      oauth.protectedResourceRequest(token, request.method, new URL(request.url), request.headers, body, {
        DPoP: dpop,
        [oauth.allowInsecureRequests]: isLocal,
      })
    try {
      return await withNonce(send)
    } catch (error) {
      if (error instanceof oauth.WWWAuthenticateChallengeError) return error.response
      throw error
    }
  }
}
