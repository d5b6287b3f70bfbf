import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ProblemError } from '../problems.ts'
import { startServer, type RunningServer } from '../server.ts'
import { limitBody } from './body-limit.ts'
import { newRouter } from './router.ts'

let server: RunningServer

beforeAll(async () => {
  const app = newRouter()
  app.use('*', limitBody)
  app.on(['POST', 'DELETE'], '/v1/echo', async (c) => c.text(await c.req.text()))
  app.onError((error) => new Response(null, { status: error instanceof ProblemError ? error.status : 500 }))
  server = await startServer(app, { host: '127.0.0.1', port: 0 })
})
afterAll(() => server.close())

/** Sends without saying how long it is: in chunks, or with no body at all. */
function send(method: string, chunks: readonly string[]): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: server.port, method, path: '/v1/echo' }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    sent.once('error', reject)
    if (chunks.length > 0) sent.setHeader('transfer-encoding', 'chunked')
    for (const chunk of chunks) sent.write(chunk)
    sent.end()
  })
}

test('a deletion without a body is taken', async () => {
  expect(await send('DELETE', [])).toEqual({ status: 200, text: '' })
})

test('a body in chunks arrives whole', async () => {
  expect(await send('POST', ['one ', 'two'])).toEqual({ status: 200, text: 'one two' })
})

test('a body in chunks is refused when it is larger than a body may be', async () => {
  const { status } = await send(
    'POST',
    Array.from({ length: 9 }, () => 'x'.repeat(128 * 1024)),
  )
  expect(status).toBe(413)
})
