import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { test as base, type Platform } from '../../../test/harness.ts'
import { join, type Person } from '../../../test/people.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { startServer, type RunningServer } from '../../server.ts'

const test = base.extend<{ server: RunningServer }>({
  server: async ({ platform }, use) => {
    const server = await startServer(platform.app, { host: '127.0.0.1', port: 0 })
    await use(server)
    await server.close()
  },
})

interface Stream {
  response: IncomingMessage
  frames: { id: string; event: string; data: Record<string, unknown> }[]
  until(count: number): Promise<void>
  close(): void
}

async function follow(
  server: RunningServer,
  person: Person,
  lastEventId?: string,
  auth: Record<string, string> = { cookie: person.cookie },
): Promise<Stream> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(
      `http://127.0.0.1:${server.port}/v1/events`,
      { headers: { ...auth, ...(lastEventId ? { 'last-event-id': lastEventId } : {}) } },
      resolve,
    ).once('error', reject)
  })
  expect(response.statusCode).toBe(200)
  const frames: Stream['frames'] = []
  let rest = ''
  let wake = () => {}
  response.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const lines = new Map(
        part.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      )
      if (lines.has('event'))
        frames.push({
          id: lines.get('id') ?? '',
          event: lines.get('event') ?? '',
          data: JSON.parse(lines.get('data') ?? '{}'),
        })
    }
    wake()
  })
  response.on('error', () => {})
  return {
    response,
    frames,
    until: async (count) => {
      while (frames.length < count) await new Promise<void>((resolve) => (wake = resolve))
    },
    close: () => response.destroy(),
  }
}

async function emit(platform: Platform, person: Person, count = 1): Promise<void> {
  for (let i = 0; i < count; i++) await tell(platform, person, 'organisation.stopped')
}

function tell(
  { deps }: Platform,
  { organisation }: Person,
  event: 'organisation.stopped' | 'organisation.resumed',
): Promise<void> {
  return withUnitOfWork(deps, systemActor(decodeId('org', organisation)), async (unit) =>
    unit.emit(event, {}),
  )
}

test('a committed event reaches its own organisation and no other', async ({
  platform,
  server,
  operator,
  stranger,
}) => {
  const mine = await follow(server, operator)
  const theirs = await follow(server, stranger)
  for (const person of [operator, stranger, operator]) await emit(platform, person)
  await tell(platform, stranger, 'organisation.resumed')
  await tell(platform, operator, 'organisation.resumed')
  await mine.until(4)
  await theirs.until(3)
  // The last of each comes after all the others: what was told to the wrong one stands before it.
  const [stopped, resumed] = ['organisation.stopped', 'organisation.resumed']
  expect(mine.frames.map((f) => f.event)).toEqual(['ready', stopped, stopped, resumed])
  expect(theirs.frames.map((f) => f.event)).toEqual(['ready', stopped, resumed])
  mine.close()
  theirs.close()
})

test('a token without the scope follows nothing', async ({ operator }) => {
  const token = await operator.withToken(['data:read'])
  expect((await token.get('/v1/events')).status).toBe(403)
})

test('an event of a transaction that rolls back is never told', async ({ platform, server, operator }) => {
  const stream = await follow(server, operator)
  const actor = systemActor(decodeId('org', operator.organisation))
  const failing = withUnitOfWork(platform.deps, actor, async (unit) => {
    unit.emit('organisation.stopped', {})
    await unit.tx
      .insertInto('events')
      .values({ organisation_id: actor.organisation, type: 'x', payload: 'not json' })
      .execute()
  })
  await expect(failing).rejects.toThrow()
  await withUnitOfWork(platform.deps, actor, async (unit) => unit.emit('organisation.resumed', {}))
  await stream.until(2)
  expect(stream.frames[1]?.event).toBe('organisation.resumed')
  stream.close()
})

test('a client that comes back with the last id it saw misses nothing, gets nothing twice and nothing of others', async ({
  platform,
  server,
  operator,
  stranger,
}) => {
  const first = await follow(server, operator)
  await emit(platform, operator, 2)
  await first.until(3)
  first.close()
  await emit(platform, operator, 3)
  await emit(platform, stranger, 2)
  const second = await follow(server, operator, first.frames[1]?.id)
  await emit(platform, operator, 1)
  await second.until(6)
  const ids = [...first.frames.slice(1, 2), ...second.frames.slice(1)].map((f) => f.id)
  expect(new Set(ids).size).toBe(6)
  expect(second.frames).toHaveLength(6)
  second.close()
})

