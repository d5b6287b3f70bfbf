import { expect } from 'vitest'
import { test as base } from '../../../../test/harness.ts'
import { importFile, sendFile } from '../../../../test/imports.ts'
import { createBusiness, join, type Answer } from '../../../../test/people.ts'

interface Books {
  business: string
  /** Imports rows of a dataset under a header of its own targets. */
  add(dataset: string, header: string, ...rows: string[]): Promise<Answer>
  list(dataset: string, query?: string): Promise<Record<string, unknown>[]>
  undo(imported: Answer): Promise<Answer>
}

const test = base.extend<{ books: Books }>({
  books: async ({ platform, operator }, use) => {
    const business = await createBusiness(operator)
    await use({
      business,
      add: async (dataset, header, ...rows) => {
        const columns = Object.fromEntries(header.split(',').map((name) => [name, name]))
        const mapping = { dataset, columns, dateOrder: 'ymd', decimal: '.' }
        const content = [header, ...rows, ''].join('\n')
        const done = await importFile(platform, operator, business, content, { mapping })
        expect(done.body).toMatchObject({ state: 'finished', errors: [] })
        return done
      },
      list: async (dataset, query = '') =>
        (await operator.get(`/v1/businesses/${business}/data/${dataset}?limit=200&${query}`)).body.items,
      undo: (imported) => operator.post(`/v1/imports/${imported.body.id}/undo`),
    })
  },
})

const bill = 'number,supplier.name,issuedAt,dueAt,amount,status'
const product = 'sku,title,price'
const orderLine = 'order.number,product.sku,placedAt,quantity,unitPrice'

test('an undone import leaves nothing behind, and may be imported again', async ({ books }) => {
  const first = await books.add('bills', bill, 'B-1,Acme Ltd,2026-01-08,2026-02-07,360.00,open')
  expect((await books.undo(first)).body).toMatchObject({ state: 'undone' })
  expect(await books.list('bills', 'stubs=true')).toEqual([])
  expect(await books.list('suppliers', 'stubs=true')).toEqual([])
  const again = await books.add('bills', bill, 'B-1,Acme Ltd,2026-01-08,2026-02-07,360.00,open')
  expect(again.body.counts).toMatchObject({ created: 2, unchanged: 0 })
})

test('what an import changed is as it was before', async ({ books }) => {
  await books.add('bills', bill, 'B-1,Acme Ltd,2026-01-08,2026-02-07,360.00,open')
  const second = await books.add(
    'bills',
    bill,
    'B-1,Acme Ltd,2026-01-08,2026-02-07,360.00,paid',
    'B-2,Acme Ltd,2026-01-09,2026-02-09,10.00,open',
  )
  expect(second.body.datasets.bills).toEqual({ created: 1, updated: 1, unchanged: 0 })
  await books.undo(second)
  expect(await books.list('bills')).toMatchObject([{ number: 'B-1', status: 'open' }])
})

test('of three imports that say different things, taking back the middle one changes nothing, and the last one then gives the first’s value', async ({
  books,
}) => {
  const row = (status: string) => `B-1,Acme Ltd,2026-01-08,2026-02-07,360.00,${status}`
  await books.add('bills', bill, row('draft'))
  const middle = await books.add('bills', bill, row('open'))
  const last = await books.add('bills', bill, row('paid'))
  await books.undo(middle)
  expect(await books.list('bills')).toMatchObject([{ status: 'paid' }])
  await books.undo(last)
  expect(await books.list('bills')).toMatchObject([{ status: 'draft' }])
})

test('a record that a later import holds too stays when the first is taken back, and goes with the last', async ({
  books,
}) => {
  const statement = 'account.name,bookedAt,amount,description'
  const day = (n: number) => `Main,2026-01-0${n},-3.50,Coffee`
  const first = await books.add('transactions', statement, day(1), day(2), day(2))
  const second = await books.add('transactions', statement, day(2), day(2), day(3))
  expect(second.body.datasets.transactions).toEqual({ created: 1, updated: 0, unchanged: 2 })
  await books.undo(first)
  expect((await books.list('transactions')).map((row) => row['bookedAt'])).toEqual([
    '2026-01-03',
    '2026-01-02',
    '2026-01-02',
  ])
  await books.undo(second)
  expect(await books.list('transactions')).toEqual([])
  expect(await books.list('accounts', 'stubs=true')).toEqual([])
})

test('what others refer to becomes a stub that a later import fills, with the id that it had', async ({
  books,
}) => {
  const catalogue = await books.add('products', product, 'MUG,Blue mug,12.50')
  const [mug] = await books.list('products')
  await books.add('orderLines', orderLine, '1001,MUG,2026-01-12T09:30:00Z,2,12.50')
  await books.undo(catalogue)
  expect(await books.list('orderLines')).toMatchObject([{ product: mug?.['id'] }])
  await books.add('products', product, 'MUG,Blue mug,13.00')
  expect(await books.list('products')).toMatchObject([
    { id: mug?.['id'], title: 'Blue mug', price: { amount: 1_300, currency: 'GBP' } },
  ])
})

test('an unknown reference makes a stub, which is no record until its own file comes', async ({ books }) => {
  await books.add('tickets', 'number,openedAt,order.number,message', '7,2026-01-14,1001,Where is it?')
  expect(await books.list('orders')).toEqual([])
  const [stub] = await books.list('orders', 'stubs=true')
  expect(stub).toMatchObject({ number: '1001', meta: { isStub: true } })
  const filled = await books.add('orders', 'number,placedAt,total', '1001,2026-01-12T09:30:00Z,25.00')
  expect(filled.body.datasets.orders).toEqual({ created: 1, updated: 0, unchanged: 0 })
  expect(await books.list('orders')).toMatchObject([{ id: stub?.['id'], meta: { isStub: false } }])
  await books.undo(filled)
  expect(await books.list('orders', 'stubs=true')).toMatchObject([
    { id: stub?.['id'], meta: { isStub: true } },
  ])
})

test('an order whose lines come in two files is worth its lines, also when one file is taken back', async ({
  books,
}) => {
  const total = async () => (await books.list('orders'))[0]?.['total']
  await books.add('orderLines', orderLine, '1001,MUG,2026-01-12T09:30:00Z,2,12.50')
  const second = await books.add('orderLines', orderLine, '1001,CUP,2026-01-12T09:30:00Z,1,5.00')
  expect(await total()).toEqual({ amount: 3_000, currency: 'GBP' })
  await books.undo(second)
  expect(await total()).toEqual({ amount: 2_500, currency: 'GBP' })
})

test('an import is undone once, by a manager, and not while it waits for its mapping', async ({
  platform,
  operator,
  stranger,
  books,
}) => {
  const done = await books.add('bills', bill, 'B-1,Acme Ltd,2026-01-08,2026-02-07,360.00,open')
  const path = `/v1/imports/${done.body.id}/undo`
  const viewer = await join(platform.app, operator, 'viewer')
  expect((await viewer.post(path)).status).toBe(403)
  expect((await stranger.post(path)).status).toBe(404)
  expect((await operator.post(path)).status).toBe(200)
  expect((await operator.post(path)).status).toBe(409)
  const waiting = await sendFile(operator, books.business, 'a,b\n1,2\n')
  expect(waiting.body.state).toBe('needs-mapping')
  expect((await operator.post(`/v1/imports/${waiting.body.id}/undo`)).status).toBe(409)
})
