import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { balanceOf, billingTest, type Till } from '../../../test/billing.ts'
import { answering } from '../../../test/executions.ts'
import { createBusiness, signUpOperator, type Person } from '../../../test/people.ts'
import { publish, subscribe } from '../../../test/services.ts'
import { letterOf } from './tell.ts'

const test = billingTest()

const quiet = answering('{}')
const price = (amount: number, currency = 'USD') => ({ pricing: { monthly: { amount, currency } } })
const usd = (amount: number) => ({ amount, currency: 'USD' })

const choose = (operator: Person, plan: string, more: object = {}) =>
  operator.send('PUT', '/v1/billing/plan', { plan, ...more })

/** A business subscribed to each of these services, whose first executions succeeded. */
async function subscribed(operator: Person, till: Till, services: readonly string[]) {
  const business = await createBusiness(operator)
  for (const service of services) await till.run((await subscribe(operator, business, service)).id)
  return business
}

const sumOfAmounts = (sums: { amount: number }[]): number => sums.reduce((all, { amount }) => all + amount, 0)

test('a bundle and a coupon lower the lines before they are shared, and credit pays in its order', async ({
  platform,
  operator,
  till,
  admin,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const one = await publish(provider, price(1_000), quiet)
  const other = await publish(provider, price(2_000), quiet)
  const serviceIds = (await provider.get('/v1/provider/services')).body.items.map(
    (each: { id: string }) => each.id,
  )
  const bundle = { name: 'Both at once', services: serviceIds, percent: 10 }
  expect((await admin.post('/v1/admin/bundles', bundle)).status).toBe(201)
  const coupon = { code: 'WELCOME50', percent: 50, appliesTo: 'plan' }
  expect((await admin.post('/v1/admin/coupons', coupon)).status).toBe(201)
  expect((await admin.post('/v1/admin/coupons', coupon)).status).toBe(409)
  expect((await operator.post('/v1/admin/coupons', coupon)).status).toBe(403)

  await subscribed(operator, till, [one.service, other.service])
  await choose(operator, 'starter')
  expect((await operator.post('/v1/billing/coupons', { code: 'welcome50' })).body.coupons).toMatchObject([
    { code: 'WELCOME50', monthsLeft: 1 },
  ])
  expect((await operator.post('/v1/billing/coupons', { code: 'WELCOME50' })).status).toBe(409)
  expect((await operator.post('/v1/billing/coupons', { code: 'NO-SUCH' })).status).toBe(404)
  const grant = {
    operator: operator.organisation,
    amount: usd(1_000),
    reason: 'For the trouble of last week',
  }
  expect((await admin.post('/v1/admin/credits', grant)).status).toBe(201)
  await till.giveCard()
  const upcoming = (await operator.get('/v1/invoices/upcoming')).body
  await till.advance(14)

  const invoice = await till.newest()
  const lines = Object.fromEntries(
    invoice.lines
      .filter((line: { kind: string }) => line.kind !== 'catch-up')
      .map((line: { kind: string; description: string; discount: unknown }) => [
        line.kind + line.description[0],
        line,
      ]),
  )
  expect(lines['planS']).toMatchObject({ gross: usd(9_700), discount: usd(4_850), amount: usd(4_850) })
  expect(invoice.lines.filter((line: { kind: string }) => line.kind === 'monthly')).toMatchObject([
    { gross: usd(1_000), discount: usd(100) },
    { gross: usd(2_000), discount: usd(200) },
  ])
  expect(invoice.credits).toMatchObject({ granted: usd(1_000), account: usd(0) })
  expect(invoice).toMatchObject({ state: 'paid', card: usd(4_850 - 1_000) })
  expect(upcoming).toMatchObject({ total: invoice.total, card: invoice.card, credits: invoice.credits })
  expect((await operator.get('/v1/billing')).body.coupons).toEqual([])

  const money = (await admin.get('/v1/admin/money')).body
  expect(money.gmv).toEqual([usd(invoice.total.amount - 4_850)])
  // What was sold leads to the entries that make it, and they come to the same.
  const booked = async (query: string) => (await admin.get(`/v1/admin/ledger/totals?${query}`)).body.items
  const sold = `account=unsettled_sales&kind=settled&from=${money.since}`
  expect(await booked(`${sold}&causeType=earning`)).toMatchObject([{ debit: money.gmv[0] }])
  expect(await booked(`${sold}&causeType=invoice_line`)).toMatchObject([{ debit: money.plans[0] }])
  // So does what the platform kept of it: the figure that the take rate is of.
  const ours = await booked(
    `accounts=platform_revenue,conversion_revenue&kind=settled&causeType=earning&from=${money.since}`,
  )
  const kept = money.byMonth.flatMap((row: { kept: { amount: number }[] }) => row.kept)
  expect(sumOfAmounts(kept)).toBe(
    -sumOfAmounts(ours.map(({ balance }: { balance: { amount: number } }) => balance)),
  )
  expect(sumOfAmounts(kept)).toBeGreaterThan(0)
  expect(await booked(`account=credit_cost&from=${money.since}`)).toMatchObject([
    { balance: money.creditCost[0] },
  ])
  expect(await booked(`account=unsettled_sales&cause=${invoice.id}`)).toMatchObject([
    { debit: invoice.total, credit: invoice.total },
  ])
  expect((await operator.get(`/v1/admin/ledger/totals?${sold}`)).status).toBe(403)
  expect((await operator.get('/v1/admin/money')).status).toBe(403)
})

test('a price in another currency is converted at the day’s rate, and the 2 % are the platform’s', async ({
  platform,
  operator,
  till,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service } = await publish(provider, price(10_000, 'USD'), quiet)
  await subscribed(operator, till, [service])
  await choose(operator, 'starter', { currency: 'EUR' })
  expect((await choose(operator, 'starter', { currency: 'GBP' })).status).toBe(409)
  await till.giveCard()
  await till.advance(14)
  const invoice = await till.newest()
  const monthly = invoice.lines.find((line: { kind: string }) => line.kind === 'monthly')
  const converted = Math.round(10_000 * Number(monthly.rate))
  expect(monthly.price).toEqual(usd(10_000))
  expect(monthly.gross).toEqual({ amount: converted + monthly.conversion.amount, currency: 'EUR' })
  expect(Math.abs(monthly.conversion.amount - converted * 0.02)).toBeLessThanOrEqual(1)
  expect(invoice).toMatchObject({ state: 'paid', tax: { amount: 0, currency: 'EUR' } })
  expect(await balanceOf(platform, 'conversion_revenue')).toBeLessThan(0)
})

test('the platform pays a launch provider’s first customers, and the provider has 90 % of it', async ({
  platform,
  operator,
  till,
  admin,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const named = await admin.post('/v1/admin/launch-providers', { provider: provider.organisation })
  expect(named.status).toBe(201)
  const { service } = await publish(provider, price(1_000), quiet)
  await subscribed(operator, till, [service])
  await till.begin()
  const invoice = await till.newest()
  const monthly = invoice.lines.find((line: { kind: string }) => line.kind === 'monthly')
  expect(monthly).toMatchObject({ amount: usd(1_000), credits: { launch: usd(1_000) }, card: usd(0) })
  const earned = -(await balanceOf(platform, 'provider_payable', decodeId('org', provider.organisation)))
  const whole = invoice.credits.launch.amount
  expect(Math.abs(earned - whole * 0.9)).toBeLessThanOrEqual(1)
})

test('a plan that was ended goes on to its period’s end, and what runs then pauses', async ({
  platform,
  operator,
  till,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service } = await publish(provider, price(1_000), quiet)
  await subscribed(operator, till, [service])
  await till.begin()
  const ended = (await operator.send('DELETE', '/v1/billing/plan')).body
  expect(ended).toMatchObject({ state: 'active', endsAt: ended.period.to })
  expect((await operator.get('/v1/invoices/upcoming')).status).toBe(404)
  await till.advance(31)
  expect((await operator.get('/v1/billing')).body).toMatchObject({ state: 'cancelled' })
  expect((await operator.get('/v1/invoices')).body.items).toHaveLength(1)
  await choose(operator, 'starter')
  await till.turn()
  expect((await operator.get('/v1/billing')).body).toMatchObject({ state: 'active', endsAt: null })
})

test('what is paid for is decided by an owner or a manager, and shown to a viewer', async ({ operator }) => {
  const viewer = await operator.withToken(['*'], 'viewer')
  expect((await viewer.get('/v1/billing')).status).toBe(200)
  expect((await choose(viewer, 'starter')).status).toBe(403)
  expect((await viewer.post('/v1/billing/test-clock/advance', { days: 1 })).status).toBe(403)
  const narrow = await operator.withToken(['services:read'])
  expect((await choose(narrow, 'starter')).status).toBe(403)
})

test('owners are told in words what failed, when it is tried again, and what pauses', () => {
  const payload = {
    invoice: 'ivc_1',
    attempt: 1,
    next: '2026-03-02T10:00:00.000Z',
    reason: 'Your card was declined.',
  }
  const failed = letterOf({ type: 'invoice.failed', payload }, 'https://bizq.example')
  expect(failed?.words).toContain('tried again on 2026-03-02')
  expect(letterOf({ type: 'invoice.failed', payload: { ...payload, next: null } }, 'x')?.words).toContain(
    'another week',
  )
  expect(letterOf({ type: 'billing.paused', payload: { because: 'paused' } }, 'x')?.words).toContain(
    'Nothing is lost',
  )
  expect(letterOf({ type: 'invoice.paid', payload: { invoice: 'ivc_1' } }, 'x')).toBeUndefined()
})
