import { expect } from 'vitest'
import { test } from '../../../test/harness.ts'
import { dayAgo, invoiceOf, putRecords } from '../../../test/ledger.ts'
import { createBusiness, join, signUpOperator } from '../../../test/people.ts'
import { publish, subscribe } from '../../../test/services.ts'

interface PreviewRow {
  original: { id: string; amountDue: { amount: number } }
  seen: { id: string; amountDue: { amount: number } }
}
interface PreviewDataset {
  dataset: string
  isFenced: boolean
  fields: { name: string; mask: string }[]
  rows: PreviewRow[]
}
const invoicesOf = (preview: { datasets: PreviewDataset[] }) =>
  preview.datasets.find(({ dataset }) => dataset === 'invoices') as PreviewDataset

test('an operator sees their own rows beside what the service would see, subscribes, and the service sees exactly that', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  const due = (amount: number) => ({ amountDue: { amount, currency: 'GBP' } })
  await putRecords(platform, operator, business, 'invoices', [
    invoiceOf(400, due(1_000)),
    invoiceOf(400, { ...due(0), status: 'paid' }),
    invoiceOf(40, { ...due(0), status: 'paid' }),
    invoiceOf(10, { ...due(4_000), notes: 'for Ann Lee' }),
  ])
  const { service } = await publish(await signUpOperator(platform.app, 'provider'))
  const preview = await operator.post(`/v1/services/${service}/preview`, { business })
  expect(preview.status).toBe(200)
  expect(preview.body.money).toMatchObject({
    mode: 'scaled',
    note: expect.stringContaining('blurred, not hidden'),
  })
  const { rows, fields } = invoicesOf(preview.body)
  expect(fields.find(({ name }) => name === 'amountDue')?.mask).toBe('scaled')
  expect(rows.map((row) => row.original.amountDue.amount)).toEqual([1_000, 0, 4_000])
  expect(rows[0]?.seen).toMatchObject({
    id: expect.stringMatching(/^inv_[0-9a-f]{32}$/),
    issuedAt: dayAgo(400),
    status: 'open',
  })
  expect(rows[0]?.seen.amountDue.amount).toBeGreaterThanOrEqual(8_000)
  expect(rows[2]?.seen).toMatchObject({ notes: null })

  const body = { preview: preview.body.id, settings: { graceDays: 3 } }
  const made = await operator.post('/v1/subscriptions', body)
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({ state: 'active', grant: preview.body.grant, settings: { graceDays: 3 } })
  const token = await operator.withToken(['grants:read'])
  const data = `/v1/grants/${made.body.grant}/data/invoices?limit=2`
  const first = await token.get(data)
  const second = await token.get(`${data}&cursor=${first.body.next}`)
  expect([...first.body.items, ...second.body.items]).toEqual(rows.map(({ seen }) => seen))
  expect(second.body.next).toBeNull()
})

test('a long window shows its newest rows, each beside its own masked self', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  const amounts = Array.from({ length: 60 }, (_, i) => 60 - i)
  const rows = amounts.map((ago) => invoiceOf(ago, { amountDue: { amount: ago * 100, currency: 'GBP' } }))
  await putRecords(platform, operator, business, 'invoices', rows)
  const { service } = await publish(await signUpOperator(platform.app, 'provider'))
  const preview = await operator.post(`/v1/services/${service}/preview`, { business })
  const shown = invoicesOf(preview.body).rows
  expect(shown.map(({ original }) => original.amountDue.amount)).toEqual(
    Array.from({ length: 20 }, (_, i) => (20 - i) * 100),
  )
  const factors = shown.map(({ original, seen }) => seen.amountDue.amount / original.amountDue.amount)
  for (const factor of factors) expect(factor).toBeCloseTo(factors[0] ?? 0, 1)
})

test('two previews of one business give the same record different pseudonyms, and one subscription always the same', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  await putRecords(platform, operator, business, 'invoices', [invoiceOf(3)])
  const { service } = await publish(await signUpOperator(platform.app, 'provider'))
  const look = async () => (await operator.post(`/v1/services/${service}/preview`, { business })).body
  const [a, b] = [await look(), await look()]
  expect(invoicesOf(a).rows[0]?.seen.id).not.toBe(invoicesOf(b).rows[0]?.seen.id)
  await operator.post('/v1/subscriptions', { preview: b.id })
  const anew = await look()
  expect(anew.subscription).toMatch(/^sub_/)
  expect(invoicesOf(anew).rows[0]?.seen).toEqual(invoicesOf(b).rows[0]?.seen)
})

