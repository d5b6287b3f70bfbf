import { exportJWK, generateKeyPair, type CryptoKey } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import { certificateClaims, signCertificate, verifyCertificate, type CertificationReport } from './index.ts'

const report: CertificationReport = {
  suite: '1.0.0',
  profiles: ['sandboxed'],
  verdict: 'passed',
  service: 'bill-mover',
  version: '1.0.0',
  digest: 'a'.repeat(64),
  results: [],
  durationMs: 12,
}
const now = new Date('2026-11-21T09:00:00Z')
const issuing = { issuer: 'https://bizq.example', now }

let key: CryptoKey
let keys: { keys: Awaited<ReturnType<typeof exportJWK>>[] }
let certificate: string
beforeAll(async () => {
  const pair = await generateKeyPair('EdDSA')
  key = pair.privateKey
  keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'EdDSA' }] }
  certificate = await signCertificate(certificateClaims(report, issuing), {
    key,
    kid: 'one',
    algorithm: 'EdDSA',
  })
})

const verdictOn = async (change: object, given = certificate) => {
  const verdict = await verifyCertificate(given, { keys, now, ...change })
  return verdict.isValid ? 'valid' : verdict.code
}

test('a certificate is verified with the public keys alone', async () => {
  const verdict = await verifyCertificate(certificate, {
    keys,
    now,
    release: 'a'.repeat(64),
    issuer: 'https://bizq.example',
  })
  expect(verdict).toMatchObject({
    isValid: true,
    claims: {
      service: 'bill-mover',
      suite: '1.0.0',
      profiles: ['sandboxed'],
      exp: Date.parse('2027-11-21T09:00:00Z') / 1_000,
    },
  })
})

test('one bit more or less makes another text, which nobody signed', async () => {
  const [head = '', body = '', signature = ''] = certificate.split('.')
  const forged = Buffer.from(
    Buffer.from(body, 'base64url').toString().replace('bill-mover', 'bill-mower'),
  ).toString('base64url')
  expect(await verdictOn({}, [head, forged, signature].join('.'))).toBe('bad-signature')
  const none = Buffer.from('{"alg":"none","typ":"bizq-certificate+jws"}').toString('base64url')
  expect(await verdictOn({}, `${none}.${body}.`)).not.toBe('valid')
  expect(await verdictOn({}, 'certified!')).toBe('not-a-certificate')
})

test('another key, issuer or release is refused, and so is one of another day', async () => {
  const stranger = await generateKeyPair('EdDSA')
  const foreign = { keys: [{ ...(await exportJWK(stranger.publicKey)), kid: 'one', alg: 'EdDSA' }] }
  expect(await verdictOn({ keys: foreign })).toBe('bad-signature')
  expect(await verdictOn({ issuer: 'https://elsewhere.example' })).toBe('other-issuer')
  expect(await verdictOn({ release: 'b'.repeat(64) })).toBe('other-release')
  expect(await verdictOn({ now: new Date('2027-11-22T00:00:00Z') })).toBe('expired')
  expect(await verdictOn({ now: new Date('2026-11-20T00:00:00Z') })).toBe('not-yet-valid')
  expect(await verdictOn({ suiteMajor: 2 })).toBe('old-suite')
})

test('another statement by the same key is no certificate', async () => {
  const { CompactSign } = await import('jose')
  const receipt = await new CompactSign(new TextEncoder().encode('{"iss":"x"}'))
    .setProtectedHeader({ alg: 'EdDSA', kid: 'one', typ: 'bizq-receipt+jws' })
    .sign(key)
  expect(await verdictOn({}, receipt)).toBe('not-a-certificate')
})

test('what did not pass cannot be certified', () => {
  expect(() => certificateClaims({ ...report, verdict: 'failed' }, issuing)).toThrow(
    'only a release that passed',
  )
})
