import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose'
import { algorithms } from './schemas.ts'

/** How far the time of a proof may be from ours, in seconds. */
export const proofWindowSeconds = 60

/** Why a proof is none; the words are for the one who made it. */
export class ProofError extends Error {}

export interface Proof {
  /** RFC 7638 thumbprint of the key that signed it. */
  thumbprint: string
  jti: string
}

/**
 * Checks a DPoP proof for a request to a resource (RFC 9449, section 4.3) but for its replay: form,
 * algorithm, signature by the key that it carries, method, address, token and time. Throws a ProofError.
 */
export async function checkProof(
  proof: string,
  request: { method: string; url: string; token: string },
): Promise<Proof> {
  const refuse = (why: string): never => {
    throw new ProofError(why)
  }
  const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
    algorithms: [...algorithms],
    typ: 'dpop+jwt',
  }).catch(() => refuse('the DPoP proof is not a JWT signed by the key that it carries'))
  const { jti, htm, htu, ath, iat } = payload
  if (typeof jti !== 'string' || jti.length < 8 || jti.length > 200)
    refuse('jti must have 8 to 200 characters')
  if (htm !== request.method) refuse('htm is not the method of the request')
  if (typeof htu !== 'string' || plain(htu) !== plain(request.url))
    refuse('htu is not the address of the request')
  if (ath !== createHash('sha256').update(request.token).digest('base64url'))
    refuse('ath is not the hash of the token')
  if (typeof iat !== 'number' || Math.abs(Date.now() / 1_000 - iat) > proofWindowSeconds)
    refuse(`iat is more than ${proofWindowSeconds} s from now`)
  const jwk = protectedHeader.jwk ?? refuse('it carries no key')
  return { thumbprint: await calculateJwkThumbprint(jwk), jti: jti as string }
}

/** An address without query and fragment, in its normal form. */
function plain(url: string): string | undefined {
  const parsed = URL.parse(url)
  return parsed ? parsed.origin + parsed.pathname : undefined
}
