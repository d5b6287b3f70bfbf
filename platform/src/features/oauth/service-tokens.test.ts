import { randomUUID, type webcrypto } from 'node:crypto'
import { SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import { describe, expect } from 'vitest'
import { test as base, type Platform } from '../../../test/harness.ts'
import {
  callWith,
  discover,
  issuer,
  optionsAt,
  register,
  resource,
  serveNode,
  serveSecondNode,
  tokenForGrant,
  type Node,
} from '../../../test/oauth.ts'
import { createBusiness, signUpOperator, type Person } from '../../../test/people.ts'
import { publish, subscribe, type PublishedService } from '../../../test/services.ts'
import { openOAuth } from './index.ts'

interface Office {
  provider: Person
  published: PublishedService
  subscription: string
  grant: string
}

const test = base.extend<{
  node: Node
  second: Node
  listed: Pick<Office, 'provider' | 'published'>
  office: Office
}>({
  node: [
    async ({ platform }: { platform: Platform }, use: (node: Node) => Promise<void>) => {
      const node = await serveNode(platform)
      await use(node)
      await node.close()
    },
    { scope: 'file' },
  ] as never,
  second: [
    async ({ platform }: { platform: Platform }, use: (node: Node) => Promise<void>) => {
      const node = await serveSecondNode(platform)
      await use(node)
      await node.close()
    },
    { scope: 'file' },
  ] as never,
  listed: [
    async ({ platform }: { platform: Platform }, use: (listed: object) => Promise<void>) => {
      const provider = await signUpOperator(platform.app, 'provider')
      await use({ provider, published: await publish(provider) })
    },
    { scope: 'file' },
  ] as never,
  office: async ({ operator, listed }, use) => use(await subscribeNew(operator, listed)),
})

async function subscribeNew(
  operator: Person,
  listed: Pick<Office, 'provider' | 'published'>,
): Promise<Office> {
  const business = await createBusiness(operator)
  const { id: subscription, grant } = await subscribe(operator, business, listed.published.service)
  return { ...listed, subscription, grant }
}

test('discovery names the issuer, and nothing that is weaker than what is promised', async ({ node }) => {
  const server = await discover(node)
  expect(server).toMatchObject({
    issuer: issuer.href,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    require_pushed_authorization_requests: true,
    authorization_response_iss_parameter_supported: true,
    token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'],
    token_endpoint_auth_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519', 'PS256'],
    dpop_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519', 'PS256'],
    authorization_details_types_supported: ['bizq_grant'],
  })
  expect([...(server.grant_types_supported ?? [])].sort()).toEqual([
    'authorization_code',
    'client_credentials',
    'refresh_token',
    'urn:ietf:params:oauth:grant-type:device_code',
  ])
  const other = await node.fetch('http://127.0.0.1:3000/.well-known/oauth-authorization-server/oauth', {})
  expect(await other.json()).toEqual(server)
})

describe('a service', () => {
  for (const algorithm of ['ES256', 'Ed25519', 'PS256'] as const) {
    test(`gets a token of ten minutes for one grant of its own with a key of ${algorithm}`, async ({
      node,
      office,
    }) => {
      const client = await register(office.provider, { kind: 'service' }, algorithm)
      const { answer } = await tokenForGrant(node, client, office.grant)
      expect(answer).toMatchObject({
        token_type: 'dpop',
        expires_in: 600,
        authorization_details: [{ type: 'bizq_grant', grant: office.grant }],
      })
    })
  }

  test('gets no token for a grant of another provider, for none, or for two', async ({
    platform,
    node,
    office,
  }) => {
    const stranger = await register(await signUpOperator(platform.app, 'provider'))
    await expect(tokenForGrant(node, stranger, office.grant)).rejects.toMatchObject({
      error: 'invalid_authorization_details',
    })
    const own = await register(office.provider)
    await expect(tokenForGrant(node, own, 'gra_00000000000000000000000000')).rejects.toMatchObject({
      error: 'invalid_authorization_details',
    })
    const two = JSON.stringify([office.grant, office.grant].map((grant) => ({ type: 'bizq_grant', grant })))
    await expect(
      tokenForGrant(node, own, office.grant, { authorization_details: two }),
    ).rejects.toMatchObject({ error: 'invalid_authorization_details' })
    await expect(
      tokenForGrant(node, own, office.grant, { resource: 'https://elsewhere.example/' }),
    ).rejects.toMatchObject({ error: 'invalid_target' })
  })

  test('gets no token without a proof, without naming a grant, or by another grant type', async ({
    node,
    office,
  }) => {
    const { client, authentication } = await register(office.provider)
    const server = await discover(node)
    const ask = async (grantType: string, parameters: Record<string, string>) => {
      const response = await oauth.genericTokenEndpointRequest(
        server,
        client,
        authentication,
        grantType,
        parameters,
        optionsAt(node),
      )
      return { status: response.status, ...((await response.json()) as { error: string }) }
    }
    const details = { authorization_details: JSON.stringify([{ type: 'bizq_grant', grant: office.grant }]) }
    expect(await ask('client_credentials', details)).toMatchObject({ status: 400, error: 'invalid_grant' })
    expect(await ask('client_credentials', {})).toMatchObject({ status: 400, error: 'invalid_request' })
    for (const type of ['password', 'implicit'])
      expect(await ask(type, { username: 'a', password: 'b' })).toMatchObject({
        status: 400,
        error: 'unsupported_grant_type',
      })
  })

  test('reads nothing but its grant: not who the operator is, nor what else they have', async ({
    node,
    office,
  }) => {
    const held = await tokenForGrant(node, await register(office.provider), office.grant)
    for (const path of [
      '/v1/me',
      '/v1/businesses',
      '/v1/members',
      '/v1/audit',
      `/v1/subscriptions/${office.subscription}`,
    ]) {
      const answer = await callWith(node, held, 'GET', path)
      expect({ path, status: answer.status }).toEqual({ path, status: 403 })
      expect(await answer.text()).not.toContain('Test Holdings')
    }
  })

  test('learns of its own tokens alone, and can give them back', async ({ node, office }) => {
    const own = await register(office.provider)
    const other = await register(office.provider)
    const held = await tokenForGrant(node, own, office.grant)
    const server = await discover(node)
    const look = async (by: typeof own) =>
      oauth.processIntrospectionResponse(
        server,
        by.client,
        await oauth.introspectionRequest(server, by.client, by.authentication, held.token, optionsAt(node)),
      )
    expect(await look(own)).toMatchObject({
      active: true,
      client_id: own.client.client_id,
      aud: resource,
      token_type: 'DPoP',
      authorization_details: [{ type: 'bizq_grant', grant: office.grant }],
      cnf: { jkt: expect.any(String) },
    })
    expect(await look(other)).toEqual({ active: false })
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, own.client, own.authentication, held.token, optionsAt(node)),
    )
    expect(await look(own)).toEqual({ active: false })
    const answer = await callWith(node, held, 'GET', `/v1/grants/${office.grant}/data/invoices`)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })
})

