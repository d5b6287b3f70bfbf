import { expect } from 'vitest'
import { createBusiness, join } from '../../../test/people.ts'
import { test } from '../../../test/harness.ts'

test('an operator adds a business and finds it again', async ({ operator }) => {
  const id = await createBusiness(operator, { tags: ['retail', 'north'] })
  const found = await operator.get(`/v1/businesses/${id}`)
  expect(found.status).toBe(200)
  expect(found.body).toMatchObject({ id, name: 'Harbour Gifts', currency: 'GBP', tags: ['retail', 'north'] })
  const list = await operator.get('/v1/businesses?tag=north')
  expect(list.body.items).toHaveLength(1)
})

test('another organisation does not see that a business exists', async ({ operator, stranger }) => {
  const id = await createBusiness(operator)
  expect((await stranger.get(`/v1/businesses/${id}`)).status).toBe(404)
  expect((await stranger.get('/v1/businesses')).body.items).toEqual([])
})

test('a wrong body is refused with a pointer to each mistake', async ({ operator }) => {
  const answer = await operator.post('/v1/businesses', {
    name: 'X',
    currency: 'QQQ',
    country: 'GB',
    timeZone: 'Mars',
  })
  expect(answer.status).toBe(422)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.body.errors.map((e: { pointer: string }) => e.pointer)).toEqual(['/currency', '/timeZone'])
})

test('a viewer cannot add a business', async ({ platform, operator }) => {
  const viewer = await join(platform.app, operator, 'viewer')
  const answer = await viewer.post('/v1/businesses', {
    name: 'X',
    currency: 'GBP',
    country: 'GB',
    timeZone: 'UTC',
  })
  expect(answer.status).toBe(403)
})

test('the same Idempotency-Key adds one business, and another body under it is refused', async ({
  operator,
}) => {
  const body = { name: 'Once', currency: 'GBP', country: 'GB', timeZone: 'UTC' }
  const headers = { 'idempotency-key': 'once-and-for-all' }
  const first = await operator.post('/v1/businesses', body, { headers })
  const second = await operator.post('/v1/businesses', body, { headers })
  expect(second.body).toEqual(first.body)
  expect((await operator.get('/v1/businesses?search=Once')).body.items).toHaveLength(1)
  const other = await operator.post('/v1/businesses', { ...body, name: 'Twice' }, { headers })
  expect(other.status).toBe(422)
  expect(other.body.type).toMatch(/idempotency-mismatch$/)
})

test('pages follow each other without a gap or a repeat', async ({ operator }) => {
  for (const name of ['C', 'A', 'B']) await createBusiness(operator, { name })
  const first = await operator.get('/v1/businesses?limit=2')
  const second = await operator.get(`/v1/businesses?limit=2&cursor=${first.body.next}`)
  expect([...first.body.items, ...second.body.items].map((b: { name: string }) => b.name)).toEqual([
    'A',
    'B',
    'C',
  ])
  expect(second.body.next).toBeNull()
})

test('a time zone may bear any of its names, and one that is none or a language nobody formats is refused', async ({
  operator,
}) => {
  for (const timeZone of ['Asia/Kolkata', 'Asia/Calcutta', 'Europe/Kyiv', 'UTC'])
    expect(await createBusiness(operator, { timeZone }), timeZone).toMatch(/^bus_/)
  const refused = async (values: object) => {
    const body = { name: 'X', currency: 'GBP', country: 'GB', timeZone: 'UTC', ...values }
    const { status, body: problem } = await operator.post('/v1/businesses', body)
    return [status, problem.errors?.[0]?.pointer]
  }
  expect(await refused({ timeZone: 'Nowhere/Land' })).toEqual([422, '/timeZone'])
  expect(await refused({ timeZone: '+02:00' })).toEqual([422, '/timeZone'])
  expect(await refused({ locale: 'xx-XX' })).toEqual([422, '/locale'])
})
