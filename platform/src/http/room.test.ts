import { decodeId } from '@bizq/sdk/contract'
import { expect, vi } from 'vitest'
import { asAdmin } from '../../test/executions.ts'
import { register } from '../../test/oauth.ts'
import { test } from '../../test/harness.ts'
import { signUpOperator } from '../../test/people.ts'
import { bundleOf, manifestOf } from '../../test/services.ts'
import { systemActor, withUnitOfWork } from '../db/unit-of-work.ts'
import { requireRoom } from './room.ts'

const full = (words: string) => ({
  status: 409,
  body: { type: expect.stringContaining('no-room'), detail: expect.stringContaining(words) },
})

test('an organisation has so many services, clients, endpoints, tokens, codes and open invitations, and no more', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const service = `roomy-${process.pid}`
  const made = await provider.post('/v1/provider/services', { service })
  const client = await register(provider, { kind: 'service', name: 'First' })
  const keys = (await provider.get('/v1/provider/clients')).body.items[0].jwks
  const ids = [decodeId('org', provider.organisation)]
  const inService = [...ids, decodeId('svc', made.body.id)]
  const fill = (table: string, columns: string, values: string, count: number, given = ids) =>
    asAdmin(
      platform,
      `insert into bizq.${table} (organisation_id, ${columns}) select $1::uuid, ${values} from generate_series(1, ${count}) n`,
      given,
    )
  await fill('services', 'slug', `'filled-${process.pid}-' || n`, 98)
  await fill(
    'oauth_clients',
    'kind, name, keys, redirect_uris, scopes',
    `'service', 'c', '[]', '{}', '{}'`,
    48,
  )
  await fill('webhook_endpoints', 'url, events, secret_sealed', `'https://example.com', '{*}', ''::bytea`, 19)
  const never = `'2100-01-01'::timestamptz`
  await fill(
    'invitations',
    'email, role, secret_hash, expires_at',
    `'a@example.com', 'viewer', $1::uuid || 'i' || n, ${never}`,
    199,
  )
  await fill(
    'service_invitations',
    'service_id, kind, label, code_hash, max_uses, expires_at',
    `$2::uuid, 'listing', 'l', $1::uuid || 'c' || n, 1, ${never}`,
    199,
    inService,
  )
  const [member] = await asAdmin<{ user_id: string }[]>(
    platform,
    'select user_id from bizq.members where organisation_id = $1',
    ids,
  )
  await fill(
    'api_tokens',
    'user_id, name, hint, secret_hash, role, scopes',
    `$2::uuid, 't', 'h', $1::uuid || 't' || n, 'viewer', '{*}'`,
    199,
    [...ids, member?.user_id ?? ''],
  )
  expect(client).toBeDefined()
  const each: [path: string, body: (n: number) => object, words: string][] = [
    ['/v1/provider/services', (n) => ({ service: `roomy-${process.pid}-${n}` }), '100 services'],
    ['/v1/provider/clients', () => ({ kind: 'service', name: 'Last', jwks: keys }), '50 OAuth clients'],
    ['/v1/webhook-endpoints', () => ({ url: 'https://example.com/', events: ['*'] }), '20 webhook endpoints'],
    ['/v1/tokens', () => ({ name: 'last', scopes: ['*'] }), '200 tokens'],
    ['/v1/invitations', () => ({ email: 'last@example.com', role: 'viewer' }), '200 open invitations'],
    [
      `/v1/provider/services/${service}/invitations`,
      () => ({ kind: 'listing', label: 'Last' }),
      '200 open codes',
    ],
  ]
  for (const [path, body, words] of each) {
    expect((await provider.post(path, body(1))).status, path).toBe(201)
    expect(await provider.post(path, body(2)), path).toMatchObject(full(words))
  }
})

