import { expect } from 'vitest'
import { billingTest } from '../../../test/billing.ts'
import { answering } from '../../../test/executions.ts'
import { createBusiness, type Person } from '../../../test/people.ts'
import { publish, subscribe } from '../../../test/services.ts'

const test = billingTest()
const quiet = answering('{}')
const usd = (amount: number) => ({ amount, currency: 'USD' })
const eur = (amount: number) => ({ amount, currency: 'EUR' })

const priceFor = async (who: Person, service: string) =>
  (await who.get(`/v1/services/${service}/own-price`)).body
const payIn = (who: Person, currency: string) =>
  who.send('PUT', '/v1/billing/plan', { plan: 'starter', currency })

test('a price is said in the currency that is billed, as the invoice of that day then asks for it', async ({
  operator,
  provider,
  till,
}) => {
  const usage = [
    { unit: 'letter', price: usd(7), included: 0 },
    { unit: 'check', price: usd(150), included: 0 },
  ]
  const { service } = await publish(provider, { pricing: { monthly: usd(9_999), usage } }, quiet)
  await payIn(operator, 'EUR')
  const said = await priceFor(operator, service)
  const day = new Date().toISOString().slice(0, 10)
  expect(said).toMatchObject({ currency: 'EUR', conversion: 'known', rate: { from: 'USD', day } })
  const at = (amount: number) => Math.round(amount * Number(said.rate.rate) * 1.02)
  for (const [shown, amount] of [
    [said.monthly, 9_999],
    [said.cap, 3 * 9_999],
    [said.usage[0].amount, 700],
    [said.usage[1].amount, 150],
  ] as const)
    expect(Math.abs(shown.amount - at(amount))).toBeLessThanOrEqual(1)
  expect(said.usage).toMatchObject([
    { unit: 'letter', count: 100 },
    { unit: 'check', count: 1 },
  ])

  const { id } = await subscribe(operator, await createBusiness(operator), service)
  await till.run(id)
  await till.giveCard()
  await till.advance(14)
  const line = (await till.newest()).lines.find(({ kind }: { kind: string }) => kind === 'monthly')
  const then = await priceFor(operator, service)
  expect(then.rate.day).not.toBe(day)
  expect(line).toMatchObject({ rate: then.rate.rate, gross: then.monthly })
})

test('what a bundle comes to is what its services are invoiced at together', async ({
  operator,
  stranger,
  provider,
  till,
  admin,
}) => {
  const one = await publish(provider, { pricing: { monthly: usd(3_333) } }, quiet)
  const other = await publish(provider, { pricing: { monthly: { amount: 2_222, currency: 'GBP' } } }, quiet)
  const services = (await provider.get('/v1/provider/services')).body.items.map(
    ({ id }: { id: string }) => id,
  )
  await admin.post('/v1/admin/bundles', { name: 'Both at once', services, percent: 15 })
  await payIn(operator, 'EUR')
  const business = await createBusiness(operator)
  for (const { service } of [one, other]) await till.run((await subscribe(operator, business, service)).id)
  await till.giveCard()
  await till.advance(14)
  const lines = (await till.newest()).lines.filter(({ kind }: { kind: string }) => kind === 'monthly')
  const together = lines.reduce(
    (sum: number, line: { amount: { amount: number } }) => sum + line.amount.amount,
    0,
  )
  const { bundles } = await priceFor(operator, one.service)
  expect(bundles).toEqual([
    {
      name: 'Both at once',
      percent: 15,
      with: [{ service: other.service, name: expect.any(String) }],
      isConverted: true,
      monthly: eur(together),
    },
  ])
  expect((await priceFor(operator, other.service)).bundles).toMatchObject([{ monthly: eur(together) }])

  // Two currencies come to no sum before it is known what is billed in.
  expect((await priceFor(stranger, one.service)).bundles).toMatchObject([{ monthly: null }])
})

test('nothing is converted where it is billed as it is priced, or nothing says yet what it is billed in', async ({
  operator,
  stranger,
  provider,
}) => {
  const { service } = await publish(provider, { pricing: { monthly: usd(500) } }, quiet)
  await payIn(operator, 'USD')
  const plain = { conversion: 'none', rate: null, monthly: null, usage: [], cap: null }
  expect(await priceFor(operator, service)).toMatchObject({ currency: 'USD', ...plain })
  expect(await priceFor(stranger, service)).toMatchObject({ currency: null, ...plain })
})

test('where there is no rate it is said, and no amount', async ({ operator, provider }) => {
  const { service } = await publish(
    provider,
    { pricing: { monthly: { amount: 900, currency: 'XPF' } } },
    quiet,
  )
  await payIn(operator, 'GBP')
  expect(await priceFor(operator, service)).toMatchObject({
    currency: 'GBP',
    conversion: 'unknown',
    rate: null,
    monthly: null,
  })
})

test('own prices are for operators, of services and releases that they may see', async ({
  operator,
  provider,
}) => {
  const first = await publish(provider, { pricing: { monthly: usd(500) } }, quiet)
  const second = await publish(provider, { pricing: { monthly: usd(700) } }, quiet)
  const path = `/v1/services/${first.service}/own-price`
  expect((await provider.get(path)).status).toBe(403)
  expect((await operator.get('/v1/services/no-such-service/own-price')).status).toBe(404)
  expect((await operator.get(`${path}?release=${second.release}`)).status).toBe(404)
  expect((await operator.get(`${path}?release=${first.release}`)).status).toBe(200)
})
