import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin, openOffice, remindAll } from '../../../test/executions.ts'
import { test as base, type Platform } from '../../../test/harness.ts'
import { join, platformPerson, signUpOperator, type Person } from '../../../test/people.ts'
import { publish } from '../../../test/services.ts'
import { workOn } from '../../jobs/work.ts'
import { tellObjectionJob, tellSubscribersJob } from './index.ts'

const test = base.extend<{ admin: Person }>({
  admin: [
    async ({ platform }: { platform: Platform }, use: (admin: Person) => Promise<void>) => {
      await workOn(platform.deps, [tellSubscribersJob, tellObjectionJob])
      await use(await platformPerson(platform, 'owner'))
    },
    { scope: 'file' },
  ] as never,
})

const why = { code: 'harmful', words: 'It reminds customers who have paid already.' }

async function offer(platform: Platform, admin: Person) {
  const provider = await signUpOperator(platform.app, 'provider')
  const published = await publish(provider)
  const found = await admin.get(`/v1/admin/services?search=${published.service}`)
  const service: string = found.body.items[0].id
  const act = (kind: string, reason: object = why) =>
    admin.post(`/v1/admin/services/${service}/acts`, { kind, ...reason })
  return { provider, published, service, act }
}

const auditOf = async (person: Person, action: string, subject: string) =>
  (await person.get(`/v1/audit?action=${action}&subject=${subject}`)).body.items

const eventsOf = (platform: Platform, person: Person, type: string) =>
  asAdmin<{ payload: Record<string, unknown> }[]>(
    platform,
    `select payload from bizq.events where organisation_id = $1 and type = $2 order by seq`,
    [decodeId('org', person.organisation), type],
  )

test('nobody but the administrators of the platform gets anything from an admin route', async ({
  platform,
  operator,
  admin,
}) => {
  const { provider, service } = await offer(platform, admin)
  const feature = { service, words: 'A service to look at.', fromDay: '2026-01-01', untilDay: '2099-01-01' }
  const calls: [string, string, object?][] = [
    ['GET', '/v1/admin/services'],
    ['GET', `/v1/admin/services/${service}`],
    ['POST', `/v1/admin/services/${service}/acts`, { kind: 'suspend', ...why }],
    ['GET', '/v1/admin/organisations'],
    ['GET', `/v1/admin/organisations/${operator.organisation}`],
    ['POST', `/v1/admin/organisations/${operator.organisation}/acts`, { kind: 'stop', ...why }],
    ['GET', '/v1/admin/acts'],
    ['POST', '/v1/admin/acts/pac_00000000000000000000000000/answer', { words: 'We looked into it.' }],
    ['GET', '/v1/admin/featured'],
    ['POST', '/v1/admin/featured', feature],
    ['DELETE', '/v1/admin/featured/fea_00000000000000000000000000'],
    ['GET', '/v1/admin/figures'],
  ]
  const others = [
    operator,
    provider,
    await platformPerson(platform, 'certifier'),
    await platformPerson(platform, 'viewer'),
    await admin.withToken(['services:read', 'events:read']),
  ]
  for (const person of others)
    for (const [method, path, body] of calls)
      expect({ method, path, status: (await person.send(method, path, body)).status }).toEqual({
        method,
        path,
        status: 403,
      })
  expect((await admin.get(`/v1/admin/services/${service}`)).body.state).toBe('live')
  const manager = await platformPerson(platform, 'manager')
  expect((await manager.get('/v1/admin/services')).status).toBe(200)
})

