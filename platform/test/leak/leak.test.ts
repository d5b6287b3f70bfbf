import { Writable } from 'node:stream'
import { datasetNames, decodeId, fullConsent, Manifest } from '@bizq/sdk/contract'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openInput } from '../../src/features/executions/input.ts'
import { deliverJob } from '../../src/features/webhooks/index.ts'
import { findFreePort } from '../../src/db/postgres.ts'
import { startServer } from '../../src/server.ts'
import { openGround, openRunning, type Ground, type Running } from '../crash/ground.ts'
import { openOffice, type Office } from '../executions.ts'
import { createBusiness, signUpOperator, type Person } from '../people.ts'
import { manifestOf } from '../services.ts'
import { leakFinder, type Leak } from './leaks.ts'
import { plant, type Planted } from './planted.ts'
import { spyBody, spyManifest, type SpyMode } from './spy.ts'

let ground: Ground
let platform: Running
let operator: Person
let provider: Person
let office: Office
/** Of the same business, to a service of the same provider, with a consent to every personal field that there is. */
let agreed: Office
let planted: Planted
let find: (haystack: string) => Leak[]
let preview: { datasets: { rows: { seen: unknown }[] }[] }
const ran = new Map<SpyMode, { id: string; state: string; outcome: string }>()
const logged: string[] = []

beforeAll(async () => {
  ground = await openGround()
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged.push(chunk.toString())
      done()
    },
  })
  platform = await openRunning(await ground.clone(), {
    isWorker: false,
    log: pino({ level: 'trace' }, stream),
  })
  operator = await signUpOperator(platform.app)
  provider = await signUpOperator(platform.app, 'provider')
  const business = await createBusiness(operator)
  planted = await plant(platform, operator, business)
  find = leakFinder(planted.values)
  const hook = { url: 'http://127.0.0.1:20000/hook', events: ['*'] }
  expect((await provider.post('/v1/webhook-endpoints', hook)).status).toBe(201)
  office = await openOffice(platform, operator, {
    business,
    provider,
    body: spyBody,
    manifest: spyManifest(),
  })
  agreed = await openOffice(platform, operator, {
    business,
    provider,
    body: spyBody,
    manifest: spyManifest({ isPersonal: true }),
    consent: fullConsent(Manifest.parse(manifestOf(spyManifest({ isPersonal: true })))),
  })
  for (const mode of ['tell', 'throw', 'refuse'] as const) {
    ran.set(mode, await runAs(office, mode))
    expect((await runAs(agreed, mode)).log).toContain(planted.personal[0])
  }
  preview = (await operator.post(`/v1/services/${office.published.service}/preview`, { business })).body
  await decideWithWords()
}, 180_000)

afterAll(async () => {
  await platform.close()
  await ground.close()
})

async function runAs(of: Office, mode: SpyMode) {
  const change = { settings: { mode }, readAllowanceRows: 100_000 }
  await operator.send('PATCH', `/v1/subscriptions/${of.subscription}`, change)
  return of.run()
}

/** The operator rejects what was proposed, in words that name their customers. */
async function decideWithWords(): Promise<void> {
  const { items } = (await operator.get('/v1/actions?state=proposed')).body
  for (const { id, version } of items) {
    const reason = { code: 'other', text: planted.sentence.slice(0, 480) }
    const answer = await operator.post(`/v1/actions/${id}/decision`, {
      decision: 'reject',
      version,
      reason,
    })
    expect(answer.status).toBe(200)
  }
}

/** What was found, and where, so that a failure says which value got out by which way. */
function leaksIn(found: unknown): string[] {
  const text = typeof found === 'string' ? found : JSON.stringify(found)
  return find(text).map(({ value, form, encoding }) => `${value} as ${form} (${encoding})`)
}

const as = (person: Person) => ({ get: async (path: string) => (await person.get(path)).body })

test('what was planted is found where it may stand: in the operator’s own records, each value', async () => {
  const own = await Promise.all(
    datasetNames.map((name) => as(operator).get(`/v1/businesses/${office.business}/data/${name}`)),
  )
  const found = new Set(find(JSON.stringify(own)).map(({ value }) => value))
  expect(planted.values.filter((value) => !found.has(value))).toEqual([])
  expect(planted.values.length).toBeGreaterThan(100)
})

test('the spy ran, failed and refused as it meant to, with every dataset before it', async () => {
  expect(ran.get('tell')).toMatchObject({ outcome: 'succeeded', output: { actions: 1 } })
  expect(ran.get('throw')).toMatchObject({ outcome: 'failed' })
  expect(ran.get('refuse')).toMatchObject({ outcome: 'cannot-serve' })
  const { input } = ran.get('tell') as unknown as { input: { rows: Record<string, number> } }
  expect(input.rows).toEqual(Object.fromEntries(datasetNames.map((name) => [name, 2])))
})

