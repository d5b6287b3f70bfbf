import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CompactSign, exportJWK, generateKeyPair } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import { bizq, temporaryFolder } from './run.ts'

let pair: Awaited<ReturnType<typeof generateKeyPair>>
let keys: string
beforeAll(async () => {
  pair = await generateKeyPair('EdDSA', { extractable: true })
  keys = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'EdDSA' }] })
})

async function statement(claims: Record<string, unknown>, type = 'bizq-certificate') {
  const folder = await temporaryFolder()
  const jws = await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'EdDSA', kid: 'one', typ: type })
    .sign(pair.privateKey)
  const [file, keysFile] = [join(folder, 'statement.jws'), join(folder, 'jwks.json')]
  await writeFile(file, `${jws}\n`)
  await writeFile(keysFile, keys)
  return { file, keysFile, jws }
}

const claims = { iss: 'https://bizq.example', release: 'a'.repeat(64), suite: '1.0.0' }

test('a certificate is verified with the public keys, and says what it states', async () => {
  const { file, keysFile } = await statement(claims)
  const { code, stdout } = await bizq(['verify', file, '--keys', keysFile])
  expect(code).toBe(0)
  expect(stdout).toContain('VALID certificate')
  expect(stdout).toContain('"1.0.0"')
  const json = await bizq(['verify', '--json', file, '--keys', keysFile])
  expect(JSON.parse(json.stdout)).toMatchObject({ valid: true, type: 'bizq-certificate', claims })
})

test.each([
  [
    'changed by one letter',
    (jws: string) => jws.replace(/\.(.)/, (_, c: string) => `.${c === 'e' ? 'f' : 'e'}`),
  ],
  ['with another’s signature', (jws: string) => `${jws.split('.').slice(0, 2).join('.')}.${'A'.repeat(86)}`],
])('one that was %s is not valid', async (_, spoil) => {
  const { file, keysFile, jws } = await statement(claims)
  await writeFile(file, spoil(jws))
  const { code, stdout, stderr } = await bizq(['verify', file, '--keys', keysFile])
  expect([1, 2]).toContain(code)
  expect(stdout + stderr).toMatch(/NOT VALID|no signed statement/)
})

test('one that has ended, and one about another release, are not valid', async () => {
  const ended = await statement({ ...claims, exp: 1_000_000 })
  const late = await bizq(['verify', ended.file, '--keys', ended.keysFile])
  expect(late.code).toBe(1)
  expect(late.stdout).toContain('NOT VALID: it ended on 1970-01-12')
  const { file, keysFile } = await statement(claims)
  const { code, stderr } = await bizq([
    'verify',
    file,
    '--keys',
    keysFile,
    '--release',
    await temporaryFolder(),
  ])
  expect(code).toBe(2)
  expect(stderr).toContain('run bizq build')
})

test('what is no statement, and keys that cannot be read, are a matter of usage', async () => {
  const { file, keysFile } = await statement(claims)
  await writeFile(file, 'hello')
  expect((await bizq(['verify', file, '--keys', keysFile])).code).toBe(2)
  const good = await statement(claims)
  const { code, stderr } = await bizq(['verify', good.file, '--keys', '/no/such/keys.json'])
  expect(code).toBe(2)
  expect(stderr).toContain('Name them with --keys')
})
