import * as oauth from 'oauth4webapi'
import { expect } from 'vitest'
import { test as base, type Platform } from '../../../test/harness.ts'
import {
  callWith,
  discover,
  formOf,
  openBrowser,
  optionsAt,
  publicUrl,
  register,
  resource,
  serveNode,
  serveSecondNode,
  type Held,
  type Node,
  type Registered,
} from '../../../test/oauth.ts'
import { createBusiness, join, signUp, signUpOperator, type Person } from '../../../test/people.ts'

const redirectUri = 'https://books.example/back'

const test = base.extend<{ node: Node; app: Registered }>({
  node: [
    async ({ platform }: { platform: Platform }, use: (node: Node) => Promise<void>) => {
      const node = await serveNode(platform)
      await use(node)
      await node.close()
    },
    { scope: 'file' },
  ] as never,
  app: [
    async ({ platform }: { platform: Platform }, use: (app: Registered) => Promise<void>) => {
      const provider = await signUpOperator(platform.app, 'provider')
      await use(
        await register(provider, {
          kind: 'app',
          name: 'Books & Co <b>',
          redirectUris: [redirectUri],
          scopes: ['businesses:read', 'actions:read'],
        }),
      )
    },
    { scope: 'file' },
  ] as never,
})

interface Asked {
  verifier: string
  dpop: oauth.DPoPHandle
  /** What the authorisation server answered the pushed request with. */
  pushed: Response
}

async function push(
  node: Node,
  { client, authentication }: Registered,
  change: Record<string, string> = {},
): Promise<Asked> {
  const server = await discover(node)
  const verifier = oauth.generateRandomCodeVerifier()
  const dpop = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
  const all: Record<string, string> = {
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'businesses:read',
    resource,
    state: 'state-1',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...change,
  }
  const parameters = new URLSearchParams(Object.entries(all).filter(([, value]) => value !== ''))
  const pushed = await oauth.pushedAuthorizationRequest(server, client, authentication, parameters, {
    ...optionsAt(node),
    DPoP: dpop,
  })
  return { verifier, dpop, pushed }
}

/** Sends the person through the pages; answers where the app gets them back. */
async function consentAs(
  node: Node,
  { client }: Registered,
  asked: Asked,
  person: Person,
  decision: 'allow' | 'deny' = 'allow',
): Promise<URL> {
  const { request_uri: request } = (await asked.pushed.clone().json()) as { request_uri: string }
  const browser = openBrowser(node, person)
  const query = new URLSearchParams({ client_id: client.client_id, request_uri: request })
  const page = await browser.visit(`/oauth/auth?${query.toString()}`)
  expect({ status: page.status, text: page.text }).toMatchObject({ status: 200 })
  const { action, fields } = formOf(page.text)
  return new URL((await browser.visit(action, { ...fields, decision })).url)
}

async function tokenFor(node: Node, registered: Registered, asked: Asked, back: URL): Promise<Held> {
  const server = await discover(node)
  const { client, authentication } = registered
  const parameters = oauth.validateAuthResponse(server, client, back, 'state-1')
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    authentication,
    parameters,
    redirectUri,
    asked.verifier,
    { ...optionsAt(node), DPoP: asked.dpop },
  )
  const answer = await oauth.processAuthorizationCodeResponse(server, client, response)
  return { token: answer.access_token, dpop: asked.dpop, answer }
}

async function connect(node: Node, app: Registered, person: Person, change: Record<string, string> = {}) {
  const asked = await push(node, app, change)
  return tokenFor(node, app, asked, await consentAs(node, app, asked, person))
}

test('a person lets an app act for them: as far as was asked, in the organisation that they chose, until they take it back', async ({
  operator,
  node,
  app,
}) => {
  await createBusiness(operator)
  const held = await connect(node, app, operator)
  expect(held.answer).toMatchObject({ token_type: 'dpop', expires_in: 600, scope: 'businesses:read' })
  const businesses = await (await callWith(node, held, 'GET', '/v1/businesses')).json()
  expect(businesses).toMatchObject({ items: [{ name: 'Harbour Gifts' }] })
  expect((await callWith(node, held, 'GET', '/v1/actions')).status).toBe(403)
  expect((await callWith(node, held, 'GET', '/v1/members')).status).toBe(403)

  const { body } = await operator.get('/v1/consents')
  expect(body.items).toMatchObject([
    { client: app.client.client_id, name: 'Books & Co <b>', scopes: ['businesses:read'] },
  ])
  expect((await operator.send('DELETE', `/v1/consents/${body.items[0].id}`)).status).toBe(204)
  expect((await callWith(node, held, 'GET', '/v1/businesses')).status).toBe(401)
  expect((await operator.get('/v1/audit?action=oauth-consent.revoke')).body.items).toHaveLength(1)
})

