import { expect } from 'vitest'
import { test } from '../../../test/harness.ts'
import { importFile } from '../../../test/imports.ts'
import { createBusiness, join } from '../../../test/people.ts'

const gbp = (amount: number) => ({ amount, currency: 'GBP' })

const bills = (dueAt: string) => `number,supplier.name,issuedAt,dueAt,amount,status,notes
B-1,Acme Supplies Ltd,2026-01-08,${dueAt},360.00,open,for Jo
B-2,Acme Supplies Ltd,2026-01-20,2026-02-20,120.00,paid,
B-3,Paper & Co,2026-02-01,2026-03-01,75.50,open,
`
const billMapping = {
  dataset: 'bills',
  columns: Object.fromEntries(
    ['number', 'supplier.name', 'issuedAt', 'dueAt', 'amount', 'status', 'notes'].map((name) => [name, name]),
  ),
  dateOrder: 'ymd',
  decimal: '.',
}

test('records are listed newest first in pages without gap or repeat, with the names behind references', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  await importFile(platform, operator, business, bills('2026-02-07'), { mapping: billMapping })
  const first = await operator.get(`/v1/businesses/${business}/data/bills?limit=2`)
  expect(first.status).toBe(200)
  expect(first.body.items[0]).toMatchObject({
    number: 'B-3',
    amount: gbp(7_550),
    meta: { labels: { supplier: 'Paper & Co' }, isStub: false, overridden: [] },
  })
  const second = await operator.get(`/v1/businesses/${business}/data/bills?limit=2&cursor=${first.body.next}`)
  const numbers = [...first.body.items, ...second.body.items].map((bill: { number: string }) => bill.number)
  expect(numbers).toEqual(['B-3', 'B-2', 'B-1'])
  expect(second.body.next).toBeNull()
})

test('filters, the window, search and sorting each narrow or order the list', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  await importFile(platform, operator, business, bills('2026-02-07'), { mapping: billMapping })
  const numbers = async (query: string) =>
    (await operator.get(`/v1/businesses/${business}/data/bills?${query}`)).body.items.map(
      (bill: { number: string }) => bill.number,
    )
  const { items } = (await operator.get(`/v1/businesses/${business}/data/bills`)).body
  expect(await numbers('filter[status]=open')).toEqual(['B-3', 'B-1'])
  expect(await numbers('filter[status]=open&filter[status]=paid')).toHaveLength(3)
  expect(await numbers('filter[amount]=12000')).toEqual(['B-2'])
  expect(await numbers(`filter[supplier]=${items[0].supplier}`)).toEqual(['B-3'])
  expect(await numbers('filter[notes]=')).toEqual(['B-3', 'B-2'])
  expect(await numbers('from=2026-01-10&to=2026-01-31')).toEqual(['B-2'])
  expect(await numbers('search=for jo')).toEqual(['B-1'])
  expect(await numbers('sort=amount')).toEqual(['B-3', 'B-2', 'B-1'])
  expect(await numbers('sort=-amount')).toEqual(['B-1', 'B-2', 'B-3'])
  const byNotes = await operator.get(`/v1/businesses/${business}/data/bills?sort=notes&limit=1`)
  expect(byNotes.body.items[0].number).toBe('B-1')
  expect(await numbers(`sort=notes&cursor=${byNotes.body.next}`)).toEqual(['B-2', 'B-3'])
})

test('a field that is not there is refused by name, and a dataset that is not there too', async ({
  operator,
}) => {
  const business = await createBusiness(operator)
  const wrong = await operator.get(`/v1/businesses/${business}/data/bills?filter[colour]=red`)
  expect(wrong.status).toBe(422)
  expect(wrong.body.errors[0].detail).toContain('bills has no field colour; it has number, supplier')
  expect((await operator.get(`/v1/businesses/${business}/data/bills?filter[dueAt]=soon`)).status).toBe(422)
  expect((await operator.get(`/v1/businesses/${business}/data/secrets`)).status).toBe(422)
  expect((await operator.get(`/v1/businesses/${business}/data/customers?from=2026-01-01`)).status).toBe(422)
})

