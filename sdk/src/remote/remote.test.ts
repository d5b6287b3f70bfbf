import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { CannotServe, defineProvider, RetryLater, usd, z } from '../index.ts'
import { rowBuilders } from '../testing/index.ts'
import { createTestPlatform, type TestPlatform } from '../testing/platform/index.ts'
import { createRemoteHandler, type RemoteOptions } from './index.ts'
import { nodeListener } from './node.ts'

const build = rowBuilders()
const base = {
  service: 'remote-mover',
  version: '1.2.0',
  name: 'Remote Mover',
  category: 'financial/cash-flow',
  summary: 'Moves every bill by some days, on a server of its own.',
  pricing: { monthly: usd(1) },
  capabilities: ['payables_scheduling'],
  data: { bills: { fields: ['id', 'dueAt'], history: '90d', purpose: 'To know what falls due.' } },
  money: 'scaled',
  actions: ['bill.reschedule'],
  schedule: 'daily',
  remote: 'https://provider.example/bizq',
} as const
const mover = defineProvider({
  ...base,
  settings: z.object({ days: z.int().min(1).default(7) }),
  state: z.object({ runs: z.int() }),
  execute({ data, settings, state, today, propose }) {
    for (const bill of data.bills) {
      const dueAt = today.add({ days: settings.days }).toString()
      propose('bill.reschedule', { bill: bill.id, dueAt }, { confidence: 0.9, because: [bill] })
    }
    return { state: { runs: (state?.runs ?? 0) + 1 } }
  },
})
const bills = (count: number) => Array.from({ length: count }, () => build.bills({ dueAt: '2026-12-03' }))

let platform: TestPlatform
const errors: unknown[] = []
const handlerOf = (provider: Parameters<typeof createRemoteHandler>[0], more: Partial<RemoteOptions> = {}) =>
  createRemoteHandler(provider, { ...platform.options, onError: (error) => errors.push(error), ...more })
beforeEach(async () => {
  platform = await createTestPlatform()
})
afterEach(() => errors.splice(0))

describe('an execution', () => {
  test('reads the granted rows page by page and answers with what a sandboxed one would', async () => {
    const rows = bills(450)
    const { output, wasLater } = await platform.execute(handlerOf(mover), {
      data: { bills: rows },
      settings: { days: 3 },
      state: { runs: 4 },
    })
    expect(platform.reads).toEqual(['bills', 'bills after 200 rows', 'bills after 400 rows'])
    expect(wasLater).toBe(false)
    expect(output?.proposals).toHaveLength(450)
    expect(output?.proposals[449]).toEqual({
      type: 'bill.reschedule',
      parameters: { bill: rows[449]?.id, dueAt: '2026-12-04' },
      confidence: 0.9,
      because: [{ dataset: 'bills', id: rows[449]?.id }],
    })
    expect(output?.state).toEqual({ runs: 5 })
  })

  test('asks for one token for each grant, and for no more', async () => {
    const handler = handlerOf(mover)
    await platform.execute(handler, { data: { bills: bills(450) } })
    await platform.execute(handler, { data: { bills: bills(1) } })
    const grants = [...platform.authorisation.issued.values()].map(({ grant }) => grant)
    expect(new Set(grants).size).toBe(2)
    expect(grants).toHaveLength(2)
  })

  test('asks for a new token when the one it has is refused', async () => {
    const handler = handlerOf(mover)
    const call = platform.open({ data: { bills: bills(1) } })
    expect((await platform.send(handler, 'execute', call)).status).toBe(200)
    platform.authorisation.revokeAll()
    expect((await platform.send(handler, 'execute', call)).status).toBe(200)
  })

  test('a dataset that was not granted is empty and is not read', async () => {
    const { output } = await platform.execute(handlerOf(mover), { data: {} })
    expect(output?.proposals).toEqual([])
    expect(platform.reads).toEqual([])
  })

  test('pages that were not loaded beforehand are read as they are used', async () => {
    const seen: number[] = []
    const pager = defineProvider({
      ...base,
      async execute({ data, pages, propose }) {
        expect(data.bills).toEqual([])
        for await (const page of pages('bills')) {
          seen.push(page.length)
          const [bill] = page
          if (bill)
            propose(
              'bill.reschedule',
              { bill: bill.id, dueAt: '2026-12-24' },
              { confidence: 1, because: [bill] },
            )
          if (seen.length === 2) break
        }
      },
    })
    const { output } = await platform.execute(handlerOf(pager, { preload: [] }), {
      data: { bills: bills(900) },
    })
    expect(seen).toEqual([200, 200])
    expect(platform.reads).toHaveLength(2)
    expect(output?.proposals).toHaveLength(2)
  })

  test('what takes longer is answered with 202, and its output comes later, once', async () => {
    const gate = Promise.withResolvers<void>()
    const slow = defineProvider({
      ...base,
      execute: async () => (await gate.promise, { metrics: { slept: 1 } }),
    })
    const handler = handlerOf(slow, { answerWithinMs: 5 })
    const call = platform.open({ data: { bills: [] } })
    const first = await platform.send(handler, 'execute', call)
    const again = await platform.send(handler, 'execute', call)
    expect([first.status, again.status]).toEqual([202, 202])
    gate.resolve()
    await handler.settled()
    expect(errors).toEqual([])
    const { output, wasLater } = await platform.execute(handlerOf(slow, { answerWithinMs: 0 }), {})
    expect([wasLater, output?.metrics]).toEqual([true, { slept: 1 }])
  })

  test('what the platform will not take of a later output is told to the provider’s own log', async () => {
    const quick = defineProvider({ ...base, execute() {} })
    const picky: typeof fetch = async (input, init) => {
      const answer = await platform.options.fetch(input, init)
      const { pathname } = new URL(input instanceof Request ? input.url : input)
      const problems = [{ pointer: '/proposals/0', detail: 'no such row' }]
      return pathname.endsWith('/output') ? Response.json({ outcome: 'invalid-output', problems }) : answer
    }
    const handler = handlerOf(quick, { answerWithinMs: 0, fetch: picky })
    await platform.execute(handler)
    await handler.settled()
    expect(String(errors[0])).toContain('/proposals/0: no such row')
  })

  test('a refusal that comes later arrives too', async () => {
    const unable = defineProvider({
      ...base,
      execute: () => {
        throw new CannotServe('there are no bills')
      },
    })
    const { problem, wasLater } = await platform.execute(handlerOf(unable, { answerWithinMs: 0 }))
    expect(wasLater).toBe(true)
    expect(problem).toMatchObject({ code: 'cannot-serve', detail: 'there are no bills' })
  })

  test('what a provider throws on purpose has its own answer; all else says nothing of itself', async () => {
    const throws = (error: Error) =>
      platform.execute(
        handlerOf(
          defineProvider({
            ...base,
            execute: () => {
              throw error
            },
          }),
        ),
      )
    expect((await throws(new RetryLater(5))).problem).toMatchObject({
      code: 'retry-later',
      afterSeconds: 60,
      status: 503,
    })
    const { problem } = await throws(new Error('the password is hunter2'))
    expect(problem).toEqual({ code: 'failed', title: 'The provider failed', status: 500 })
    expect(errors).toContainEqual(expect.objectContaining({ message: 'the password is hunter2' }))
  })
})

