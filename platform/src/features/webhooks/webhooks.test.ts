import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeId } from '@bizq/sdk/contract'
import { Webhook } from 'standardwebhooks'
import { expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { test as base, type Platform } from '../../../test/harness.ts'
import { join, type Person } from '../../../test/people.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { deliverJob, nextDelayMs, retryDelaysMs } from './deliver.ts'

interface Receiver {
  url: string
  got: { headers: IncomingMessage['headers']; body: string }[]
  answer: { status: number; headers?: Record<string, string>; body?: string }
}

const test = base.extend<{ receiver: Receiver }>({
  // oxlint-disable-next-line eslint/no-empty-pattern -- the runner's own form
  receiver: async ({}, use) => {
    const receiver: Receiver = { url: '', got: [], answer: { status: 200 } }
    const server: Server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        receiver.got.push({ headers: request.headers, body })
        response.writeHead(receiver.answer.status, receiver.answer.headers).end(receiver.answer.body)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
    await use(receiver)
    server.closeAllConnections()
    server.close()
  },
})

async function emitAndDeliver(platform: Platform, person: Person, endpoint: string) {
  const organisation = decodeId('org', person.organisation)
  await withUnitOfWork(platform.deps, systemActor(organisation), async (unit) =>
    unit.emit('organisation.stopped', {}),
  )
  const [delivery] = (await person.get(`/v1/webhook-endpoints/${endpoint}/deliveries`)).body.items
  await deliverJob.handle(platform.deps, [{ organisation, delivery: decodeId('msg', delivery.id) }])
  return (await person.get(`/v1/webhook-endpoints/${endpoint}/deliveries`)).body.items[0]
}

const register = async (person: Person, url: string) =>
  (await person.post('/v1/webhook-endpoints', { url, events: ['organisation.stopped'] })).body

test('an event reaches the endpoint, signed so that the receiver can verify it', async ({
  platform,
  operator,
  receiver,
}) => {
  const endpoint = await register(operator, receiver.url)
  expect(await emitAndDeliver(platform, operator, endpoint.id)).toMatchObject({
    state: 'delivered',
    status: 200,
    attempts: 1,
  })
  const [got] = receiver.got
  const verified = new Webhook(endpoint.secret).verify(
    got?.body ?? '',
    got?.headers as Record<string, string>,
  )
  expect(verified).toMatchObject({ type: 'organisation.stopped' })
  expect(() =>
    new Webhook(endpoint.secret).verify(`${got?.body} `, got?.headers as Record<string, string>),
  ).toThrow()
})

test('a failing endpoint is tried again under the same id, later and later, for three days', async ({
  platform,
  operator,
  receiver,
}) => {
  receiver.answer = { status: 500 }
  const endpoint = await register(operator, receiver.url)
  const first = await emitAndDeliver(platform, operator, endpoint.id)
  expect(first).toMatchObject({ state: 'retrying', status: 500, attempts: 1 })
  receiver.answer = { status: 204 }
  await deliverJob.handle(platform.deps, [
    { organisation: decodeId('org', operator.organisation), delivery: decodeId('msg', first.id) },
  ])
  expect((await operator.get(`/v1/webhook-endpoints/${endpoint.id}/deliveries`)).body.items[0]).toMatchObject(
    { state: 'delivered', attempts: 2 },
  )
  expect(new Set(receiver.got.map((each) => each.headers['webhook-id'])).size).toBe(1)
  const hours = retryDelaysMs.reduce((sum, each) => sum + each, 0) / 3_600_000
  expect(hours).toBeGreaterThan(71)
  expect(hours).toBeLessThan(73)
})

test('what is over is sent again when somebody asks, arrived or not, under the same id', async ({
  platform,
  operator,
  stranger,
  receiver,
}) => {
  const endpoint = await register(operator, receiver.url)
  const path = `/v1/webhook-endpoints/${endpoint.id}`
  const { id } = await emitAndDeliver(platform, operator, endpoint.id)
  const again = (person: Person) => person.post(`/v1/webhook-deliveries/${id}/redeliver`)
  const deliver = () =>
    deliverJob.handle(platform.deps, [
      { organisation: decodeId('org', operator.organisation), delivery: decodeId('msg', id) },
    ])
  const state = async () => (await operator.get(`${path}/deliveries`)).body.items[0].state
  expect(await again(operator)).toMatchObject({ status: 200, body: { id, state: 'pending', attempts: 0 } })
  expect((await again(operator)).status).toBe(409)
  receiver.answer = { status: 410 }
  await deliver()
  expect(await state()).toBe('failed')
  receiver.answer = { status: 200 }
  await operator.send('PATCH', path, { isOn: false })
  expect((await again(operator)).body.detail).toContain('is off')
  await operator.send('PATCH', path, { isOn: true })
  expect((await again(stranger)).status).toBe(404)
  expect((await again(await join(platform.app, operator, 'viewer'))).status).toBe(403)
  expect((await again(operator)).status).toBe(200)
  await deliver()
  expect(await state()).toBe('delivered')
  expect(receiver.got.map(({ headers }) => headers['webhook-id'])).toEqual([id, id, id])
  expect(new Set(receiver.got.map(({ body }) => body)).size).toBe(1)
})

test('an endpoint that does not answer is left alone for a while, and what is for it is not lost', async ({
  platform,
  operator,
  receiver,
}) => {
  const organisation = decodeId('org', operator.organisation)
  const endpoint = await register(operator, receiver.url)
  let calls = 0
  const silent = {
    ...platform.deps.outgoing,
    call: () => {
      calls++
      return Promise.resolve({
        isAnswered: false as const,
        failure: { kind: 'timed-out' as const, detail: 'no answer in time' },
      })
    },
  }
  await withUnitOfWork(platform.deps, systemActor(organisation), async (unit) => {
    for (let i = 0; i < 5; i++) unit.emit('organisation.stopped', {})
  })
  const deliveries = async () =>
    (await operator.get(`/v1/webhook-endpoints/${endpoint.id}/deliveries`)).body.items
  const payloads = (await deliveries()).map(({ id }: { id: string }) => ({
    organisation,
    delivery: decodeId('msg', id),
  }))
  await deliverJob.handle({ ...platform.deps, outgoing: silent }, payloads)
  expect(calls).toBe(1)
  const waiting = await deliveries()
  expect(waiting.map(({ state }: { state: string }) => state)).toEqual(Array(5).fill('retrying'))
  expect(waiting.map(({ attempts }: { attempts: number }) => attempts).sort()).toEqual([0, 0, 0, 0, 1])

  await asAdmin(platform, 'update bizq.webhook_endpoints set rests_until = now()')
  await deliverJob.handle(platform.deps, payloads)
  expect(receiver.got).toHaveLength(5)
  expect((await deliveries()).map(({ state }: { state: string }) => state)).toEqual(
    Array(5).fill('delivered'),
  )
})

test('410 switches the endpoint off, and Retry-After is honoured', async ({
  platform,
  operator,
  receiver,
}) => {
  receiver.answer = { status: 410 }
  const endpoint = await register(operator, receiver.url)
  expect(await emitAndDeliver(platform, operator, endpoint.id)).toMatchObject({
    state: 'failed',
    status: 410,
  })
  expect((await operator.get('/v1/webhook-endpoints')).body.items[0]).toMatchObject({ isOn: false })
  const asked = (status: number) =>
    nextDelayMs(1, { isAnswered: true, status, headers: { 'retry-after': '600' }, body: '' })
  expect(asked(429)).toBe(600_000)
  expect(asked(500)).toBe(retryDelaysMs[0])
  expect(
    nextDelayMs(retryDelaysMs.length + 1, { isAnswered: true, status: 500, headers: {}, body: '' }),
  ).toBeUndefined()
})

test('an address inside is refused when it is registered, and only an owner registers', async ({
  operator,
  stranger,
}) => {
  const refused = await operator.post('/v1/webhook-endpoints', {
    url: 'https://169.254.169.254/',
    events: ['*'],
  })
  expect(refused.status).toBe(422)
  expect(refused.body.errors[0].pointer).toBe('/url')
  const made = await operator.post('/v1/webhook-endpoints', { url: 'https://hooks.example/', events: ['*'] })
  expect((await stranger.get(`/v1/webhook-endpoints/${made.body.id}/deliveries`)).status).toBe(404)
  expect((await operator.get('/v1/webhook-endpoints')).body.items[0].secret).toBeUndefined()
})

test('an event of a transaction that rolls back is sent to nobody', async ({
  platform,
  operator,
  receiver,
}) => {
  const endpoint = await register(operator, receiver.url)
  const failing = withUnitOfWork(
    platform.deps,
    systemActor(decodeId('org', operator.organisation)),
    async (unit) => {
      unit.emit('organisation.stopped', {})
      await unit.tx
        .insertInto('events')
        .values({ organisation_id: unit.actor.organisation, type: 'x', payload: 'not json' })
        .execute()
    },
  )
  await expect(failing).rejects.toThrow()
  expect((await operator.get(`/v1/webhook-endpoints/${endpoint.id}/deliveries`)).body.items).toEqual([])
})

test('a delivery shows what was sent and the first of what came back, to its own organisation alone', async ({
  platform,
  operator,
  stranger,
  receiver,
}) => {
  receiver.answer = { status: 500, body: `no\u0000 room${'x'.repeat(5_000)}` }
  const endpoint = await register(operator, receiver.url)
  const { id } = await emitAndDeliver(platform, operator, endpoint.id)
  const path = `/v1/webhook-deliveries/${id}`
  const whole = (await operator.get(path)).body
  expect(whole).toMatchObject({
    state: 'retrying',
    request: { url: receiver.url, headers: { 'webhook-id': id }, body: receiver.got[0]?.body },
    response: { status: 500, at: expect.any(String), body: expect.stringMatching(/^no\uFFFD room/) },
  })
  expect(whole.response.body).toHaveLength(2_000)
  expect(JSON.stringify(whole)).not.toContain(endpoint.secret)
  expect((await stranger.get(path)).status).toBe(404)
})

test('an endpoint can be tried before anything has happened', async ({ platform, operator, receiver }) => {
  const organisation = decodeId('org', operator.organisation)
  const endpoint = await register(operator, receiver.url)
  const tried = await operator.post(`/v1/webhook-endpoints/${endpoint.id}/try`)
  expect(tried).toMatchObject({ status: 201, body: { event: 'endpoint.tried', state: 'pending' } })
  await deliverJob.handle(platform.deps, [{ organisation, delivery: decodeId('msg', tried.body.id) }])
  const [got] = receiver.got
  expect(
    new Webhook(endpoint.secret).verify(got?.body ?? '', got?.headers as Record<string, string>),
  ).toMatchObject({
    type: 'endpoint.tried',
  })
  await operator.send('PATCH', `/v1/webhook-endpoints/${endpoint.id}`, { isOn: false })
  expect((await operator.post(`/v1/webhook-endpoints/${endpoint.id}/try`)).status).toBe(409)
})