test('a hand edit stands until the source says something else', async ({ platform, operator }) => {
  const business = await createBusiness(operator)
  await importFile(platform, operator, business, bills('2026-02-07'), { mapping: billMapping })
  const list = await operator.get(`/v1/businesses/${business}/data/bills?filter[number]=B-1`)
  const path = `/v1/businesses/${business}/data/bills/${list.body.items[0].id}`
  const edited = await operator.send('PATCH', path, { dueAt: '2026-02-20' })
  expect(edited.body).toMatchObject({
    dueAt: '2026-02-20',
    meta: {
      overridden: ['dueAt'],
      overrides: [{ importedValue: '2026-02-07', value: '2026-02-20', cause: 'hand', state: 'standing' }],
    },
  })
  const same = await importFile(platform, operator, business, bills('2026-02-07'), { mapping: billMapping })
  expect(same.body.counts).toMatchObject({ updated: 0, unchanged: 5 })
  expect((await operator.get(path)).body.dueAt).toBe('2026-02-20')

  const changed = await importFile(platform, operator, business, bills('2026-02-14'), {
    mapping: billMapping,
  })
  expect(changed.body.counts).toMatchObject({ updated: 1 })
  expect((await operator.get(path)).body).toMatchObject({
    dueAt: '2026-02-14',
    meta: { overridden: [], overrides: [{ state: 'superseded' }] },
  })
  const undone = await operator.post(`/v1/imports/${changed.body.id}/undo`)
  expect(undone.status).toBe(200)
  expect((await operator.get(path)).body).toMatchObject({
    dueAt: '2026-02-20',
    meta: { overridden: ['dueAt'], overrides: [{ importedValue: '2026-02-07', state: 'standing' }] },
  })
})

test('a record entered by hand is met by the import that names it', async ({ platform, operator }) => {
  const business = await createBusiness(operator)
  const made = await operator.post(`/v1/businesses/${business}/data/suppliers`, {
    name: 'Acme Supplies Ltd',
    leadTimeDays: 14,
  })
  expect(made.status).toBe(201)
  await importFile(platform, operator, business, bills('2026-02-07'), { mapping: billMapping })
  const suppliers = await operator.get(`/v1/businesses/${business}/data/suppliers?sort=name`)
  expect(suppliers.body.items).toMatchObject([
    { id: made.body.id, name: 'Acme Supplies Ltd', leadTimeDays: 14 },
    { name: 'Paper & Co' },
  ])
  const twice = await operator.post(`/v1/businesses/${business}/data/suppliers`, {
    name: 'Acme Supplies Ltd',
  })
  expect(twice.status).toBe(409)
  expect(twice.body.record).toBe(made.body.id)
})

test('a record is removed only when nothing refers to it', async ({ platform, operator }) => {
  const business = await createBusiness(operator)
  await importFile(platform, operator, business, bills('2026-02-07'), { mapping: billMapping })
  const bill = (await operator.get(`/v1/businesses/${business}/data/bills?filter[number]=B-3`)).body.items[0]
  const supplier = `/v1/businesses/${business}/data/suppliers/${bill.supplier}`
  expect((await operator.send('DELETE', supplier)).status).toBe(409)
  expect((await operator.send('DELETE', `/v1/businesses/${business}/data/bills/${bill.id}`)).status).toBe(204)
  expect((await operator.send('DELETE', supplier)).status).toBe(204)
  expect((await operator.get(supplier)).status).toBe(404)
})

test('a wrong value is refused with a pointer to it', async ({ operator }) => {
  const business = await createBusiness(operator)
  const answer = await operator.post(`/v1/businesses/${business}/data/invoices`, {
    issuedAt: '2026-13-01',
    dueAt: '2026-02-01',
    amount: gbp(100),
    amountDue: { amount: 1.5, currency: 'GBP' },
    status: 'open',
  })
  expect(answer.status).toBe(422)
  expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([
    '/issuedAt',
    '/amountDue/amount',
  ])
})

