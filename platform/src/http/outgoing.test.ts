import { createServer, type ServerResponse } from 'node:http'
import { isIP, type AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findFreePort } from '../db/postgres.ts'
import { isPublicAddress, openOutgoing, type OutgoingOptions } from './outgoing.ts'

const answers: Record<string, (response: ServerResponse) => void> = {
  '/redirect': (response) => response.writeHead(302, { location: '/reached' }).end(),
  '/large': (response) => response.end('x'.repeat(5_000)),
  '/endless': (response) => {
    const more = setInterval(() => response.write('x'.repeat(100)), 1)
    response.on('close', () => clearInterval(more))
  },
  '/packed': (response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(100_000))),
  '/silent': () => {},
  '/drop-by-drop': (response) => {
    response.writeHead(200)
    const drops = setInterval(() => response.write('x'), 50)
    response.on('close', () => clearInterval(drops))
  },
  '/once': (response) => response.writeHead(200, { connection: 'close' }).end('reached'),
}
const reached: string[] = []
const server = createServer((request, response) => {
  reached.push(request.url ?? '')
  const answer = answers[request.url ?? '']
  if (answer) answer(response)
  else response.end('reached')
})
let port = 0
beforeAll(async () => {
  port = await findFreePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const call = async (url: string, options: OutgoingOptions = {}) => {
  const outgoing = openOutgoing({ timeoutMs: 2_000, ...options })
  const result = await outgoing.call(url, { method: 'GET' })
  await outgoing.close()
  return result
}

/** A resolver that answers these addresses, one list after the other; the last one again and again. */
function resolving(...lists: string[][]) {
  const asked: string[] = []
  const lookup = (
    host: string,
    _options: object,
    callback: (error: null, all: { address: string; family: number }[]) => void,
  ) => {
    asked.push(host)
    const list = lists[Math.min(asked.length, lists.length) - 1] ?? []
    callback(
      null,
      list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
  return { asked, lookup: lookup as never }
}

const special: [what: string, ...hosts: string[]][] = [
  ['loopback', '127.0.0.1', '127.255.255.254', '[::1]'],
  ['loopback in decimal', '2130706433'],
  ['loopback in octal', '0177.0.0.1', '017700000001'],
  ['loopback in hex', '0x7f.1', '0x7f000001', '0x7f.0x0.0x0.0x1'],
  ['loopback in short', '127.1', '0'],
  ['loopback in other digits', '①②⑦.⓪.⓪.①'],
  ['loopback with a dot at its end', '127.0.0.1.'],
  ['loopback in long IPv6', '[0:0:0:0:0:0:0:1]', '[0000:0000:0000:0000:0000:0000:0000:0001]'],
  ['nothing', '0.0.0.0', '[::]'],
  ['a private network', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '[fd00::1]', '[fc00::1]'],
  ['a private network in hex', '0x0a000001', '0xc0a80101'],
  ['link-local, where clouds keep their keys', '169.254.169.254', '0xa9fea9fe', '2852039166', '[fe80::1]'],
  ['carrier-grade NAT', '100.64.0.1', '100.127.255.254'],
  ['mapped IPv4', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:10.0.0.1]', '[::ffff:8.8.8.8]'],
  ['compatible IPv4', '[::7f00:1]', '[::127.0.0.1]'],
  ['NAT64', '[64:ff9b::7f00:1]', '[64:ff9b::127.0.0.1]', '[64:ff9b:1::7f00:1]'],
  ['6to4 and Teredo', '[2002:7f00:1::]', '[2001:0:7f00:1::]'],
  ['site-local, once', '[fec0::1]'],
  ['documentation', '192.0.2.1', '198.51.100.1', '203.0.113.1', '[2001:db8::1]', '[3fff::1]'],
  [
    'benchmarks and protocols',
    '198.18.0.1',
    '192.0.0.1',
    '192.88.99.1',
    '[2001:2::1]',
    '[5f00::1]',
    '[100::1]',
  ],
  ['many at once', '224.0.0.1', '239.255.255.250', '255.255.255.255', '[ff02::1]'],
  ['what is reserved', '240.0.0.1', '192.31.196.1', '[4000::1]', '[e000::1]'],
]

describe('an outgoing call never reaches, by its literal,', () => {
  for (const [what, ...hosts] of special) {
    test(`${what}: ${hosts.join(', ')}`, async () => {
      for (const host of hosts) {
        const result = await call(`https://${host}:${port}/`)
        expect({ host, result }).toMatchObject({ result: { failure: { kind: 'forbidden-address' } } })
      }
    })
  }
})

/** As a resolver would answer it: in the usual notation. */
const asResolved = (host: string): string | undefined => {
  const plain = host.replaceAll(/^\[|\]$/g, '')
  return isIP(plain) === 0 ? undefined : plain
}
const behindNames = special
  .map(([what, ...hosts]) => ({ what, addresses: hosts.flatMap((host) => asResolved(host) ?? []) }))
  .filter(({ addresses }) => addresses.length > 0)

describe('an outgoing call never reaches, behind a name,', () => {
  for (const { what, addresses } of behindNames) {
    test(`${what}: ${addresses.join(', ')}`, async () => {
      for (const address of addresses) {
        const { lookup } = resolving([address])
        const result = await call('https://inside.example/', { lookup })
        expect({ address, result }).toMatchObject({ result: { failure: { kind: 'forbidden-address' } } })
      }
    })
  }

  test('a special address among public ones', async () => {
    const { lookup } = resolving(['8.8.8.8', '10.0.0.7'])
    expect(await call('https://inside.example/', { lookup })).toMatchObject({
      failure: { kind: 'forbidden-address' },
    })
  })

  test('this machine by its own name', async () => {
    for (const name of ['localhost', 'LOCALHOST'])
      expect(await call(`https://${name}:${port}/`)).toMatchObject({
        failure: { kind: 'forbidden-address' },
      })
    expect(await call(`https://localhost.:${port}/`)).toMatchObject({ isAnswered: false })
  })

  test('a name without an address', async () => {
    const { lookup } = resolving([])
    expect(await call('https://nowhere.example/', { lookup })).toMatchObject({ isAnswered: false })
  })
})

test('a name is looked up once for a connection, and the connection goes to what was looked up: it cannot be bound anew between', async () => {
  const { asked, lookup } = resolving(['127.0.0.1'], ['10.0.0.1'])
  const outgoing = openOutgoing({ allowsLoopback: true, lookup, timeoutMs: 2_000 })
  const first = await outgoing.call(`http://localhost:${port}/once`, { method: 'GET' })
  expect(first).toMatchObject({ status: 200, body: 'reached' })
  expect(asked).toEqual(['localhost'])
  const second = await outgoing.call(`http://localhost:${port}/once`, { method: 'GET' })
  expect(second).toMatchObject({ failure: { kind: 'forbidden-address' } })
  expect(asked).toEqual(['localhost', 'localhost'])
  await outgoing.close()
})

test('what a redirect points to is not called', async () => {
  reached.length = 0
  expect(await call(`http://127.0.0.1:${port}/redirect`, { allowsLoopback: true })).toMatchObject({
    status: 302,
  })
  expect(reached).toEqual(['/redirect'])
})

test('only https is called; in development also plain http, but to this machine alone', async () => {
  const { lookup } = resolving(['8.8.8.8'])
  for (const url of [
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'nonsense',
  ])
    for (const allowsLoopback of [false, true])
      expect(await call(url, { lookup, allowsLoopback })).toMatchObject({
        failure: { kind: 'forbidden-address' },
      })
  expect(await call(`http://127.0.0.1:${port}/`)).toMatchObject({ isAnswered: false })
  expect(await call(`http://127.0.0.1:${port}/`, { allowsLoopback: true })).toMatchObject({ status: 200 })
  const inside = resolving(['10.0.0.1'])
  expect(
    await call('https://inside.example/', { lookup: inside.lookup, allowsLoopback: true }),
  ).toMatchObject({
    failure: { kind: 'forbidden-address' },
  })
})

test('an address with a user name or a password is not called', async () => {
  const { asked, lookup } = resolving(['8.8.8.8'])
  expect(await call('https://me:secret@example.com/', { lookup })).toMatchObject({ isAnswered: false })
  expect(asked).toEqual([])
})

describe('an answer is bounded', () => {
  const local = { allowsLoopback: true, maxBytes: 1_000 }
  const kindOf = async (path: string, options: OutgoingOptions = {}) => {
    const result = await call(`http://127.0.0.1:${port}${path}`, { ...local, ...options })
    return result.isAnswered ? result.status : result.failure.kind
  }

  test('in size', async () => {
    expect(await kindOf('/large')).toBe('too-large')
    expect(await kindOf('/endless')).toBe('too-large')
    expect(await kindOf('/')).toBe(200)
  })
  test('in the size that it unpacks to', async () => {
    expect(gzipSync('x'.repeat(100_000)).length).toBeLessThan(1_000)
    expect(await kindOf('/packed')).toBe('too-large')
  })
  test('in time, also one that goes on drop by drop', async () => {
    expect(await kindOf('/silent', { timeoutMs: 300 })).toBe('timed-out')
    expect(await kindOf('/drop-by-drop', { timeoutMs: 300 })).toBe('timed-out')
  })
})

test('public addresses are told from special ones', () => {
  expect(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '2a00:1450::1'].map(isPublicAddress)).toEqual(
    Array(4).fill(true),
  )
})
