import { decodeId, encodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin, openOffice, throwing } from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'
import { join } from '../../../test/people.ts'
import { linesOf, openMarket, upTo } from '../../../test/telling.ts'
import { excerptOf } from './lines.ts'

test('a provider reads of an execution its outcome, time, class and place of the error, and nothing of whose it was', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: throwing('RangeError') })
  const execution = await office.run()
  const path = `/v1/provider/services/${office.published.service}/executions`
  const { items, errors } = await linesOf(office.provider, path)
  expect(items).toEqual([
    {
      id: expect.stringMatching(/^run_[0-7][0-9a-hjkmnp-tv-z]{25}$/),
      version: '1.0.0',
      at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      outcome: 'failed',
      wallMs: expect.any(Number),
      error: {
        name: 'RangeError',
        stack: expect.arrayContaining([{ line: expect.any(Number), column: expect.any(Number) }]),
      },
      log: null,
    },
  ])
  expect(errors).toEqual(['RangeError'])
  const { body: one } = await office.provider.get(`${path}/${items[0].id}`)
  expect(one).toMatchObject({ release: office.published.release, log: null })
  expect(one.code[0].lines.map(({ text }: { text: string }) => text).join('\n')).toContain('as told')
  const told = JSON.stringify([items, one])
  const [row] = await asAdmin<{ told_as: string; subscriber_id: string }[]>(
    platform,
    'select told_as, subscriber_id from bizq.executions where id = $1',
    [decodeId('exe', execution.id)],
  )
  for (const id of [row?.told_as ?? '', row?.subscriber_id ?? '']) {
    expect(told).not.toContain(id)
    expect(told).not.toContain(encodeId('run', id))
  }
  for (const id of [execution.id, office.subscription, office.business, office.grant, operator.organisation])
    expect(told).not.toContain(id)
})

test('a line’s number tells no moment: those of one after another are not in order', async ({ platform }) => {
  const market = await openMarket(platform)
  await market.ran(upTo(40).map((by) => ({ by, daysAgo: 1 })))
  const path = `/v1/provider/services/${market.service}/executions?limit=200`
  const { items } = await linesOf(market.provider, path, 40)
  const ids = items.map(({ id }: { id: string }) => id)
  const sorted = [...ids].sort()
  expect(ids).not.toEqual(sorted)
  expect(ids).not.toEqual(sorted.toReversed())
  expect(new Set(ids.map((id: string) => id.slice(0, 8))).size).toBeGreaterThan(30)
})

test('pages follow each other, `after` gives only what is newer, and filters narrow', async ({
  platform,
}) => {
  const market = await openMarket(platform)
  const newer = await market.release('1.0.1')
  await market.ran(upTo(5).map((by) => ({ by, daysAgo: 2 })))
  const path = `/v1/provider/services/${market.service}/executions`
  const all = await linesOf(market.provider, path, 5)
  await market.ran([
    { by: 1, daysAgo: 1, outcome: 'failed' },
    { by: 2, daysAgo: 1, release: newer },
  ])
  await linesOf(market.provider, path, 7)
  const read = async (query: string) => (await market.provider.get(`${path}?${query}`)).body
  const first = await read('limit=4')
  const second = await read(`limit=4&cursor=${first.next}`)
  expect([...first.items, ...second.items]).toHaveLength(7)
  expect(second.next).toBeNull()
  expect((await read(`after=${all.items[0].id}`)).items).toHaveLength(2)
  expect((await read(`after=${first.items[0].id}`)).items).toEqual([])
  expect((await read('outcome=failed')).items).toMatchObject([{ error: { name: 'TypeError' } }])
  expect((await read('error=TypeError')).items).toHaveLength(1)
  expect((await read('version=1.0.1')).items).toMatchObject([{ version: '1.0.1' }])
  expect((await read('version=9.9.9')).items).toEqual([])
  expect((await market.provider.get(`${path}?cursor=nonsense`)).body.type).toMatch(/invalid-cursor$/)
})

