import { expect, test } from 'vitest'
import { merge, type Standing } from './merge.ts'

const standing = (values: Standing['values'], more: Partial<Standing> = {}): Standing => ({
  values,
  asOf: null,
  isStub: false,
  overrides: new Map(),
  ...more,
})

test('a source value that is unchanged leaves the override, a changed one wins and ends it', () => {
  const overrides = new Map([['dueAt', { id: 'o1', importedValue: '2026-11-30' }]])
  const bill = standing({ dueAt: '2026-12-10' }, { overrides })
  expect(merge('bills', bill, { values: { dueAt: '2026-11-30' } })).toMatchObject({
    values: { dueAt: '2026-12-10' },
    previous: {},
    superseded: {},
  })
  expect(merge('bills', bill, { values: { dueAt: '2026-12-05' } })).toMatchObject({
    values: { dueAt: '2026-12-05' },
    previous: { dueAt: '2026-11-30' },
    superseded: { dueAt: 'o1' },
  })
  expect(merge('bills', bill, { values: { dueAt: '2026-12-10' } })).toMatchObject({
    superseded: {},
    confirmed: { dueAt: 'o1' },
  })
})

test('what is assumed, older or summed from one file alone fills a gap and replaces nothing', () => {
  const order = standing({ fulfilment: 'unfulfilled', notes: null }, { asOf: '2026-02-01' })
  const weak = { values: { fulfilment: 'fulfilled', notes: 'gift' } }
  const filled = { fulfilment: 'unfulfilled', notes: 'gift' }
  expect(merge('orders', order, { ...weak, assumed: ['fulfilment'] }).values).toEqual(filled)
  expect(merge('orders', order, { ...weak, summed: ['fulfilment'] }).values).toEqual(filled)
  expect(merge('orders', order, { ...weak, asOf: '2026-01-01' }).values).toEqual(filled)
  expect(merge('orders', order, { ...weak, asOf: '2026-01-01' }).asOf).toBe('2026-02-01')
  expect(merge('orders', order, { ...weak, asOf: '2026-03-01' })).toMatchObject({
    values: weak.values,
    asOf: '2026-03-01',
  })
})

test('an empty cell empties a row of its own, but neither what several rows speak of nor what people fill', () => {
  expect(
    merge('transactions', standing({ reference: 'R', category: 'Rent' }), {
      values: { reference: null, category: null },
    }).values,
  ).toEqual({ reference: null, category: 'Rent' })
  expect(merge('customers', standing({ phone: '1' }), { values: { phone: null } }).values).toEqual({
    phone: '1',
  })
})
