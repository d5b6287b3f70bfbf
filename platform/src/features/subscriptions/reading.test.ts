import { randomUUIDv7 } from 'node:crypto'
import { decodeId, executionLimits } from '@bizq/sdk/contract'
import { Client } from 'pg'
import { expect } from 'vitest'
import { test, type Platform } from '../../../test/harness.ts'
import { findLeaks } from '../../../test/leak/leaks.ts'
import { invoiceOf, putRecords } from '../../../test/ledger.ts'
import { createBusiness, signUpOperator, type Person } from '../../../test/people.ts'
import { publish, subscribe } from '../../../test/services.ts'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import {
  forgetPreviewsJob,
  materialise,
  openGrant,
  recordDisclosure,
  requireAllowance,
  resolvePseudonym,
  type OpenGrant,
} from './index.ts'

function inUnit<T>(platform: Platform, operator: Person, work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
  return withUnitOfWork(platform.deps, systemActor(decodeId('org', operator.organisation)), work)
}

async function subscribed(platform: Platform, operator: Person, change: Record<string, unknown> = {}) {
  const business = await createBusiness(operator)
  const provider = await signUpOperator(platform.app, 'provider')
  const { service } = await publish(provider, change)
  const subscription = await subscribe(operator, business, service)
  const open = () =>
    inUnit(platform, operator, (unit) => openGrant(unit, platform.deps, decodeId('sub', subscription.id)))
  return { business, provider, service, subscription, open }
}

const rowsOf = (text: string | undefined) => JSON.parse(text ?? 'null') as Record<string, unknown>[]

test('a grant is materialised whole: every dataset asked for, open items of any age, in the order of time', async ({
  platform,
  operator,
}) => {
  const { business, open } = await subscribed(platform, operator)
  await putRecords(platform, operator, business, 'invoices', [
    invoiceOf(5, { status: 'paid' }),
    invoiceOf(900),
    invoiceOf(800, { status: 'paid' }),
    invoiceOf(20),
  ])
  const read = await materialise(platform.deps, await open(), new Date())
  const ages = rowsOf(read.data.invoices).map((row) => row['issuedAt'])
  expect(ages).toEqual([invoiceOf(900), invoiceOf(20), invoiceOf(5)].map((row) => row['issuedAt']))
  expect(read.data.customers).toBe('[]')
  expect(read.rows).toBe(3)
  expect(read.datasets[0]).toMatchObject({ dataset: 'customers', rows: 0, from: null })
  expect(read.bytes).toBe(Buffer.byteLength(read.data.invoices ?? '') + 2)
})

test('a window over 50,000 rows is refused, and the history that is said to fit does', async ({
  platform,
  operator,
}) => {
  const { business, open } = await subscribed(platform, operator)
  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  await admin.query(
    `insert into data.invoices (organisation_id, business_id, source, source_key, issued_at, due_at, amount, amount_due, currency, status)
     select $1, $2, 'bulk', i::text, current_date - i % 170, current_date, 1, 0, 'GBP', 'paid' from generate_series(1, $3::int) i`,
    [decodeId('org', operator.organisation), decodeId('bus', business), executionLimits.windowRows + 10_000],
  )
  await admin.end()
  const grant = await open()
  const now = new Date()
  const refused = await materialise(platform.deps, grant, now).catch((error: unknown) => error)
  expect(refused).toMatchObject({ slug: 'window-too-large', details: { extra: { dataset: 'invoices' } } })
  const { fits } = (refused as { details: { extra: { fits: `${number}d` } } }).details.extra
  const shorter: OpenGrant = { ...grant, consent: { ...grant.consent, history: { invoices: fits } } }
  const read = await materialise(platform.deps, shorter, now)
  expect(read.rows).toBeLessThanOrEqual(executionLimits.windowRows)
  expect(read.rows).toBeGreaterThan(executionLimits.windowRows * 0.95)
})