const read = (node: Node, held: Parameters<typeof callWith>[1], grant: string) =>
  callWith(node, held, 'GET', `/v1/grants/${grant}/data/invoices`)

test('a token is refused from the moment on that the subscription is cancelled', async ({
  operator,
  node,
  office,
}) => {
  const client = await register(office.provider)
  const held = await tokenForGrant(node, client, office.grant)
  expect(await (await read(node, held, office.grant)).json()).toMatchObject({
    type: expect.stringContaining('no-open-execution'),
  })
  expect((await operator.send('DELETE', `/v1/subscriptions/${office.subscription}`)).status).toBeLessThan(300)
  expect(await (await read(node, held, office.grant)).json()).toMatchObject({
    status: 403,
    type: expect.stringContaining('grant-not-active'),
  })
  await expect(tokenForGrant(node, client, office.grant)).rejects.toMatchObject({
    error: 'invalid_authorization_details',
  })
})

test('a token is refused while the release is suspended, everything stopped, the client deleted, and works again', async ({
  operator,
  node,
  office,
}) => {
  const client = await register(office.provider)
  const held = await tokenForGrant(node, client, office.grant)
  const typeOf = async () =>
    ((await (await read(node, held, office.grant)).json()) as { type?: string }).type?.split('/').at(-1)
  const { service, release } = office.published
  const change = (state: string) =>
    office.provider.send('PATCH', `/v1/provider/services/${service}/releases/${release}`, {
      state,
      notice: 'See.',
    })
  expect(await typeOf()).toBe('no-open-execution')
  await change('suspended')
  expect(await typeOf()).toBe('grant-not-active')
  await change('published')
  expect(await typeOf()).toBe('no-open-execution')
  await operator.post('/v1/stop')
  expect(await typeOf()).toBe('grant-not-active')
  await operator.send('DELETE', '/v1/stop')
  expect(await typeOf()).toBe('no-open-execution')
  await office.provider.send('DELETE', `/v1/provider/clients/${client.client.client_id}`)
  expect(await typeOf()).toBe('not-signed-in')
})