test('events come in commit order even when an older transaction commits last', async ({
  platform,
  server,
  operator,
}) => {
  const stream = await follow(server, operator)
  const actor = systemActor(decodeId('org', operator.organisation))
  let release = () => {}
  const isHeld = new Promise<void>((resolve) => (release = resolve))
  const slow = withUnitOfWork(platform.deps, actor, async (unit) => {
    await unit.tx
      .insertInto('events')
      .values({ organisation_id: actor.organisation, type: 'slow', payload: '{}' })
      .execute()
    await isHeld
    unit.emit('organisation.resumed', {})
  })
  await sleep(20)
  await emit(platform, operator)
  release()
  await slow
  await stream.until(4)
  expect(stream.frames.slice(1).map((f) => f.event)).toEqual([
    'slow',
    'organisation.resumed',
    'organisation.stopped',
  ])
  stream.close()
})

test('an idle stream asks the database nothing: events are pushed, not polled for', async ({
  platform,
  server,
  operator,
}) => {
  const stream = await follow(server, operator)
  await emit(platform, operator)
  await stream.until(2)
  await sleep(100)
  let queries = 0
  const count = () => void queries++
  platform.deps.pools.directory.on('acquire', count)
  await sleep(1_500)
  platform.deps.pools.directory.off('acquire', count)
  expect(queries).toBe(0)
  stream.close()
})

test('the stream goes on after its database connection was cut', async ({ platform, server, operator }) => {
  const stream = await follow(server, operator)
  const { rows } = await platform.deps.pools.directory.query<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = 'bizq-events' and datname = current_database()`,
  )
  const { Client } = await import('pg')
  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  for (const { pid } of rows) await admin.query('select pg_terminate_backend($1)', [pid])
  await admin.end()
  await emit(platform, operator)
  await stream.until(2)
  expect(stream.frames[1]?.event).toBe('organisation.stopped')
  stream.close()
})

test('a stream ends when its session, its token or its membership does, and no other', async ({
  platform,
  server,
  operator,
}) => {
  const member = await join(platform.app, operator, 'viewer')
  const token = await operator.post('/v1/tokens', { name: 't', scopes: ['events:read'], role: 'viewer' })
  const leaving = await join(platform.app, operator, 'viewer')
  const staying = await follow(server, operator)
  const streams = [
    await follow(server, member),
    await follow(server, operator, undefined, { authorization: `Bearer ${token.body.secret}` }),
    await follow(server, leaving),
  ]
  await platform.deps.hub.check()
  expect(streams.map(({ response }) => response.closed)).toEqual([false, false, false])

  const { items } = (await operator.get('/v1/members')).body
  const removed = items.find((each: { email: string }) => each.email === member.email)
  await operator.send('DELETE', `/v1/members/${removed.id}`)
  await operator.send('DELETE', `/v1/tokens/${token.body.id}`)
  await platform.app.request('/auth/sign-out', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: 'http://127.0.0.1:3000',
      host: '127.0.0.1:3000',
      cookie: leaving.cookie,
    },
    body: '{}',
  })
  await platform.deps.hub.check()
  await expect.poll(() => streams.map(({ response }) => response.closed)).toEqual([true, true, true])
  const count = staying.frames.length
  await emit(platform, operator)
  await staying.until(count + 1)
  staying.close()
})

test('a client that does not read is cut off and holds nobody up', async ({ platform, server, operator }) => {
  const socket = connect(server.port, '127.0.0.1')
  socket.write(
    `GET /v1/events HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\ncookie: ${operator.cookie}\r\n\r\n`,
  )
  await once(socket, 'readable')
  const reading = await follow(server, operator)
  const actor = systemActor(decodeId('org', operator.organisation))
  const closed = once(socket, 'close')
  socket.on('error', () => {})
  let told = 1
  for (let i = 0; i < 40 && !socket.closed; i++) {
    await withUnitOfWork(platform.deps, actor, async ({ tx }) => {
      const rows = Array.from({ length: 200 }, () => ({
        organisation_id: actor.organisation,
        type: 'organisation.stopped',
        payload: JSON.stringify({ filler: 'x'.repeat(2_000) }),
      }))
      await tx.insertInto('events').values(rows).execute()
    })
    platform.deps.hub.announce()
    told += 200
    await reading.until(told)
  }
  socket.resume()
  await closed
  expect(reading.frames).toHaveLength(told)
  reading.close()
})