test('a fenced dataset is read by nobody, whatever was granted: an optional one is empty, a needed one refuses', async ({
  platform,
  operator,
}) => {
  const { business, service, subscription, open } = await subscribed(platform, operator)
  await putRecords(platform, operator, business, 'customers', [{ company: 'Lee Ltd', country: 'GB' }])
  await putRecords(platform, operator, business, 'invoices', [invoiceOf(5)])
  const grant = await open()
  expect(rowsOf((await materialise(platform.deps, grant, new Date())).data.customers)).toHaveLength(1)
  const fence = (dataset: string, isFenced: boolean) =>
    operator.send('PUT', `/v1/businesses/${business}/fences/${dataset}`, { isFenced })
  expect((await fence('customers', true)).body).toEqual({ dataset: 'customers', isFenced: true })
  const read = await materialise(platform.deps, grant, new Date())
  expect(read.data.customers).toBe('[]')
  expect(read.datasets.map(({ dataset }) => dataset)).toEqual(['invoices'])
  await fence('invoices', true)
  await expect(materialise(platform.deps, grant, new Date())).rejects.toMatchObject({
    slug: 'grant-not-active',
  })
  const direct = await operator.get(`/v1/grants/${subscription.grant}/data/invoices`)
  expect(direct.body.detail).toContain('fenced')
  const preview = await operator.post(`/v1/services/${service}/preview`, { business })
  expect(
    preview.body.datasets.map((each: { isFenced: boolean; rows: unknown[] }) => [
      each.isFenced,
      each.rows.length,
    ]),
  ).toEqual([
    [true, 0],
    [true, 0],
  ])
  await fence('invoices', false)
  expect((await operator.get(`/v1/grants/${subscription.grant}/data/invoices`)).body.items).toHaveLength(1)
  const list = await operator.get(`/v1/businesses/${business}/fences`)
  expect(list.body.items.filter((each: { isFenced: boolean }) => each.isFenced)).toEqual([
    { dataset: 'customers', isFenced: true },
  ])
})

test('a fenced business, and everything stopped, close every grant at once and open it again', async ({
  platform,
  operator,
}) => {
  const { business, subscription } = await subscribed(platform, operator)
  const read = async () =>
    (await operator.get(`/v1/grants/${subscription.grant}/data/invoices`)).body.type ?? 'read'
  expect(await read()).toBe('read')
  await operator.send('PUT', `/v1/businesses/${business}/fence`, { isFenced: true })
  expect(await read()).toMatch(/grant-not-active$/)
  await operator.send('PUT', `/v1/businesses/${business}/fence`, { isFenced: false })
  expect(await read()).toBe('read')
  const stopped = await operator.post('/v1/stop')
  expect(stopped.status).toBe(200)
  expect(await read()).toMatch(/stopped$/)
})

test('a release that is suspended is read by nobody from then on', async ({ platform, operator }) => {
  const { provider, service, subscription } = await subscribed(platform, operator)
  const read = async () => (await operator.get(`/v1/grants/${subscription.grant}/data/invoices`)).body
  expect((await read()).items).toEqual([])
  const move = (state: string) =>
    provider.send('PATCH', `/v1/provider/services/${service}/releases/${subscription.release}`, { state })
  await move('suspended')
  expect((await read()).detail).toBe('The release was suspended or withdrawn.')
  await move('published')
  expect((await read()).items).toEqual([])
})

test('an amount that JSON could not hold exactly once multiplied is refused, and told exact it is read', async ({
  platform,
  operator,
}) => {
  const { business, open } = await subscribed(platform, operator)
  const largest = { amount: Number.MAX_SAFE_INTEGER, currency: 'GBP' }
  await putRecords(platform, operator, business, 'invoices', [invoiceOf(5, { amountDue: largest })])
  const grant = await open()
  await expect(materialise(platform.deps, grant, new Date())).rejects.toMatchObject({ slug: 'conflict' })
  const justBelow = { ...grant, factor: 1_001 }
  await expect(materialise(platform.deps, justBelow, new Date())).rejects.toMatchObject({ slug: 'conflict' })
  const exact = await materialise(platform.deps, { ...grant, factor: 1_000 }, new Date())
  expect(rowsOf(exact.data.invoices)[0]?.['amountDue']).toEqual(largest)
})

test('a preview that nobody subscribed from is forgotten with its key, and a live one is kept', async ({
  platform,
  operator,
}) => {
  const { business, service } = await subscribed(platform, operator)
  const look = async () =>
    decodeId('gra', (await operator.post(`/v1/services/${service}/preview`, { business })).body.grant)
  const [old, live] = [await look(), await look()]
  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  await admin.query(`update bizq.grants set expires_at = now() - interval '1 minute' where id = $1`, [old])
  await forgetPreviewsJob.handle(platform.deps, [{}])
  const { rows } = await admin.query('select id from bizq.grants where id = any($1)', [[old, live]])
  await admin.end()
  expect(rows).toEqual([{ id: live }])
})