test('freshness says how much there is, over which days and when it came', async ({ platform, operator }) => {
  const business = await createBusiness(operator)
  const imported = await importFile(platform, operator, business, bills('2026-02-07'), {
    mapping: billMapping,
  })
  const { items } = (await operator.get(`/v1/businesses/${business}/datasets`)).body
  expect(items).toHaveLength(14)
  const of = (dataset: string) => items.find((item: { dataset: string }) => item.dataset === dataset)
  expect(of('bills')).toMatchObject({
    count: 3,
    oldest: '2026-01-08',
    newest: '2026-02-01',
    lastImport: { id: imported.body.id },
  })
  expect(of('suppliers')).toMatchObject({ count: 2, newest: null, state: 'fresh' })
  expect(of('tickets')).toMatchObject({ count: 0, state: 'empty', lastImport: null })
})

test('ledger categories are a list of the business', async ({ operator }) => {
  const business = await createBusiness(operator)
  const path = `/v1/businesses/${business}/categories`
  await operator.post(path, { name: 'Rent' })
  await operator.post(path, { name: 'Cost of goods' })
  expect((await operator.get(path)).body.items).toEqual([{ name: 'Cost of goods' }, { name: 'Rent' }])
  expect((await operator.send('DELETE', `${path}/Rent`)).status).toBe(204)
  expect((await operator.get(path)).body.items).toEqual([{ name: 'Cost of goods' }])
})

test('a viewer reads and changes nothing; another organisation sees nothing', async ({
  platform,
  operator,
  stranger,
}) => {
  const business = await createBusiness(operator)
  await importFile(platform, operator, business, bills('2026-02-07'), { mapping: billMapping })
  const list = await operator.get(`/v1/businesses/${business}/data/bills`)
  const bill = `/v1/businesses/${business}/data/bills/${list.body.items[0].id}`
  const viewer = await join(platform.app, operator, 'viewer')
  expect((await viewer.get(bill)).status).toBe(200)
  const tries = [
    ['PATCH', bill, { dueAt: '2027-01-01' }],
    ['DELETE', bill, undefined],
    ['POST', `/v1/businesses/${business}/data/suppliers`, { name: 'X' }],
    ['POST', `/v1/businesses/${business}/categories`, { name: 'X' }],
  ] as const
  for (const [method, path, body] of tries) {
    expect((await viewer.send(method, path, body)).status).toBe(403)
    expect((await stranger.send(method, path, body)).status).toBe(404)
  }
  for (const path of ['data/bills', 'datasets', 'categories', 'imports']) {
    expect((await stranger.get(`/v1/businesses/${business}/${path}`)).status).toBe(404)
  }
  const reader = await operator.withToken(['data:read'])
  expect((await reader.get(bill)).status).toBe(200)
  expect((await reader.send('PATCH', bill, { dueAt: '2027-01-01' })).status).toBe(403)
})

test('every dataset has a template that imports as it stands', async ({ platform, operator }) => {
  const business = await createBusiness(operator)
  const { items } = (await operator.get(`/v1/businesses/${business}/datasets`)).body
  for (const { dataset } of items as { dataset: string }[]) {
    const template = await operator.get(`/v1/templates/${dataset}.csv`)
    expect(template.status).toBe(200)
    const columns = Object.fromEntries(
      template.body
        .split('\n')[0]
        .split(',')
        .map((name: string) => [name, name]),
    )
    const mapping = { dataset, columns, dateOrder: 'ymd', decimal: '.' }
    const done = await importFile(platform, operator, business, template.body, { mapping })
    expect(done.body).toMatchObject({ state: 'finished', errors: [], datasets: { [dataset]: {} } })
    const list = await operator.get(`/v1/businesses/${business}/data/${dataset}`)
    expect(list.body.items).not.toEqual([])
  }
  expect((await operator.get('/v1/templates/passwords.csv')).status).toBe(404)
})
