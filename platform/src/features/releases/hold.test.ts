import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { test, type Platform } from '../../../test/harness.ts'
import { createBusiness, signUpOperator, type Person } from '../../../test/people.ts'
import { bundleOf, manifestOf, publish, subscribe } from '../../../test/services.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { restoreService, suspendService } from './index.ts'

/** The platform's part, within the provider's tenant. */
const hold = (platform: Platform, provider: Person, id: string, reason = 'It was reported.') =>
  withUnitOfWork(platform.deps, systemActor(decodeId('org', provider.organisation), 'provider'), (unit) =>
    suspendService(unit, decodeId('svc', id), reason),
  )
const restore = (platform: Platform, provider: Person, id: string) =>
  withUnitOfWork(platform.deps, systemActor(decodeId('org', provider.organisation), 'provider'), (unit) =>
    restoreService(unit, decodeId('svc', id)),
  )

async function offered(platform: Platform) {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service, release } = await publish(provider)
  const path = `/v1/provider/services/${service}/releases`
  const look = async (id = release) => (await provider.get(`${path}/${id}`)).body
  const change = (state: string, id = release) => provider.send('PATCH', `${path}/${id}`, { state })
  const { service: id } = await look()
  return { provider, service, id, release, path, look, change }
}

test('what the platform suspended cannot be offered again by its provider, in any way', async ({
  platform,
  operator,
}) => {
  const { provider, service, id, path, look, change } = await offered(platform)
  await hold(platform, provider, id)
  expect(await look()).toMatchObject({
    state: 'suspended',
    suspendedBy: 'platform',
    notice: 'It was reported.',
  })
  expect((await operator.get(`/v1/services/${service}`)).status).toBe(404)
  for (const state of ['published', 'staged', 'deprecated']) {
    const refused = await change(state)
    expect(refused.status, state).toBe(409)
    expect(refused.body.detail, state).toContain('The platform suspended')
  }
  const manifest = manifestOf({ service, version: '1.0.1' })
  const next = await provider.post(path, { manifest, bundle: bundleOf(manifest) })
  expect(next.body).toMatchObject({ state: 'certified', publishedAt: null })
  expect((await change('published', next.body.id)).status).toBe(409)
  expect((await change('withdrawn')).body.state).toBe('withdrawn')
  await restore(platform, provider, id)
  expect((await look()).state).toBe('withdrawn')
})

test('what is restored is what it was before, and what its provider suspended stays so', async ({
  platform,
}) => {
  const { provider, service, id, release, look, change } = await offered(platform)
  const second = await publish(provider, { service, version: '1.0.1' })
  const third = await publish(provider, { service, version: '1.0.2' })
  expect((await change('deprecated')).status).toBe(200)
  const { endsAt } = await look()
  expect((await change('suspended', second.release)).body.suspendedBy).toBe('provider')
  await hold(platform, provider, id)
  await hold(platform, provider, id, 'It was reported again.')
  expect((await look(third.release)).notice).toBe('It was reported again.')
  await restore(platform, provider, id)
  await restore(platform, provider, id)
  expect(await look(release)).toMatchObject({ state: 'deprecated', endsAt, suspendedBy: null })
  expect(await look(second.release)).toMatchObject({ state: 'suspended', suspendedBy: 'provider' })
  expect(await look(third.release)).toMatchObject({ state: 'published', notice: null })
  expect((await change('published', second.release)).body.state).toBe('published')
})

test('nothing of a service that the platform holds is read, and all of it again once it is restored', async ({
  platform,
  operator,
}) => {
  const { provider, service, id } = await offered(platform)
  const business = await createBusiness(operator)
  const { grant } = await subscribe(operator, business, service)
  const read = () => operator.get(`/v1/grants/${grant}/data/invoices`)
  expect((await read()).status).toBe(200)
  await hold(platform, provider, id)
  expect((await read()).body.type).toMatch(/grant-not-active$/)
  await restore(platform, provider, id)
  expect((await read()).status).toBe(200)
})

test('another tenant’s service is neither held nor restored from where it is not', async ({ platform }) => {
  const { id, look } = await offered(platform)
  const other = await signUpOperator(platform.app, 'provider')
  await expect(hold(platform, other, id)).rejects.toThrow('no such service')
  expect((await look()).state).toBe('published')
})
