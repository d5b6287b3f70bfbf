import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { signCertificate, suiteVersion, type CertificateClaims } from '@bizq/certification'
import { CompactSign, exportJWK, generateKeyPair } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import { openPlatform } from './platform-double.ts'
import { bizq, temporaryFolder } from './run.ts'

let pair: Awaited<ReturnType<typeof generateKeyPair>>
let keys: string
beforeAll(async () => {
  pair = await generateKeyPair('EdDSA', { extractable: true })
  keys = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'EdDSA' }] })
})

const now = Math.floor(Date.now() / 1_000)
const claims: CertificateClaims = {
  iss: 'https://bizq.example',
  service: 'bill-mover',
  version: '1.0.0',
  release: 'a'.repeat(64),
  suite: suiteVersion,
  profiles: ['sandboxed'],
  report: 'b'.repeat(64),
  iat: now,
  exp: now + 86_400,
}

async function written(jws: string) {
  const folder = await temporaryFolder()
  const [file, keysFile] = [join(folder, 'statement.jws'), join(folder, 'jwks.json')]
  await writeFile(file, `${jws}\n`)
  await writeFile(keysFile, keys)
  return { file, keysFile, jws }
}
const certificate = async (change: Partial<CertificateClaims> = {}) =>
  written(
    await signCertificate({ ...claims, ...change }, { key: pair.privateKey, kid: 'one', algorithm: 'EdDSA' }),
  )
const receipt = async (said: object) =>
  written(
    await new CompactSign(new TextEncoder().encode(JSON.stringify(said)))
      .setProtectedHeader({ alg: 'EdDSA', kid: 'one', typ: 'bizq-receipt' })
      .sign(pair.privateKey),
  )

test('a certificate is verified with the public keys, and says what it states', async () => {
  const { file, keysFile } = await certificate()
  const { code, stdout } = await bizq(['verify', file, '--keys', keysFile])
  expect(code, stdout).toBe(0)
  expect(stdout).toContain('VALID certificate')
  expect(stdout).toContain('"bill-mover"')
  const json = await bizq(['verify', '--json', file, '--keys', keysFile])
  expect(JSON.parse(json.stdout)).toMatchObject({ valid: true, claims })
})

test('a receipt is verified too', async () => {
  const { file, keysFile } = await receipt({ iss: 'https://bizq.example', release: 'a'.repeat(64) })
  const { code, stdout } = await bizq(['verify', file, '--keys', keysFile])
  expect(code, stdout).toBe(0)
  expect(stdout).toContain('VALID receipt')
})

test('one whose words or signature were changed is not valid', async () => {
  const { file, keysFile, jws } = await certificate()
  const [head = '', , signature = ''] = jws.split('.')
  const other = (await certificate({ version: '9.9.9' })).jws.split('.')[1] ?? ''
  for (const spoilt of [
    `${head}.${other}.${signature}`,
    `${jws.split('.').slice(0, 2).join('.')}.${'A'.repeat(86)}`,
  ]) {
    await writeFile(file, spoilt)
    const { code, stdout } = await bizq(['verify', file, '--keys', keysFile])
    expect([code, stdout]).toEqual([1, expect.stringContaining('NOT VALID: none of the keys')])
  }
})

test('one that has ended, or is of another suite, is not valid', async () => {
  const ended = await certificate({ iat: 1_000_000, exp: 1_000_001 })
  expect((await bizq(['verify', ended.file, '--keys', ended.keysFile])).code).toBe(1)
  const old = await certificate({ suite: '0.9.0' })
  expect((await bizq(['verify', old.file, '--keys', old.keysFile])).code).toBe(1)
})

test('a certificate is verified at the address that a platform gives it out under', async () => {
  const { jws } = await certificate({ reviewers: ['certifier'] })
  const platform = await openPlatform({
    'GET /v1/certificates/rel_1': () => ({ body: { certificate: jws } }),
    'GET /.well-known/jwks.json': () => ({ body: JSON.parse(keys) as object }),
  })
  const args = ['verify', `${platform.address}/v1/certificates/rel_1`]
  const { code, stdout } = await bizq([...args, '--keys', `${platform.address}/.well-known/jwks.json`])
  expect(code, stdout).toBe(0)
  expect(stdout).toContain('VALID certificate')
  const none = await bizq(['verify', `${platform.address}/v1/certificates/rel_2`])
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('there is no certificate')])
})

test('what is no statement, keys that cannot be read, and a folder without a release are a matter of usage', async () => {
  const { file, keysFile } = await certificate()
  const without = await bizq(['verify', file, '--keys', '/no/such/keys.json'])
  expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('Name them with --keys')])
  const unbuilt = await bizq(['verify', file, '--keys', keysFile, '--release', await temporaryFolder()])
  expect([unbuilt.code, unbuilt.stderr]).toEqual([2, expect.stringContaining('run bizq build')])
  await writeFile(file, 'hello')
  expect((await bizq(['verify', file, '--keys', keysFile])).code).toBe(2)
})
