import { decodeId } from '@bizq/sdk/contract'
import { describe, expect } from 'vitest'
import { asAdmin, openOffice, runIt, throwing } from '../../../test/executions.ts'
import { test, type Platform } from '../../../test/harness.ts'
import { invoiceOf, putRecords } from '../../../test/ledger.ts'
import { createBusiness, signUpOperator, type Person } from '../../../test/people.ts'
import { bundleOf, manifestOf, publish, subscribe } from '../../../test/services.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { restoreService, suspendService } from '../releases/index.ts'
import { upgradeSubscriptionsJob } from '../subscriptions/index.ts'
import { followTestersJob, judgeJob, returnJob, takeJob } from './index.ts'

interface Release {
  id: string
  state: string
}

/** A service at 1.0.0 with so many subscriptions of one operator. */
async function offered(platform: Platform, operator: Person, count: number) {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service, release: first } = await publish(provider)
  const subscriptions: string[] = []
  for (let i = 0; i < count; i++) {
    const business = await createBusiness(operator, { name: `Shop ${i}` })
    subscriptions.push((await subscribe(operator, business, service)).id)
  }
  const path = `/v1/provider/services/${service}`
  const submit = async (change: Record<string, unknown>, publication: unknown, body?: string) => {
    const manifest = manifestOf({ service, version: '1.1.0', ...change })
    const bundle = bundleOf(manifest, body)
    const answer = await provider.post(`${path}/releases`, { manifest, bundle, publication })
    return answer.body as Release
  }
  const canary = async (change: Record<string, unknown> = {}, percent = 20) => {
    const release = await submit(change, { kind: 'canary', percent, hours: 24 })
    await takeJob.handle(platform.deps, [{ release: release.id }])
    return release
  }
  const look = async (id: string) => (await operator.get(`/v1/subscriptions/${id}`)).body
  const versions = async () => {
    const all = await Promise.all(subscriptions.map(look))
    return all.map(({ version }) => version as string)
  }
  const release = async (id: string) => (await provider.get(`${path}/releases/${id}`)).body
  const change = (id: string, body: unknown) => provider.send('PATCH', `${path}/releases/${id}`, body)
  const rollout = async (id: string) => (await provider.get(`${path}/releases/${id}/rollout`)).body
  return {
    provider,
    service,
    first,
    path,
    subscriptions,
    submit,
    canary,
    look,
    versions,
    release,
    change,
    rollout,
  }
}

/** Lines of executions that each subscriber of a release has, as the provider's own. */
async function ran(platform: Platform, release: string, outcome: string, { times = 1, wallMs = 100 } = {}) {
  await asAdmin(
    platform,
    `insert into bizq.provider_executions (organisation_id, id, subscriber_id, service_id, release_id, outcome, wall_ms)
     select organisation_id, gen_random_uuid(), id, service_id, release_id, $2, $3 from bizq.subscribers, generate_series(1, $4) where release_id = $1`,
    [decodeId('rel', release), outcome, wallMs, times],
  )
}

const passWindow = (platform: Platform, release: string) =>
  asAdmin(platform, `update bizq.rollouts set ends_at = now() - interval '1 second' where release_id = $1`, [
    decodeId('rel', release),
  ])

const eventsOf = async (platform: Platform, { organisation }: Person, type: string) =>
  (
    await asAdmin<{ payload: Record<string, unknown> }[]>(
      platform,
      'select payload from bizq.events where organisation_id = $1 and type = $2 order by seq',
      [decodeId('org', organisation), type],
    )
  ).map(({ payload }) => payload)

const judge = ({ deps }: Platform) => judgeJob.handle(deps, [])
const goBack = ({ deps }: Platform, release: string) => returnJob.handle(deps, [{ release }])

