import { Writable } from 'node:stream'
import { expect } from 'vitest'
import { createLogger } from '../src/deps.ts'
import { test } from './harness.ts'

test('alive, ready, metrics and the API document are served without signing in', async ({ platform }) => {
  for (const path of [
    '/healthz',
    '/readyz',
    '/metrics',
    '/v1/openapi.json',
    '/.well-known/jwks.json',
    '/docs',
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
