import { verifyCertificate, type CertificationReport } from '@bizq/certification'
import { decodeId } from '@bizq/sdk/contract'
import { Client } from 'pg'
import { expect } from 'vitest'
import { test, type Platform } from '../../../test/harness.ts'
import { createBusiness, signUpOperator } from '../../../test/people.ts'
import { bundleOf, manifestOf, publish, subscribe } from '../../../test/services.ts'
import { recertifyDue } from './recertify.ts'

async function asSuperuser(platform: Platform, text: string, values: unknown[] = []) {
  const client = new Client({ connectionString: platform.adminUrl })
  await client.connect()
  try {
    return (await client.query(text, values)).rows as Record<string, unknown>[]
  } finally {
    await client.end()
  }
}

/** Puts another certificate beside a release, as if it had been issued so. */
async function replaceCertificate(platform: Platform, release: string, change: Record<string, unknown>) {
  const id = decodeId('rel', release)
  const [row] = await asSuperuser(
    platform,
    `select * from bizq.certificates where release_id = $1 order by id desc limit 1`,
    [id],
  )
  const [, payload = ''] = String(row?.['certificate']).split('.')
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...change }
  const certificate = await platform.deps.signer.sign('bizq-certificate+jws', claims)
  await asSuperuser(
    platform,
    `insert into bizq.certificates (organisation_id, release_id, report_id, suite, profiles, reviewers, certificate, issued_at, expires_at)
      select organisation_id, release_id, report_id, $2, profiles, reviewers, $3, issued_at, to_timestamp($4)
      from bizq.certificates where release_id = $1 order by id desc limit 1`,
    [id, claims.suite, certificate, claims.exp],
  )
}

const pathOf = ({ service, release }: { service: string; release: string }) =>
  `/v1/provider/services/${service}/releases/${release}`

test('what is published has a certificate of its very digest, which anybody verifies with the public keys', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const published = await publish(provider)
  const { digest } = (await provider.get(pathOf(published))).body
  const answer = await platform.app.request(`/v1/certificates/${published.release}`)
  expect(answer.status).toBe(200)
  const { certificate, profiles } = (await answer.json()) as { certificate: string; profiles: string[] }
  expect(profiles).toEqual(['sandboxed'])
  const keys = await platform.deps.signer.publicKeys()
  const verdict = await verifyCertificate(certificate, { keys, release: digest, now: new Date() })
  expect(verdict).toMatchObject({ isValid: true, claims: { service: published.service, profiles } })
  const report = (await provider.get(`${pathOf(published)}/report`)).body
  expect(verdict.isValid && verdict.claims.report).toBe(report.id)
})

test('a draft and a release of somebody else have no certificate to see', async ({ platform, operator }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const published = await publish(provider)
  const stranger = await signUpOperator(platform.app, 'provider')
  for (const part of ['report', 'submission', 'documents/README.md']) {
    expect((await stranger.get(`${pathOf(published)}/${part}`)).status).toBe(404)
    expect((await operator.get(`${pathOf(published)}/${part}`)).status).toBe(403)
  }
  const manifest = manifestOf({ service: 'never-good' })
  await provider.post('/v1/provider/services', { service: 'never-good' })
  const draft = await provider.post('/v1/provider/services/never-good/releases', {
    manifest,
    bundle: bundleOf({ ...manifest, version: '2.0.0' }),
  })
  expect(draft.body.state).toBe('draft')
  expect((await platform.app.request(`/v1/certificates/${draft.body.id}`)).status).toBe(404)
})

test('the whole report is kept, with what failed and how to mend it', async ({ platform }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const manifest = manifestOf({ service: 'fails-once' })
  await provider.post('/v1/provider/services', { service: 'fails-once' })
  const answer = await provider.post('/v1/provider/services/fails-once/releases', {
    manifest,
    bundle: bundleOf({ ...manifest, version: '2.0.0' }),
  })
  const report: CertificationReport = (
    await provider.get(pathOf({ service: 'fails-once', release: answer.body.id }) + '/report')
  ).body
  expect(report).toMatchObject({ verdict: 'failed', suite: expect.any(String), profiles: ['sandboxed'] })
  const failed = report.results.filter(({ outcome }) => outcome === 'failed')
  expect(failed).toEqual([
    expect.objectContaining({
      id: 'manifest.same-build',
      howToMend: expect.any(String),
      why: expect.any(String),
    }),
  ])
  expect(failed[0]?.findings.length).toBeGreaterThan(0)
})