describe('a canary', () => {
  test('takes its share at once and no more, however often it is told, and nobody new gets it', async ({
    platform,
    operator,
    stranger,
  }) => {
    const { canary, versions, release, service } = await offered(platform, operator, 5)
    const next = await canary({}, 40)
    expect(await release(next.id)).toMatchObject({ state: 'staged', publishedAt: null })
    const taken = await versions()
    expect(taken.filter((version) => version === '1.1.0')).toHaveLength(2)
    await takeJob.handle(platform.deps, [{ release: next.id }])
    await judge(platform)
    expect(await versions()).toEqual(taken)
    const business = await createBusiness(stranger)
    expect((await subscribe(stranger, business, service)).version).toBe('1.0.0')
  })

  test('that did no worse is followed by the rest when its window ends, not before', async ({
    platform,
    operator,
  }) => {
    const { canary, versions, release, rollout, first } = await offered(platform, operator, 3)
    const next = await canary()
    await ran(platform, next.id, 'succeeded', { times: 12 })
    await ran(platform, first, 'succeeded', { times: 12 })
    await judge(platform)
    expect(await release(next.id)).toMatchObject({ state: 'staged' })
    await passWindow(platform, next.id)
    await judge(platform)
    expect(await release(next.id)).toMatchObject({ state: 'published', publishedAt: expect.any(String) })
    await upgradeSubscriptionsJob.handle(platform.deps, [{ release: next.id }])
    expect(new Set(await versions())).toEqual(new Set(['1.1.0']))
    expect(await rollout(next.id)).toMatchObject({ state: 'finished', reasons: [] })
    await judge(platform)
    await goBack(platform, next.id)
    expect(new Set(await versions())).toEqual(new Set(['1.1.0']))
  })

  test('that fails more goes back by itself: every subscription to what it had, and both sides know why', async ({
    platform,
    operator,
  }) => {
    const { canary, versions, release, rollout, subscriptions, look, first, provider, change } =
      await offered(platform, operator, 3)
    const before = await Promise.all(subscriptions.map(look))
    const next = await canary({ pricing: { monthly: { amount: 300, currency: 'USD' } } })
    const place = (await versions()).indexOf('1.1.0')
    expect(await look(subscriptions[place] ?? '')).toMatchObject({ price: { monthly: { amount: 300 } } })
    await ran(platform, first, 'succeeded', { times: 5 })
    await ran(platform, next.id, 'failed', { times: 4 })
    await judge(platform)
    expect((await release(next.id)).state).toBe('staged')
    await ran(platform, next.id, 'timed-out')
    await judge(platform)
    expect(await release(next.id)).toMatchObject({
      state: 'suspended',
      suspendedBy: 'canary',
      notice: 'Its canary went back by itself: more of its executions failed.',
    })
    await goBack(platform, next.id)
    const after = await Promise.all(subscriptions.map(look))
    for (const [i, subscription] of after.entries()) {
      const { grant: _, returned: __, ...rest } = subscription
      expect(before[i]).toMatchObject(rest)
    }
    const returned = after[place].returned
    expect(returned).toMatchObject({
      version: '1.1.0',
      reason: 'Version 1.1.0 did worse than the one before it: more of its executions failed.',
    })
    expect(await eventsOf(platform, operator, 'subscription.returned')).toEqual([
      expect.objectContaining({
        subscription: subscriptions[place],
        release: first,
        reason: returned.reason,
      }),
    ])
    expect(await eventsOf(platform, provider, 'release.reverted')).toEqual([
      expect.objectContaining({ release: next.id, worse: ['failures'] }),
    ])
    expect(await rollout(next.id)).toMatchObject({
      state: 'reverted',
      reasons: ['more of its executions failed'],
      figures: null,
    })
    await goBack(platform, next.id)
    await judge(platform)
    expect(await Promise.all(subscriptions.map(look))).toEqual(after)
    for (const state of ['published', 'staged'])
      expect((await change(next.id, { state })).body.detail).toContain('higher version')
  })

  test('that is slower, or undone more, goes back too', async ({ platform, operator }) => {
    const slow = await offered(platform, operator, 2)
    const next = await slow.canary()
    await ran(platform, slow.first, 'succeeded', { times: 10, wallMs: 400 })
    await ran(platform, next.id, 'succeeded', { times: 10, wallMs: 700 })
    const undone = await offered(platform, operator, 2)
    const other = await undone.canary()
    for (const [release, outcome, times] of [
      [undone.first, 'accepted', 10],
      [undone.first, 'undone', 1],
      [other.id, 'accepted', 10],
      [other.id, 'undone', 4],
    ] as const)
      await asAdmin(
        platform,
        `insert into bizq.provider_outcomes (organisation_id, subscriber_id, service_id, release_id, proposal, type, outcome)
         select organisation_id, id, service_id, release_id, gen_random_uuid(), 'invoice.remind', $2 from bizq.subscribers, generate_series(1, $3) where release_id = $1`,
        [decodeId('rel', release), outcome, times],
      )
    await judge(platform)
    expect((await slow.rollout(next.id)).worse).toEqual(['latency'])
    expect((await undone.rollout(other.id)).worse).toEqual(['undone'])
  })

  test('answers for what was undone since it began, and for nothing of the hours before', async ({
    platform,
    operator,
  }) => {
    const { canary, subscriptions, rollout, release } = await offered(platform, operator, 2)
    const decided = (outcome: string, times: number, next: string) =>
      asAdmin(
        platform,
        `insert into bizq.provider_outcomes (organisation_id, subscriber_id, service_id, release_id, proposal, type, outcome)
         select organisation_id, id, service_id, $3, gen_random_uuid(), 'invoice.remind', $1 from bizq.subscribers, generate_series(1, $2)
         where id in (select subscriber_id from bizq.subscriptions where id = any ($4::uuid[]))`,
        [outcome, times, decodeId('rel', next), subscriptions.map((id) => decodeId('sub', id))],
      )
    const next = await canary({}, 50)
    const staged = (state: string) => asAdmin(platform, `update bizq.rollouts set ${state}`)
    await decided('accepted', 10, next.id)
    await decided('undone', 9, next.id)
    await staged(`started_in = pg_current_xact_id() where release_id = '${decodeId('rel', next.id)}'`)
    await judge(platform)
    expect((await release(next.id)).state).toBe('staged')
    await decided('accepted', 10, next.id)
    await decided('undone', 9, next.id)
    await judge(platform)
    expect((await rollout(next.id)).worse).toEqual(['undone'])
  })

  test('keeps every pseudonym, and gives back settings and state when it goes back', async ({
    platform,
    operator,
  }) => {
    const provider = await signUpOperator(platform.app, 'provider')
    const state = { type: 'object', properties: { runs: { type: 'integer' } }, additionalProperties: false }
    const counting = `(input) => ({ proposals: [], recommendations: [], metrics: {}, state: { runs: (input.state?.runs ?? 0) + 1 } })`
    const office = await openOffice(platform, operator, { provider, manifest: { state }, body: counting })
    await putRecords(platform, operator, office.business, 'invoices', [invoiceOf(5)])
    await office.run()
    const read = async () => {
      const { grant } = (await operator.get(`/v1/subscriptions/${office.subscription}`)).body
      return (await operator.get(`/v1/grants/${grant}/data/invoices`)).body.items
    }
    const [kept] = await asAdmin<{ state: unknown }[]>(platform, keptStateOf, [
      decodeId('sub', office.subscription),
    ])
    expect(kept?.state).toEqual({ runs: 1 })
    const rows = await read()
    const { service } = office.published
    const manifest = manifestOf({ service, version: '1.1.0', state })
    const bundle = bundleOf(
      manifest,
      `() => ({ proposals: [], recommendations: [], metrics: {}, state: { runs: 999 } })`,
    )
    const path = `/v1/provider/services/${service}/releases`
    const publication = { kind: 'canary', percent: 50, hours: 1 }
    const { body: next } = await provider.post(path, { manifest, bundle, publication })
    await takeJob.handle(platform.deps, [{ release: next.id }])
    expect((await office.run()).outcome).toBe('succeeded')
    expect(await read()).toEqual(rows)
    await ran(platform, next.id, 'failed', { times: 9 })
    await judge(platform)
    expect((await operator.get(`/v1/subscriptions/${office.subscription}`)).body.version).toBe('1.0.0')
    await goBack(platform, next.id)
    expect(await read()).toEqual(rows)
    const [back] = await asAdmin<{ state: unknown }[]>(platform, keptStateOf, [
      decodeId('sub', office.subscription),
    ])
    expect(back?.state).toEqual({ runs: 1 })
    expect((await office.run()).outcome).toBe('succeeded')
  })

  test('of code that throws goes back after a handful of real executions', async ({ platform, operator }) => {
    const office = await openOffice(platform, operator)
    const { provider, published } = office
    await operator.send('PATCH', `/v1/subscriptions/${office.subscription}`, { readAllowanceRows: 100_000 })
    const manifest = manifestOf({ service: published.service, version: '1.0.1' })
    const bundle = bundleOf(manifest, throwing('TypeError'))
    const body = { manifest, bundle, publication: { kind: 'canary', percent: 10, hours: 24 } }
    const { body: next } = await provider.post(`/v1/provider/services/${published.service}/releases`, body)
    await takeJob.handle(platform.deps, [{ release: next.id }])
    for (let i = 0; i < 5; i++) {
      await judge(platform)
      expect((await office.run()).outcome).toBe('failed')
    }
    await judge(platform)
    await goBack(platform, next.id)
    expect((await office.run()).outcome).toBe('succeeded')
    const { body: seen } = await operator.get(`/v1/subscriptions/${office.subscription}`)
    expect(seen).toMatchObject({ version: '1.0.0', returned: { version: '1.0.1' } })
  })

  test('tells its figures only when five subscribers of each side stand behind what is new', async ({
    platform,
    operator,
  }) => {
    const { canary, rollout, first } = await offered(platform, operator, 10)
    const next = await canary({}, 50)
    await ran(platform, next.id, 'succeeded')
    await asAdmin(
      platform,
      `insert into bizq.provider_executions (organisation_id, id, subscriber_id, service_id, release_id, outcome, wall_ms)
       select organisation_id, gen_random_uuid(), id, service_id, release_id, 'succeeded', 100 from bizq.subscribers where release_id = $1 limit 4`,
      [decodeId('rel', first)],
    )
    await judge(platform)
    expect((await rollout(next.id)).figures).toBeNull()
    await ran(platform, first, 'succeeded')
    await judge(platform)
    const { figures } = await rollout(next.id)
    expect(figures).toMatchObject({
      canary: { subscribers: 5, executions: 5 },
      stayed: { subscribers: 5, executions: 9 },
    })
    await asAdmin(
      platform,
      `insert into bizq.provider_executions (organisation_id, id, subscriber_id, service_id, release_id, outcome, wall_ms)
       select organisation_id, gen_random_uuid(), id, service_id, release_id, 'failed', 100 from bizq.subscribers where release_id = $1 limit 1`,
      [decodeId('rel', next.id)],
    )
    await judge(platform)
    expect((await rollout(next.id)).figures).toEqual(figures)
  })

  test('is refused where there is nothing to compare with, or each subscriber would have to agree', async ({
    platform,
    operator,
  }) => {
    const { submit, release, change, provider } = await offered(platform, operator, 0)
    const dearer = await submit(
      { pricing: { monthly: { amount: 900, currency: 'USD' } } },
      {
        kind: 'canary',
        percent: 10,
        hours: 1,
      },
    )
    expect(dearer).toMatchObject({ state: 'certified', isMajor: true })
    expect(await eventsOf(platform, provider, 'release.held')).toEqual([
      expect.objectContaining({ release: dearer.id, reason: expect.stringContaining('$9.00') }),
    ])
    const refused = await change(dearer.id, { state: 'staged', canary: { percent: 10, hours: 1 } })
    expect(refused.status).toBe(409)
    expect(refused.body.detail).toContain('each subscriber has to agree')
    expect((await release(dearer.id)).state).toBe('certified')
    const service = 'first-of-all'
    await provider.post('/v1/provider/services', { service })
    const manifest = manifestOf({ service })
    const body = {
      manifest,
      bundle: bundleOf(manifest),
      publication: { kind: 'canary', percent: 10, hours: 1 },
    }
    expect((await provider.post(`/v1/provider/services/${service}/releases`, body)).body.state).toBe(
      'certified',
    )
  })

  test('that its provider takes back, or publishes early, is over', async ({ platform, operator }) => {
    const { canary, versions, change, rollout } = await offered(platform, operator, 3)
    const next = await canary()
    expect((await change(next.id, { state: 'certified' })).body.state).toBe('certified')
    await goBack(platform, next.id)
    expect(new Set(await versions())).toEqual(new Set(['1.0.0']))
    expect((await rollout(next.id)).state).toBe('stopped')
    await change(next.id, { state: 'staged', canary: { percent: 50, hours: 2 } })
    await takeJob.handle(platform.deps, [{ release: next.id }])
    expect((await versions()).filter((version) => version === '1.1.0')).toHaveLength(2)
    expect(await rollout(next.id)).toMatchObject({ state: 'running', percent: 50 })
    expect((await change(next.id, { state: 'published' })).body.state).toBe('published')
    expect((await rollout(next.id)).state).toBe('finished')
  })

  test('goes back with the next look when the process that was to take it back died', async ({
    platform,
    operator,
  }) => {
    const { canary, versions, change, subscriptions, look } = await offered(platform, operator, 3)
    const next = await canary({}, 50)
    const place = (await versions()).indexOf('1.1.0')
    await operator.send('DELETE', `/v1/subscriptions/${subscriptions[place]}`)
    await change(next.id, { state: 'withdrawn', notice: 'A fault.' })
    expect(await versions()).toContain('1.1.0')
    await judge(platform)
    const after = await Promise.all(subscriptions.map(look))
    expect(after[place]).toMatchObject({ state: 'cancelled', version: '1.1.0' })
    const others = after.filter((_, i) => i !== place)
    expect(others.map(({ version }) => version)).toEqual(['1.0.0', '1.0.0'])
    expect(others.flatMap(({ returned }) => (returned ? [returned.reason] : []))).toEqual([
      'Test Holdings took version 1.1.0 back. “A fault.”',
    ])
    await judge(platform)
    expect(await Promise.all(subscriptions.map(look))).toEqual(after)
  })

  test('waits while the platform holds the service, and goes on when it is restored', async ({
    platform,
    operator,
  }) => {
    const { canary, versions, release, rollout, provider } = await offered(platform, operator, 3)
    const next = await canary()
    const taken = await versions()
    const service = decodeId('svc', (await release(next.id)).service)
    const actor = systemActor(decodeId('org', provider.organisation), 'provider')
    await withUnitOfWork(platform.deps, actor, (unit) => suspendService(unit, service, 'It was reported.'))
    await goBack(platform, next.id)
    await passWindow(platform, next.id)
    await judge(platform)
    expect(await versions()).toEqual(taken)
    expect(await release(next.id)).toMatchObject({ state: 'suspended', suspendedBy: 'platform' })
    await withUnitOfWork(platform.deps, actor, (unit) => restoreService(unit, service))
    expect((await rollout(next.id)).state).toBe('running')
    await judge(platform)
    expect((await release(next.id)).state).toBe('published')
  })

  test('of another provider is not seen', async ({ platform, operator }) => {
    const { canary, path } = await offered(platform, operator, 1)
    const next = await canary()
    const other = await signUpOperator(platform.app, 'provider')
    expect((await other.get(`${path}/releases/${next.id}/rollout`)).status).toBe(404)
    expect((await operator.get(`${path}/releases/${next.id}/rollout`)).status).toBe(403)
  })
})