test('a hidden service is found by nobody who looks through the catalogue, and stays what it is for who has it', async ({
  platform,
  operator,
  admin,
}) => {
  const { provider, published, service, act } = await offer(platform, admin)
  const isFound = async () =>
    (await operator.get(`/v1/services?search=${published.service}`)).body.items.length === 1
  expect(await isFound()).toBe(true)
  expect((await act('show')).status).toBe(409)
  const hidden = await act('hide')
  expect(hidden.status).toBe(201)
  expect((await act('hide')).status).toBe(409)
  expect(await isFound()).toBe(false)
  expect((await operator.get(`/v1/services/${published.service}`)).status).toBe(200)
  expect((await admin.get('/v1/admin/services?state=hidden')).body.items).toMatchObject([
    { id: service, state: 'hidden' },
  ])

  const [notice] = (await provider.get('/v1/platform-notices')).body.items
  expect(notice).toMatchObject({
    kind: 'hide',
    ...why,
    mayObject: true,
    liftedAt: null,
    service: { id: service },
  })
  expect(await auditOf(provider, 'platform.notice', service)).toMatchObject([
    { actor: { kind: 'system' }, subject: { reason: why.words } },
  ])
  expect(await auditOf(admin, 'service.hide', service)).toMatchObject([
    { actor: { kind: 'user' }, subject: { reason: why.words, code: 'harmful' } },
  ])
  expect((await act('show', { code: 'resolved', words: 'The provider has mended it.' })).status).toBe(201)
  expect(await isFound()).toBe(true)
  const after = (await provider.get('/v1/platform-notices')).body.items
  expect(after).toMatchObject([
    { kind: 'show' },
    { kind: 'hide', liftedAt: expect.any(String), mayObject: false },
  ])
  expect((await provider.get('/v1/platform-notices?standing=true')).body.items).toEqual([])
})

test('of a suspended service nothing is run any more, everybody whom it concerns is told why, and it is restored as it was', async ({
  platform,
  operator,
  stranger,
  admin,
}) => {
  const { provider, service, act } = await offer(platform, admin)
  const own = await openOffice(platform, operator, { provider, body: remindAll })
  const { id } = (await operator.get(`/v1/services/${own.published.service}`)).body
  const suspend = (kind: string, reason: object = why) =>
    admin.post(`/v1/admin/services/${id}/acts`, { kind, ...reason })
  const run = () => operator.post(`/v1/subscriptions/${own.subscription}/executions`)
  await own.run()

  const queued = await run()
  expect(queued.body.state).toBe('queued')
  const { body } = await suspend('suspend')
  expect(body).toMatchObject({ kind: 'suspend', concerns: { id: provider.organisation }, liftedAt: null })
  expect(await own.run()).toMatchObject({
    id: queued.body.id,
    state: 'cancelled',
    reason: `The release is suspended: ${why.words}`,
  })
  const refused = await run()
  expect(refused.status).toBe(409)
  expect(refused.body.detail).toContain(why.words)
  expect((await operator.get(`/v1/services/${own.published.service}`)).status).toBe(404)
  expect((await operator.get(`/v1/subscriptions/${own.subscription}`)).body.notice).toBe(why.words)

  for (const person of [operator, provider])
    await expect
      .poll(async () => (await person.get(`/v1/platform-notices?service=${id}&standing=true`)).body.items)
      .toMatchObject([{ kind: 'suspend', ...why, mayObject: person === provider, service: { id } }])
  expect(await auditOf(operator, 'platform.notice', id)).toMatchObject([{ subject: { reason: why.words } }])
  expect(await auditOf(provider, 'service.suspend', id)).toHaveLength(1)
  expect(await auditOf(admin, 'service.suspend', id)).toHaveLength(1)
  expect(await eventsOf(platform, operator, 'platform.notice')).toMatchObject([
    { payload: { kind: 'suspend', service: id } },
  ])
  expect((await stranger.get('/v1/platform-notices')).body.items).toEqual([])
  expect((await admin.get(`/v1/admin/services/${service}`)).body.state).toBe('live')

  expect(
    (await suspend('restore', { code: 'resolved', words: 'It looks for payments first now.' })).status,
  ).toBe(201)
  expect((await own.run()).state).toBe('succeeded')
  await expect
    .poll(async () => (await operator.get(`/v1/platform-notices?service=${id}`)).body.items)
    .toMatchObject([{ kind: 'restore' }, { kind: 'suspend', liftedAt: expect.any(String) }])
  expect((await act('restore')).status).toBe(409)
})