describe('no planted value, no word of one, in no encoding, gets out', () => {
  test('in the inputs as they are kept and delivered', async () => {
    const rows = await platform.look<{ subscription_id: string; digest: string; content: Buffer }>(
      'select subscription_id, digest, content from bizq.execution_inputs where subscription_id = $1',
      [decodeId('sub', office.subscription)],
    )
    expect(rows.length).toBeGreaterThan(1)
    for (const { digest, content } of rows) {
      const text = await openInput(platform.deps.keyring, content, digest)
      expect(text?.length).toBeGreaterThan(1_000)
      expect(leaksIn(text)).toEqual([])
      expect(text).toContain('[card]')
    }
  })

  test('in granted reads, now and of a kept input, and in the preview as it would be seen', async () => {
    const token = await operator.withToken(['grants:read'])
    const execution = ran.get('tell')?.id ?? ''
    for (const name of datasetNames) {
      const path = `/v1/grants/${office.grant}/data/${name}`
      for (const read of [await token.get(path), await token.get(`${path}?execution=${execution}`)]) {
        expect(read.status).toBe(200)
        expect(read.body.items).toHaveLength(2)
        expect(leaksIn(read.body)).toEqual([])
      }
    }
    const seen = preview.datasets.flatMap(({ rows }) => rows.map((row) => row.seen))
    expect(seen).toHaveLength(2 * datasetNames.length)
    expect(leaksIn(seen)).toEqual([])
  })

  test('in what the spy said: log, error, output, state and receipt', async () => {
    const { items } = await as(operator).get(`/v1/subscriptions/${office.subscription}/executions`)
    expect(items).toHaveLength(3)
    for (const { id, log, error, output, reason } of items) {
      for (const name of datasetNames) expect(log).toContain(`"${name}":[{`)
      expect(leaksIn({ log, error, output, reason })).toEqual([])
      expect(leaksIn(await as(operator).get(`/v1/executions/${id}/receipt`))).toEqual([])
    }
    const own = [decodeId('sub', office.subscription)]
    const kept = await platform.look(
      'select output, state_before, settings, error, log from bizq.executions where subscription_id = $1',
      own,
    )
    expect(kept).toHaveLength(3)
    expect(leaksIn(kept)).toEqual([])
    const states = 'select state from bizq.execution_schedules where subscription_id = $1'
    expect(leaksIn(await platform.look(states, own))).toEqual([])
  })

  test('in what leaves under a consent to every personal field, but for these fields themselves', async () => {
    const others = leakFinder(planted.values.filter((value) => !planted.personal.includes(value)))
    const rows = await platform.look<{ digest: string; content: Buffer }>(
      'select digest, content from bizq.execution_inputs where subscription_id = $1',
      [decodeId('sub', agreed.subscription)],
    )
    expect(rows.length).toBeGreaterThan(0)
    for (const { digest, content } of rows) {
      const { data } = JSON.parse((await openInput(platform.deps.keyring, content, digest)) ?? '')
      for (const value of planted.personal) expect(JSON.stringify(data)).toContain(value)
      expect(others(JSON.stringify(data)).map(({ value }) => value)).toEqual([])
    }
  })

  test('in any row that belongs to the provider’s organisation', async () => {
    const tables = await platform.look<{ table_name: string }>(
      `select table_name from information_schema.columns where table_schema = 'bizq' and column_name = 'organisation_id'
       and table_name in (select table_name from information_schema.tables where table_schema = 'bizq' and table_type = 'BASE TABLE')`,
    )
    const filled: string[] = []
    for (const { table_name: table } of tables) {
      const rows = await platform.look(
        `select to_jsonb(t) as row from bizq.${table} t where organisation_id = $1`,
        [decodeId('org', provider.organisation)],
      )
      if (rows.length > 0) filled.push(table)
      expect({ table, leaks: leaksIn(rows) }).toEqual({ table, leaks: [] })
    }
    expect(filled).toEqual(
      expect.arrayContaining([
        'provider_executions',
        'provider_outcomes',
        'subscribers',
        'events',
        'releases',
      ]),
    )
  })

  test('in the events that the provider follows live', async () => {
    const server = await startServer(platform.app, { host: '127.0.0.1', port: await findFreePort() })
    const following = new AbortController()
    try {
      const stream = await fetch(`http://127.0.0.1:${server.port}/v1/events`, {
        headers: { cookie: provider.cookie, 'last-event-id': '1:0' },
        signal: following.signal,
      })
      const told = await textUntil(stream, /^event: release\.published$/m)
      expect(told).toContain('event: ready')
      expect(leaksIn(told)).toEqual([])
    } finally {
      following.abort()
      await server.close()
    }
  })

  test('in the webhooks that go to the provider', async () => {
    const organisation = decodeId('org', provider.organisation)
    const waiting = await platform.look<{ id: string }>(
      'select id from bizq.webhook_deliveries where organisation_id = $1',
      [organisation],
    )
    const sent: unknown[] = []
    const outgoing: typeof platform.deps.outgoing = {
      ...platform.deps.outgoing,
      call: (...call) => {
        sent.push(call)
        return Promise.resolve({ isAnswered: true, status: 200, headers: {}, body: '' })
      },
    }
    for (const { id: delivery } of waiting)
      await deliverJob.handle({ ...platform.deps, outgoing }, [{ organisation, delivery }])
    expect(sent.length).toBeGreaterThan(0)
    expect(leaksIn(sent)).toEqual([])
  })

  test('in what the provider reads of the operator’s decisions', async () => {
    // It is told of a day when that is over.
    await platform.look('update bizq.provider_outcomes set day = day - 1')
    const services = (await as(provider).get('/v1/provider/services')).items
    expect(services).toHaveLength(2)
    for (const { id } of services) {
      const feedback = await provider.get(`/v1/provider/feedback?service=${id}`)
      expect(feedback.body.items).toMatchObject([{ code: 'other' }])
      expect(feedback.body.items[0].words).toContain('[card]')
      expect(leaksIn(feedback.body)).toEqual([])
    }
  })

  test('in any answer that the provider gets of the API, refusals too, whatever it asks with the operator’s ids', async () => {
    const token = await provider.withToken(['*'])
    const answers = [...(await askEverything(provider)), ...(await askEverything(token))]
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(20)
    expect(answers.filter(({ status }) => status >= 400).length).toBeGreaterThan(50)
    expect(answers.filter(({ status }) => status >= 500)).toEqual([])
    for (const { asked, body } of answers)
      expect({ asked, leaks: leaksIn(body) }).toEqual({ asked, leaks: [] })
  })

  test('in the logs of the server, its figures and its listing', async () => {
    expect(logged.length).toBeGreaterThan(50)
    expect(leaksIn(logged.join(''))).toEqual([])
    expect(leaksIn(await (await platform.app.request('/metrics')).text())).toEqual([])
    expect(leaksIn(await as(provider).get(`/v1/services/${office.published.service}`))).toEqual([])
  })
})

