import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { nodeListener } from '../src/remote/node.ts'
import { rowBuilders } from '../src/testing/index.ts'
import { createTestPlatform, type TestPlatform } from '../src/testing/platform/index.ts'
import { plainProvider, type Registered } from './plain-provider/main.ts'

// What REMOTE.md says is enough: the provider under test knows nothing else of us.
let platform: TestPlatform
let registered: Registered

/** Listens on 127.0.0.1, below the ports that the system gives to clients. */
async function listen(server: Server): Promise<URL> {
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  for (let port = 20_000 + Math.floor(Math.random() * 10_000); ; port++) {
    const isOurs = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (isOurs) return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  }
}

beforeEach(async () => {
  const server = createServer((message, response) => nodeListener(platform.options.fetch)(message, response))
  const { origin } = await listen(server)
  platform = await createTestPlatform({ origin })
  const { clientId, privateKey, signingKeys } = platform.options
  registered = { platform: origin, clientId, privateKey, secret: signingKeys[0] }
})

const build = rowBuilders()
const bills = Array.from({ length: 250 }, () => build.bills({ status: 'open', dueAt: '2026-12-03' }))

test('a provider written from the protocol’s page alone reads its pages and answers', async () => {
  const url = await listen(plainProvider(registered))
  const { output, problem } = await platform.execute(new URL('/bizq', url), {
    data: { bills },
    settings: { days: 3 },
  })
  expect(problem).toBeUndefined()
  expect(output?.proposals).toHaveLength(250)
  expect(output?.proposals[0]?.parameters).toEqual({ bill: bills[0]?.id, dueAt: '2026-12-04' })
  expect(platform.reads).toEqual(['bills', 'bills after 200 rows'])
})

test('it may promise its output and hand it in later', async () => {
  const url = await listen(plainProvider(registered, true))
  const { output, wasLater } = await platform.execute(url, { data: { bills } })
  expect([wasLater, output?.metrics]).toEqual([true, { bills: 250 }])
})

test('it refuses what the platform did not sign, what is old, and what it took before', async () => {
  const url = await listen(plainProvider(registered))
  const status = async (...rest: [Parameters<TestPlatform['send']>[3]?, Date?]) =>
    (await platform.send(url, 'execute', platform.open({}), ...rest)).status
  let kept: { headers: Headers; body: string } | undefined
  expect(await status((request) => void (kept = request))).toBe(200)
  expect(await status(() => kept)).toBe(409)
  expect(await status(({ headers, body }) => ({ headers, body: `${body} ` }))).toBe(401)
  expect(await status(undefined, new Date(Date.now() - 310_000))).toBe(401)
  expect((await fetch(new URL('/health', url))).status).toBe(200)
})