test('the live stream of an app goes on while its consent and its client stand, and ends within moments when either ends', async ({
  platform,
  operator,
  stranger,
  node,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const app = await register(provider, { kind: 'app', redirectUris: [redirectUri], scopes: ['events:read'] })
  const follow = async (person: Person) => {
    const held = await connect(node, app, person, { scope: 'events:read' })
    const stream = await callWith(node, held, 'GET', '/v1/events')
    expect(stream.status).toBe(200)
    let isOver = false
    void stream.text().then(() => (isOver = true))
    return () => isOver
  }
  const [first, second] = [await follow(operator), await follow(stranger)]
  await platform.deps.hub.check()
  expect([first(), second()]).toEqual([false, false])

  const { items } = (await operator.get('/v1/consents')).body
  await operator.send('DELETE', `/v1/consents/${items[0].id}`)
  await expect.poll(first, { interval: 50, timeout: 15_000 }).toBe(true)
  expect(second()).toBe(false)
  await provider.send('DELETE', `/v1/provider/clients/${app.client.client_id}`)
  await expect.poll(second, { interval: 50, timeout: 15_000 }).toBe(true)
})

test('the answer names its issuer, and the page who asks, for what, escaped and without script', async ({
  operator,
  node,
  app,
}) => {
  const asked = await push(node, app)
  const { request_uri: request } = (await asked.pushed.clone().json()) as { request_uri: string }
  const query = new URLSearchParams({ client_id: app.client.client_id, request_uri: request })
  const page = await openBrowser(node, operator).visit(`/oauth/auth?${query.toString()}`)
  expect(page.text).toContain('Books &amp; Co &lt;b&gt;')
  expect(page.text).toContain('See your businesses and their figures')
  // Without a referrer a browser says of the form that it comes from nowhere, which is refused.
  expect(page.headers.get('referrer-policy')).toBe('same-origin')
  expect(page.text).not.toContain('<script')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https://books.example")
  const again = await push(node, app)
  const back = await consentAs(node, app, again, operator)
  expect(back.origin + back.pathname).toBe(redirectUri)
  expect(back.searchParams.get('iss')).toBe(`${publicUrl}/oauth`)
})

test('whoever says no, is nobody, or belongs nowhere gives nothing', async ({
  platform,
  operator,
  node,
  app,
}) => {
  const denied = await consentAs(node, app, await push(node, app), operator, 'deny')
  expect(denied.searchParams.get('error')).toBe('access_denied')
  const asked = await push(node, app)
  const { request_uri: request } = (await asked.pushed.clone().json()) as { request_uri: string }
  const query = new URLSearchParams({ client_id: app.client.client_id, request_uri: request })
  const stranger = openBrowser(node, { cookie: 'a=b' })
  expect((await stranger.visit(`/oauth/auth?${query.toString()}`)).url).toMatch(
    /\/sign-in\?next=%2Foauth%2Finteraction%2F/,
  )
  const lonely = await signUp(platform.app)
  const other = await push(node, app)
  const second = (await other.pushed.clone().json()) as { request_uri: string }
  const page = await openBrowser(node, lonely).visit(
    `/oauth/auth?${new URLSearchParams({ client_id: app.client.client_id, request_uri: second.request_uri }).toString()}`,
  )
  expect(page.status).toBe(403)
})

test('a consent form is not taken from another site, nor for an organisation of others', async ({
  operator,
  stranger,
  node,
  app,
}) => {
  const asked = await push(node, app)
  const { request_uri: request } = (await asked.pushed.clone().json()) as { request_uri: string }
  const browser = openBrowser(node, operator)
  const query = new URLSearchParams({ client_id: app.client.client_id, request_uri: request })
  const { action } = formOf((await browser.visit(`/oauth/auth?${query.toString()}`)).text)
  const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const send = async (headers: Record<string, string>, organisation: string) =>
    (
      await node.fetch(`${publicUrl}${action}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded', cookie, ...headers },
        body: new URLSearchParams({ decision: 'allow', organisation }).toString(),
      })
    ).status
  expect(await send({ 'sec-fetch-site': 'cross-site' }, operator.organisation)).toBe(403)
  expect(await send({ origin: 'https://evil.example' }, operator.organisation)).toBe(403)
  expect(await send({ 'sec-fetch-site': 'same-origin' }, stranger.organisation)).toBe(403)
  expect((await operator.get('/v1/consents')).body.items).toEqual([])
})

test('without PKCE, with plain PKCE, with another address, another response type or not pushed, nothing is given', async ({
  operator,
  node,
  app,
}) => {
  const errorOf = async (change: Record<string, string>) =>
    ((await (await push(node, app, change)).pushed.json()) as { error?: string }).error
  expect(await errorOf({ code_challenge: '', code_challenge_method: '' })).toBe('invalid_request')
  expect(await errorOf({ code_challenge_method: 'plain' })).toBe('invalid_request')
  for (const wrong of [
    `${redirectUri}/`,
    `${redirectUri}?x=1`,
    'https://books.example:444/back',
    'https://BOOKS.example/back2',
    'https://books.example.evil.example/back',
  ])
    expect({ wrong, error: await errorOf({ redirect_uri: wrong }) }).toEqual({
      wrong,
      error: 'invalid_request',
    })
  expect(await errorOf({ redirect_uri: '' })).toBe('invalid_request')
  expect(await errorOf({ response_type: 'token' })).toBe('unsupported_response_type')
  expect(await errorOf({ scope: 'policies:write' })).toBe('invalid_scope')
  const query = new URLSearchParams({
    client_id: app.client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'businesses:read',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  })
  const straight = await openBrowser(node, operator).visit(`/oauth/auth?${query.toString()}`)
  expect(straight.url + straight.text).toContain('Pushed')
})

test('a code is taken once, with its own verifier and key; taken twice, what it gave is taken back', async ({
  operator,
  node,
  app,
}) => {
  const server = await discover(node)
  const asked = await push(node, app)
  const back = await consentAs(node, app, asked, operator)
  const redeem = async (verifier: string, dpop: oauth.DPoPHandle) => {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      app.client,
      app.authentication,
      oauth.validateAuthResponse(server, app.client, back, 'state-1'),
      redirectUri,
      verifier,
      { ...optionsAt(node), DPoP: dpop },
    )
    return (await response.json()) as { error?: string; access_token?: string }
  }
  expect((await redeem(oauth.generateRandomCodeVerifier(), asked.dpop)).error).toBe('invalid_grant')
  const got = await redeem(asked.verifier, asked.dpop)
  const held = { token: got.access_token ?? '', dpop: asked.dpop }
  expect((await callWith(node, held, 'GET', '/v1/businesses')).status).toBe(200)
  expect((await redeem(asked.verifier, asked.dpop)).error).toBe('invalid_grant')
  expect((await callWith(node, held, 'GET', '/v1/businesses')).status).toBe(401)
})

test('a code that comes to two nodes at once is taken by one of them at most', async ({
  platform,
  operator,
  node,
  app,
}) => {
  const second = await serveSecondNode(platform)
  const server = await discover(node)
  for (let round = 0; round < 3; round++) {
    const asked = await push(node, app)
    const back = await consentAs(node, app, asked, operator)
    const parameters = oauth.validateAuthResponse(server, app.client, back, 'state-1')
    const redeem = async (at: Node) => {
      const more = { ...optionsAt(at), DPoP: asked.dpop }
      const { client, authentication } = app
      return (
        await oauth.authorizationCodeGrantRequest(
          server,
          client,
          authentication,
          parameters,
          redirectUri,
          asked.verifier,
          more,
        )
      ).status
    }
    const statuses = await Promise.all([node, second, node, second].map(redeem))
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(1)
    expect(statuses.filter((status) => status !== 200)).toEqual(
      [400, 400, 400].concat(statuses.includes(200) ? [] : [400]),
    )
  }
  await second.close()
})

test('a code that was asked for with one key is given nothing for by another', async ({
  operator,
  node,
  app,
}) => {
  const asked = await push(node, app)
  const back = await consentAs(node, app, asked, operator)
  const other = { ...asked, dpop: oauth.DPoP(app.client, await oauth.generateKeyPair('ES256')) }
  await expect(tokenFor(node, app, other, back)).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('a refresh token is rotated; the old one used again takes everything back, and the consent with it', async ({
  operator,
  node,
  app,
}) => {
  const server = await discover(node)
  const held = await connect(node, app, operator)
  const refresh = async (token: string) => {
    const response = await oauth.refreshTokenGrantRequest(server, app.client, app.authentication, token, {
      ...optionsAt(node),
      DPoP: held.dpop,
    })
    return (await response.json()) as { error?: string; access_token?: string; refresh_token?: string }
  }
  const first = held.answer.refresh_token ?? ''
  const second = await refresh(first)
  expect(second.refresh_token).not.toBe(first)
  const fresh = { token: second.access_token ?? '', dpop: held.dpop }
  expect((await callWith(node, fresh, 'GET', '/v1/businesses')).status).toBe(200)
  expect((await refresh(first)).error).toBe('invalid_grant')
  expect((await refresh(second.refresh_token ?? '')).error).toBe('invalid_grant')
  expect((await callWith(node, fresh, 'GET', '/v1/businesses')).status).toBe(401)
  await expect.poll(async () => (await operator.get('/v1/consents')).body.items).toEqual([])
})

test('an app is never more than the person: with a lower role it has that role, removed it is nobody', async ({
  platform,
  operator,
  node,
  app,
}) => {
  const helper = await join(platform.app, operator, 'manager')
  const held = await connect(node, app, helper)
  expect((await callWith(node, held, 'GET', '/v1/businesses')).status).toBe(200)
  const members = (await operator.get('/v1/members')).body.items as { id: string; email: string }[]
  const member = members.find(({ email }) => email === helper.email)
  const roleOf = async () =>
    ((await (await callWith(node, held, 'GET', '/v1/me')).json()) as { role: string }).role
  expect(await roleOf()).toBe('manager')
  await operator.send('PUT', `/v1/members/${member?.id}/role`, { role: 'viewer' })
  expect(await roleOf()).toBe('viewer')
  await operator.send('DELETE', `/v1/members/${member?.id}`)
  expect((await callWith(node, held, 'GET', '/v1/businesses')).status).toBe(401)
})

test('a program without a browser is let in by the code that it shows', async ({ operator, node }) => {
  const server = await discover(node)
  const client: oauth.Client = { client_id: 'bizq-cli' }
  const dpop = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
  const started = await oauth.processDeviceAuthorizationResponse(
    server,
    client,
    await oauth.deviceAuthorizationRequest(
      server,
      client,
      oauth.None(),
      { scope: 'releases:write services:read', resource },
      optionsAt(node),
    ),
  )
  expect(started).toMatchObject({
    verification_uri: `${publicUrl}/oauth/device`,
    user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
    expires_in: 600,
  })
  const poll = async () => {
    const response = await oauth.deviceCodeGrantRequest(server, client, oauth.None(), started.device_code, {
      ...optionsAt(node),
      DPoP: dpop,
    })
    return (await response.json()) as { error?: string; access_token?: string; refresh_token?: string }
  }
  expect((await poll()).error).toBe('authorization_pending')

  const browser = openBrowser(node, operator)
  const enter = formOf((await browser.visit('/oauth/device')).text)
  const wrong = await browser.visit(enter.action, { ...enter.fields, user_code: 'XXXX-XXXX' })
  expect(wrong.text).toContain('There is no such code')
  expect(wrong.text).toContain('aria-invalid="true"')
  const retry = formOf(wrong.text)
  const confirm = await browser.visit(retry.action, { ...retry.fields, user_code: started.user_code })
  expect(confirm.text).toContain(started.user_code)
  const confirmed = formOf(confirm.text)
  const consent = await browser.visit(confirmed.action, { ...confirmed.fields, confirm: 'yes' })
  expect(consent.text).toContain('Publish and change services of yours')
  const { action, fields } = formOf(consent.text)
  expect((await browser.visit(action, { ...fields, decision: 'allow' })).text).toContain('Connected')

  const got = await poll()
  const held = { token: got.access_token ?? '', dpop }
  expect(await (await callWith(node, held, 'GET', '/v1/me')).json()).toMatchObject({
    organisation: { id: operator.organisation },
    scopes: ['releases:write', 'services:read'],
  })
  expect(got.refresh_token).toBeDefined()
  expect((await poll()).error).toBe('invalid_grant')
})

test('signing keys are rotated under the server, and the old one stays known', async ({ platform, node }) => {
  const keys = async () =>
    (
      (await (await node.fetch(`${publicUrl}/oauth/jwks`, {})).json()) as {
        keys: { kid: string; d?: string }[]
      }
    ).keys
  const [before] = await keys()
  expect(before?.d).toBeUndefined()
  await platform.deps.signer.rotate()
  const active = await platform.deps.signer.privateKeys()
  expect(active[0]?.kid).not.toBe(before?.kid)
  expect(active.map(({ kid }) => kid)).toContain(before?.kid)
})

test('whoever tries many device codes is stopped, however they write the address', async ({
  operator,
  node,
}) => {
  const browser = openBrowser(node, operator)
  const statuses: number[] = []
  for (let attempt = 0; attempt < 22; attempt++) {
    const { action, fields } = formOf((await browser.visit('/oauth/device')).text)
    statuses.push((await browser.visit(action, { ...fields, user_code: 'BBBB-BBBB' })).status)
  }
  expect(statuses.at(-1)).toBe(429)
  for (const path of [
    '/oauth/device/',
    '/oauth/%64evice',
    '/oauth//device',
    '/oauth/DEVICE',
    '/oauth/x/../device',
  ]) {
    const { fields } = formOf((await browser.visit('/oauth/device')).text)
    const answer = await browser.visit(path, { ...fields, user_code: 'BBBB-BBBB' })
    expect([path, answer.status]).toEqual([
      path,
      expect.toSatisfy((status) => status === 429 || status === 404),
    ])
  }
})