test('what waits for another attempt when the service is suspended is not tried again, though its input is kept', async ({
  platform,
  operator,
  admin,
}) => {
  const own = await openOffice(platform, operator, { body: remindAll })
  const { id } = (await operator.get(`/v1/services/${own.published.service}`)).body
  const first = await own.latest()
  // As if it were waiting for another attempt, on an input that is kept.
  const { attempts } = await own.run()
  await asAdmin(
    platform,
    `update bizq.executions set state = 'waiting', outcome = 'timed-out', next_attempt_at = now(), finished_at = null where id = $1`,
    [decodeId('exe', first.id)],
  )
  const before = (await operator.get('/v1/actions')).body.items.length
  await admin.post(`/v1/admin/services/${id}/acts`, { kind: 'suspend', ...why })
  expect(await own.run()).toMatchObject({ id: first.id, state: 'cancelled', attempts })
  expect((await operator.get('/v1/actions')).body.items).toHaveLength(before)
})

test('a provider objects once to what concerns it, the platform answers, and nobody else can', async ({
  platform,
  operator,
  admin,
}) => {
  const own = await openOffice(platform, operator, { body: remindAll })
  const { id } = (await operator.get(`/v1/services/${own.published.service}`)).body
  const { body: act } = await admin.post(`/v1/admin/services/${id}/acts`, { kind: 'suspend', ...why })
  await expect.poll(async () => (await operator.get('/v1/platform-notices')).body.items).toHaveLength(1)
  const [told] = (await operator.get('/v1/platform-notices')).body.items
  const words = { words: 'We stopped that in release 1.0.1 already.' }
  expect((await operator.post(`/v1/platform-notices/${told.id}/objection`, words)).status).toBe(409)

  const [notice] = (await own.provider.get('/v1/platform-notices')).body.items
  expect((await operator.post(`/v1/platform-notices/${notice.id}/objection`, words)).status).toBe(404)
  const viewer = await join(platform.app, own.provider, 'viewer')
  expect((await viewer.post(`/v1/platform-notices/${notice.id}/objection`, words)).status).toBe(403)
  expect((await admin.post(`/v1/admin/acts/${act.id}/answer`, words)).status).toBe(409)

  const objected = await own.provider.post(`/v1/platform-notices/${notice.id}/objection`, words)
  expect(objected.body).toMatchObject({ objection: words.words, mayObject: false })
  expect((await own.provider.post(`/v1/platform-notices/${notice.id}/objection`, words)).status).toBe(409)
  const waiting = (await admin.get('/v1/admin/acts?waiting=objection')).body.items
  expect(waiting.filter((each: { id: string }) => each.id === act.id)).toMatchObject([
    { objection: words.words },
  ])
  await expect
    .poll(() => eventsOf(platform, admin, 'platform.objection'))
    .toContainEqual({ payload: { act: act.id } })
  const answer = { words: 'The old release still runs for some; withdraw it.' }
  expect((await admin.post(`/v1/admin/acts/${act.id}/answer`, answer)).body.answer).toBe(answer.words)
  expect((await own.provider.get('/v1/platform-notices')).body.items[0]).toMatchObject({
    objection: words.words,
    answer: answer.words,
  })
})

test('all services of a provider are suspended at once, and restored', async ({ platform, admin }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  await publish(provider)
  await publish(provider)
  const act = (kind: string) =>
    admin.post(`/v1/admin/organisations/${provider.organisation}/acts`, { kind, ...why })
  expect((await act('restore-services')).status).toBe(409)
  expect((await act('suspend-services')).body.items).toHaveLength(2)
  const states = async () =>
    (await admin.get(`/v1/admin/services?provider=${provider.organisation}`)).body.items.map(
      ({ state }: { state: string }) => state,
    )
  expect(await states()).toEqual(['suspended', 'suspended'])
  expect((await act('suspend-services')).status).toBe(409)
  expect((await act('restore-services')).body.items).toHaveLength(2)
  expect(await states()).toEqual(['live', 'live'])
})

