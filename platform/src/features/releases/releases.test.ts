import { releaseDigest } from '@bizq/sdk/contract/host'
import type { Manifest } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { test } from '../../../test/harness.ts'
import { join, signUpOperator } from '../../../test/people.ts'
import { bundleOf, manifestOf, publish } from '../../../test/services.ts'
import { withUnitOfWork, systemActor } from '../../db/unit-of-work.ts'
import { loadBundle, settleReleaseJob } from './index.ts'
import { submitRelease } from './submission.ts'
import { decodeId } from '@bizq/sdk/contract'

test('a release is certified in the sandbox, published and known by the digest of manifest and bundle', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service, release, manifest } = await publish(provider)
  const path = `/v1/provider/services/${service}/releases`
  const got = (await provider.get(`${path}/${release}`)).body
  expect(got).toMatchObject({ state: 'published', version: '1.0.0', publishedAt: expect.any(String) })
  expect(got.digest).toBe(releaseDigest(manifest as unknown as Manifest, bundleOf(manifest)))
  expect(got.checks.map((check: { rule: string }) => check.rule)).toContain('determinism.same-bytes')
  expect((await loadBundle(platform.deps, decodeId('rel', release))).toString()).toBe(bundleOf(manifest))
  expect((await provider.get(path)).body.items).toHaveLength(1)
  const list = await provider.get('/v1/provider/services')
  expect(list.body.items).toEqual([expect.objectContaining({ service, subscribers: null })])
})

test('a bundle that fails a check is handed back as a draft with what failed and how to mend it', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const manifest = manifestOf({ service: 'says-otherwise' })
  await provider.post('/v1/provider/services', { service: 'says-otherwise' })
  const path = '/v1/provider/services/says-otherwise/releases'
  const other = bundleOf({ ...manifest, version: '3.0.0' })
  const answer = await provider.post(path, { manifest, bundle: other })
  expect(answer.body).toMatchObject({ state: 'draft', publishedAt: null })
  const failed = answer.body.checks.filter((check: { outcome: string }) => check.outcome === 'failed')
  expect(failed).toEqual([
    expect.objectContaining({
      rule: 'manifest.same-build',
      mend: expect.stringContaining('same `bizq build`'),
    }),
  ])
  expect((await provider.get('/v1/services/says-otherwise')).status).toBe(404)
})

test('a release whose schema checks for ever is handed back, and holds up nobody meanwhile', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const settings = {
    type: 'object',
    properties: { text: { type: 'string', pattern: '^(a+)+$', default: `${'a'.repeat(32)}!` } },
  }
  const manifest = manifestOf({ service: 'checks-for-ever', settings })
  await provider.post('/v1/provider/services', { service: 'checks-for-ever' })
  const path = '/v1/provider/services/checks-for-ever/releases'
  const { body } = await provider.post(path, { manifest, bundle: bundleOf(manifest) })
  expect(body.state).toBe('draft')
  expect(body.checks).toContainEqual(
    expect.objectContaining({
      rule: 'manifest.settings-defaults',
      outcome: 'failed',
      detail: expect.stringContaining('longer than 2000 ms'),
    }),
  )
})

test('a manifest that is not right is refused with a pointer to each mistake', async ({ platform }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  await provider.post('/v1/provider/services', { service: 'not-right' })
  const path = '/v1/provider/services/not-right/releases'
  const data = { customers: { fields: ['id', 'email'], purpose: 'To write to customers.' } }
  const answer = await provider.post(path, {
    manifest: manifestOf({ service: 'not-right', data }),
    bundle: 'x',
  })
  expect(answer.status).toBe(422)
  expect(answer.body.errors).toEqual([
    {
      pointer: '/manifest/data/customers/fields',
      detail: expect.stringContaining('customers.email is personal'),
    },
  ])
  const named = await provider.post(path, { manifest: manifestOf({ service: 'another-name' }), bundle: 'x' })
  expect(named.body.errors[0].pointer).toBe('/manifest/service')
})

test('a version never changes: the same content is the same release, other content is refused', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service, release, manifest } = await publish(provider)
  const path = `/v1/provider/services/${service}/releases`
  const same = await provider.post(path, { manifest, bundle: bundleOf(manifest) })
  expect(same.body.id).toBe(release)
  const other = await provider.post(path, { manifest, bundle: `${bundleOf(manifest)}// other` })
  expect(other.status).toBe(409)
  expect(other.body.detail).toContain('raise the version')
})

