import { canonicalJson } from '../../contract/canonical.ts'

/** What is wrong with an assertion or a proof: an OAuth error code and words. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  readonly code: string
  readonly headers: Record<string, string>
  constructor(code: string, description: string, headers: Record<string, string> = {}) {
    super(description)
    this.code = code
    this.headers = headers
  }
}

type Claims = Readonly<Record<string, unknown>>
interface Jwt {
  header: Claims
  claims: Claims
}

const utf8 = new TextEncoder()
const base64url = { alphabet: 'base64url' } as const

/** base64url without padding. */
export function encode(bytes: Uint8Array): string {
  return bytes.toBase64({ ...base64url, omitPadding: true })
}

/** SHA-256 of a text, base64url. */
export async function hash(text: string): Promise<string> {
  return encode(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8.encode(text))))
}

/** The thumbprint of an EC public key (RFC 7638). */
export function thumbprint({ crv, kty, x, y }: Claims): Promise<string> {
  return hash(canonicalJson({ crv, kty, x, y }))
}

function readPart(part: string): Claims {
  return JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(part, base64url))) as Claims
}

/** Reads a JWT signed with ES256; `jwk` defaults to the one in its header. */
async function readJwt(jwt: string, code: string, jwk?: Claims): Promise<Jwt> {
  const [head = '', body = '', signature = ''] = jwt.split('.')
  const header = readPart(head)
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  if (header['alg'] !== 'ES256') throw new OAuthError(code, 'ES256 is expected')
  const given = { ...(jwk ?? (header['jwk'] as Claims)), key_ops: ['verify'], ext: true }
  const key = await crypto.subtle.importKey('jwk', given as never, algorithm, false, ['verify'])
  const bytes = Uint8Array.fromBase64(signature, base64url)
  if (!(await crypto.subtle.verify(algorithm, key, bytes, utf8.encode(`${head}.${body}`)))) {
    throw new OAuthError(code, 'the signature is not right')
  }
  return { header, claims: readPart(body) }
}

/** Takes each `jti` once. */
export type Once = (jti: unknown) => boolean

export function once(): Once {
  const seen = new Set<unknown>()
  return (jti) => typeof jti === 'string' && !seen.has(jti) && seen.add(jti).has(jti)
}

const nowSeconds = () => Math.floor(Date.now() / 1_000)

/** Checks a client's assertion (RFC 7523). */
export async function checkAssertion(
  form: URLSearchParams,
  expected: { client: string; issuer: string; publicKey: Claims; isNew: Once },
): Promise<void> {
  const refuse = (why: string) => new OAuthError('invalid_client', why)
  if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    throw refuse('authenticate with private_key_jwt')
  const { claims } = await readJwt(form.get('client_assertion') ?? '', 'invalid_client', expected.publicKey)
  if (claims['iss'] !== expected.client || claims['sub'] !== expected.client) throw refuse('another client')
  if (![claims['aud']].flat().includes(expected.issuer)) throw refuse('another audience')
  if (Number(claims['exp']) <= nowSeconds()) throw refuse('the assertion has ended')
  if (!expected.isNew(claims['jti'])) throw refuse('jti has been used')
}

/** Checks a DPoP proof (RFC 9449) and gives the thumbprint of its key. */
export async function checkProof(
  request: Request,
  expected: { isNew: Once; nonce?: string; token?: string },
): Promise<string> {
  const refuse = (why: string) => new OAuthError('invalid_dpop_proof', why)
  const proof = request.headers.get('dpop')
  if (!proof) throw refuse('a DPoP proof is needed')
  const { header, claims } = await readJwt(proof, 'invalid_dpop_proof')
  const { origin, pathname } = new URL(request.url)
  if (header['typ'] !== 'dpop+jwt' || claims['htm'] !== request.method) throw refuse('htm is not right')
  if (claims['htu'] !== origin + pathname) throw refuse('htu is not right')
  if (Math.abs(nowSeconds() - Number(claims['iat'])) > 60) throw refuse('iat is not now')
  if (!expected.isNew(claims['jti'])) throw refuse('jti has been used')
  if (expected.nonce !== undefined && claims['nonce'] !== expected.nonce)
    throw new OAuthError('use_dpop_nonce', 'use the nonce', { 'dpop-nonce': expected.nonce })
  if (expected.token !== undefined && claims['ath'] !== (await hash(expected.token)))
    throw refuse('ath is not right')
  return thumbprint(header['jwk'] as Claims)
}