describe('a request', () => {
  const status = async (
    change: (request: { headers: Headers; body: string }) => { headers: Headers; body: string } | void,
    at?: Date,
    more?: Partial<RemoteOptions>,
  ) => {
    const response = await platform.send(handlerOf(mover, more), 'execute', platform.open({}), change, at)
    return [response.status, ((await response.json()) as { code?: string }).code]
  }
  const only = (scheme: string) => (request: { headers: Headers; body: string }) => {
    const parts = request.headers.get('webhook-signature')?.split(' ') ?? []
    request.headers.set('webhook-signature', parts.filter((part) => part.startsWith(`${scheme},`)).join(' '))
  }

  test('is taken with the symmetric signature alone, and with the Ed25519 one alone', async () => {
    const [symmetric, ed25519] = platform.options.signingKeys
    expect(await status(only('v1'), new Date(), { signingKeys: [symmetric] })).toEqual([200, undefined])
    expect(await status(only('v1a'), new Date(), { signingKeys: [ed25519] })).toEqual([200, undefined])
    expect(await status(only('v1'), new Date(), { signingKeys: [ed25519] })).toEqual([401, 'bad-signature'])
    expect(await status(only('v1a'), new Date(), { signingKeys: [symmetric] })).toEqual([
      401,
      'bad-signature',
    ])
  })

  test('is taken when it was signed with the library of Standard Webhooks', async () => {
    const [symmetric] = platform.options.signingKeys
    const sign = ({ headers, body }: { headers: Headers; body: string }) => {
      headers.set('webhook-id', 'msg_1')
      headers.set(
        'webhook-signature',
        new Webhook(symmetric).sign(
          'msg_1',
          new Date(Number(headers.get('webhook-timestamp')) * 1_000),
          body,
        ),
      )
    }
    expect(await status(sign)).toEqual([200, undefined])
  })

  test.each<
    [string, (request: { headers: Headers; body: string }) => { headers: Headers; body: string } | void]
  >([
    ['whose body was changed', ({ headers, body }) => ({ headers, body: body.replace('London', 'Berlin') })],
    ['whose id was changed', ({ headers }) => headers.set('webhook-id', 'msg_other')],
    [
      'whose time was changed',
      ({ headers }) => headers.set('webhook-timestamp', String(Math.floor(Date.now() / 1_000) + 1)),
    ],
    ['without a signature', ({ headers }) => headers.delete('webhook-signature')],
    ['with a signature that is none', ({ headers }) => headers.set('webhook-signature', 'v1,@@ v1a v2,AAAA')],
  ])('%s is refused', async (_, change) => {
    expect(await status(change)).toEqual([401, 'bad-signature'])
  })

  test('older than 300 s, or that far ahead, is refused though it is signed', async () => {
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000)
    expect(await status(() => {}, ago(290))).toEqual([200, undefined])
    expect(await status(() => {}, ago(302))).toEqual([401, 'outside-replay-window'])
    expect(await status(() => {}, ago(-302))).toEqual([401, 'outside-replay-window'])
  })

  test('is taken once: sent again as it was, it is refused', async () => {
    const handler = handlerOf(mover)
    let kept: { headers: Headers; body: string } | undefined
    const keep = (request: { headers: Headers; body: string }) => {
      kept = request
    }
    const first = await platform.send(handler, 'execute', platform.open({}), keep)
    const again = await platform.send(handler, 'execute', {}, () => kept)
    expect([first.status, again.status]).toEqual([200, 409])
  })

  test('that is not what the contract says is refused with its places, and a large one at once', async () => {
    const handler = handlerOf(mover)
    const wrong = await platform.send(handler, 'execute', { ...platform.open({}), execution: 'x' })
    expect(wrong.status).toBe(400)
    expect(await wrong.json()).toMatchObject({
      code: 'bad-request',
      detail: expect.stringContaining('/execution') as string,
    })
    const large = await platform.send(handler, 'execute', { text: 'x'.repeat(1_100_000) })
    expect(large.status).toBe(413)
    expect((await platform.send(handler, 'delete', {})).status).toBe(404)
  })
})