test('a consent may leave optional datasets out and shorten history, and never go beyond what is asked', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  await putRecords(platform, operator, business, 'invoices', [
    invoiceOf(100, { status: 'paid' }),
    invoiceOf(5, { status: 'paid' }),
  ])
  const { service, manifest } = await publish(await signUpOperator(platform.app, 'provider'))
  const { fields } = (manifest['data'] as { invoices: { fields: string[] } }).invoices
  const ask = (consent: unknown) => operator.post(`/v1/services/${service}/preview`, { business, consent })
  const narrow = await ask({ fields: { invoices: fields }, money: 'scaled', history: { invoices: '30d' } })
  expect(narrow.status).toBe(200)
  expect(narrow.body.datasets.map(({ dataset }: PreviewDataset) => dataset)).toEqual(['invoices'])
  expect(invoicesOf(narrow.body).rows).toHaveLength(1)

  const wide = await ask({
    fields: { invoices: [...fields, 'amount'] },
    money: 'exact',
    history: { invoices: '400d' },
  })
  expect(wide.status).toBe(422)
  expect(wide.body.type).toMatch(/consent-invalid$/)
  expect(wide.body.errors.map((each: { pointer: string }) => each.pointer)).toEqual([
    '/consent/fields/invoices',
    '/consent/history/invoices',
    '/consent/money',
  ])
  const without = await ask({ fields: {}, money: 'scaled', history: {} })
  expect(without.body.errors[0].pointer).toBe('/consent/fields/invoices')
})

test('a preview is used once, and settings must be what the service takes', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  const { service } = await publish(await signUpOperator(platform.app, 'provider'))
  const preview = (await operator.post(`/v1/services/${service}/preview`, { business })).body.id
  const wrong = await operator.post('/v1/subscriptions', { preview, settings: { graceDays: 99 } })
  expect(wrong.status).toBe(422)
  expect(wrong.body.errors[0].pointer).toBe('/settings/graceDays')
  const made = await operator.post('/v1/subscriptions', { preview })
  expect(made.body.settings).toEqual({ graceDays: 5 })
  const again = await operator.post('/v1/subscriptions', { preview })
  expect(again.body.type).toMatch(/preview-expired$/)
  const other = (await operator.post(`/v1/services/${service}/preview`, { business })).body.id
  expect((await operator.post('/v1/subscriptions', { preview: other })).body.type).toMatch(
    /already-subscribed$/,
  )
})

test('settings and allowance change, pause stops reading, resume takes it up, cancel ends it for good', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  const { service } = await publish(await signUpOperator(platform.app, 'provider'))
  const { id, grant } = await subscribe(operator, business, service)
  const path = `/v1/subscriptions/${id}`
  const read = async () => (await operator.get(`/v1/grants/${grant}/data/invoices`)).status
  const changed = await operator.send('PATCH', path, { settings: { graceDays: 9 }, readAllowanceRows: 50 })
  expect(changed.body).toMatchObject({ settings: { graceDays: 9 }, readAllowanceRows: 50 })
  expect(await read()).toBe(200)
  expect((await operator.post(`${path}/pause`)).body.state).toBe('paused')
  expect(await read()).toBe(403)
  expect((await operator.post(`${path}/resume`)).body.state).toBe('active')
  expect(await read()).toBe(200)
  const cancelled = await operator.send('DELETE', path)
  expect(cancelled.body).toMatchObject({ state: 'cancelled', cancelledAt: expect.any(String) })
  expect(await read()).toBe(403)
  expect((await operator.post(`${path}/resume`)).body.type).toMatch(/subscription-not-active$/)
  const list = await operator.get(`/v1/subscriptions?business=${business}`)
  expect(list.body.items).toEqual([])
  const kept = await operator.get('/v1/subscriptions?state=cancelled')
  expect(kept.body.items.map((each: { id: string }) => each.id)).toEqual([id])
})

test('a viewer sees subscriptions and can neither preview, subscribe nor cancel; a stranger sees nothing of them', async ({
  platform,
  operator,
  stranger,
}) => {
  const business = await createBusiness(operator)
  const { service } = await publish(await signUpOperator(platform.app, 'provider'))
  const { id, grant } = await subscribe(operator, business, service)
  const viewer = await join(platform.app, operator, 'viewer')
  expect((await viewer.get(`/v1/subscriptions/${id}`)).status).toBe(200)
  expect((await viewer.post(`/v1/services/${service}/preview`, { business })).status).toBe(403)
  expect((await viewer.send('DELETE', `/v1/subscriptions/${id}`)).status).toBe(403)
  expect((await stranger.get(`/v1/subscriptions/${id}`)).status).toBe(404)
  expect((await stranger.send('DELETE', `/v1/subscriptions/${id}`)).status).toBe(404)
  expect((await stranger.get(`/v1/grants/${grant}/data/invoices`)).status).toBe(404)
  expect((await stranger.get(`/v1/subscriptions/${id}/disclosures`)).status).toBe(404)
  expect((await stranger.post(`/v1/services/${service}/preview`, { business })).status).toBe(404)
})
