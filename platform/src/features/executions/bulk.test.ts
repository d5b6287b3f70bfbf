import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { adderOf, asAdmin, daysAgo, runIt } from '../../../test/executions.ts'
import { test, type Platform } from '../../../test/harness.ts'
import { createBusiness, signUpOperator, type Answer, type Person } from '../../../test/people.ts'
import { publish, subscribe } from '../../../test/services.ts'
import { runExecutions } from './bulk.ts'
import { circuitThreshold } from './settle.ts'

/** Settings by which the service is told to misbehave. */
const throws = { graceDays: 59 }
const asksForLater = { graceDays: 58 }

const body = `(input) => {
  const failure = { 59: 'TypeError', 58: 'RetryLater' }[input.settings.graceDays]
  if (failure) { const error = new Error('as told'); error.name = failure; throw Object.assign(error, { afterSeconds: 600 }) }
  const proposals = input.data.invoices.filter((invoice) => invoice.status === 'open').slice(0, 3).map((invoice) => ({
    type: 'invoice.remind', parameters: { invoice: invoice.id }, impact: invoice.amountDue, confidence: 0.97,
    because: [{ dataset: 'invoices', id: invoice.id }],
  }))
  return { proposals, recommendations: [], metrics: { invoices: input.data.invoices.length }, state: null }
}`

interface Held {
  business: string
  subscription: string
  execution: string
}

/** Businesses with two invoices each, all subscribed to one service, each with a first execution that waits in the queue. */
async function openMany(platform: Platform, operator: Person, settings: object[]): Promise<Held[]> {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service } = await publish(provider, {}, body)
  const all: Held[] = []
  for (const own of settings) {
    const business = await createBusiness(operator, { domains: ['harbour.example'] })
    const add = adderOf(platform, operator, business)
    const customer = await add('customers', { name: 'Ann Lee', email: 'ann@lee.test', country: 'GB' })
    for (const number of ['N-1', 'N-2']) {
      await add('invoices', {
        number,
        customer: decodeId('cus', customer),
        issuedAt: daysAgo(50),
        dueAt: daysAgo(20),
        amount: { amount: 4_000, currency: 'GBP' },
        amountDue: { amount: 4_000, currency: 'GBP' },
        status: 'open',
      })
    }
    const { id } = await subscribe(operator, business, service, own as Record<string, unknown>)
    all.push({ business, subscription: id, execution: (await newest(operator, id)).id })
  }
  return all
}

async function newest(operator: Person, subscription: string): Promise<Answer['body']> {
  return (await operator.get(`/v1/subscriptions/${subscription}/executions?limit=1`)).body.items[0]
}

const runAll = (platform: Platform, operator: Person, all: readonly Held[]): Promise<void> =>
  runExecutions(
    platform.deps,
    all.map(({ execution }) => ({
      organisation: decodeId('org', operator.organisation),
      execution: decodeId('exe', execution),
    })),
  )

const executionsOf = (operator: Person, all: readonly Held[]): Promise<Answer['body'][]> =>
  Promise.all(all.map(async ({ execution }) => (await operator.get(`/v1/executions/${execution}`)).body))

const plain = (count: number): object[] => Array.from({ length: count }, () => ({}))

test('many at once end as each would by itself, with receipt, record of what left and replay', async ({
  platform,
  operator,
}) => {
  const all = await openMany(platform, operator, plain(6))
  await runAll(platform, operator, all)
  for (const [i, execution] of (await executionsOf(operator, all)).entries()) {
    const { subscription } = all[i] as Held
    expect(execution).toMatchObject({
      state: 'succeeded',
      attempts: 1,
      input: { rows: { invoices: 2, customers: 1 } },
      output: { actions: 2, metrics: { invoices: 2 } },
    })
    const left = await operator.get(`/v1/subscriptions/${subscription}/disclosures`)
    expect(left.body.items).toMatchObject([{ execution: execution.id, rows: 3 }])
    const { claims } = (await operator.get(`/v1/executions/${execution.id}/receipt`)).body
    expect(claims).toMatchObject({
      input: execution.input.digest,
      output: execution.output.digest,
      outcome: 'succeeded',
    })
  }
  const { execution, subscription } = all[0] as Held
  const replayed = await operator.post(`/v1/executions/${execution}/replay`)
  expect(replayed.body).toMatchObject({ verdict: 'REPRODUCED', differences: [] })

  const again = await operator.post(`/v1/subscriptions/${subscription}/executions`)
  await runIt(platform, operator, again.body.id)
  const [together] = await executionsOf(operator, all)
  const alone = await newest(operator, subscription)
  expect(alone.input).toMatchObject({ digest: together.input.digest, rows: together.input.rows })
  expect(alone.output.digest).toBe(together.output.digest)
  expect(alone.output.dropped.map(({ code }: { code: string }) => code)).toEqual(['unchanged', 'unchanged'])
})

test('the audit log and the events of many are those of each', async ({ platform, operator }) => {
  const all = await openMany(platform, operator, plain(4))
  await runAll(platform, operator, all)
  const organisation = decodeId('org', operator.organisation)
  for (const { execution } of all) {
    const audited = await asAdmin<{ action: string }[]>(
      platform,
      `select action from bizq.audit_entries where organisation_id = $1 and subject ->> 'execution' = $2 order by id`,
      [organisation, execution],
    )
    expect(audited.map(({ action }) => action)).toEqual(['execution.queue', 'grant.read', 'execution.finish'])
    const events = await asAdmin<{ type: string }[]>(
      platform,
      `select type from bizq.events where organisation_id = $1 and payload ->> 'execution' = $2 order by seq`,
      [organisation, execution],
    )
    expect(events.map(({ type }) => type)).toEqual([
      'execution.queued',
      'execution.started',
      'execution.finished',
    ])
  }
})

