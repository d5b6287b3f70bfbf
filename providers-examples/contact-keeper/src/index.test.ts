import { rowBuilders, runProvider } from '@bizq/sdk/testing'
import { expect, test } from 'vitest'
import provider from './index.ts'

const build = rowBuilders()
type Customer = Parameters<typeof build.customers>[0]
const look = async (...customers: NonNullable<Customer>[]) => {
  const rows = customers.map((values) => build.customers(values))
  const { proposals, metrics } = await runProvider(provider, {
    data: { customers: rows },
    now: '2026-11-20T09:00:00.000Z',
  })
  const places = proposals.map(({ parameters }) => rows.findIndex(({ id }) => id === parameters['customer']))
  return { places: places.toSorted(), metrics }
}
const ann = { email: 'ann@lee.test', phone: '+44 7700 900123', since: '2024-01-01' }

test('the later of two with one address or one number is looked at, however they are written', async () => {
  expect((await look(ann, { email: 'Ann@Lee.test ', phone: null, since: '2025-01-01' })).places).toEqual([1])
  expect((await look(ann, { email: null, phone: '07700 900 123', since: '2025-01-01' })).places).toEqual([1])
  expect((await look(ann, { email: 'bo@ray.test', phone: null, since: '2025-01-01' })).places).toEqual([])
})

test('where nobody knows who was there first, both are looked at', async () => {
  expect((await look(ann, { ...ann })).places).toEqual([0, 1])
})

test('what is withheld is compared with nothing, and said', async () => {
  const nothing = { email: null, phone: null, since: '2024-01-01' }
  expect(await look(nothing, { ...nothing })).toEqual({
    places: [],
    metrics: { customers: 2, withEmail: 0, withPhone: 0, twice: 0 },
  })
})