const keptStateOf = 'select state from bizq.execution_schedules where subscription_id = $1'

describe('test operators', () => {
  test('get a staged release by themselves, and go back when their code is taken back', async ({
    platform,
    operator,
    stranger,
  }) => {
    const { submit, provider, path, service, look, subscriptions } = await offered(platform, operator, 1)
    const [mine = ''] = subscriptions
    const foreign = await subscribe(stranger, await createBusiness(stranger), service)
    const staged = await submit({}, { kind: 'stage' })
    await takeJob.handle(platform.deps, [{ release: staged.id }])
    expect((await look(mine)).version).toBe('1.0.0')
    const { body: code } = await provider.post(`${path}/invitations`, { kind: 'test', label: 'Us' })
    await operator.post('/v1/service-invitations/accept', { code: code.code })
    const { service: id } = (await provider.get(`${path}/releases/${staged.id}`)).body
    const follow = () => followTestersJob.handle(platform.deps, [{ service: id }])
    await follow()
    expect((await look(mine)).version).toBe('1.1.0')
    expect((await stranger.get(`/v1/subscriptions/${foreign.id}`)).body.version).toBe('1.0.0')
    const begun = await subscribe(operator, await createBusiness(operator, { name: 'Begun on it' }), service)
    expect(begun.version).toBe('1.1.0')
    await provider.send('DELETE', `${path}/invitations/${code.id}`)
    await follow()
    await follow()
    expect(await look(mine)).toMatchObject({
      version: '1.0.0',
      state: 'active',
      returned: { version: '1.1.0' },
    })
    expect(await look(begun.id)).toMatchObject({
      state: 'cancelled',
      endedBecause: 'The provider ended your part in its tests.',
    })
  })

  test('let their provider read what a staged release logs, and those of a canary do not', async ({
    platform,
    operator,
    stranger,
  }) => {
    const provider = await signUpOperator(platform.app, 'provider')
    const tester = await openOffice(platform, operator, { provider })
    const { service } = tester.published
    const business = await createBusiness(stranger)
    const other = await subscribe(stranger, business, service)
    const path = `/v1/provider/services/${service}`
    const { body: code } = await provider.post(`${path}/invitations`, { kind: 'test', label: 'Us' })
    await operator.post('/v1/service-invitations/accept', { code: code.code })
    const manifest = manifestOf({ service, version: '1.1.0' })
    const logs = `(input) => { console.log('seen by', input.data.invoices.length); return { proposals: [], recommendations: [], metrics: {}, state: null } }`
    const body = { manifest, bundle: bundleOf(manifest, logs) }
    const publication = { kind: 'canary', percent: 50, hours: 1 }
    const { body: next } = await provider.post(`${path}/releases`, { ...body, publication })
    await takeJob.handle(platform.deps, [{ release: next.id }])
    expect((await tester.run()).outcome).toBe('succeeded')
    const run = (await stranger.get(`/v1/subscriptions/${other.id}/executions`)).body.items[0].id
    await runIt(platform, stranger, run)
    expect((await stranger.get(`/v1/executions/${run}`)).body.release).toMatchObject({ version: '1.1.0' })
    const lines = (await provider.get(`${path}/executions`)).body.items
    const told = await Promise.all(
      lines.map(async ({ id }: { id: string }) => (await provider.get(`${path}/executions/${id}`)).body.log),
    )
    expect(told.filter((log) => log !== null)).toEqual([expect.stringContaining('seen by')])
  })

  test('stay on what was staged when it is published, and everybody follows', async ({
    platform,
    operator,
    stranger,
  }) => {
    const { submit, provider, path, service, look, subscriptions, change } = await offered(
      platform,
      operator,
      1,
    )
    const [mine = ''] = subscriptions
    const foreign = await subscribe(stranger, await createBusiness(stranger), service)
    const { body: code } = await provider.post(`${path}/invitations`, { kind: 'test', label: 'Us' })
    await operator.post('/v1/service-invitations/accept', { code: code.code })
    const staged = await submit({}, { kind: 'stage' })
    await takeJob.handle(platform.deps, [{ release: staged.id }])
    await change(staged.id, { state: 'published' })
    await upgradeSubscriptionsJob.handle(platform.deps, [{ release: staged.id }])
    for (const [who, id] of [
      [operator, mine],
      [stranger, foreign.id],
    ] as const)
      expect((await who.get(`/v1/subscriptions/${id}`)).body.version).toBe('1.1.0')
    await change(staged.id, { state: 'suspended' })
    await goBack(platform, staged.id)
    expect(await look(mine)).toMatchObject({ version: '1.1.0', releaseState: 'suspended' })
  })
})