test('what was submitted beside a release is kept as it was, and sent so that no browser runs it', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const manifest = manifestOf({ service: 'well-documented' })
  await provider.post('/v1/provider/services', { service: 'well-documented' })
  const words = Array.from({ length: 70 }, () => 'worthwhile').join(' ')
  const readme = `# Well Documented\n\n${words}\n\n<script>alert(1)</script>\n`
  const png = Buffer.alloc(64)
  png.write('\x89PNG\r\n\x1A\n', 'latin1')
  png.write('IHDR', 12, 'latin1')
  png.writeUInt32BE(800, 16)
  png.writeUInt32BE(600, 20)
  const answer = await provider.post('/v1/provider/services/well-documented/releases', {
    manifest,
    bundle: bundleOf(manifest),
    documents: { readme, screenshots: [png.toString('base64'), Buffer.from('<svg/>').toString('base64')] },
    cases: [{ name: 'one', data: {} }],
  })
  const path = pathOf({ service: 'well-documented', release: answer.body.id })
  const { documents } = (await provider.get(`${path}/submission`)).body
  expect(documents.map(({ name, mediaType }: Record<string, string>) => [name, mediaType])).toEqual([
    ['README.md', 'text/markdown; charset=utf-8'],
    ['screenshot-1.png', 'image/png'],
    ['screenshot-2.bin', 'application/octet-stream'],
    ['cases.json', 'application/json'],
  ])
  const sent = await provider.get(`${path}/documents/README.md`)
  expect(sent.body).toBe(readme)
  expect(sent.headers.get('content-type')).toContain('text/plain')
  expect(sent.headers.get('content-security-policy')).toContain('sandbox')
  expect(sent.headers.get('x-content-type-options')).toBe('nosniff')
  expect((await provider.get(`${path}/documents/other.md`)).status).toBe(404)
})

test('nothing is offered without a certificate that is good now', async ({ platform }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const republish = async (change: Record<string, unknown>) => {
    const published = await publish(provider)
    await provider.send('PATCH', pathOf(published), { state: 'suspended' })
    await replaceCertificate(platform, published.release, change)
    return provider.send('PATCH', pathOf(published), { state: 'published' })
  }
  expect((await republish({})).status).toBe(200)
  for (const [change, words] of [
    [{ release: 'b'.repeat(64) }, 'it is about the release'],
    [{ suite: '0.9.0' }, 'it was made with suite 0.9.0'],
    [{ exp: 1_000_000 }, 'it was good until'],
    [{ profiles: ['remote'] }, 'it does not cover sandboxed'],
  ] as const) {
    const refused = await republish(change)
    expect(refused.status).toBe(409)
    expect(refused.body.type).toContain('not-certified')
    expect(refused.body.detail).toContain(words)
  }
})

test('a release of an older suite is certified anew by itself', async ({ platform }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const published = await publish(provider)
  await replaceCertificate(platform, published.release, { suite: '0.9.0' })
  await recertifyDue(platform.deps, new Date(Date.now() + 2 * 86_400_000))
  const { certificate } = (await provider.get(`${pathOf(published)}/submission`)).body
  expect(certificate.suite).toBe('1.0.0')
  const log = await provider.get('/v1/audit?limit=100')
  const actions = log.body.items.map((entry: { action: string }) => entry.action)
  expect(actions.filter((action: string) => action === 'release.certify')).toHaveLength(2)
})

test('a release that the present suite does not pass has 30 days, then takes no new subscribers', async ({
  platform,
  operator,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const published = await publish(provider)
  await replaceCertificate(platform, published.release, { suite: '0.9.0' })
  const usual = platform.deps.releaseChecks
  platform.deps.releaseChecks = { only: ['least-data.datasets'], largestRows: 0 }
  const now = new Date(Date.now() + 2 * 86_400_000)
  await recertifyDue(platform.deps, now)
  platform.deps.releaseChecks = usual
  const { recertifyBy } = (await provider.get(pathOf(published))).body
  expect(Date.parse(recertifyBy) - now.getTime()).toBe(30 * 86_400_000)

  const business = await createBusiness(operator)
  await subscribe(operator, business, published.service)
  await asSuperuser(
    platform,
    `update bizq.releases set recertify_by = now() - interval '1 day' where id = $1`,
    [decodeId('rel', published.release)],
  )
  const late = await operator.post(`/v1/services/${published.service}/preview`, {
    business: await createBusiness(operator, { name: 'Another' }),
  })
  expect(late.status).toBe(409)
  expect(late.body.detail).toContain('takes no new subscribers')
})
