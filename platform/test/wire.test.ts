import { request } from 'node:http'
import { expect } from 'vitest'
import { startServer, type RunningServer } from '../src/server.ts'
import { test as base } from './harness.ts'

const test = base.extend<{ server: RunningServer }>({
  server: async ({ platform }, use) => {
    const server = await startServer(platform.app, { host: '127.0.0.1', port: 0 })
    await use(server)
    await server.close()
  },
})

interface Told {
  status: number
  type: string
  body: Record<string, unknown>
}

/** Sends a request as its bytes say, without what clients add by themselves. */
function send(
  server: RunningServer,
  method: string,
  path: string,
  headers: Record<string, string>,
  pieces: readonly string[] = [],
): Promise<Told> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: server.port, method, path, headers }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => {
        const type = response.headers['content-type'] ?? ''
        resolve({ status: response.statusCode ?? 0, type, body: text ? JSON.parse(text) : {} })
      })
    })
    call.on('error', reject)
    for (const piece of pieces) call.write(piece)
    call.end()
  })
}

const chunked = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }

test('a request without a body, and one whose length is not told, are served', async ({
  server,
  operator,
}) => {
  const { cookie } = operator
  const stopped = await operator.post('/v1/stop')
  expect(stopped.status).toBe(200)
  expect((await send(server, 'DELETE', '/v1/stop', { cookie })).status).toBe(200)

  const business = JSON.stringify({
    name: 'In pieces',
    currency: 'EUR',
    country: 'DE',
    timeZone: 'Europe/Berlin',
  })
  const made = await send(server, 'POST', '/v1/businesses', { cookie, ...chunked }, [
    business.slice(0, 20),
    business.slice(20),
  ])
  expect(made).toMatchObject({ status: 201, body: { name: 'In pieces' } })
})

test('a body whose length is not told is bounded all the same', async ({ server, operator }) => {
  const pieces = Array.from({ length: 40 }, () => 'x'.repeat(65_536))
  const answer = await send(server, 'POST', '/v1/businesses', { cookie: operator.cookie, ...chunked }, pieces)
  expect(answer).toMatchObject({ status: 413, type: 'application/problem+json' })
})

test('a text that cannot be kept is refused in words, in a body, an address and a JSON column', async ({
  operator,
}) => {
  const made = await operator.post('/v1/tokens', { name: 'a\u0000b', scopes: ['*'], role: 'owner' })
  expect([made.status, made.body.detail]).toEqual([422, expect.stringContaining('U+0000')])
  expect((await operator.get('/v1/audit?subject=%00')).status).toBe(422)
})

test('what is refused at the sign-in is a problem as everywhere', async ({ platform }) => {
  const call = (path: string, body: string) =>
    platform.app.request(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: 'http://127.0.0.1:3000',
        host: '127.0.0.1:3000',
      },
      body,
    })
  const nobody = await call(
    '/auth/sign-in/email',
    '{"email":"nobody@example.test","password":"not-the-one-1"}',
  )
  expect([nobody.status, nobody.headers.get('content-type')]).toEqual([401, 'application/problem+json'])
  expect(await nobody.json()).toMatchObject({ status: 401, requestId: expect.any(String) })
  const broken = await call('/auth/sign-up/email', '{')
  expect([broken.status, broken.headers.get('content-type')]).toEqual([422, 'application/problem+json'])
  expect((await call('/auth/no-such-thing', '{}')).status).toBe(404)
})