test('a platform that refuses the client makes an execution that the platform tries again', async () => {
  const stranger = handlerOf(mover, { clientId: 'somebody-else' })
  const { problem } = await platform.execute(stranger, { data: { bills: bills(1) } })
  expect(problem).toMatchObject({ code: 'data-unavailable', status: 503 })
  expect(String(errors[0])).toContain('another client')
})

test('a provider without a report of its own answers 404, one with it answers the report', async () => {
  const input = {
    period: { from: '2026-11-01', to: '2026-11-30' },
    history: { executions: [], actions: [] },
    settings: {},
  }
  expect((await platform.report(handlerOf(mover), input)).status).toBe(404)
  const reporter = defineProvider({
    ...base,
    execute() {},
    report: ({ period }) => ({
      kpis: [{ name: 'Days', value: 30 }],
      improvements: [period.from],
      savings: [],
      nextActions: [],
    }),
  })
  const answer = await platform.report(handlerOf(reporter), input)
  expect(await answer.json()).toMatchObject({
    kpis: [{ name: 'Days', value: 30 }],
    improvements: ['2026-11-01'],
  })
})

test('a signing key that is none says what one looks like', async () => {
  const response = await platform.send(handlerOf(mover, { signingKeys: ['secret'] }), 'execute', {})
  expect(response.status).toBe(500)
  expect(String(errors[0])).toContain('whsec_')
})

describe('on a server', () => {
  const listening = async (server: Server) => {
    onTestFinished(() => void server.close())
    // Below the ports that the system gives to clients.
    for (let port = 21_000 + (process.pid % 5_000); ; port++) {
      const isFree = await new Promise<boolean>((resolve) => {
        server.once('error', () => resolve(false))
        server.listen(port, '127.0.0.1', () => resolve(true))
      })
      if (isFree) return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    }
  }

  test('of node:http the same provider answers', async () => {
    const url = await listening(createServer(nodeListener(handlerOf(mover))))
    const { output } = await platform.execute(new URL('/bizq', url), { data: { bills: bills(3) } })
    expect(output?.proposals).toHaveLength(3)
    const health = await fetch(new URL('/bizq/health', url))
    expect(await health.json()).toEqual({
      status: 'ok',
      service: 'remote-mover',
      version: '1.2.0',
      contract: 1,
    })
    expect((await fetch(new URL('/bizq/execute', url), { method: 'POST', body: '{}' })).status).toBe(401)
  })

  test('of Hono the same provider answers', async () => {
    const handler = handlerOf(mover)
    const app = new Hono().all('/services/mover/*', (c) => handler(c.req.raw))
    const server = serve({
      fetch: app.fetch,
      port: 27_000 + (process.pid % 5_000),
      hostname: '127.0.0.1',
    }) as Server
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/services/mover`)
    const { output } = await platform.execute(url, { data: { bills: bills(3) } })
    expect(output?.proposals).toHaveLength(3)
    expect((await fetch(`${url.href}/health`)).status).toBe(200)
  })
})
