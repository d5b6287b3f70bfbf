import { decodeId } from '@bizq/sdk/contract'
import { describe, expect } from 'vitest'
import { answering, asAdmin, openOffice, remindAll, runIt, throwing } from '../../../test/executions.ts'
import { test, type Platform } from '../../../test/harness.ts'
import { importFile } from '../../../test/imports.ts'
import { createBusiness, type Person } from '../../../test/people.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { cancelSubscription } from '../subscriptions/service.ts'
import { runExecution } from './index.ts'
import { forgetInputsJob, tickJob } from './jobs.ts'
import { nextRun } from './queue.ts'
import { passCircuit } from './release-store.ts'

const payloadOf = (operator: Person, execution: string) => ({
  organisation: decodeId('org', operator.organisation),
  execution: decodeId('exe', execution),
})

const withSandbox = (deps: Deps, run: Deps['sandbox']['run']): Deps => ({
  ...deps,
  sandbox: { ...deps.sandbox, run },
})

const circuits = (platform: Platform, release: string) =>
  asAdmin<{ failures: number }[]>(
    platform,
    'select failures from bizq.release_circuits where release_id = $1',
    [decodeId('rel', release)],
  )

test('what the sandbox cannot run is tried again, ends in time, and is no failure of the release', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  const { id } = await office.latest()
  const deps = withSandbox(platform.deps, () => Promise.reject(new RangeError('no such zone')))
  for (const attempt of [1, 2, 3]) {
    await runExecution(deps, payloadOf(operator, id))
    const state = attempt === 3 ? 'failed' : 'waiting'
    expect(await office.latest()).toMatchObject({ state, attempts: attempt, outcome: 'crashed' })
    await office.hurry()
  }
  expect(await circuits(platform, office.published.release)).toEqual([])
})

test('an execution that every process dies of ends after a few', async ({ platform, operator }) => {
  const office = await openOffice(platform, operator)
  const { id } = await office.latest()
  const dying = withSandbox(platform.deps, () => Promise.reject(new Error('The sandbox is closed')))
  const run = () => runExecution(dying, payloadOf(operator, id), { isHandedOutAgain: true })
  for (let i = 0; i < 5; i++) await expect(run()).rejects.toThrow('closed')
  expect((await office.latest()).state).toBe('running')
  await run()
  expect(await office.latest()).toMatchObject({ state: 'failed', outcome: 'crashed' })
})

describe('words of a guest that a database cannot keep', () => {
  test('stand in log and error without what it cannot keep', async ({ platform, operator }) => {
    const office = await openOffice(platform, operator, {
      body: `() => { console.log('a\\u0000b'); throw Object.assign(new Error('c\\u0000d \\ud800 e'), { detail: 'x\\u0000' }) }`,
    })
    const execution = await office.run()
    expect(execution).toMatchObject({ state: 'failed', outcome: 'failed' })
    expect(execution.log).toContain('a\uFFFDb')
    expect(execution.reason).toContain('c\uFFFDd')
  })

  test('in an output make it invalid', async ({ platform, operator }) => {
    const office = await openOffice(platform, operator, {
      body: answering(`{ recommendations: [{ text: 'a\\u0000b', because: [] }] }`),
    })
    expect(await office.run()).toMatchObject({
      state: 'failed',
      outcome: 'invalid-output',
      error: { problems: [{ pointer: '/recommendations/0/text' }] },
    })
  })
})

test('a pattern in a service’s own schemas keeps nobody else waiting', async ({ platform, operator }) => {
  // Each letter doubles how long this takes: some ten seconds for these, where nobody ends it.
  const text = `${'a'.repeat(30)}!`
  const schema = {
    type: 'object',
    properties: { text: { type: 'string', pattern: '^(a+)+$', default: 'a' } },
    additionalProperties: false,
  }
  const office = await openOffice(platform, operator, {
    body: answering(`{ state: { text: '${text}' } }`),
    manifest: { state: schema, settings: schema },
  })
  expect(await office.run()).toMatchObject({
    outcome: 'invalid-output',
    error: { problems: [{ detail: expect.stringContaining('longer than 2000 ms') }] },
  })
  const path = `/v1/subscriptions/${office.subscription}`
  expect((await operator.send('PATCH', path, { settings: { text } })).body.errors).toEqual([
    { pointer: '/settings', detail: expect.stringContaining('longer than 2000 ms') },
  ])
})