test('a token of one grant reads no other grant', async ({ operator, node, office }) => {
  const held = await tokenForGrant(node, await register(office.provider), office.grant)
  const other = await subscribeNew(operator, office)
  const answer = await read(node, held, other.grant)
  expect(answer.status).toBe(404)
})

describe('an assertion', () => {
  const ask = async (node: Node, client: oauth.Client, assertion: string, grant: string) => {
    const server = await discover(node)
    const authentication: oauth.ClientAuth = (_server, _client, body) => {
      body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
      body.set('client_assertion', assertion)
    }
    const dpop = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      authentication,
      { authorization_details: JSON.stringify([{ type: 'bizq_grant', grant }]) },
      { ...optionsAt(node), DPoP: dpop },
    )
    return { status: response.status, ...((await response.json()) as { error?: string }) }
  }
  const assertionOf = (client: string, key: CryptoKey, jti = randomUUID()) =>
    new SignJWT({ jti })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(client)
      .setSubject(client)
      .setAudience(issuer.href)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(key)

  test('is taken once, and not on another node either', async ({ node, second, office }) => {
    const { client, pair } = await register(office.provider)
    const first = await assertionOf(client.client_id, pair.privateKey)
    expect((await ask(node, client, first, office.grant)).status).toBe(200)
    for (const each of [node, second])
      expect(await ask(each, client, first, office.grant)).toMatchObject({
        status: 401,
        error: 'invalid_client',
      })
  })

  test('sent to two nodes at once is taken by one of them', async ({ node, second, office }) => {
    const { client, pair } = await register(office.provider)
    for (let round = 0; round < 3; round++) {
      const assertion = await assertionOf(client.client_id, pair.privateKey)
      const answers = await Promise.all(
        [node, second, node, second].map((each) => ask(each, client, assertion, office.grant)),
      )
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401])
    }
  })

  test('of a key that was rotated away is refused, one of the new key taken', async ({ node, office }) => {
    const old = await register(office.provider)
    const fresh = await register(office.provider)
    const next = (await office.provider.get('/v1/provider/clients')).body.items.find(
      (each: { id: string }) => each.id === fresh.client.client_id,
    )
    const path = `/v1/provider/clients/${old.client.client_id}/keys`
    expect((await office.provider.send('PUT', path, { jwks: next.jwks })).status).toBe(200)
    const by = (pair: webcrypto.CryptoKeyPair) => assertionOf(old.client.client_id, pair.privateKey)
    expect(await ask(node, old.client, await by(old.pair), office.grant)).toMatchObject({
      error: 'invalid_client',
    })
    expect((await ask(node, old.client, await by(fresh.pair), office.grant)).status).toBe(200)
  })
})

describe('a DPoP proof', () => {
  const proofOf = async (
    pair: webcrypto.CryptoKeyPair,
    claims: Record<string, unknown>,
    header: Record<string, unknown> = {},
  ) => {
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
    return new SignJWT({ jti: randomUUID(), iat: Math.floor(Date.now() / 1_000), ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } as never, ...header })
      .sign(pair.privateKey)
  }
  const hash = async (token: string) =>
    Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))).toString('base64url')

  test('is checked in every part, and taken once across nodes', async ({ node, second, office }) => {
    const { client, authentication } = await register(office.provider)
    const server = await discover(node)
    const pair = await oauth.generateKeyPair('ES256', { extractable: true })
    const answer = await oauth.processClientCredentialsResponse(
      server,
      client,
      await oauth.clientCredentialsGrantRequest(
        server,
        client,
        authentication,
        { authorization_details: JSON.stringify([{ type: 'bizq_grant', grant: office.grant }]) },
        { ...optionsAt(node), DPoP: oauth.DPoP(client, pair) },
      ),
    )
    const token = answer.access_token
    const path = `http://127.0.0.1:3000/v1/grants/${office.grant}/data/invoices`
    const send = async (at: Node, proof: string | undefined, scheme = 'DPoP', method = 'GET') => {
      const response = await at.fetch(path, {
        method,
        headers: { authorization: `${scheme} ${token}`, ...(proof ? { dpop: proof } : {}) },
      })
      return response.status === 401
        ? (/error="(\w+)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1] ?? '401')
        : String(response.status)
    }
    const good = { htm: 'GET', htu: path, ath: await hash(token) }
    const other = await oauth.generateKeyPair('ES256', { extractable: true })

    const proof = await proofOf(pair, good)
    expect(await send(node, proof)).toBe('403') // it is let in, and finds no open execution
    expect(await send(second, proof)).toBe('invalid_dpop_proof')
    const raced = await proofOf(pair, good)
    expect((await Promise.all([send(node, raced), send(second, raced)])).sort()).toEqual([
      '403',
      'invalid_dpop_proof',
    ])

    const wrong: Record<string, string | undefined> = {
      none: undefined,
      'another method': await proofOf(pair, { ...good, htm: 'POST' }),
      'another address': await proofOf(pair, { ...good, htu: `${path}x` }),
      'another token': await proofOf(pair, { ...good, ath: await hash('x') }),
      'no token': await proofOf(pair, { ...good, ath: undefined }),
      old: await proofOf(pair, { ...good, iat: Math.floor(Date.now() / 1_000) - 120 }),
      'of tomorrow': await proofOf(pair, { ...good, iat: Math.floor(Date.now() / 1_000) + 120 }),
      'without an id': await proofOf(pair, { ...good, jti: undefined }),
      'of another type': await proofOf(pair, good, { typ: 'JWT' }),
      'no JWT': 'x.y.z',
    }
    for (const [what, given] of Object.entries(wrong))
      expect({ what, error: await send(node, given) }).toEqual({ what, error: 'invalid_dpop_proof' })
    expect(await send(node, await proofOf(other, good))).toBe('invalid_token')
    expect(await send(node, await proofOf(pair, good), 'Bearer')).toBe('401')
  })
})

