import { Sha256 } from '@bizq/sdk/contract'
import {
  CompactSign,
  compactVerify,
  createLocalJWKSet,
  errors,
  type CryptoKey,
  type JSONWebKeySet,
} from 'jose'
import { z } from 'zod'
import { profileNames } from './profiles.ts'
import { reportDigest, suiteVersion, type CertificationReport } from './report.ts'

/** The `typ` of a certificate's header (RFC 7515, section 4.1.9). */
export const certificateType = 'bizq-certificate+jws'

/** What a certificate states: that this release passed these profiles of this suite, and until when that is good. */
export const CertificateClaims = z.strictObject({
  /** Who states it: the platform's own address, or a certifier's. */
  iss: z.string().min(1),
  service: z.string(),
  version: z.string(),
  /** SHA-256 of manifest and bundle: see `releaseDigest`. */
  release: Sha256,
  suite: z.string().regex(/^\d+\.\d+\.\d+$/),
  profiles: z.array(z.enum(profileNames)).min(1),
  /** SHA-256 of the report: see `reportDigest`. */
  report: Sha256,
  /** The role of each person who judged what a suite cannot; absent where the suite alone decided. */
  reviewers: z.array(z.literal('certifier')).min(1).max(9).optional(),
  /** Seconds since the epoch (RFC 7519). */
  iat: z.int(),
  exp: z.int(),
})
export type CertificateClaims = z.infer<typeof CertificateClaims>

export interface Issuing {
  issuer: string
  /** The moment of signing. */
  now: Date
  /** How long it is good for; a year unless told. */
  days?: number
  /** How many certifiers judged it besides; none unless told. */
  reviewers?: number
}

/** The claims of a certificate for what a report found. Throws a TypeError for a report that did not pass. */
export function certificateClaims(
  report: CertificationReport,
  { issuer, now, days = 365, reviewers = 0 }: Issuing,
): CertificateClaims {
  const { verdict, service, version, digest, suite, profiles } = report
  if (verdict !== 'passed' || service === null || version === null || digest === null)
    throw new TypeError('only a release that passed can be certified')
  const iat = Math.floor(now.getTime() / 1_000)
  return {
    iss: issuer,
    service,
    version,
    release: digest,
    suite,
    profiles,
    report: reportDigest(report),
    ...(reviewers > 0 ? { reviewers: Array<'certifier'>(reviewers).fill('certifier') } : {}),
    iat,
    exp: iat + days * 86_400,
  }
}

export interface SigningKey {
  /** A private key for the algorithm: Ed25519 for EdDSA, P-256 for ES256. */
  key: CryptoKey
  /** Names the public key among those that are published. */
  kid: string
  algorithm: 'EdDSA' | 'ES256'
}

/** Signs a certificate as a compact JWS (RFC 7515). */
export function signCertificate(
  claims: CertificateClaims,
  { key, kid, algorithm }: SigningKey,
): Promise<string> {
  const payload = new TextEncoder().encode(JSON.stringify(CertificateClaims.parse(claims)))
  return new CompactSign(payload).setProtectedHeader({ alg: algorithm, kid, typ: certificateType }).sign(key)
}

export interface Verifying {
  /** The public keys of whoever may certify, retired ones too. */
  keys: JSONWebKeySet
  /** The issuers that are trusted; any whose key is among `keys` unless told. */
  issuer?: string
  /** SHA-256 of the release that it must be about. */
  release?: string
  /** The major version of the suite that it must have been made with; the present one unless told. */
  suiteMajor?: number
  now: Date
}

export type CertificateVerdict =
  | { isValid: true; claims: CertificateClaims }
  | {
      isValid: false
      code:
        | 'not-a-certificate'
        | 'bad-signature'
        | 'other-issuer'
        | 'other-release'
        | 'expired'
        | 'not-yet-valid'
        | 'old-suite'
      reason: string
    }

const currentMajor = Number(suiteVersion.split('.')[0])
const clockSkewSeconds = 60

/** Checks a certificate with public keys alone. Never throws for what a certificate holds: the verdict says what is wrong. */
export async function verifyCertificate(
  certificate: string,
  options: Verifying,
): Promise<CertificateVerdict> {
  const refuse = (code: Extract<CertificateVerdict, { isValid: false }>['code'], reason: string) =>
    ({ isValid: false, code, reason }) as const
  let payload: Uint8Array
  try {
    const verified = await compactVerify(certificate, createLocalJWKSet(options.keys), {
      algorithms: ['EdDSA', 'ES256'],
    })
    if (verified.protectedHeader.typ !== certificateType)
      return refuse('not-a-certificate', `its type is ${verified.protectedHeader.typ ?? 'not said'}`)
    payload = verified.payload
  } catch (error) {
    if (error instanceof errors.JWSInvalid) return refuse('not-a-certificate', 'it is no signed text (JWS)')
    return refuse('bad-signature', 'none of the keys made this signature')
  }
  const parsed = CertificateClaims.safeParse(readJson(payload))
  if (!parsed.success) return refuse('not-a-certificate', z.prettifyError(parsed.error))
  return judge(parsed.data, options, refuse)
}

function readJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload))
  } catch {
    return undefined
  }
}

function judge(
  claims: CertificateClaims,
  { issuer, release, suiteMajor = currentMajor, now }: Verifying,
  refuse: (
    code: Extract<CertificateVerdict, { isValid: false }>['code'],
    reason: string,
  ) => CertificateVerdict,
): CertificateVerdict {
  const seconds = now.getTime() / 1_000
  if (issuer !== undefined && claims.iss !== issuer)
    return refuse('other-issuer', `it was issued by ${claims.iss}`)
  if (release !== undefined && claims.release !== release)
    return refuse('other-release', `it is about the release ${claims.release}`)
  if (claims.exp <= seconds)
    return refuse('expired', `it was good until ${new Date(claims.exp * 1_000).toISOString()}`)
  if (claims.iat > seconds + clockSkewSeconds)
    return refuse('not-yet-valid', `it is of ${new Date(claims.iat * 1_000).toISOString()}`)
  if (Number(claims.suite.split('.')[0]) !== suiteMajor)
    return refuse('old-suite', `it was made with suite ${claims.suite}; certify with ${suiteMajor}.x`)
  return { isValid: true, claims }
}