test('what is out of the ordinary goes its own way and holds nobody up', async ({ platform, operator }) => {
  const all = await openMany(platform, operator, [{}, throws, asksForLater, {}, {}, {}, {}])
  const [, , , allowed, paused, fenced] = all as [Held, Held, Held, Held, Held, Held]
  await operator.send('PATCH', `/v1/subscriptions/${allowed.subscription}`, { readAllowanceRows: 1 })
  await operator.post(`/v1/subscriptions/${paused.subscription}/pause`)
  await operator.send('PUT', `/v1/businesses/${fenced.business}/fence`, { isFenced: true })
  await runAll(platform, operator, all)
  const found = await executionsOf(operator, all)
  expect(found.map(({ state, outcome }) => [state, outcome])).toEqual([
    ['succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['waiting', 'retry-later'],
    ['waiting', 'read-allowance-reached'],
    ['cancelled', null],
    ['refused', 'cannot-serve'],
    ['succeeded', 'succeeded'],
  ])
  for (const { subscription } of [allowed, paused, fenced]) {
    const left = await operator.get(`/v1/subscriptions/${subscription}/disclosures`)
    expect(left.body.items).toEqual([])
  }
})

test('run twice at the same moment, each of many is settled once', async ({ platform, operator }) => {
  const all = await openMany(platform, operator, plain(5))
  await Promise.all([runAll(platform, operator, all), runAll(platform, operator, all.toReversed())])
  for (const [i, execution] of (await executionsOf(operator, all)).entries()) {
    expect(execution).toMatchObject({ state: 'succeeded', attempts: 1, output: { actions: 2 } })
    const { items } = (await operator.get(`/v1/actions?execution=${execution.id}`)).body
    expect(items).toHaveLength(2)
    const left = await operator.get(`/v1/subscriptions/${all[i]?.subscription}/disclosures`)
    expect(left.body.items).toHaveLength(1)
  }
})

test('when the database refuses one of many, the others are settled all the same', async ({
  platform,
  operator,
}) => {
  const all = await openMany(platform, operator, plain(5))
  const refused = all[2] as Held
  await asAdmin(
    platform,
    `create function bizq.refuse() returns trigger language plpgsql as $$ begin
      if new.business_id = '${decodeId('bus', refused.business)}' then raise exception 'refused'; end if; return new; end $$`,
  )
  await asAdmin(
    platform,
    'create trigger refuse before insert on bizq.actions for each row execute function bizq.refuse()',
  )
  await expect(runAll(platform, operator, all)).rejects.toThrow('refused')
  await asAdmin(platform, 'drop trigger refuse on bizq.actions')
  const states = (await executionsOf(operator, all)).map(({ state }) => state)
  expect(states).toEqual(['succeeded', 'succeeded', 'running', 'succeeded', 'succeeded'])

  const payload = {
    organisation: decodeId('org', operator.organisation),
    execution: decodeId('exe', refused.execution),
  }
  await runExecutions(platform.deps, [{ ...payload, isHandedOutAgain: true }])
  expect((await executionsOf(operator, [refused]))[0]).toMatchObject({ state: 'succeeded', attempts: 2 })
})

test('a release that only fails is not run a hundred times: the rest goes back to the queue as it was', async ({
  platform,
  operator,
}) => {
  const all = await openMany(
    platform,
    operator,
    Array.from({ length: circuitThreshold + 8 }, () => throws),
  )
  await runAll(platform, operator, all)
  const found = await executionsOf(operator, all)
  const failed = found.filter(({ state }) => state === 'failed')
  const waiting = found.filter(({ state }) => state === 'waiting')
  expect(failed.length).toBeGreaterThanOrEqual(circuitThreshold)
  expect(waiting.length).toBeGreaterThan(0)
  expect(failed.length + waiting.length).toBe(all.length)
  for (const execution of waiting) {
    expect(execution.attempts).toBe(0)
    expect(execution.input).not.toBeNull()
  }
  const jobs = await asAdmin<{ n: number }[]>(
    platform,
    `select count(*)::int as n from pgboss.job where name = 'executions.run' and data ->> 'execution' = any ($1)`,
    [waiting.map(({ id }) => decodeId('exe', id))],
  )
  expect(jobs[0]?.n).toBe(2 * waiting.length)
})

test('while everything is stopped, none of many is claimed', async ({ platform, operator }) => {
  const all = await openMany(platform, operator, plain(4))
  await operator.post('/v1/stop')
  await runAll(platform, operator, all)
  for (const execution of await executionsOf(operator, all))
    expect(execution).toMatchObject({ state: 'waiting', attempts: 0, input: null })
})

test('what another process has taken over meanwhile is not settled by the one that lost it', async ({
  platform,
  operator,
}) => {
  const all = await openMany(platform, operator, plain(5))
  const lost = all[2] as Held
  const id = decodeId('exe', lost.execution)
  let taken: Promise<unknown> | undefined
  const run: Platform['deps']['sandbox']['run'] = async (request) => {
    taken ??= asAdmin(platform, `update bizq.executions set attempts = attempts + 1 where id = '${id}'`)
    await taken
    return platform.deps.sandbox.run(request)
  }
  const sandbox = { ...platform.deps.sandbox, run }
  await runAll({ ...platform, deps: { ...platform.deps, sandbox } }, operator, all)
  const found = await executionsOf(operator, all)
  expect(found.map(({ state, attempts }) => [state, attempts])).toEqual([
    ['succeeded', 1],
    ['succeeded', 1],
    ['running', 2],
    ['succeeded', 1],
    ['succeeded', 1],
  ])
  expect((await operator.get(`/v1/actions?execution=${lost.execution}`)).body.items).toEqual([])
})
