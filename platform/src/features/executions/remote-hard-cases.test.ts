import { createPublicKey, verify } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { decodeId } from '@bizq/sdk/contract'
import { Webhook } from 'standardwebhooks'
import { describe, expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { test as base, type Platform } from '../../../test/harness.ts'
import { callWith, register, serveNode, tokenForGrant, type Node } from '../../../test/oauth.ts'
import { signUpOperator } from '../../../test/people.ts'
import { endpoint, leadTo, listen, openRemoteOffice, type Server } from '../../../test/remote.ts'
import { manifestOf } from '../../../test/services.ts'
import { runExecution } from './run.ts'
import { circuitThreshold } from './settle.ts'

interface Call {
  path: string
  headers: IncomingMessage['headers']
  body: string
}
type Answerer = (call: Call, response: ServerResponse) => void

/** A provider's server that answers as the test says, and remembers what it was asked. */
interface Stage extends Server {
  calls: Call[]
  answer: Answerer
}

const empty = { proposals: [], recommendations: [], metrics: {}, state: null }
const json =
  (status: number, body: unknown, type = 'application/json'): Answerer =>
  (_call, response) =>
    response
      .writeHead(status, { 'content-type': type })
      .end(typeof body === 'string' ? body : JSON.stringify(body))
const problem = (status: number, code: string, more = {}): Answerer =>
  json(status, { code, title: 'As told', status, ...more }, 'application/problem+json')

const test = base.extend<{ node: Node; stage: Stage }>({
  node: [
    async ({ platform }: { platform: Platform }, use: (node: Node) => Promise<void>) => {
      const node = await serveNode(platform)
      await use(node)
      await node.close()
    },
    { scope: 'file' },
  ] as never,
  stage: async ({ platform }, use) => {
    const stage = { calls: [] as Call[], answer: json(200, empty) } as unknown as Stage
    const server = await listen((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const body = Buffer.concat(parts).toString()
        const call = { path: request.url ?? '', headers: request.headers, body }
        stage.calls.push(call)
        stage.answer(call, response)
      })
    })
    leadTo(platform, server.url, 1_000)
    await use(Object.assign(stage, server))
    await server.close()
  },
})

