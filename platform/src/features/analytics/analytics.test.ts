import { expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'
import { createBusiness, signUpOperator } from '../../../test/people.ts'
import { subscribe } from '../../../test/services.ts'
import { openMarket, upTo, type Market } from '../../../test/telling.ts'
import { closeDaysJob } from './index.ts'

const read = async ({ provider, service }: Market, days = 30) =>
  (await provider.get(`/v1/provider/services/${service}/analytics?days=${days}`)).body

test('figures of executions are told from five subscribers on, by release and in all', async ({
  platform,
}) => {
  const market = await openMarket(platform)
  await market.ran(upTo(4).map((by) => ({ by, daysAgo: 3 })))
  await market.close()
  const few = await read(market)
  expect(few).toMatchObject({
    executions: { now: null, before: null },
    blocks: [],
    releases: [],
    subscribers: null,
  })

  const wide = await openMarket(platform)
  await wide.ran([
    ...upTo(5).map((by) => ({ by, daysAgo: 3, ms: by * 100 })),
    { by: 6, daysAgo: 3, outcome: 'failed' },
    ...upTo(5).map((by) => ({ by, daysAgo: 40, ms: 50 })),
  ])
  await wide.close()
  const told = await read(wide)
  const now = {
    executions: 6,
    proposals: 12,
    successRate: 0.8333,
    outcomes: [
      { key: 'succeeded', count: 5 },
      { key: 'failed', count: 1 },
    ],
    errors: [{ key: 'TypeError', count: 1 }],
  }
  expect(told.executions).toMatchObject({ now, before: { executions: 5 } })
  expect(told.executions.now.p50Ms).toBeGreaterThan(280)
  expect(told.executions.now.p50Ms).toBeLessThan(320)
  expect(told.releases).toMatchObject([{ version: '1.0.0', subscribers: null, executions: now }])
  expect(told.blocks).toHaveLength(1)
})

test('a release that few subscribers ran is in no figure, nor in what all the figures together leave', async ({
  platform,
}) => {
  const market = await openMarket(platform)
  const other = await market.release('1.0.1')
  await market.ran([
    ...upTo(5).map((by) => ({ by, daysAgo: 3 })),
    { by: 6, daysAgo: 3, release: other, outcome: 'failed' },
  ])
  await market.close()
  const told = await read(market)
  expect(told.executions.now).toMatchObject({ executions: 5, successRate: 1 })
  expect(told.releases.map(({ version }: { version: string }) => version)).toEqual(['1.0.0'])
  const days7 = await read(market, 7)
  expect(days7.executions.now.executions).toBe(5)
})

test('days that too few ran on count once others join them, and never twice', async ({ platform }) => {
  const market = await openMarket(platform)
  await market.ran([
    { by: 1, daysAgo: 6 },
    { by: 2, daysAgo: 5 },
    ...upTo(5).map((by) => ({ by, daysAgo: 3 })),
  ])
  await market.close()
  await market.close()
  expect((await read(market)).executions.now.executions).toBe(7)
  expect((await read(market)).blocks).toHaveLength(1)
  await asAdmin(
    platform,
    `update bizq.provider_figure_days set told_until = told_until - 4 where service_id = $1`,
    [market.ids.service],
  )
  await market.close()
  expect((await read(market)).executions.now.executions).toBe(7)
})

test('the job closes the days of whoever has subscribers', async ({ platform, operator }) => {
  const market = await openMarket(platform)
  await market.ran(upTo(5).map((by) => ({ by, daysAgo: 3 })))
  const business = await createBusiness(operator)
  await subscribe(operator, business, market.service)
  await closeDaysJob.handle(platform.deps, [{}])
  expect((await read(market)).executions.now.executions).toBe(5)
})

test('what operators decided is told with its reasons, by type of action', async ({ platform }) => {
  const market = await openMarket(platform)
  await market.decided([
    ...upTo(3).map((by) => ({ by, daysAgo: 3, outcome: 'accepted' })),
    { by: 4, daysAgo: 3, outcome: 'rejected', code: 'tone' },
    { by: 5, daysAgo: 3, outcome: 'edited' },
    { by: 1, daysAgo: 3, outcome: 'rejected', code: 'other', type: 'invoice.remind' },
  ])
  await market.close()
  const { decisions, types } = await read(market)
  expect(decisions.now).toMatchObject({
    accepted: 3,
    edited: 1,
    rejected: 1,
    shares: { accepted: 0.8, edited: 0.2, undone: 0 },
    reasons: [{ key: 'tone', count: 1 }],
  })
  expect(types).toMatchObject([{ type: 'bill.reschedule', decisions: { rejected: 1 } }])
})

test('why subscriptions end is told, in counts and words, once five have left', async ({ platform }) => {
  const market = await openMarket(platform)
  await market.left(upTo(4).map((by) => ({ by, daysAgo: 9, code: 'errors', words: 'It broke [supplier]' })))
  await market.close()
  expect((await read(market)).endings).toEqual({ now: null, before: null, words: [] })

  const wide = await openMarket(platform)
  await wide.left([
    ...upTo(4).map((by) => ({ by, daysAgo: 20 - by, code: 'too-expensive' })),
    { by: 5, daysAgo: 5, code: 'errors', words: 'It broke', inTrial: true },
  ])
  await wide.close()
  expect((await read(wide)).endings).toEqual({
    now: {
      ended: 5,
      inTrial: 1,
      reasons: [
        { key: 'too-expensive', count: 4 },
        { key: 'errors', count: 1 },
      ],
    },
    before: null,
    words: [{ code: 'errors', words: 'It broke' }],
  })
})

test('another provider, an operator and a token without the scope read no analytics', async ({
  platform,
  operator,
}) => {
  const market = await openMarket(platform)
  const other = await signUpOperator(platform.app, 'provider')
  for (const part of ['analytics', 'subscribers', 'executions']) {
    const path = `/v1/provider/services/${market.service}/${part}`
    expect((await other.get(path)).status).toBe(404)
    expect((await operator.get(path)).status).toBe(403)
    expect((await (await market.provider.withToken(['events:read'])).get(path)).status).toBe(403)
  }
  expect((await other.get('/v1/provider/overview')).body.items).toEqual([])
  expect((await operator.get('/v1/provider/overview')).status).toBe(403)
})

test('what is measured of a service is shown to operators in shares, over five subscribers or more', async ({
  platform,
  operator,
}) => {
  const market = await openMarket(platform)
  const path = `/v1/services/${market.service}/quality`
  await market.ran(upTo(4).map((by) => ({ by, daysAgo: 3 })))
  expect((await operator.get(path)).body).toMatchObject({ executions: null, decisions: null })
  const wide = await openMarket(platform)
  await wide.ran(upTo(6).map((by) => ({ by, daysAgo: 3, ms: 200, ...(by > 5 ? { outcome: 'failed' } : {}) })))
  await wide.decided(upTo(5).map((by) => ({ by, daysAgo: 3, outcome: by > 4 ? 'rejected' : 'accepted' })))
  await wide.close()
  const { body } = await operator.get(`/v1/services/${wide.service}/quality`)
  expect(body.executions.successRate).toBe(0.8333)
  expect(body.executions.p95Ms).toBeGreaterThan(190)
  expect(body.decisions).toEqual({ accepted: 0.8, edited: 0, undone: 0 })
})

test('the overview says what needs attention: failing, resting, handed back, behind', async ({
  platform,
}) => {
  const market = await openMarket(platform)
  await market.ran(upTo(6).map((by) => ({ by, daysAgo: 3, ...(by > 4 ? { outcome: 'failed' } : {}) })))
  await market.subscribed(upTo(6).map((by) => ({ by, daysAgo: 9 })))
  await market.close()
  await market.release('1.0.1')
  await asAdmin(
    platform,
    `insert into bizq.release_circuits (release_id, failures, opened_until) values ($1, 10, now() + interval '1 hour')`,
    [market.ids.release],
  )
  const { items } = (await market.provider.get('/v1/provider/overview')).body
  expect(items).toMatchObject([
    {
      service: market.service,
      version: '1.0.1',
      subscribers: 6,
      behind: 6,
      isFailing: true,
      resting: [{ version: '1.0.0' }],
      handedBack: [],
    },
  ])
})
