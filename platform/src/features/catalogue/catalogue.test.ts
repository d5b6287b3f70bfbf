import { expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'
import { signUpOperator } from '../../../test/people.ts'
import { publish } from '../../../test/services.ts'

test('the catalogue is searched by words, narrowed by category and price, and paged without a gap', async ({
  platform,
  operator,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const price = (amount: number) => ({ pricing: { monthly: { amount, currency: 'USD' }, trialDays: 14 } })
  await publish(provider, { name: 'Zebra Runway', ...price(500) })
  await publish(provider, { name: 'Quokka Runway', ...price(1_500) })
  await publish(provider, {
    name: 'Quokka Shelves',
    category: 'operations/inventory',
    capabilities: ['inventory_planning'],
    summary: 'Says when shelves will be empty, to be filled in time.',
    ...price(800),
  })
  const names = async (query: string) =>
    (await operator.get(`/v1/services?${query}`)).body.items.map((each: { name: string }) => each.name)
  expect(await names('search=quokka')).toEqual(['Quokka Runway', 'Quokka Shelves'])
  expect(await names('search=filling')).toEqual(['Quokka Shelves'])
  expect(await names('search=quokka&category=operations')).toEqual(['Quokka Shelves'])
  expect(await names('category=financial/cash-flow')).toEqual(['Quokka Runway', 'Zebra Runway'])
  expect(await names('maxMonthly=800')).toEqual(['Quokka Shelves', 'Zebra Runway'])
  expect(await names('maxMonthly=800&currency=EUR')).toEqual([])
  const first = await operator.get('/v1/services?limit=2')
  const second = await operator.get(`/v1/services?limit=2&cursor=${first.body.next}`)
  expect([...first.body.items, ...second.body.items].map((each: { name: string }) => each.name)).toEqual([
    'Quokka Runway',
    'Quokka Shelves',
    'Zebra Runway',
  ])
  expect(second.body.next).toBeNull()
  const categories = await operator.get('/v1/categories')
  expect(categories.body.items).toEqual([
    { category: 'financial/cash-flow', services: 2 },
    { category: 'operations/inventory', services: 1 },
  ])
})

test('a listing says in words what is read, how it is masked, what may be proposed and what each release changed', async ({
  platform,
  operator,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service } = await publish(provider)
  await publish(provider, {
    service,
    version: '1.1.0',
    pricing: { monthly: { amount: 700, currency: 'USD' } },
  })
  const { body } = await operator.get(`/v1/services/${service}`)
  expect(body).toMatchObject({
    service,
    publisher: 'Test Holdings',
    version: '1.1.0',
    price: { monthly: { amount: 700, currency: 'USD' }, trialDays: 0 },
    money: { mode: 'scaled', reason: null },
    runs: { schedule: 'daily', where: 'sandbox' },
  })
  const invoices = body.data.find((each: { dataset: string }) => each.dataset === 'invoices')
  expect(invoices.fields.find((each: { name: string }) => each.name === 'customer').mask).toBe('pseudonym')
  expect(body.proposes).toEqual([
    expect.objectContaining({ type: 'invoice.remind', reachesThirdParty: true, canBeUndone: false }),
  ])
  expect(body.inWords).toContain('Costs $7.00 a month for each business.')
  expect(body.inWords.join('\n')).toContain('blurred, not hidden')
  expect(
    body.releases.map((each: { version: string; changes: string[] }) => [each.version, each.changes]),
  ).toEqual([
    ['1.1.0', ['its price rises from $5.00 to $7.00 a month']],
    ['1.0.0', []],
  ])
  const byId = await operator.get(`/v1/services/${body.id}`)
  expect(byId.body).toEqual(body)
  expect((await operator.get('/v1/services/no-such-service')).status).toBe(404)
})

test('a deprecated service keeps its page and is offered no more', async ({ platform, operator }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service, release } = await publish(provider)
  await provider.send('PATCH', `/v1/provider/services/${service}/releases/${release}`, {
    state: 'deprecated',
    notice: 'Use the other one.',
  })
  expect((await operator.get(`/v1/services?search=${service}`)).body.items).toEqual([])
  const page = await operator.get(`/v1/services/${service}`)
  expect(page.body).toMatchObject({ state: 'deprecated' })
  expect(page.body.releases[0].notice).toBe('Use the other one.')
})

test('a token without the scope does not read the catalogue', async ({ operator }) => {
  const token = await operator.withToken(['businesses:read'])
  expect((await token.get('/v1/services')).status).toBe(403)
})

test('the catalogue is sorted by rating, where one review does not outweigh many, and shows a mean from three on', async ({
  platform,
  operator,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const services: Record<string, number[]> = {
    'Rated Once': [5],
    'Rated Often': [5, 5, 5, 5, 5, 4, 5, 5],
    'Rated Ill': [1, 2, 1],
    'Rated Never': [],
  }
  for (const [name, stars] of Object.entries(services)) {
    const { service } = await publish(provider, { name, summary: 'Ratings are what this is sorted by.' })
    await asAdmin(
      platform,
      `insert into bizq.service_reviews (organisation_id, id, service_id, stars, words, subscribed, decided)
       select s.organisation_id, gen_random_uuid(), s.id, stars, 'So', '1-3', '1-9' from bizq.services s, unnest($2::int[]) stars where s.slug = $1`,
      [service, stars],
    )
  }
  const first = await operator.get('/v1/services?search=rated&sort=rating&limit=2')
  const second = await operator.get(`/v1/services?search=rated&sort=rating&limit=2&cursor=${first.body.next}`)
  const items = [...first.body.items, ...second.body.items]
  expect(items.map((each) => [each.name, each.rating.mean, each.rating.count])).toEqual([
    ['Rated Often', 4.9, 8],
    ['Rated Once', null, 1],
    ['Rated Never', null, 0],
    ['Rated Ill', 1.3, 3],
  ])
  expect(items[0].rating.stars).toEqual([0, 0, 0, 1, 7])
  expect(second.body.next).toBeNull()
})
