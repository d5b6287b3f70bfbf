import { Writable } from 'node:stream'
import { expect } from 'vitest'
import { createLogger } from '../src/deps.ts'
import { countWaiting, openLook, until } from './crash/ground.ts'
import { test } from './harness.ts'
import { createBusiness, signUpOperator } from './people.ts'

test('alive, ready, metrics and the API document are served without signing in', async ({ platform }) => {
  for (const path of [
    '/healthz',
    '/readyz',
    '/metrics',
    '/v1/openapi.json',
    '/.well-known/jwks.json',
    '/docs',
    '/schemas/manifest-1.json',
  ]) {
    expect((await platform.app.request(path)).status, path).toBe(200)
  }
  expect(await (await platform.app.request('/metrics')).text()).toContain(
    'bizq_http_request_duration_seconds_bucket',
  )
})

test('the API reference loads nothing from another host', async ({ platform }) => {
  const page = await (await platform.app.request('/docs')).text()
  const addresses = [...page.matchAll(/(?:src|href|url)\s*[=:]\s*["'](https?:\/\/[^"']+)/gi)].map(
    (match) => match[1],
  )
  expect(addresses).toEqual([])
  const script = await platform.app.request('/docs/reference.js')
  expect(script.headers.get('content-type')).toMatch(/javascript/)
})

test('a body that is nested deeper than anybody can walk through is refused in words', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  await provider.post('/v1/provider/services', { service: 'nested-deeply' })
  const deep = '['.repeat(200_000) + ']'.repeat(200_000)
  const answer = await provider.post('/v1/provider/services/nested-deeply/releases', undefined, {
    raw: `{ "manifest": { "data": ${deep} }, "bundle": "x" }`,
    headers: { 'content-type': 'application/json' },
  })
  expect(answer).toMatchObject({
    status: 422,
    body: { detail: expect.stringContaining('nested too deeply') },
  })
})

test('an answer carries the request id that was given, or a new one, and an error names it', async ({
  platform,
  operator,
}) => {
  const given = await operator.get('/v1/businesses/bus_00000000000000000000000000', {
    headers: { 'x-request-id': 'my-request-0001' },
  })
  expect(given.headers.get('x-request-id')).toBe('my-request-0001')
  expect(given.body).toMatchObject({ status: 404, requestId: 'my-request-0001' })
  const fresh = await platform.app.request('/nowhere')
  expect(fresh.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
  expect(fresh.headers.get('content-type')).toBe('application/problem+json')
})

test('a body that is not JSON, a wrong id and a wrong cursor are refused in words', async ({ operator }) => {
  const broken = await operator.send('POST', '/v1/businesses', undefined, {
    raw: '{',
    headers: { 'content-type': 'application/json' },
  })
  expect(broken.status).toBe(422)
  expect((await operator.get('/v1/businesses/no-id')).status).toBe(422)
  const cursor = await operator.get('/v1/businesses?cursor=nonsense')
  expect(cursor.status).toBe(422)
  expect(cursor.body.type).toMatch(/invalid-cursor$/)
})

test('limits are told in headers', async ({ operator }) => {
  const { headers } = await operator.get('/v1/businesses')
  expect(headers.get('ratelimit')).toMatch(/r=\d+;t=\d+/)
  expect(headers.get('ratelimit-policy')).toMatch(/q=\d+;w=\d+/)
})

test('a secret never reaches the log', () => {
  let written = ''
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.toString()
      done()
    },
  })
  const log = createLogger({ logLevel: 'info' }, sink)
  const headers = { authorization: 'Bearer bizq_planted', cookie: 'bizq.session_token=planted' }
  log.info(
    {
      req: { headers },
      headers,
      made: { secret: 'whsec_planted' },
      token: 'planted',
      body: { password: 'planted' },
    },
    'request',
  )
  expect(written).toContain('[redacted]')
  expect(written).not.toContain('planted')
})

test('a refusal is kept under its key like any answer, and another request under it is refused', async ({
  operator,
}) => {
  const headers = { 'idempotency-key': 'the-same-run-twice' }
  const business = await createBusiness(operator)
  const path = `/v1/businesses/${business}/data/bills`
  const values = { number: 'A-1', issuedAt: '2026-01-01', dueAt: '2026-01-31', status: 'open' }
  const wrong = { ...values, supplier: 'sup_00000000000000000000000000' }
  const first = await operator.post(path, wrong, { headers })
  expect(first.status).toBeGreaterThanOrEqual(400)
  expect(first.status).toBeLessThan(500)
  const { requestId: _one, ...told } = first.body
  const { requestId: _two, ...again } = (await operator.post(path, wrong, { headers })).body
  expect(again).toEqual(told)
  const mismatch = await operator.post(path, { ...wrong, number: 'A-2' }, { headers })
  expect(mismatch.body.type).toMatch(/idempotency-mismatch$/)
})

test('while a request is carried out, another of its key is told to wait', async ({ platform, operator }) => {
  const headers = { 'idempotency-key': 'one-that-takes-long' }
  const body = { name: 'Slow', currency: 'GBP', country: 'GB', timeZone: 'UTC' }
  const send = () => operator.post('/v1/businesses', body, { headers })
  const holder = await openLook(platform.adminUrl)
  await holder.look('begin')
  await holder.look('lock table bizq.businesses in share mode')
  const first = send()
  await until(async () => (await countWaiting(platform)) === 1)
  let isAnswered = false
  const second = send().finally(() => (isAnswered = true))
  await until(async () => isAnswered || (await countWaiting(platform)) === 2)
  await holder.look('commit')
  await holder.close()
  expect((await second).body).toMatchObject({
    status: 409,
    type: expect.stringMatching(/idempotency-in-flight$/),
  })
  expect((await first).status).toBe(201)
  expect((await send()).body).toEqual((await first).body)
})

test('two requests of one key at the same moment change one thing', async ({ operator }) => {
  const headers = { 'idempotency-key': 'one-business-only' }
  const body = { name: 'Twice', currency: 'GBP', country: 'GB', timeZone: 'UTC' }
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => operator.post('/v1/businesses', body, { headers })),
  )
  expect(new Set(answers.map(({ status }) => status)).isSubsetOf(new Set([201, 409]))).toBe(true)
  const { items } = (await operator.get('/v1/businesses?search=Twice')).body
  expect(items).toHaveLength(1)
})

test('a body that is larger than its operation takes is refused before it is read', async ({ operator }) => {
  const refused = await operator.post('/v1/businesses', { name: 'x'.repeat(2 * 1024 * 1024) })
  expect(refused.status).toBe(413)
  expect(refused.body.type).toMatch(/too-large$/)
})

test('requests are counted for who asks, whatever else a cookie or a wrong token holds', async ({
  platform,
  operator,
}) => {
  const left = async (headers: Record<string, string>) =>
    Number(
      /r=(\d+)/.exec(
        (await platform.app.request('/v1/businesses', { headers })).headers.get('ratelimit') ?? '',
      )?.[1],
    )
  const before = await left({ cookie: `${operator.cookie}; a=1` })
  expect(await left({ cookie: `${operator.cookie}; a=2` })).toBe(before - 1)
  const stranger = await left({ authorization: 'Bearer bizq_nobody', 'x-forwarded-for': '192.0.2.7' })
  expect(await left({ authorization: 'Bearer bizq_no-other', 'x-forwarded-for': '192.0.2.7' })).toBe(
    stranger - 1,
  )
})