test('another provider’s lines are not there, whatever number is asked for', async ({ platform }) => {
  const market = await openMarket(platform)
  const other = await openMarket(platform)
  await market.ran([{ by: 1, daysAgo: 1 }])
  const path = (service: string) => `/v1/provider/services/${service}/executions`
  const { items } = await linesOf(market.provider, path(market.service))
  expect((await other.provider.get(path(other.service))).body.items).toEqual([])
  expect((await other.provider.get(`${path(other.service)}/${items[0].id}`)).status).toBe(404)
  expect((await other.provider.get(`${path(market.service)}/${items[0].id}`)).status).toBe(404)
})

test('a provider reads the log of the one execution that its operator shares, until it is taken back', async ({
  platform,
  operator,
  stranger,
}) => {
  const office = await openOffice(platform, operator, { body: throwing('Error') })
  const first = await office.run()
  await office.run()
  const lines = `/v1/provider/services/${office.published.service}/executions`
  const logs = async () =>
    (await linesOf(office.provider, lines, 2)).items.map(({ log }: { log: string | null }) => log)
  expect(await logs()).toEqual([null, null])
  const shared = `/v1/executions/${first.id}/shared-log`
  expect(first.logSharing).toEqual({ sharedAt: null })
  expect((await stranger.send('PUT', shared)).status).toBe(404)
  expect((await office.provider.send('PUT', shared)).status).toBe(404)
  const viewer = await join(platform.app, operator, 'viewer')
  expect((await viewer.send('PUT', shared)).status).toBe(403)
  expect(await logs()).toEqual([null, null])

  const answer = await operator.send('PUT', shared)
  expect(answer.body.logSharing.sharedAt).toMatch(/T/)
  expect((await operator.send('PUT', shared)).status).toBe(200)
  expect(await logs()).toEqual([null, 'before\n'])
  const rival = await openMarket(platform)
  expect((await rival.provider.get(lines)).status).toBe(404)

  expect((await operator.send('DELETE', shared)).body.logSharing).toEqual({ sharedAt: null })
  expect(await logs()).toEqual([null, null])
  const { items } = (await operator.get('/v1/audit')).body
  const acts = items.map(({ action }: { action: string }) => action)
  expect(acts.filter((act: string) => act === 'execution.share-log')).toHaveLength(1)
  expect(acts.filter((act: string) => act === 'execution.take-log-back')).toHaveLength(1)
})

test('there is nothing to share of an execution that its provider was not told of', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  const { body } = await operator.post(`/v1/subscriptions/${office.subscription}/executions`)
  const { id, logSharing } = body.id ? body : await office.latest()
  expect(logSharing).toBeNull()
  expect((await operator.send('PUT', `/v1/executions/${id}/shared-log`)).status).toBe(409)
})

test('of a staged release, the log of a test operator is shared by itself until it is taken back, and of nobody else', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: throwing('Error') })
  const own = `/v1/provider/services/${office.published.service}`
  await asAdmin(platform, `update bizq.releases set state = 'staged', staged_at = now() where id = $1`, [
    decodeId('rel', office.published.release),
  ])
  await office.run()
  expect((await linesOf(office.provider, `${own}/executions`)).items).toMatchObject([{ log: null }])
  const { code } = (await office.provider.post(`${own}/invitations`, { label: 'A friend', kind: 'test' }))
    .body
  expect((await operator.post('/v1/service-invitations/accept', { code })).status).toBe(200)
  const run = await office.run()
  const told = (await linesOf(office.provider, `${own}/executions`, 2)).items
  expect(told).toMatchObject([{ log: 'before\n' }, { log: null }])
  await operator.send('DELETE', `/v1/executions/${run.id}/shared-log`)
  expect((await office.provider.get(`${own}/executions`)).body.items[0].log).toBeNull()
})

test('of a long line of a bundle, what is near the error is shown', () => {
  const code = ['short', `${'x'.repeat(400)}HERE${'y'.repeat(400)}`]
  const excerpt = excerptOf(code, { line: 2, column: 402 })
  expect(excerpt.lines.map(({ line }) => line)).toEqual([1, 2])
  expect(excerpt.lines[1]?.text).toContain('HERE')
  expect(excerpt.lines[1]?.text.length).toBeLessThanOrEqual(160)
  expect(excerpt.fromColumn).toBe(323)
})
