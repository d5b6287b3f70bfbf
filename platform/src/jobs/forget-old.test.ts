import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin } from '../../test/executions.ts'
import { test, type Platform } from '../../test/harness.ts'
import { createBusiness, type Person } from '../../test/people.ts'
import { isForgotten, listEventsAfter } from '../features/notifications/store.ts'
import { openMarket } from '../../test/telling.ts'
import { forgetOldJob } from './forget-old.ts'

const age = (platform: Platform, table: string, column: string, days: number, person: Person, more = '') =>
  asAdmin(
    platform,
    `update bizq.${table} set ${column} = now() - ${days} * interval '1 day' where organisation_id = $1 ${more}`,
    [decodeId('org', person.organisation)],
  )
const count = async (platform: Platform, table: string, person: Person) => {
  const rows = await asAdmin<{ n: number }[]>(
    platform,
    `select count(*)::int as n from bizq.${table} where organisation_id = $1`,
    [decodeId('org', person.organisation)],
  )
  return rows[0]?.n
}

test('a key is free again after seven days, and not before', async ({ platform, operator, stranger }) => {
  const body = { name: 'Once', currency: 'EUR', country: 'DE', timeZone: 'Europe/Berlin' }
  const headers = { 'idempotency-key': 'the-same-key-for-both' }
  const first = await operator.post('/v1/businesses', body, { headers })
  await stranger.post('/v1/businesses', body, { headers })
  await age(platform, 'idempotency_keys', 'created_at', 6, operator)
  await forgetOldJob.handle(platform.deps, [{}])
  expect((await operator.post('/v1/businesses', body, { headers })).body.id).toBe(first.body.id)
  await age(platform, 'idempotency_keys', 'created_at', 8, operator)
  const others = await count(platform, 'idempotency_keys', stranger)
  await forgetOldJob.handle(platform.deps, [{}])
  expect((await operator.post('/v1/businesses', body, { headers })).body.id).not.toBe(first.body.id)
  expect(await count(platform, 'idempotency_keys', stranger)).toBe(others)
})

test('old events are forgotten, and who comes back from before them is told to load anew', async ({
  platform,
  operator,
}) => {
  const organisation = decodeId('org', operator.organisation)
  const start = { xid: '1', seq: 0 }
  for (const name of ['one', 'two', 'three']) await createBusiness(operator, { name })
  await operator.post('/v1/stop')
  await operator.send('DELETE', '/v1/stop')
  const list = async () => (await listEventsAfter(platform.deps.directory, start, 1_000, organisation)).events
  // An event is listed once nothing that began before it is under way, wherever in this Postgres.
  const emitted = await count(platform, 'events', operator)
  await expect.poll(async () => (await list()).length, { timeout: 20_000 }).toBe(emitted)
  const before = await list()
  const [second, last] = [before.at(-2), before.at(-1)]
  if (!second || !last) throw new Error('nothing was emitted')
  await age(platform, 'events', 'at', 8, operator, `and seq < ${last.seq}`)
  expect(await isForgotten(platform.deps.directory, organisation, second)).toBe(false)
  await forgetOldJob.handle(platform.deps, [{}])
  expect((await list()).map(({ seq }) => seq)).toEqual([second.seq, last.seq])
  expect(await isForgotten(platform.deps.directory, organisation, start)).toBe(true)
  expect(await isForgotten(platform.deps.directory, organisation, second)).toBe(false)
})

test('deliveries that ended thirty days ago are forgotten, those under way are not', async ({
  platform,
  operator,
}) => {
  const made = await operator.post('/v1/webhook-endpoints', {
    url: 'https://hooks.example.com/bizq',
    events: ['organisation.stopped'],
  })
  expect(made.status).toBe(201)
  await operator.post('/v1/stop')
  await operator.send('DELETE', '/v1/stop')
  await operator.post('/v1/stop')
  expect(await count(platform, 'webhook_deliveries', operator)).toBe(2)
  await asAdmin(
    platform,
    `update bizq.webhook_deliveries set state = 'delivered', ended_at = now() - interval '31 days'
     where id = (select min(id::text)::uuid from bizq.webhook_deliveries where organisation_id = $1)`,
    [decodeId('org', operator.organisation)],
  )
  await forgetOldJob.handle(platform.deps, [{}])
  expect(await count(platform, 'webhook_deliveries', operator)).toBe(1)
})

test('what a provider reads of executions is forgotten after a hundred days, and every figure of it stays', async ({
  platform,
}) => {
  const market = await openMarket(platform)
  const days = (by: number, ...ago: number[]) => ago.map((daysAgo) => ({ by, daysAgo }))
  await market.ran([1, 2, 3, 4, 5].flatMap((by) => days(by, 150, 120, 99, 3)))
  await market.ran(days(6, 150, 140))
  const daysOf = async () =>
    (
      await asAdmin<{ ago: number; n: number }[]>(
        platform,
        `select current_date - day as ago, count(*)::int as n from bizq.provider_executions where organisation_id = $1 group by 1 order by 1`,
        [market.ids.provider],
      )
    ).map(({ ago, n }) => [ago, n])
  const figures = () =>
    asAdmin(platform, `select * from bizq.provider_figures where organisation_id = $1 order by id`, [
      market.ids.provider,
    ])
  const all = await daysOf()
  await forgetOldJob.handle(platform.deps, [{}])
  // No figure was told of them yet; nor when closing the days fell far behind.
  expect(await daysOf()).toEqual(all)
  await asAdmin(
    platform,
    `insert into bizq.provider_figure_days (organisation_id, service_id, told_until) values ($1, $2, current_date - 130)`,
    [market.ids.provider, market.ids.service],
  )
  await forgetOldJob.handle(platform.deps, [{}])
  expect(await daysOf()).toEqual(all)
  await market.close()
  const told = await figures()
  expect(told).not.toEqual([])
  await forgetOldJob.handle(platform.deps, [{}])
  // The last day of the one that stopped says that it ran.
  expect(await daysOf()).toEqual([
    [3, 5],
    [99, 5],
    [140, 1],
  ])
  await market.close()
  expect(await figures()).toEqual(told)
})
