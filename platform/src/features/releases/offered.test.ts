import { expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { test, type Platform } from '../../../test/harness.ts'
import { createBusiness, join, signUpOperator, type Person } from '../../../test/people.ts'
import { bundleOf, manifestOf, publish, subscribe } from '../../../test/services.ts'

async function offered(platform: Platform) {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service, release } = await publish(provider)
  const path = `/v1/provider/services/${service}`
  const show = (visibility: string) => provider.send('PATCH', path, { visibility })
  const invite = (body: Record<string, unknown>) =>
    provider.post(`${path}/invitations`, { label: 'A friend', ...body })
  return { provider, service, release, path, show, invite }
}

/** Submits a release that is staged once certified. */
async function stage(provider: Person, service: string, version: string) {
  const manifest = manifestOf({ service, version })
  const body = { manifest, bundle: bundleOf(manifest), publication: { kind: 'stage' } }
  return (await provider.post(`/v1/provider/services/${service}/releases`, body)).body
}

const accept = (operator: Person, code: string) => operator.post('/v1/service-invitations/accept', { code })

test('an unlisted service is found by its link and not in the catalogue', async ({ platform, operator }) => {
  const { service, show } = await offered(platform)
  const found = async () => (await operator.get(`/v1/services?search=${service}`)).body.items.length
  expect(await found()).toBe(1)
  expect((await show('unlisted')).body.visibility).toBe('unlisted')
  expect(await found()).toBe(0)
  expect((await operator.get(`/v1/services/${service}`)).status).toBe(200)
  const business = await createBusiness(operator)
  expect((await subscribe(operator, business, service)).state).toBe('active')
})

test('a service for invited operators is neither seen, previewed nor subscribed to without a code', async ({
  platform,
  operator,
  stranger,
}) => {
  const { service, release, show, invite, path, provider } = await offered(platform)
  const business = await createBusiness(operator)
  const preview = await operator.post(`/v1/services/${service}/preview`, { business })
  await show('invite-only')
  const subscribeBy = (id: string) => operator.post('/v1/subscriptions', { preview: id })
  expect((await subscribeBy(preview.body.id)).status).toBe(404)
  for (const body of [{ business }, { business, release }])
    expect((await operator.post(`/v1/services/${service}/preview`, body)).status).toBe(404)
  expect((await operator.get(`/v1/services/${service}`)).status).toBe(404)
  expect((await operator.get(`/v1/services?search=${service}`)).body.items).toEqual([])

  const made = await invite({ kind: 'listing' })
  expect(made.body).toMatchObject({
    state: 'open',
    uses: 0,
    maxUses: 1,
    code: expect.stringMatching(/^bizq-/),
  })
  expect((await accept(operator, made.body.code)).body).toMatchObject({ service, kind: 'listing' })
  expect((await operator.get(`/v1/services/${service}`)).status).toBe(200)
  expect((await operator.get(`/v1/services?search=${service}`)).body.items).toEqual([])
  expect((await subscribeBy(preview.body.id)).status).toBe(201)
  expect((await stranger.get(`/v1/services/${service}`)).status).toBe(404)
  expect((await provider.get(`/v1/services/${service}`)).status).toBe(200)
  const [listed] = (await provider.get(`${path}/invitations`)).body.items
  expect(listed).toMatchObject({ state: 'used', uses: 1, label: 'A friend' })
  expect(listed.code).toBeUndefined()
})

test('a code lets in no more operators than its provider said, however often one of them uses it', async ({
  platform,
  operator,
  stranger,
}) => {
  const { show, invite, path, provider } = await offered(platform)
  await show('invite-only')
  const { body: made } = await invite({ kind: 'listing' })
  expect((await accept(operator, made.code)).status).toBe(200)
  expect((await accept(operator, made.code)).status).toBe(200)
  expect((await accept(stranger, made.code)).body.detail).toContain('used up')
  expect((await accept(stranger, `${made.code}x`)).status).toBe(404)
  expect((await accept(provider, made.code)).status).toBe(403)
  expect((await provider.get(`${path}/invitations`)).body.items[0].uses).toBe(1)
  const two = (await invite({ kind: 'listing', maxUses: 2 })).body.code
  const [one, other] = await Promise.all([accept(operator, two), accept(stranger, two)])
  expect([one.status, other.status]).toEqual([200, 200])
  const late = await signUpOperator(platform.app)
  expect((await accept(late, two)).status).toBe(404)
  const expired = (await invite({ kind: 'listing' })).body
  await asAdmin(
    platform,
    `update bizq.service_invitations set expires_at = now() - interval '1 minute' where label = 'A friend' and uses = 0`,
  )
  expect((await accept(late, expired.code)).status).toBe(404)
})