test('the name of an error that the guest made up does not reach its provider', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: throwing('Amount_9000_GBP') })
  expect((await office.run()).error.name).toBe('Amount_9000_GBP')
  const told = await asAdmin<{ error_name: string }[]>(
    platform,
    'select error_name from bizq.provider_executions where organisation_id = $1',
    [decodeId('org', office.provider.organisation)],
  )
  expect(told).toEqual([{ error_name: 'Error' }])
})

test('a subscription that is cancelled while its data is read keeps nothing and is not run', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  const { id } = await office.latest()
  let runs = 0
  const deps = withSandbox(platform.deps, (request) => {
    runs++
    return platform.deps.sandbox.run(request)
  })
  const actor = systemActor(decodeId('org', operator.organisation))
  let running = Promise.resolve()
  await withUnitOfWork(platform.deps, actor, async (unit) => {
    await unit.tx
      .selectFrom('subscriptions')
      .select('id')
      .where('id', '=', decodeId('sub', office.subscription))
      .forUpdate()
      .execute()
    running = runExecution(deps, payloadOf(operator, id))
    const isBlocked = async () => {
      const waiting = await asAdmin<unknown[]>(
        platform,
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      )
      return waiting.length > 0
    }
    while (!(await isBlocked()));
    await cancelSubscription(unit, platform.deps, office.subscription)
  })
  await running
  expect(await office.latest()).toMatchObject({ state: 'cancelled', input: null })
  const left = await operator.get(`/v1/subscriptions/${office.subscription}/disclosures`)
  expect([runs, left.body.items]).toEqual([0, []])
  const kept = await asAdmin<unknown[]>(
    platform,
    'select 1 from bizq.execution_inputs where subscription_id = $1',
    [decodeId('sub', office.subscription)],
  )
  expect(kept).toEqual([])
})

test('a replay runs in the zone and locale of the execution, whatever those of the business are by now', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, {
    body: answering(`{ metrics: { minutes: new Date(1.7e12).getHours() * 60 + new Date(1.7e12).getMinutes(),
      length: (1.5).toLocaleString().charCodeAt(1) } }`),
  })
  const { id } = await office.run()
  await operator.send('PATCH', `/v1/businesses/${office.business}`, {
    timeZone: 'Asia/Kathmandu',
    locale: 'de-DE',
  })
  expect((await operator.post(`/v1/executions/${id}/replay`)).body).toMatchObject({ verdict: 'REPRODUCED' })
})

test('when a rest is over one execution tries the release, and the others rest on', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  const release = decodeId('rel', office.published.release)
  await asAdmin(
    platform,
    `insert into bizq.release_circuits (release_id, failures, opened_until) values ($1, 10, now() - interval '1 second')`,
    [release],
  )
  const pass = () =>
    withUnitOfWork(platform.deps, systemActor(decodeId('org', operator.organisation)), ({ tx }) =>
      passCircuit(tx, release, 60_000),
    )
  const answers = await Promise.all([pass(), pass(), pass()])
  expect(answers.filter((until) => until === undefined)).toHaveLength(1)
  expect(await pass()).toBeInstanceOf(Date)
})

test('an input is as of its reading, not as of an attempt that read nothing', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  await operator.send('PATCH', `/v1/subscriptions/${office.subscription}`, { readAllowanceRows: 1 })
  expect(await office.run()).toMatchObject({ state: 'waiting', outcome: 'read-allowance-reached' })
  await asAdmin(
    platform,
    `update bizq.executions set frozen_at = now() - interval '1 day' where subscription_id = $1`,
    [decodeId('sub', office.subscription)],
  )
  await operator.send('PATCH', `/v1/subscriptions/${office.subscription}`, { readAllowanceRows: 1_000 })
  await office.hurry()
  const { id } = await office.run()
  const { claims } = (await operator.get(`/v1/executions/${id}/receipt`)).body
  expect(Date.now() - Date.parse(claims.frozenAt)).toBeLessThan(3_600_000)
})

test('what waited for the stop goes on as soon as it is taken back', async ({ platform, operator }) => {
  const office = await openOffice(platform, operator)
  await operator.post('/v1/stop')
  expect(await office.run()).toMatchObject({ state: 'waiting', reason: 'Everything is stopped.' })
  await operator.send('DELETE', '/v1/stop')
  expect(await office.run()).toMatchObject({ state: 'succeeded' })
})