test('what was taken back, is over or was deleted leaves room', async ({ platform }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const [row] = await asAdmin<{ user_id: string }[]>(
    platform,
    'select user_id from bizq.members where organisation_id = $1',
    [decodeId('org', provider.organisation)],
  )
  for (const over of [`revoked_at, expires_at`, `expires_at, revoked_at`])
    await asAdmin(
      platform,
      `insert into bizq.api_tokens (organisation_id, user_id, name, hint, secret_hash, role, scopes, ${over})
        select $1::uuid, $2::uuid, 't', 'h', $1::uuid || '${over}' || n, 'viewer', '{*}', now(), null from generate_series(1, 200) n`,
      [decodeId('org', provider.organisation), row?.user_id],
    )
  expect((await provider.post('/v1/tokens', { name: 'next', scopes: ['*'] })).status).toBe(201)
})

test('of two that come at the same moment the second is counted after the first', async ({
  platform,
  operator,
}) => {
  const actor = systemActor(decodeId('org', operator.organisation))
  const [isIn, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const order: string[] = []
  const first = withUnitOfWork(platform.deps, actor, async (unit) => {
    await requireRoom(unit, 'tokens', () => Promise.resolve(0))
    isIn.resolve()
    await mayEnd.promise
    order.push('the first ends')
  })
  await isIn.promise
  const second = withUnitOfWork(platform.deps, actor, (unit) =>
    requireRoom(unit, 'tokens', () => Promise.resolve(order.push('the second is counted'))),
  )
  const waiting = `select count(*)::int as count from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`
  await vi.waitUntil(async () => {
    const [row] = await asAdmin<{ count: number }[]>(platform, waiting)
    return order.length > 0 || row?.count === 1
  })
  mayEnd.resolve()
  await Promise.all([first, second])
  expect(order).toEqual(['the first ends', 'the second is counted'])
})

test('a provider has four releases checked at a time and a hundred in a day; what is there already is answered', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const service = `checked-${process.pid}`
  await provider.post('/v1/provider/services', { service })
  const path = `/v1/provider/services/${service}/releases`
  const submit = (version: string) => {
    const manifest = manifestOf({ service, version })
    return provider.post(path, { manifest, bundle: bundleOf(manifest) })
  }
  expect((await submit('1.0.0')).status).toBe(201)
  const organisation = decodeId('org', provider.organisation)
  const copy = (count: number, from: number) =>
    asAdmin(
      platform,
      `insert into bizq.releases (organisation_id, service_id, version, major, minor, patch, is_prerelease, digest, bundle_digest,
          manifest, listing_text, category, state, checks)
        select organisation_id, service_id, '9.0.' || n, 9, 0, n, false, digest, bundle_digest, manifest, listing_text, category, 'submitted', '[]'
        from bizq.releases, generate_series($2::int, $3::int) n where organisation_id = $1 and version = '1.0.0'`,
      [organisation, from, from + count - 1],
    )
  await copy(4, 1)
  expect(await submit('1.1.0')).toMatchObject(full('4 releases whose checks still run'))
  expect((await submit('1.0.0')).status).toBe(201)
  await copy(95, 5)
  await asAdmin(
    platform,
    `update bizq.releases set state = 'withdrawn' where organisation_id = $1 and major = 9`,
    [organisation],
  )
  expect(await submit('1.1.0')).toMatchObject(full('100 releases submitted within 24 hours'))
  await asAdmin(
    platform,
    `update bizq.releases set created_at = created_at - interval '25 hours' where organisation_id = $1 and major = 9`,
    [organisation],
  )
  expect((await submit('1.1.0')).status).toBe(201)
})

test('a person makes no more than fifty organisations', async ({ platform }) => {
  const person = await signUpOperator(platform.app)
  await asAdmin(
    platform,
    `with made as (insert into bizq.organisations (organisation_id, kind, name)
        select gen_random_uuid(), 'operator', 'One of many' from generate_series(1, 49) returning organisation_id),
      me as (select user_id, name, email from bizq.members where organisation_id = $1)
      insert into bizq.members (organisation_id, user_id, name, email, role)
        select made.organisation_id, me.user_id, me.name, me.email, 'owner' from made, me`,
    [decodeId('org', person.organisation)],
  )
  expect(await person.post('/v1/organisations', { name: 'One more' })).toMatchObject(
    full('You belong to 50 organisations'),
  )
})