test('five windows may be read in 24 hours, or what the operator set; what left is listed for each execution and audited', async ({
  platform,
  operator,
}) => {
  const { business, subscription, open } = await subscribed(platform, operator)
  await putRecords(platform, operator, business, 'invoices', [invoiceOf(5), invoiceOf(4)])
  const grant = await open()
  const id = decodeId('sub', subscription.id)
  const read = await materialise(platform.deps, grant, new Date())
  const claim = () =>
    inUnit(platform, operator, async (unit) => {
      await requireAllowance(unit, id, read.rows)
      await recordDisclosure(unit, grant, randomUUIDv7(), read)
    })
  for (let i = 0; i < 5; i++) await claim()
  await expect(claim()).rejects.toMatchObject({
    slug: 'read-allowance-reached',
    details: { extra: { allowance: 10, used: 10, rows: 2, retryAt: expect.any(String) } },
  })
  await operator.send('PATCH', `/v1/subscriptions/${subscription.id}`, { readAllowanceRows: 12 })
  await claim()
  await expect(claim()).rejects.toMatchObject({ slug: 'read-allowance-reached' })

  const left = await operator.get(`/v1/subscriptions/${subscription.id}/disclosures?limit=4`)
  expect(left.body.items).toHaveLength(4)
  expect(left.body.items[0]).toMatchObject({
    grant: subscription.grant,
    version: '1.0.0',
    rows: 2,
    bytes: read.bytes,
    execution: expect.stringMatching(/^exe_/),
    datasets: [
      { dataset: 'customers' },
      { dataset: 'invoices', rows: 2, fields: expect.arrayContaining(['amountDue']) },
    ],
  })
  const rest = await operator.get(
    `/v1/subscriptions/${subscription.id}/disclosures?limit=4&cursor=${left.body.next}`,
  )
  expect(rest.body.items).toHaveLength(2)
  const audit = await operator.get('/v1/audit?limit=200')
  expect(audit.body.items.filter((entry: { action: string }) => entry.action === 'grant.read')).toHaveLength(
    6,
  )
})

test('two claims at the same moment do not both pass the allowance', async ({ platform, operator }) => {
  const { business, subscription, open } = await subscribed(platform, operator)
  await putRecords(platform, operator, business, 'invoices', [invoiceOf(5)])
  await operator.send('PATCH', `/v1/subscriptions/${subscription.id}`, { readAllowanceRows: 1 })
  const grant = await open()
  const read = await materialise(platform.deps, grant, new Date())
  const claim = () =>
    inUnit(platform, operator, async (unit) => {
      await requireAllowance(unit, decodeId('sub', subscription.id), read.rows)
      await recordDisclosure(unit, grant, randomUUIDv7(), read)
    })
  const outcomes = await Promise.allSettled([claim(), claim(), claim()])
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
})

test('a pseudonym resolves to the record of this business, and under no other grant, dataset or business', async ({
  platform,
  operator,
}) => {
  const one = await subscribed(platform, operator)
  const [invoice] = await putRecords(platform, operator, one.business, 'invoices', [invoiceOf(5)])
  const grant = await one.open()
  const [row] = rowsOf((await materialise(platform.deps, grant, new Date())).data.invoices)
  const pseudonym = String(row?.['id'])
  const resolve = (by: OpenGrant, dataset: 'invoices' | 'bills', text: string) =>
    inUnit(platform, operator, (unit) => resolvePseudonym(unit, by, dataset, text))
  expect(await resolve(grant, 'invoices', pseudonym)).toBe(invoice)
  expect(await resolve(grant, 'bills', pseudonym.replace('inv', 'bil'))).toBeUndefined()
  expect(
    await resolve(grant, 'invoices', `${pseudonym.slice(0, -1)}${pseudonym.endsWith('0') ? '1' : '0'}`),
  ).toBeUndefined()
  const other = await subscribed(platform, operator)
  expect(await resolve(await other.open(), 'invoices', pseudonym)).toBeUndefined()
  expect(
    await resolve({ ...grant, business: decodeId('bus', other.business) }, 'invoices', pseudonym),
  ).toBeUndefined()
})