test('one schedule that cannot be set holds up no other', async ({ platform, operator, stranger }) => {
  const [broken, other] = [await openOffice(platform, operator), await openOffice(platform, stranger)]
  for (const office of [broken, other]) await office.run()
  await runIt(platform, stranger, (await other.latest()).id)
  await asAdmin(platform, `update bizq.businesses set time_zone = 'Nowhere/Land' where id = $1`, [
    decodeId('bus', broken.business),
  ])
  for (const [at, office] of [broken, other].entries())
    await asAdmin(
      platform,
      `update bizq.execution_schedules set next_run_at = now() - $2 * interval '1 minute' where subscription_id = $1`,
      [decodeId('sub', office.subscription), 10 - at],
    )
  await tickJob.handle(platform.deps, [{}])
  expect(await other.latest()).toMatchObject({ state: 'queued', trigger: 'schedule' })
})

test('data that comes while a service runs on what was there before is run on too', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  const bills = { fields: ['id', 'dueAt', 'status'], history: '90d', purpose: 'To plan what to pay.' }
  const office = await openOffice(platform, operator, {
    business,
    manifest: { schedule: undefined, on: ['bills.imported'], data: { bills }, actions: [] },
  })
  const first = await office.latest()
  const deps = withSandbox(platform.deps, async (request) => {
    const columns = ['number', 'supplier.name', 'issuedAt', 'dueAt', 'amount', 'status']
    const mapping = {
      dataset: 'bills',
      columns: Object.fromEntries(columns.map((name) => [name, name])),
      dateOrder: 'ymd',
      decimal: '.',
    }
    const today = Temporal.Now.plainDateISO().toString()
    const text = `${columns.join(',')}\nB-1,Acme Supplies Ltd,${today},${today},10.00,open\n`
    await importFile(platform, operator, business, text, { mapping })
    return platform.deps.sandbox.run(request)
  })
  await runExecution(deps, payloadOf(operator, first.id))
  expect(await office.latest()).toMatchObject({
    id: first.id,
    state: 'succeeded',
    input: { rows: { bills: 0 } },
  })
  await asAdmin(
    platform,
    'update bizq.execution_schedules set next_run_at = now() where subscription_id = $1 and next_run_at is not null',
    [decodeId('sub', office.subscription)],
  )
  await tickJob.handle(platform.deps, [{}])
  expect(await office.latest()).toMatchObject({ state: 'queued', trigger: 'new-data' })
  expect((await office.run()).input.rows).toEqual({ bills: 1 })
  await tickJob.handle(platform.deps, [{}])
  expect((await office.latest()).state).toBe('succeeded')
})

test('a service runs at its own minute of the early morning on every day, also when the clocks change', () => {
  for (const subscription of [
    '00000000-0000-0000-0000-000000000012',
    '00000000-0000-0000-0000-000000000013',
  ]) {
    const spread = Number.parseInt(subscription.slice(-6), 16)
    let at = Temporal.Instant.from('2026-03-25T12:00:00Z')
    const days: string[] = []
    for (let i = 0; i < 250; i++) {
      at = nextRun('daily', 'Europe/London', subscription, at)
      const there = at.toZonedDateTimeISO('Europe/London')
      expect([there.hour, there.minute]).toEqual([4 + (spread % 2), spread % 60])
      days.push(there.toPlainDate().toString())
      at = at.add({ minutes: i % 7 })
    }
    expect(new Set(days).size).toBe(250)
    const first = Temporal.PlainDate.from(days[0] ?? '')
    expect(first.until(days.at(-1) ?? '').days).toBe(249)
  }
})

test('an input whose action waits is kept, and does not keep the job from the next', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: remindAll })
  await office.run()
  const subscription = decodeId('sub', office.subscription)
  const expiry = async () =>
    (
      await asAdmin<{ expires_at: Date }[]>(
        platform,
        'select expires_at from bizq.execution_inputs where subscription_id = $1',
        [subscription],
      )
    )[0]?.expires_at
  const pass = () =>
    asAdmin(platform, `update bizq.execution_inputs set expires_at = now() where subscription_id = $1`, [
      subscription,
    ])
  await pass()
  await forgetInputsJob.handle(platform.deps, [{}])
  expect((await expiry())?.getTime()).toBeGreaterThan(Date.now())
  await asAdmin(platform, `update bizq.actions set state = 'rejected' where subscription_id = $1`, [
    subscription,
  ])
  await pass()
  await forgetInputsJob.handle(platform.deps, [{}])
  expect(await expiry()).toBeUndefined()
})
