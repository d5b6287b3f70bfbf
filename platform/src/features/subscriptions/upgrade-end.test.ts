import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { test, type Platform } from '../../../test/harness.ts'
import { createBusiness, signUpOperator, type Person } from '../../../test/people.ts'
import { publish, subscribe } from '../../../test/services.ts'
import { endReleasesJob } from '../releases/index.ts'
import { endSubscriptionsJob, tellOfReleaseJob, upgradeSubscriptionsJob } from './index.ts'

const dayMs = 86_400_000

/** What an organisation was told, oldest first. */
async function eventsOf(platform: Platform, { organisation }: Person, type: string) {
  const rows = await asAdmin<{ payload: Record<string, unknown> }[]>(
    platform,
    'select payload from bizq.events where organisation_id = $1 and type = $2 order by id',
    [decodeId('org', organisation), type],
  )
  return rows.map(({ payload }) => payload)
}

async function subscribed(platform: Platform, operator: Person) {
  const business = await createBusiness(operator)
  const provider = await signUpOperator(platform.app, 'provider')
  const { service, release } = await publish(provider)
  const subscription = await subscribe(operator, business, service)
  const look = async () => (await operator.get(`/v1/subscriptions/${subscription.id}`)).body
  const change = (body: Record<string, unknown>) =>
    provider.send('PATCH', `/v1/provider/services/${service}/releases/${release}`, body)
  const told = (type = 'subscription.release-changed') => eventsOf(platform, operator, type)
  return { business, provider, service, release, subscription, look, change, told }
}

/** As if its notice had been given so long ago that it is over. */
const passNotice = (platform: Platform, release: string) =>
  asAdmin(
    platform,
    `update bizq.releases set ends_at = now() - interval '1 second' where version = '1.0.0' and state = 'deprecated'`,
  ).then(() =>
    endReleasesJob
      .handle(platform.deps, [])
      .then(() => endSubscriptionsJob.handle(platform.deps, [{ release }])),
  )

test('a deprecated release gives its subscribers thirty days, never fewer', async ({
  platform,
  operator,
}) => {
  const { change, look, release, told, subscription } = await subscribed(platform, operator)
  const soon = await change({ state: 'deprecated', endsAt: new Date(Date.now() + 29 * dayMs).toISOString() })
  expect(soon.status).toBe(422)
  expect(soon.body.errors[0].pointer).toBe('/endsAt')
  const deprecated = await change({ state: 'deprecated', notice: 'Use the other one.' })
  const left = Date.parse(deprecated.body.endsAt) - Date.now()
  expect(left).toBeGreaterThan(30 * dayMs - 600_000)
  const at = new Date().toISOString()
  await tellOfReleaseJob.handle(platform.deps, [{ release, at }])
  await tellOfReleaseJob.handle(platform.deps, [{ release, at }])
  expect(await told()).toEqual([
    expect.objectContaining({
      subscription: subscription.id,
      state: 'deprecated',
      notice: 'Use the other one.',
      endsAt: deprecated.body.endsAt,
    }),
  ])
  expect(await look()).toMatchObject({
    state: 'active',
    releaseState: 'deprecated',
    endsAt: deprecated.body.endsAt,
    notice: 'Use the other one.',
  })
  const [notice] = (await operator.get('/v1/notices')).body.items
  expect(notice).toMatchObject({
    kind: 'release',
    subscription: subscription.id,
    release: { what: 'ends', endsAt: deprecated.body.endsAt, words: 'Use the other one.' },
  })
  await endReleasesJob.handle(platform.deps, [])
  await endSubscriptionsJob.handle(platform.deps, [{ release }])
  expect(await look()).toMatchObject({ state: 'active', releaseState: 'deprecated' })
})

test('nobody subscribes to a deprecated release, and its provider can take that back', async ({
  platform,
  operator,
  stranger,
}) => {
  const { change, look, service, release, told } = await subscribed(platform, operator)
  await change({ state: 'deprecated' })
  const business = await createBusiness(stranger)
  const preview = await stranger.post(`/v1/services/${service}/preview`, { business })
  const made = await stranger.post('/v1/subscriptions', { preview: preview.body.id })
  expect(made.body.detail).toContain('deprecated')
  expect((await change({ state: 'published' })).body).toMatchObject({ state: 'published', endsAt: null })
  await tellOfReleaseJob.handle(platform.deps, [{ release, at: new Date().toISOString() }])
  expect(await told()).toEqual([expect.objectContaining({ state: 'published', endsAt: null })])
  await passNotice(platform, release)
  expect(await look()).toMatchObject({ state: 'active', releaseState: 'published', endsAt: null })
  expect((await stranger.post('/v1/subscriptions', { preview: preview.body.id })).status).toBe(201)
})

test('when the notice is over the subscription is cancelled by the platform, which says why', async ({
  platform,
  operator,
}) => {
  const { change, look, release, subscription, provider, service, told } = await subscribed(
    platform,
    operator,
  )
  await change({ state: 'deprecated', notice: 'We stop.' })
  await passNotice(platform, release)
  const over = await look()
  expect(over).toMatchObject({ state: 'cancelled', releaseState: 'withdrawn' })
  expect(over.endedBecause).toBe(
    'Test Holdings ended version 1.0.0 of Test Service, as announced. “We stop.”',
  )
  expect((await operator.get(`/v1/grants/${subscription.grant}/data/invoices`)).status).toBe(403)
  expect(await told('subscription.ended')).toEqual([expect.objectContaining({ reason: over.endedBecause })])
  const [notice] = (await operator.get('/v1/notices')).body.items
  expect(notice.release).toMatchObject({ what: 'ended', words: over.endedBecause })
  const audited = (await operator.get('/v1/audit?action=subscription.cancel')).body.items
  expect(audited[0].subject).toMatchObject({ subscription: subscription.id, because: over.endedBecause })
  expect((await provider.get(`/v1/provider/services/${service}/releases/${release}`)).body.state).toBe(
    'withdrawn',
  )
  await passNotice(platform, release)
})

test('who moved on to another release before the notice was over is not cancelled', async ({
  platform,
  operator,
}) => {
  const { change, look, release, provider, service } = await subscribed(platform, operator)
  await change({ state: 'deprecated' })
  const next = await publish(provider, { service, version: '1.0.1' })
  await upgradeSubscriptionsJob.handle(platform.deps, [{ release: next.release }])
  await passNotice(platform, release)
  expect(await look()).toMatchObject({ state: 'active', version: '1.0.1', endedBecause: null })
})

test('a release that was withdrawn at once leaves its subscriptions to their operators', async ({
  platform,
  operator,
}) => {
  const { change, look, release, told } = await subscribed(platform, operator)
  await change({ state: 'withdrawn', notice: 'A fault.' })
  await tellOfReleaseJob.handle(platform.deps, [{ release, at: new Date().toISOString() }])
  await passNotice(platform, release)
  expect(await told()).toEqual([expect.objectContaining({ state: 'withdrawn', notice: 'A fault.' })])
  expect(await look()).toMatchObject({ state: 'active', releaseState: 'withdrawn', notice: 'A fault.' })
})