test('a cursor tells nothing and works only where it was given out', async ({ platform, operator }) => {
  const { business, subscription } = await subscribed(platform, operator)
  await putRecords(platform, operator, business, 'invoices', [invoiceOf(5), invoiceOf(4)])
  const path = `/v1/grants/${subscription.grant}/data/invoices?limit=1`
  const { next } = (await operator.get(path)).body
  expect(Buffer.from(next, 'base64url').toString('latin1')).not.toContain('20')
  expect((await operator.get(`${path}&cursor=${next}`)).body.items).toHaveLength(1)
  const elsewhere = await operator.get(`/v1/grants/${subscription.grant}/data/customers?cursor=${next}`)
  expect(elsewhere.body.type).toMatch(/invalid-cursor$/)
  const changed = `${next.slice(0, 30)}${next[30] === 'A' ? 'B' : 'A'}${next.slice(31)}`
  expect((await operator.get(`${path}&cursor=${changed}`)).body.type).toMatch(/invalid-cursor$/)
})

test('a provider cannot read a field it was not granted, nor anything of an operator with its own token', async ({
  platform,
  operator,
}) => {
  const { provider, business, subscription } = await subscribed(platform, operator)
  const token = await provider.withToken(['*'])
  for (const path of [
    `/v1/grants/${subscription.grant}/data/invoices`,
    `/v1/subscriptions/${subscription.id}`,
    `/v1/subscriptions/${subscription.id}/disclosures`,
    `/v1/businesses/${business}`,
    `/v1/businesses/${business}/data/invoices`,
    `/v1/businesses/${business}/fences`,
  ]) {
    expect([403, 404]).toContain((await token.get(path)).status)
  }
  expect((await operator.get(`/v1/grants/${subscription.grant}/data/bills`)).status).toBe(404)
  const token2 = await operator.withToken(['data:read'])
  expect((await token2.get(`/v1/grants/${subscription.grant}/data/invoices`)).status).toBe(403)
})

test('what a provider may know of a subscription is a row of its own without any id of the operator', async ({
  platform,
  operator,
}) => {
  const { provider, business, subscription } = await subscribed(platform, operator)
  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  const { rows } = await admin.query('select * from bizq.subscribers where organisation_id = $1', [
    decodeId('org', provider.organisation),
  ])
  expect(rows).toHaveLength(1)
  const text = JSON.stringify(rows)
  for (const id of [
    decodeId('org', operator.organisation),
    decodeId('bus', business),
    decodeId('sub', subscription.id),
    decodeId('gra', subscription.grant),
  ]) {
    expect(text).not.toContain(id)
  }
  expect(rows[0]).toMatchObject({ state: 'active' })
  await operator.send('DELETE', `/v1/subscriptions/${subscription.id}`)
  const after = await admin.query('select state from bizq.subscribers')
  expect(after.rows).toContainEqual({ state: 'cancelled' })
  await admin.end()
})

test('no planted personal value is in anything that a provider can read, in any form', async ({
  platform,
  operator,
}) => {
  const planted = [
    'Annabel Featherstone',
    'annabel@featherstone-home.example',
    'Wisteria Cottage Lane',
    'GB33BUKB20201555555555',
    'Quillfeather',
  ]
  const { business, provider, open } = await subscribed(platform, operator, {
    data: {
      invoices: {
        fields: ['id', 'customer', 'issuedAt', 'dueAt', 'amount', 'amountDue', 'status', 'category', 'notes'],
        history: '180d',
        purpose: 'To look for what should not be there.',
      },
      customers: {
        fields: ['id', 'company', 'country', 'region', 'since', 'notes'],
        purpose: 'To look for what should not be there.',
      },
      suppliers: {
        fields: ['id', 'name', 'country', 'leadTimeDays', 'notes'],
        purpose: 'To look for what should not be there.',
      },
    },
  })
  const [name = '', email = '', street = '', iban = '', place = ''] = planted
  const [customer = ''] = await putRecords(platform, operator, business, 'customers', [
    {
      name,
      company: name,
      email,
      phone: '+44 7700 900123',
      street,
      city: place,
      postcode: place,
      notes: `${name} lives at ${street}`,
    },
  ])
  await putRecords(platform, operator, business, 'suppliers', [
    { name, email, street, city: place, iban, notes: `pay ${iban}` },
  ])
  await putRecords(platform, operator, business, 'invoices', [
    invoiceOf(5, { number: name, customer, notes: `ask ${name}, ${email}` }),
  ])
  const read = await materialise(platform.deps, await open(), new Date())
  expect(read.rows).toBe(3)
  const seen = {
    input: JSON.stringify(read.data),
    services: JSON.stringify((await provider.get('/v1/provider/services')).body),
    record: JSON.stringify(read.datasets),
  }
  expect(findLeaks(JSON.stringify(seen), planted)).toEqual([])
})