/** Reads a stream until this stands in it. */
async function textUntil(response: Response, sought: RegExp): Promise<string> {
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    if (sought.test(text)) return text
  }
  throw new Error(`The stream ended without ${sought}: ${text}`)
}

interface Asked {
  asked: string
  status: number
  body: unknown
}

/** Asks every operation of the API document, with the operator's ids wherever one is wanted. */
async function askEverything(person: Person): Promise<Asked[]> {
  const { paths } = (await (await platform.app.request('/v1/openapi.json')).json()) as {
    paths: Record<string, Record<string, unknown>>
  }
  const action = (await as(operator).get('/v1/actions')).body?.items?.[0]?.id
  const invoices = await as(operator).get(`/v1/businesses/${office.business}/data/invoices`)
  const ids: Record<string, string> = {
    business: office.business,
    subscription: office.subscription,
    grant: office.grant,
    execution: ran.get('tell')?.id ?? '',
    action: action ?? 'act_00000000000000000000000000',
    record: invoices.items[0].id,
    dataset: 'invoices',
    service: office.published.service,
    release: office.published.release,
    category: 'financial',
  }
  // What would change who the provider is, or never ends.
  const left = new Set(['/events', '/stop', '/organisations', '/tokens/{token}', '/members/{member}'])
  const answers: Asked[] = []
  for (const [path, methods] of Object.entries(paths)) {
    if (left.has(path)) continue
    const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => ids[name] ?? `${name}-of-nobody`)
    for (const method of Object.keys(methods)) {
      if (!['get', 'post', 'put', 'patch', 'delete'].includes(method)) continue
      if (method !== 'get' && path.startsWith('/provider/')) continue
      const answer = await person.send(
        method.toUpperCase(),
        `/v1${filled}`,
        method === 'get' ? undefined : {},
      )
      answers.push({ asked: `${method} ${filled}`, status: answer.status, body: answer.body })
    }
  }
  return answers
}