test('clients are the owners’ to register, and of providers alone; private keys and weak ones are refused', async ({
  operator,
  office,
}) => {
  const jwk = await crypto.subtle
    .generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign'])
    .then((pair) => crypto.subtle.exportKey('jwk', pair.privateKey))
  const { kty, crv, x, y, d } = jwk
  const post = (key: object) =>
    office.provider.post('/v1/provider/clients', { kind: 'service', name: 'Mine', jwks: { keys: [key] } })
  expect((await post({ kty, crv, x, y, d })).status).toBe(422)
  expect((await post({ kty: 'oct', k: 'c2VjcmV0' })).status).toBe(422)
  expect((await post({ kty: 'RSA', n: 'a'.repeat(171), e: 'AQAB' })).status).toBe(422)
  expect((await post({ kty, crv, x, y })).status).toBe(201)
  const given = { kind: 'service', name: 'Mine', jwks: { keys: [{ kty, crv, x, y }] } }
  expect((await operator.post('/v1/provider/clients', given)).status).toBe(403)
})

test('a provider sees and changes its own clients alone', async ({ platform, office }) => {
  const { client } = await register(office.provider)
  const other = await signUpOperator(platform.app, 'provider')
  expect((await other.get('/v1/provider/clients')).body.items).toEqual([])
  expect((await other.send('DELETE', `/v1/provider/clients/${client.client_id}`)).status).toBe(404)
  const own = (await office.provider.get('/v1/provider/clients')).body.items as { id: string }[]
  expect(own.map(({ id }) => id)).toContain(client.client_id)
})

test('a token is for the installation that gave it: another on the same database refuses it', async ({
  platform,
  node,
  office,
}) => {
  const registered = await register(office.provider)
  const pair = await oauth.generateKeyPair('ES256', { extractable: true })
  const server = await discover(node)
  const answer = await oauth.processClientCredentialsResponse(
    server,
    registered.client,
    await oauth.clientCredentialsGrantRequest(
      server,
      registered.client,
      registered.authentication,
      { authorization_details: JSON.stringify([{ type: 'bizq_grant', grant: office.grant }]) },
      { ...optionsAt(node), DPoP: oauth.DPoP(registered.client, pair) },
    ),
  )
  const token = answer.access_token
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const ath = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)))
  const path = `/v1/grants/${office.grant}/data/invoices`
  const ask = async (publicUrl: string) => {
    const claims = {
      jti: randomUUID(),
      htm: 'GET',
      htu: `${publicUrl}${path}`,
      ath: ath.toString('base64url'),
    }
    const proof = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } as never })
      .setIssuedAt()
      .sign(pair.privateKey)
    const elsewhere = openOAuth({ ...platform.deps, config: { ...platform.deps.config, publicUrl } })
    return elsewhere.authenticate({ token, proof, method: 'GET', path })
  }
  expect(await ask('http://127.0.0.1:3000')).toMatchObject({ scopes: ['grants:read'] })
  await expect(ask('https://elsewhere.example')).rejects.toThrow('for another resource')
})