test('an organisation that the platform stopped stays stopped until the platform takes it back', async ({
  platform,
  operator,
  stranger,
  admin,
}) => {
  const own = await openOffice(platform, operator, { body: remindAll })
  const token = await operator.withToken(['businesses:read'])
  const act = (kind: string) =>
    admin.post(`/v1/admin/organisations/${operator.organisation}/acts`, { kind, ...why })
  expect((await act('resume')).status).toBe(409)
  expect((await act('stop')).status).toBe(201)
  expect((await act('stop')).status).toBe(409)
  expect((await token.get('/v1/businesses')).status).toBe(409)
  expect((await operator.post(`/v1/subscriptions/${own.subscription}/executions`)).status).toBe(409)
  for (const method of ['POST', 'DELETE']) {
    const tried = await operator.send(method, '/v1/stop')
    expect(tried.status).toBe(403)
    expect(tried.body.detail).toContain(why.words)
  }
  expect((await operator.get('/v1/platform-notices?standing=true')).body.items).toMatchObject([
    { kind: 'stop', mayObject: true, service: null },
  ])
  expect((await operator.get('/v1/audit?action=organisation.stop')).body.items).toMatchObject([
    { actor: { kind: 'system' }, subject: { by: 'platform', reason: why.words } },
  ])
  expect((await admin.get(`/v1/admin/organisations/${operator.organisation}`)).body.stoppedByPlatform).toBe(
    why.words,
  )
  expect((await act('resume')).status).toBe(201)
  expect((await token.get('/v1/businesses')).status).toBe(200)

  // What its own people stopped before stays stopped.
  await stranger.post('/v1/stop')
  const theirs = `/v1/admin/organisations/${stranger.organisation}/acts`
  await admin.post(theirs, { kind: 'stop', ...why })
  await admin.post(theirs, { kind: 'resume', ...why })
  const { body } = await admin.get(`/v1/admin/organisations/${stranger.organisation}`)
  expect(body).toMatchObject({ stoppedAt: expect.any(String), stoppedByPlatform: null })
  expect((await stranger.send('DELETE', '/v1/stop')).status).toBe(200)
})

test('the platform sees of an organisation how much there is, and nothing of what', async ({
  platform,
  operator,
  admin,
}) => {
  await openOffice(platform, operator, { body: remindAll })
  const { body } = await admin.get(`/v1/admin/organisations/${operator.organisation}`)
  expect(body).toMatchObject({ kind: 'operator', businesses: 1, subscriptions: 1, services: 0, members: 1 })
  expect(JSON.stringify(body)).not.toContain('Harbour')
  expect(JSON.stringify(body)).not.toContain(operator.email)
  const all = (await admin.get('/v1/admin/organisations?kind=operator&limit=2')).body
  expect(all.items).toHaveLength(2)
  expect(all.next).not.toBeNull()
  const rest = (await admin.get(`/v1/admin/organisations?kind=operator&limit=2&cursor=${all.next}`)).body
  expect(rest.items[0].id).not.toBe(all.items[1].id)
})

test('what is featured is on the catalogue page in its days alone, and only while everybody finds it', async ({
  platform,
  operator,
  admin,
}) => {
  const { provider, published, service, act } = await offer(platform, admin)
  const day = (by: number) => new Date(Date.now() + by * 86_400_000).toISOString().slice(0, 10)
  const words = 'Watch what late payers cost you.'
  const feature = (fromDay: string, untilDay: string) =>
    admin.post('/v1/admin/featured', { service, words, fromDay, untilDay })
  const shown = async () => (await operator.get('/v1/featured')).body.items

  for (const [from, until] of [
    [day(-3), day(-1)],
    [day(2), day(1)],
    [day(0), day(40)],
  ] as const)
    expect((await feature(from, until)).status).toBe(422)
  expect((await feature(day(1), day(2))).body.state).toBe('coming')
  expect(await shown()).toEqual([])
  const now = (await feature(day(0), day(1))).body
  expect(await shown()).toMatchObject([{ id: now.id, words, service: { service: published.service } }])

  await act('hide')
  expect(await shown()).toEqual([])
  expect((await feature(day(0), day(1))).status).toBe(409)
  await act('show')
  expect(await shown()).toHaveLength(1)
  await asAdmin(
    platform,
    `update bizq.featured_services set from_day = current_date - 3, until_day = current_date - 1 where id = $1`,
    [decodeId('fea', now.id)],
  )
  expect(await shown()).toEqual([])
  const listed = (await admin.get('/v1/admin/featured')).body.items
  expect(listed.map(({ state }: { state: string }) => state)).toEqual(['coming', 'over'])
  expect((await admin.send('DELETE', `/v1/admin/featured/${listed[0].id}`)).body.state).toBe('taken-back')
  expect((await provider.get('/v1/featured')).status).toBe(200)
})
