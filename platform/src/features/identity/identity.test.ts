import { decodeId } from '@bizq/sdk/contract'
import { describe, expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'
import { createBusiness, join, platformPerson, signUp, type Person } from '../../../test/people.ts'

const origin = { 'content-type': 'application/json', origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' }

test('a person signs in with e-mail and password, and a wrong one is refused', async ({
  platform,
  operator,
}) => {
  const signIn = (password: string) =>
    platform.app.request('/auth/sign-in/email', {
      method: 'POST',
      headers: origin,
      body: JSON.stringify({ email: operator.email, password }),
    })
  expect((await signIn('a long enough password')).status).toBe(200)
  expect((await signIn('another long password')).status).toBe(401)
})

test('signing out ends the session', async ({ platform, operator }) => {
  expect((await operator.get('/v1/members')).status).toBe(200)
  const out = await platform.app.request('/auth/sign-out', {
    method: 'POST',
    headers: { ...origin, cookie: operator.cookie },
    body: '{}',
  })
  expect(out.status).toBe(200)
  expect((await operator.get('/v1/members')).status).toBe(401)
})

test('passwords, tokens and the secrets of invitations and webhooks are nowhere kept as they are', async ({
  platform,
  operator,
}) => {
  const made = await operator.post('/v1/tokens', {
    name: 'till',
    scopes: ['businesses:read'],
    role: 'viewer',
  })
  const invitation = await operator.post('/v1/invitations', { email: 'new@example.test', role: 'viewer' })
  const hook = await operator.post('/v1/webhook-endpoints', { url: 'http://127.0.0.1:20000/hook' })
  const tables = await asAdmin<{ name: string }[]>(
    platform,
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname in ('auth', 'bizq')`,
  )
  const rows = await asAdmin<{ row: string }[]>(
    platform,
    tables.map(({ name }) => `select row_to_json(t)::text as row from ${name} t`).join(' union all '),
  )
  const kept = rows.map(({ row }) => row).join('\n')
  for (const secret of [invitation.body.secret, hook.body.secret]) {
    expect(secret.length).toBeGreaterThan(20)
    expect(kept).not.toContain(secret)
    expect(kept).not.toContain(Buffer.from(secret).toString('hex'))
  }
  expect(kept).not.toContain('a long enough password')
  expect(kept).not.toContain(made.body.secret)
  expect(kept).toContain(made.body.hint)
})

test('a token shows its secret once, may only what it was given, and ends when it is revoked', async ({
  operator,
}) => {
  const headers = { 'idempotency-key': 'one-token-only' }
  const body = { name: 'till', scopes: ['businesses:read'], role: 'manager' }
  const made = await operator.post('/v1/tokens', body, { headers })
  expect(made.body.secret).toMatch(/^bizq_[\w-]{43}$/)
  expect((await operator.post('/v1/tokens', body, { headers })).body).toEqual({ ...made.body, secret: null })
  expect(JSON.stringify((await operator.get('/v1/tokens')).body)).not.toContain(made.body.secret)

  const asToken = { headers: { authorization: `Bearer ${made.body.secret}`, cookie: '' } }
  expect((await operator.get('/v1/businesses', asToken)).status).toBe(200)
  expect(
    (
      await operator.post(
        '/v1/businesses',
        { name: 'X', currency: 'GBP', country: 'GB', timeZone: 'UTC' },
        asToken,
      )
    ).status,
  ).toBe(403)
  expect((await operator.post('/v1/tokens', body, asToken)).status).toBe(403)
  expect((await operator.send('DELETE', `/v1/tokens/${made.body.id}`)).status).toBe(204)
  expect((await operator.get('/v1/businesses', asToken)).status).toBe(401)
})

test('a token that may do everything makes no other, and is nothing once its time is over', async ({
  platform,
  operator,
}) => {
  const token = await operator.withToken(['*'])
  const body = { name: 'another', scopes: ['*'], role: 'owner', expiresInDays: 1 }
  expect((await token.post('/v1/tokens', body)).status).toBe(403)
  const made = (await operator.post('/v1/tokens', body)).body
  const read = () =>
    operator.get('/v1/businesses', { headers: { authorization: `Bearer ${made.secret}`, cookie: '' } })
  expect((await read()).status).toBe(200)
  await asAdmin(
    platform,
    `update bizq.api_tokens set expires_at = now() - interval '1 second' where id = $1`,
    [decodeId('tok', made.id)],
  )
  expect((await read()).status).toBe(401)
})

test('a token cannot have a higher role than its maker', async ({ platform, operator }) => {
  const viewer = await join(platform.app, operator, 'viewer')
  expect((await viewer.post('/v1/tokens', { name: 'x', scopes: ['*'], role: 'owner' })).status).toBe(403)
})

describe('the organisation that runs the marketplace', () => {
  test('is one, however many are invited to it, and nobody makes another', async ({ platform, operator }) => {
    const [one, two] = [await platformPerson(platform, 'owner'), await platformPerson(platform, 'owner')]
    expect(one.organisation).toBe(two.organisation)
    const made = await operator.post('/v1/organisations', { name: 'BizQ', kind: 'platform' })
    expect(made.status).toBe(422)
  })

  test('alone has certifiers', async ({ platform, operator }) => {
    const refused = await operator.post('/v1/invitations', { email: 'c@example.test', role: 'certifier' })
    expect(refused.status).toBe(422)
    const viewer = await join(platform.app, operator, 'viewer')
    const [, member] = (await operator.get('/v1/members')).body.items
    const change = await operator.send('PUT', `/v1/members/${member.id}/role`, { role: 'certifier' })
    expect(change.status).toBe(422)
    const token = { name: 'x', scopes: ['*'], role: 'certifier' }
    expect((await operator.post('/v1/tokens', token)).status).toBe(422)
    expect((await viewer.get('/v1/members')).status).toBe(200)
  })

  test('who administers hands no certification on, and who certifies no administration', async ({
    platform,
  }) => {
    const makes = async (maker: Person, role: string) =>
      (await maker.post('/v1/tokens', { name: 'x', scopes: ['*'], role })).status
    const manager = await platformPerson(platform, 'manager')
    const certifier = await platformPerson(platform, 'certifier')
    expect([await makes(manager, 'certifier'), await makes(manager, 'manager')]).toEqual([403, 201])
    expect([await makes(certifier, 'manager'), await makes(certifier, 'certifier')]).toEqual([403, 201])
  })

  test('a token of who became something else is nothing more than both', async ({ platform }) => {
    const owner = await platformPerson(platform, 'owner')
    const certifier = await join(platform.app, owner, 'certifier')
    const token = await certifier.withToken(['*'], 'certifier')
    const { items } = (await owner.get('/v1/members')).body
    const member = items.find((each: { email: string }) => each.email === certifier.email)
    await owner.send('PUT', `/v1/members/${member.id}/role`, { role: 'manager' })
    expect((await token.get('/v1/me')).body.role).toBe('viewer')
  })
})

test('an invitation is for one address and one use', async ({ platform, operator }) => {
  const invited = await signUp(platform.app)
  const other = await signUp(platform.app)
  const { body } = await operator.post('/v1/invitations', { email: invited.email, role: 'viewer' })
  const accept = (person: Person) => person.post('/v1/invitations/accept', { secret: body.secret })
  expect((await accept(other)).status).toBe(404)
  expect((await accept(invited)).status).toBe(200)
  expect((await accept(invited)).status).toBe(404)
  expect((await operator.get('/v1/members')).body.items.map((m: { role: string }) => m.role)).toEqual([
    'owner',
    'viewer',
  ])
})

test('an organisation keeps an owner, and only owners change roles', async ({ platform, operator }) => {
  const manager = await join(platform.app, operator, 'manager')
  const [owner] = (await operator.get('/v1/members')).body.items
  expect((await operator.send('PUT', `/v1/members/${owner.id}/role`, { role: 'viewer' })).status).toBe(409)
  expect((await operator.send('DELETE', `/v1/members/${owner.id}`)).status).toBe(409)
  expect((await manager.send('PUT', `/v1/members/${owner.id}/role`, { role: 'viewer' })).status).toBe(403)
})

test('a change with a cookie is taken only from our own pages', async ({ operator }) => {
  const body = { name: 'X', currency: 'GBP', country: 'GB', timeZone: 'UTC' }
  expect(
    (await operator.post('/v1/businesses', body, { headers: { 'sec-fetch-site': 'cross-site' } })).status,
  ).toBe(403)
  expect(
    (
      await operator.post('/v1/businesses', body, {
        headers: { origin: 'https://evil.example', host: '127.0.0.1:3000' },
      })
    ).status,
  ).toBe(403)
  expect(
    (
      await operator.post('/v1/businesses', body, {
        headers: { origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' },
      })
    ).status,
  ).toBe(201)
})

test('a member of one organisation cannot act in another by naming it', async ({ operator, stranger }) => {
  await createBusiness(operator)
  const answer = await stranger.get('/v1/businesses', {
    headers: { 'bizq-organisation': operator.organisation },
  })
  expect(answer.status).toBe(401)
})

test('everything can be stopped and started again, and a viewer can do neither', async ({
  platform,
  operator,
}) => {
  const viewer = await join(platform.app, operator, 'viewer')
  expect((await viewer.post('/v1/stop')).status).toBe(403)
  expect((await operator.post('/v1/stop')).body.stoppedAt).toEqual(expect.any(String))
  expect((await operator.send('DELETE', '/v1/stop')).body.stoppedAt).toBeNull()
})

test('a token is nothing once its maker was removed, and no more than its maker is', async ({
  platform,
  operator,
}) => {
  const manager = await join(platform.app, operator, 'manager')
  const token = await manager.withToken(['*'], 'manager')
  const { items } = (await operator.get('/v1/members')).body
  const member = items.find((each: { role: string }) => each.role === 'manager')
  const create = () =>
    token.post('/v1/businesses', { name: 'X', currency: 'GBP', country: 'GB', timeZone: 'UTC' })
  expect((await create()).status).toBe(201)
  await operator.send('PUT', `/v1/members/${member.id}/role`, { role: 'viewer' })
  expect((await create()).status).toBe(403)
  expect((await token.get('/v1/businesses')).status).toBe(200)
  await operator.send('DELETE', `/v1/members/${member.id}`)
  expect((await token.get('/v1/businesses')).status).toBe(401)
})

test('an invitation takes nothing away from who belongs already', async ({ platform, operator }) => {
  const { body } = await operator.post('/v1/invitations', { email: operator.email, role: 'viewer' })
  expect((await operator.post('/v1/invitations/accept', { secret: body.secret })).status).toBe(200)
  const roles = async () =>
    (await operator.get('/v1/members')).body.items.map((m: { role: string }) => m.role)
  expect(await roles()).toEqual(['owner'])
  const viewer = await join(platform.app, operator, 'viewer')
  const better = await operator.post('/v1/invitations', { email: viewer.email, role: 'manager' })
  await viewer.post('/v1/invitations/accept', { secret: better.body.secret })
  expect(await roles()).toEqual(['owner', 'manager'])
})

test('who belongs to an organisation is not told to a token that was not given it', async ({ operator }) => {
  const token = await operator.withToken(['events:read', 'data:read', 'actions:read'])
  for (const path of ['/v1/members', '/v1/invitations', '/v1/tokens'])
    expect((await token.get(path)).status, path).toBe(403)
})

test('while everything is stopped no token does anything, and only a person takes it back', async ({
  operator,
}) => {
  const token = await operator.withToken(['*'])
  expect((await token.post('/v1/stop')).status).toBe(200)
  for (const refused of [await token.get('/v1/businesses'), await token.send('DELETE', '/v1/stop')]) {
    expect(refused.status).toBe(409)
    expect(refused.body.type).toMatch(/stopped$/)
  }
  expect((await operator.get('/v1/businesses')).status).toBe(200)
  expect((await operator.send('DELETE', '/v1/stop')).status).toBe(200)
  expect((await token.get('/v1/businesses')).status).toBe(200)
})

test('the same key makes one organisation, and joins once', async ({ platform, operator }) => {
  const person = await signUp(platform.app)
  const headers = { 'idempotency-key': 'my-first-organisation' }
  const make = () => person.post('/v1/organisations', { name: 'Once' }, { headers })
  const [one, two] = [await make(), await make()]
  expect(two.body).toEqual(one.body)
  expect((await person.get('/v1/me')).body.memberships).toHaveLength(1)
  const { body } = await operator.post('/v1/invitations', { email: person.email, role: 'viewer' })
  const accept = () => person.post('/v1/invitations/accept', { secret: body.secret }, { headers })
  expect([(await accept()).status, (await accept()).status]).toEqual([200, 200])
})

test('whoever made a token may revoke it, a viewer too, and nobody below a manager another’s', async ({
  platform,
  operator,
}) => {
  const viewer = await join(platform.app, operator, 'viewer')
  const make = (person: Person) =>
    person.post('/v1/tokens', { name: 'x', scopes: ['events:read'], role: 'viewer' })
  const [own, other] = [(await make(viewer)).body.id, (await make(operator)).body.id]
  expect((await viewer.send('DELETE', `/v1/tokens/${other}`)).status).toBe(403)
  expect((await viewer.send('DELETE', `/v1/tokens/${own}`)).status).toBe(204)
})

test('an invitation that was taken back lets nobody in, and only an owner takes one back', async ({
  platform,
  operator,
  stranger,
}) => {
  const invited = await signUp(platform.app)
  const { body } = await operator.post('/v1/invitations', { email: invited.email, role: 'manager' })
  const manager = await join(platform.app, operator, 'manager')
  expect((await manager.send('DELETE', `/v1/invitations/${body.id}`)).status).toBe(403)
  expect((await stranger.send('DELETE', `/v1/invitations/${body.id}`)).status).toBe(404)
  expect((await operator.send('DELETE', `/v1/invitations/${body.id}`)).status).toBe(204)
  expect((await operator.get('/v1/invitations')).body.items).toEqual([])
  expect((await invited.post('/v1/invitations/accept', { secret: body.secret })).status).toBe(404)
  expect((await operator.send('DELETE', `/v1/invitations/${body.id}`)).status).toBe(404)
})
