import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isPublicAddress, openOutgoing } from './outgoing.ts'

const server = createServer((request, response) => {
  if (request.url === '/redirect') response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
  else if (request.url === '/large') response.end('x'.repeat(5_000))
  else if (request.url !== '/silent') response.end('reached')
})
let port = 0
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const lookupTo = (...answers: string[]) =>
  ((
    _host: string,
    _options: object,
    callback: (error: null, all: { address: string; family: number }[]) => void,
  ) => {
    callback(null, [
      { address: answers.length > 1 ? (answers.shift() ?? '') : (answers[0] ?? ''), family: 4 },
    ])
  }) as never

describe('an outgoing call never reaches', () => {
  test.each([
    'http://127.0.0.1/',
    'https://127.0.0.1/',
    'https://localhost/',
    'https://[::1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://[::ffff:127.0.0.1]/',
    'https://0.0.0.0/',
    'https://10.0.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[64:ff9b:1::7f00:1]/',
    'https://[::7f00:1]/',
    'https://[fec0::1]/',
    'https://[5f00::1]/',
    'https://[2002:7f00:1::]/',
  ])('%s', async (url) => {
    const outgoing = openOutgoing({ timeoutMs: 2_000 })
    expect(await outgoing.call(url, { method: 'GET' })).toMatchObject({
      isAnswered: false,
      failure: { kind: 'forbidden-address' },
    })
    await outgoing.close()
  })

  test.each(['https://localhost./', 'ftp://example.com/', 'file:///etc/passwd'])('%s', async (url) => {
    const outgoing = openOutgoing({ timeoutMs: 2_000 })
    expect(await outgoing.call(url, { method: 'GET' })).toMatchObject({ isAnswered: false })
    await outgoing.close()
  })

  test('a private address behind a name', async () => {
    const outgoing = openOutgoing({ lookup: lookupTo('10.0.0.7') })
    expect(await outgoing.call('https://inside.example/', { method: 'GET' })).toMatchObject({
      isAnswered: false,
      failure: { kind: 'forbidden-address' },
    })
    await outgoing.close()
  })

  test('an address that a name is bound to only after it was checked', async () => {
    const asked: string[] = []
    const lookup = ((
      host: string,
      _options: object,
      callback: (error: null, all: { address: string; family: number }[]) => void,
    ) => {
      asked.push(host)
      callback(null, [{ address: asked.length === 1 ? '192.0.2.200' : '127.0.0.1', family: 4 }])
    }) as never
    const outgoing = openOutgoing({ lookup, timeoutMs: 300 })
    await outgoing.call(`https://rebind.example:${port}/`, { method: 'GET' })
    const second = await outgoing.call(`https://rebind.example:${port}/`, { method: 'GET' })
    expect(second).toMatchObject({ isAnswered: false, failure: { kind: 'forbidden-address' } })
    await outgoing.close()
  })

  test('what a redirect points to', async () => {
    const outgoing = openOutgoing({ allowsLoopback: true })
    expect(await outgoing.call(`http://127.0.0.1:${port}/redirect`, { method: 'GET' })).toMatchObject({
      isAnswered: true,
      status: 302,
    })
    await outgoing.close()
  })
})

test('an answer is bounded in time and size', async () => {
  const outgoing = openOutgoing({ allowsLoopback: true, timeoutMs: 300, maxBytes: 1_000 })
  expect(await outgoing.call(`http://127.0.0.1:${port}/silent`, { method: 'GET' })).toMatchObject({
    failure: { kind: 'timed-out' },
  })
  expect(await outgoing.call(`http://127.0.0.1:${port}/large`, { method: 'GET' })).toMatchObject({
    failure: { kind: 'too-large' },
  })
  expect(await outgoing.call(`http://127.0.0.1:${port}/`, { method: 'GET' })).toMatchObject({
    status: 200,
    body: 'reached',
  })
  await outgoing.close()
})

test('public addresses are told from special ones', () => {
  expect(['8.8.8.8', '2606:4700:4700::1111'].map(isPublicAddress)).toEqual([true, true])
  expect(['100.64.0.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '::'].map(isPublicAddress)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ])
})