test('the name of a service is taken once, whoever asks', async ({ platform, operator }) => {
  const one = await signUpOperator(platform.app, 'provider')
  const two = await signUpOperator(platform.app, 'provider')
  const { service } = await publish(one)
  expect((await two.post('/v1/provider/services', { service })).status).toBe(409)
  expect((await two.get(`/v1/provider/services/${service}/releases`)).status).toBe(404)
  const manifest = manifestOf({ service, version: '6.6.6' })
  expect(
    (await two.post(`/v1/provider/services/${service}/releases`, { manifest, bundle: 'x' })).status,
  ).toBe(404)
  expect((await operator.post('/v1/provider/services', { service: 'an-operators' })).status).toBe(403)
  const viewer = await join(platform.app, one, 'viewer')
  expect((await viewer.post('/v1/provider/services', { service: 'a-viewers' })).status).toBe(403)
})

test('a release moves only as its states allow, and leaves the catalogue when it is suspended', async ({
  platform,
  operator,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service, release } = await publish(provider)
  const move = (state: string, notice?: string) =>
    provider.send('PATCH', `/v1/provider/services/${service}/releases/${release}`, { state, notice })
  expect((await move('suspended', 'A fault was found.')).body).toMatchObject({
    state: 'suspended',
    notice: 'A fault was found.',
  })
  expect((await operator.get(`/v1/services/${service}`)).status).toBe(404)
  expect((await move('published')).body).toMatchObject({ state: 'published', notice: null })
  expect((await operator.get(`/v1/services/${service}`)).status).toBe(200)
  expect((await move('withdrawn')).body.state).toBe('withdrawn')
  const back = await move('published')
  expect(back.status).toBe(409)
  expect(back.body.detail).toContain('withdrawn')
})

test('a release that was submitted when the process died is settled by its job, once', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const organisation = decodeId('org', provider.organisation)
  const manifest = manifestOf({ service: 'left-behind' })
  await provider.post('/v1/provider/services', { service: 'left-behind' })
  const { release } = await withUnitOfWork(platform.deps, systemActor(organisation, 'provider'), (unit) =>
    submitRelease(unit, 'left-behind', { manifest: manifest as never, bundle: bundleOf(manifest) }),
  )
  const path = `/v1/provider/services/left-behind/releases/${release}`
  expect((await provider.get(path)).body.state).toBe('submitted')
  const payload = { organisation, release }
  await Promise.all([
    settleReleaseJob.handle(platform.deps, [payload]),
    settleReleaseJob.handle(platform.deps, [payload]),
  ])
  expect((await provider.get(path)).body.state).toBe('published')
  const audit = await provider.get('/v1/audit?limit=100')
  const published = audit.body.items.filter((entry: { action: string }) => entry.action === 'release.publish')
  expect(published).toHaveLength(1)
})

test('documents and cases are checked where they are given, and mended ones check a draft anew', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const manifest = manifestOf({ service: 'with-documents' })
  await provider.post('/v1/provider/services', { service: 'with-documents' })
  const path = '/v1/provider/services/with-documents/releases'
  const submit = (beside: object) => provider.post(path, { manifest, bundle: bundleOf(manifest), ...beside })
  const odd = await submit({ cases: [{ name: 'elsewhere', data: {}, timeZone: 'Mars/Olympus' }] })
  expect(odd.status).toBe(422)
  expect(odd.body.errors[0].pointer).toBe('/cases/0/timeZone')

  const unfinished = await submit({ documents: { readme: 'TODO' } })
  expect(unfinished.body).toMatchObject({ state: 'draft' })
  const failed = unfinished.body.checks.filter((check: { outcome: string }) => check.outcome === 'failed')
  expect(failed).toEqual([expect.objectContaining({ rule: 'documentation.readme' })])

  const words = Array.from({ length: 70 }, (_, i) => `word${i}`.replaceAll(/\d/g, 'a')).join(' ')
  const finished = await submit({ documents: { readme: `# With Documents\n\n${words}\n` } })
  expect(finished.body).toMatchObject({ id: unfinished.body.id, state: 'published' })
})
