import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import { openPlatform } from './platform-double.ts'
import { bizq, temporaryFolder } from './run.ts'

const discovery = (address: string) => ({
  issuer: `${address}/oauth`,
  token_endpoint: `${address}/oauth/token`,
  device_authorization_endpoint: `${address}/oauth/device/auth`,
  revocation_endpoint: `${address}/oauth/token/revocation`,
})
const me = {
  user: { id: `usr_${'0'.repeat(26)}`, name: 'Ann Okonkwo', email: 'ann@provider.example' },
  organisation: { id: `org_${'0'.repeat(26)}`, name: 'Fine Providers', kind: 'provider' },
  role: 'owner',
  scopes: ['releases:write'],
  memberships: [],
}

/** An authorisation server (RFC 8628) that says `answers` one after the other, then gives tokens. */
const authorisation = (answers: string[]) => ({
  'GET /oauth/.well-known/openid-configuration': (_: unknown, address: string) => ({
    body: discovery(address),
  }),
  'POST /oauth/device/auth': (_: unknown, address: string) => ({
    body: {
      device_code: 'the-device-code',
      user_code: 'WDJB-MJHT',
      verification_uri: `${address}/device`,
      verification_uri_complete: `${address}/device?user_code=WDJB-MJHT`,
      expires_in: 600,
      interval: 0.05,
    },
  }),
  'POST /oauth/token': ({ body, proof }: { body: string; proof: string | undefined }) => {
    if (!proof) return { status: 400, body: { error: 'invalid_dpop_proof' } }
    const form = new URLSearchParams(body)
    const isRefresh = form.get('grant_type') === 'refresh_token'
    const error = isRefresh ? undefined : answers.shift()
    if (error) return { status: 400, body: { error } }
    if (isRefresh && form.get('refresh_token') !== 'refresh-1')
      return { status: 400, body: { error: 'invalid_grant' } }
    return {
      body: {
        access_token: isRefresh ? 'access-2' : 'access-1',
        refresh_token: isRefresh ? 'refresh-2' : 'refresh-1',
        token_type: 'DPoP',
        expires_in: 600,
      },
    }
  },
  'POST /oauth/token/revocation': () => ({ body: {} }),
  'GET /v1/me': ({ authorization }: { authorization: string | undefined }) =>
    authorization?.startsWith('DPoP access-')
      ? { body: me }
      : { status: 401, body: { code: 'unauthenticated', title: 'Sign in' } },
})

const signedIn = async (platform: string, expiresAt = Date.now() + 600_000) => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const key = await exportJWK(privateKey)
  const config = await temporaryFolder()
  const kept = {
    current: platform,
    platforms: { [platform]: { accessToken: 'access-1', refreshToken: 'refresh-1', expiresAt, key } },
  }
  await mkdir(config, { recursive: true })
  await writeFile(join(config, 'credentials.json'), JSON.stringify(kept))
  return { BIZQ_CONFIG: config }
}

describe('signing in', () => {
  test('shows a code, waits until it was confirmed, and keeps the sign-in for its owner alone', async () => {
    const platform = await openPlatform(authorisation(['authorization_pending', 'authorization_pending']))
    const config = await temporaryFolder()
    const environment = { BIZQ_CONFIG: config }
    const { code, stdout, stderr } = await bizq(['login', '--platform', platform.address], { environment })
    expect(code, stderr).toBe(0)
    expect(stderr).toContain(`${platform.address}/device?user_code=WDJB-MJHT`)
    expect(stderr).toContain('WDJB-MJHT')
    expect(stdout).toContain('Signed in')
    const asked = platform.asked.find(({ path }) => path === '/oauth/device/auth')
    const form = new URLSearchParams(asked?.body)
    expect([form.get('client_id'), form.get('resource')]).toEqual(['bizq-cli', `${platform.address}/v1`])
    expect(platform.asked.filter(({ path }) => path === '/oauth/token')).toHaveLength(3)
    expect((await stat(join(config, 'credentials.json'))).mode & 0o777).toBe(0o600)

    const who = await bizq(['whoami'], { environment })
    expect(who.stdout).toContain('Ann Okonkwo')
    expect(who.stdout).toContain('Fine Providers (provider, owner)')
  })

  test('under --json the code comes as a line of its own', async () => {
    const platform = await openPlatform(authorisation([]))
    const { stdout } = await bizq(['login', '--json', '--platform', platform.address])
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; userCode?: string })
    expect(lines).toMatchObject([{ event: 'code', userCode: 'WDJB-MJHT' }, { event: 'signed-in' }])
  })

  test.each([
    ['access_denied', 'refused in the browser'],
    ['expired_token', 'The code has ended'],
  ])('that ends with %s says so with code 3', async (error, words) => {
    const platform = await openPlatform(authorisation([error]))
    const { code, stderr } = await bizq(['login', '--platform', platform.address])
    expect(code).toBe(3)
    expect(stderr).toContain(words)
  })

  test('at what is no platform says so', async () => {
    const { code, stderr } = await bizq(['login', '--platform', 'http://127.0.0.1:9'])
    expect(code).toBe(3)
    expect(stderr).toContain('does not answer as a BizQ platform')
  })
})

describe('a sign-in', () => {
  test('that ends is renewed, and the rotated token kept', async () => {
    const platform = await openPlatform(authorisation([]))
    const environment = await signedIn(platform.address, Date.now() + 1_000)
    expect((await bizq(['whoami', '--json'], { environment })).code).toBe(0)
    expect(platform.asked.at(-1)?.authorization).toBe('DPoP access-2')
    const kept = await readFile(join(environment.BIZQ_CONFIG, 'credentials.json'), 'utf8')
    expect(kept).toContain('refresh-2')
    expect(kept).not.toContain('refresh-1')
  })

  test('that cannot be renewed, or is not taken any more, ends with code 3', async () => {
    const platform = await openPlatform({
      ...authorisation([]),
      'POST /oauth/token': () => ({ status: 400, body: { error: 'invalid_grant' } }),
    })
    const ended = await bizq(['whoami'], { environment: await signedIn(platform.address, 0) })
    expect([ended.code, ended.stderr]).toEqual([3, 'Your sign-in has ended. Run bizq login.\n'])
    const refused = await bizq(['whoami', '--platform', platform.address], {
      environment: { BIZQ_TOKEN: 'nobody’s' },
    })
    expect(refused.code).toBe(1)
    const unknown = await bizq(['whoami', '--platform', platform.address], {
      environment: { BIZQ_TOKEN: 'nobodys' },
    })
    expect(unknown.code).toBe(3)
  })

  test('is forgotten here and revoked there', async () => {
    const platform = await openPlatform(authorisation([]))
    const environment = await signedIn(platform.address)
    expect((await bizq(['logout'], { environment })).code).toBe(0)
    expect(new URLSearchParams(platform.asked.at(-1)?.body).get('token')).toBe('refresh-1')
    expect((await bizq(['whoami', '--platform', platform.address], { environment })).code).toBe(3)
  })
})