test('a request is signed with both kinds of key, holds no data, and after a rotation with old and new keys', async ({
  platform,
  operator,
  stage,
}) => {
  const office = await openRemoteOffice(platform, operator, { settings: { graceDays: 9 } })
  const path = `/v1/provider/services/${office.published.service}/signing-keys`
  const [key] = (await office.provider.get(path)).body.keys
  const execution = await office.run()
  const [call] = stage.calls
  expect(call?.path).toBe('/bizq/execute')
  expect(JSON.parse(call?.body ?? '')).toEqual({
    execution: execution.id,
    grant: office.grant,
    service: office.published.service,
    version: '1.0.0',
    now: expect.any(String),
    timeZone: 'Europe/London',
    locale: 'en-GB',
    datasets: ['customers', 'invoices'],
    settings: { graceDays: 9 },
    state: null,
  })
  const isSigned = (
    given: Call | undefined,
    { secret, publicKey }: { secret: string; publicKey: string },
  ) => {
    const headers = given?.headers as Record<string, string>
    new Webhook(secret).verify(given?.body ?? '', headers)
    const x = Buffer.from(publicKey.replace('whpk_', ''), 'base64').toString('base64url')
    const signed = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${given?.body}`)
    const signatures = String(headers['webhook-signature']).split(' ')
    return signatures.some(
      (each) =>
        each.startsWith('v1a,') &&
        verify(
          null,
          signed,
          createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
          Buffer.from(each.slice(4), 'base64'),
        ),
    )
  }
  expect(isSigned(call, key)).toBe(true)
  expect(call?.headers['webhook-id']).toBe(execution.id)

  const rotated = (await office.provider.post(path)).body.keys
  expect(rotated).toHaveLength(2)
  expect(rotated[1]).toMatchObject({ secret: key.secret, until: expect.any(String) })
  await office.run()
  expect(isSigned(stage.calls.at(-1), rotated[0])).toBe(true)
  expect(isSigned(stage.calls.at(-1), rotated[1])).toBe(true)
  await asAdmin(platform, `update bizq.remote_signing set rotated_at = now() - interval '25 hours'`)
  await office.run()
  expect(() => isSigned(stage.calls.at(-1), rotated[1])).toThrow('No matching signature')
  expect((await office.provider.get(path)).body.keys).toHaveLength(1)
})

test('signing keys are the provider’s own', async ({ platform, operator, stage }) => {
  expect(stage.calls).toEqual([])
  const office = await openRemoteOffice(platform, operator)
  const path = `/v1/provider/services/${office.published.service}/signing-keys`
  const other = await signUpOperator(platform.app, 'provider')
  expect((await other.get(path)).status).toBe(404)
  expect((await other.post(path)).status).toBe(404)
  expect((await operator.get(path)).status).toBe(403)
})

describe('an answer that', () => {
  const deep = `{"proposals":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
  const cases: [what: string, answer: Answerer, expected: Record<string, unknown>][] = [
    [
      'asks for later',
      problem(503, 'retry-later', { afterSeconds: 600 }),
      { state: 'waiting', outcome: 'retry-later' },
    ],
    [
      'cannot serve',
      problem(422, 'cannot-serve', { detail: 'No order lines.' }),
      { state: 'refused', outcome: 'cannot-serve', reason: 'No order lines.' },
    ],
    ['failed', problem(500, 'failed'), { state: 'failed', outcome: 'failed', attempts: 1 }],
    ['did not know our signature', problem(401, 'bad-signature'), { state: 'failed', outcome: 'failed' }],
    [
      'could not read its data',
      problem(503, 'data-unavailable'),
      { state: 'waiting', outcome: 'unreachable' },
    ],
    [
      'comes from a gateway',
      json(502, 'bad gateway', 'text/html'),
      { state: 'waiting', outcome: 'unreachable' },
    ],
    ['is some other status', json(418, 'teapot', 'text/plain'), { state: 'failed', outcome: 'failed' }],
    [
      'leads elsewhere',
      (_call, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
      { state: 'failed', outcome: 'failed', reason: expect.stringContaining('302') },
    ],
    ['does not come', () => {}, { state: 'waiting', outcome: 'timed-out' }],
    [
      'breaks off',
      (_call, response) => void response.destroy(),
      { state: 'waiting', outcome: 'unreachable' },
    ],
    ['is too large', json(200, 'x'.repeat(1_100_000)), { state: 'failed', outcome: 'output-too-large' }],
    ['is no JSON', json(200, 'fine'), { state: 'failed', outcome: 'invalid-output' }],
    ['is nested too deeply', json(200, deep), { state: 'failed', outcome: 'invalid-output' }],
    [
      'names a row that it was not given',
      json(200, {
        ...empty,
        proposals: [
          {
            type: 'invoice.remind',
            parameters: { invoice: `inv_${'0'.repeat(32)}` },
            confidence: 1,
            because: [],
          },
        ],
      }),
      { state: 'failed', outcome: 'invalid-output' },
    ],
  ]
  for (const [what, answer, expected] of cases) {
    test(`${what} ends as that`, async ({ platform, operator, stage }) => {
      const office = await openRemoteOffice(platform, operator)
      stage.answer = answer
      expect(await office.run()).toMatchObject(expected)
    })
  }
})

test('what failed is tried again with growing waits, on the same input, and asked first how it is', async ({
  platform,
  operator,
  stage,
}) => {
  const office = await openRemoteOffice(platform, operator)
  stage.answer = json(503, 'down', 'text/plain')
  const first = await office.run()
  expect(first).toMatchObject({ state: 'waiting', outcome: 'unreachable', attempts: 1 })
  await office.hurry()
  stage.calls.length = 0
  const second = await office.run()
  expect(second).toMatchObject({ state: 'waiting', attempts: 2, reason: 'Its health answered 503.' })
  expect(Math.round((Date.parse(second.nextAttemptAt) - Date.now()) / 60_000)).toBe(5)
  expect(stage.calls.map(({ path }) => path)).toEqual(['/bizq/health'])
  await office.hurry()
  const health = { status: 'ok', service: office.published.service, version: '0.9.0', contract: 1 }
  stage.answer = (call, response) => json(200, call.path.endsWith('/health') ? health : empty)(call, response)
  expect(await office.run()).toMatchObject({ state: 'failed', outcome: 'unreachable', attempts: 3 })

  stage.answer = json(503, 'down', 'text/plain')
  await office.run()
  await office.hurry()
  health.version = '1.0.0'
  stage.answer = (call, response) => json(200, call.path.endsWith('/health') ? health : empty)(call, response)
  const healed = await office.run()
  expect(healed).toMatchObject({ state: 'succeeded', attempts: 2 })
  const left = await operator.get(`/v1/subscriptions/${office.subscription}/disclosures`)
  expect(left.body.items).toHaveLength(2)
})

test('a release that only fails rests, for every subscriber', async ({ platform, operator, stage }) => {
  const office = await openRemoteOffice(platform, operator)
  stage.answer = problem(500, 'failed')
  expect(await office.run()).toMatchObject({ state: 'failed' })
  const counted = await asAdmin(
    platform,
    'update bizq.release_circuits set failures = $2 where release_id = $1 and failures = 1 returning failures',
    [decodeId('rel', office.published.release), circuitThreshold - 1],
  )
  expect(counted).toHaveLength(1)
  expect(await office.run()).toMatchObject({ state: 'failed' })
  const asked = stage.calls.length
  expect(await office.run()).toMatchObject({
    state: 'waiting',
    reason: 'The release failed too often and is resting.',
  })
  expect(stage.calls).toHaveLength(asked)
})

describe('a promised output', () => {
  test('that is not given in 15 minutes is a time-out, and nobody takes the execution over before', async ({
    platform,
    operator,
    stage,
  }) => {
    const office = await openRemoteOffice(platform, operator)
    stage.answer = json(202, '')
    const running = await office.run()
    expect(running.state).toBe('running')
    const payload = {
      organisation: decodeId('org', operator.organisation),
      execution: decodeId('exe', running.id),
    }
    await runExecution(platform.deps, payload, { mayCallOut: true, isHandedOutAgain: true })
    expect(stage.calls).toHaveLength(1)
    const left = () =>
      platform.deps.directory
        .selectFrom('directory.left_executions')
        .select('id')
        .where('id', '=', payload.execution)
        .execute()
    expect(await left()).toEqual([])
    await office.passTime()
    expect(await left()).toHaveLength(1)
    expect(await office.run()).toMatchObject({ state: 'waiting', outcome: 'timed-out', attempts: 1 })
  })

  test('is taken once, of its own grant, while it is waited for', async ({
    platform,
    operator,
    node,
    stage,
  }) => {
    const office = await openRemoteOffice(platform, operator)
    const held = await tokenForGrant(node, await register(office.provider), office.grant)
    const send = async (id: string, body: unknown) => {
      const answer = await callWith(node, held, 'POST', `/v1/executions/${id}/output`, body)
      const { type, ...rest } = (await answer.json()) as {
        type?: string
        outcome?: string
        problems?: object[]
      }
      return type?.split('/').at(-1) ?? rest
    }
    stage.answer = json(202, '')
    const { id } = await office.run()
    const another = await openRemoteOffice(platform, operator, { provider: office.provider })
    expect(await send((await another.run()).id, empty)).toBe('not-found')
    expect(await send(id, { ...empty, metrics: { late: 1 } })).toEqual({ outcome: 'succeeded', problems: [] })
    expect(await send(id, empty)).toBe('no-open-execution')
    expect((await operator.get(`/v1/executions/${id}`)).body).toMatchObject({
      output: { metrics: { late: 1 } },
    })

    const overdue = (await office.run()).id
    await office.passTime()
    expect(await send(overdue, empty)).toBe('no-open-execution')
    await office.run()
    await office.hurry()
    stage.answer = (call, response) =>
      call.path.endsWith('/health')
        ? json(200, { status: 'ok', service: office.published.service, version: '1.0.0', contract: 1 })(
            call,
            response,
          )
        : json(202, '')(call, response)
    await office.run()
    expect(
      await send(overdue, {
        problem: { code: 'cannot-serve', title: 'No', status: 422, detail: 'Not today.' },
      }),
    ).toEqual({
      outcome: 'cannot-serve',
      problems: [],
    })
    const wrong = (await office.run()).id
    expect(await send(wrong, { proposals: 1 })).toMatchObject({
      outcome: 'invalid-output',
      problems: expect.arrayContaining([expect.objectContaining({ pointer: '/proposals' })]),
    })
  })

  test('of a cancelled subscription is refused, and its rows are gone', async ({
    platform,
    operator,
    node,
    stage,
  }) => {
    const office = await openRemoteOffice(platform, operator)
    const held = await tokenForGrant(node, await register(office.provider), office.grant)
    stage.answer = json(202, '')
    const { id } = await office.run()
    await operator.send('DELETE', `/v1/subscriptions/${office.subscription}`)
    const answer = await callWith(node, held, 'POST', `/v1/executions/${id}/output`, empty)
    expect(await answer.json()).toMatchObject({ type: expect.stringContaining('grant-not-active') })
    expect((await operator.get(`/v1/executions/${id}`)).body).toMatchObject({
      state: 'cancelled',
      output: null,
    })
  })
})

test('an execution on a provider’s own server is left to a job of its own', async ({
  platform,
  operator,
  stage,
}) => {
  const office = await openRemoteOffice(platform, operator)
  const { id } = await office.latest()
  const payload = { organisation: decodeId('org', operator.organisation), execution: decodeId('exe', id) }
  await runExecution(platform.deps, payload)
  expect(stage.calls).toEqual([])
  expect((await office.latest()).state).toBe('queued')
  const jobs = await asAdmin<{ data: object }[]>(
    platform,
    `select data from pgboss.job where name = 'executions.run-remote' and data->>'execution' = $1`,
    [payload.execution],
  )
  expect(jobs).toEqual([{ data: payload }])
})

test('a remote release is taken only where remote services are tried, and never at a special address', async ({
  platform,
  stage,
}) => {
  expect(stage.calls).toEqual([])
  const provider = await signUpOperator(platform.app, 'provider')
  const service = `remote-${process.pid}`
  await provider.post('/v1/provider/services', { service })
  const submit = async (to: string) => {
    const manifest = manifestOf({ service, runtime: { kind: 'remote', endpoint: to } })
    const answer = await provider.post(`/v1/provider/services/${service}/releases`, { manifest, bundle: '' })
    return answer.status === 201 ? answer.body.state : answer.body.errors
  }
  platform.deps.openTrial = null
  expect(await submit(endpoint)).toMatchObject([{ pointer: '/manifest/runtime' }])
  platform.deps.openTrial = () => undefined
  for (const to of ['https://10.0.0.1/x', 'https://0xa9fea9fe/x', 'https://[::ffff:10.0.0.1]/x'])
    expect(await submit(to)).toMatchObject([{ pointer: '/manifest/runtime/endpoint' }])
})