test('a code that is taken back lets nobody in any more, and subscriptions go on', async ({
  platform,
  operator,
  stranger,
}) => {
  const { service, provider, path, show, invite } = await offered(platform)
  await show('invite-only')
  const { body: made } = await invite({ kind: 'listing', maxUses: 5 })
  await accept(operator, made.code)
  await accept(stranger, made.code)
  const business = await createBusiness(operator)
  const subscription = await subscribe(operator, business, service)
  const revoked = await provider.send('DELETE', `${path}/invitations/${made.id}`)
  expect(revoked.body.state).toBe('revoked')
  expect((await stranger.get(`/v1/services/${service}`)).status).toBe(404)
  expect((await operator.get(`/v1/services/${service}`)).status).toBe(200)
  expect((await operator.get(`/v1/grants/${subscription.grant}/data/invoices`)).status).toBe(200)
  expect((await accept(await signUpOperator(platform.app), made.code)).status).toBe(404)
})

test('a staged release is there for its test operators alone', async ({ platform, operator, stranger }) => {
  const { provider, service, release, path, invite } = await offered(platform)
  const staged = await stage(provider, service, '1.1.0')
  expect(staged).toMatchObject({ state: 'staged', publishedAt: null, isMajor: false, comparedWith: '1.0.0' })
  const { body: made } = await invite({ kind: 'test', label: 'Harbour, for tests' })
  expect((await accept(operator, made.code)).body.kind).toBe('test')
  expect((await operator.get(`/v1/services/${service}`)).body).toMatchObject({ version: '1.1.0' })
  expect((await stranger.get(`/v1/services/${service}`)).body).toMatchObject({ version: '1.0.0', release })
  const listed = (await stranger.get(`/v1/services/${service}`)).body.releases
  expect(listed.map(({ version }: { version: string }) => version)).toEqual(['1.0.0'])
  const foreign = await createBusiness(stranger)
  const asked = { business: foreign, release: staged.id }
  expect((await stranger.post(`/v1/services/${service}/preview`, asked)).status).toBe(404)

  const business = await createBusiness(operator)
  const mine = await subscribe(operator, business, service)
  expect(mine).toMatchObject({ version: '1.1.0', release: staged.id })
  expect((await subscribe(stranger, foreign, service)).version).toBe('1.0.0')
  await provider.send('DELETE', `${path}/invitations/${made.id}`)
  const again = await createBusiness(operator, { name: 'Another' })
  expect(
    (await operator.post(`/v1/services/${service}/preview`, { business: again, release: staged.id })).status,
  ).toBe(404)
})

test('a service that was only ever staged is there for its test operators alone', async ({
  platform,
  operator,
  stranger,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const service = 'not-out-yet'
  await provider.post('/v1/provider/services', { service })
  expect((await stage(provider, service, '1.0.0')).state).toBe('staged')
  const path = `/v1/provider/services/${service}`
  const { body: made } = await provider.post(`${path}/invitations`, { kind: 'test', label: 'Us' })
  await accept(operator, made.code)
  expect((await operator.get(`/v1/services/${service}`)).status).toBe(200)
  expect((await stranger.get(`/v1/services/${service}`)).status).toBe(404)
  const business = await createBusiness(operator)
  expect((await subscribe(operator, business, service)).state).toBe('active')
  expect((await provider.get(path)).body).toMatchObject({ newest: { state: 'staged' }, offered: null })
})

test('only who manages the service says who finds it, and makes codes', async ({ platform, operator }) => {
  const { provider, path, invite } = await offered(platform)
  const other = await signUpOperator(platform.app, 'provider')
  const viewer = await join(platform.app, provider, 'viewer')
  const body = { kind: 'listing', label: 'x' }
  for (const [who, status] of [
    [other, 404],
    [operator, 403],
    [viewer, 403],
  ] as const) {
    expect((await who.send('PATCH', path, { visibility: 'unlisted' })).status).toBe(status)
    expect((await who.post(`${path}/invitations`, body)).status).toBe(status)
  }
  expect((await other.get(`${path}/invitations`)).status).toBe(404)
  expect((await viewer.get(path)).body.visibility).toBe('public')
  expect((await invite({ kind: 'test', maxUses: 3 })).body.errors[0].pointer).toBe('/maxUses')
})
