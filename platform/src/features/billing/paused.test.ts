import { afterEach, expect } from 'vitest'
import { billingTest, openShop, type Till } from '../../../test/billing.ts'
import type { Person } from '../../../test/people.ts'

/** At which instant the platform's own clock stands, while it stands. */
let standing: Date | undefined

const test = billingTest({ clock: () => standing ?? new Date() })
afterEach(() => void (standing = undefined))

const usd = (amount: number) => ({ amount, currency: 'USD' })
const choose = (operator: Person, plan: string) => operator.send('PUT', '/v1/billing/plan', { plan })
const billing = async (operator: Person) => (await operator.get('/v1/billing')).body
const previewOf = async (operator: Person, plan: string) =>
  (await operator.post('/v1/billing/plan/preview', { plan })).body

/** Fails to pay the first month until everything is paused, and then so many days more. */
async function pause(operator: Person, till: Till, days: number): Promise<void> {
  await till.begin({ card: 'pm_card_chargeCustomerFail' })
  await till.advance(14 + days)
  standing = new Date()
  expect((await billing(operator)).state).toBe('paused')
}

async function pay(till: Till): Promise<void> {
  await till.giveCard()
  await till.turn()
}

test('who pays a paused account within its period is charged what is open, and given back the days that were paused', async ({
  operator,
  till,
}) => {
  await pause(operator, till, 5)
  const { resuming, period } = await billing(operator)
  expect(resuming).toEqual({
    open: usd(9_700),
    period: null,
    sum: usd(9_700),
    beginsAnewAfter: period.to,
    isBeforeTax: false,
  })
  expect((await operator.get('/v1/billing/standing')).body.account.resuming).toEqual(resuming)
  await pay(till)
  const after = await billing(operator)
  expect(after).toMatchObject({ state: 'active', period, resuming: null })
  expect((await operator.get('/v1/invoices')).body.items).toHaveLength(1)
  const days = (Date.parse(period.to) - Date.parse(period.from)) / 86_400_000
  expect(Math.abs(after.credit.account.amount - (9_700 * 5) / days)).toBeLessThanOrEqual(1)
})

test('who pays a paused account after its period is told before what is open, what a new period costs, and both', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, { monthly: usd(9_000) })
  await till.begin({ card: 'pm_card_chargeCustomerFail' })
  await till.run(office.subscription)
  await till.advance(36)
  standing = new Date()
  const { resuming, owed, period } = await billing(operator)
  expect(resuming).toMatchObject({ open: owed, beginsAnewAfter: period.to })
  const before = (await operator.get('/v1/invoices')).body.items.length
  await pay(till)
  const invoice = await till.newest()
  expect((await operator.get('/v1/invoices')).body.items).toHaveLength(before + 1)
  expect(invoice).toMatchObject({ kind: 'period', state: 'paid', card: resuming.period })
  expect(resuming.sum).toEqual(usd(owed.amount + invoice.card.amount))
  // Seventeen days of plan and service were paused: they pay the new period first.
  expect(invoice.credits.account.amount).toBeGreaterThan(((9_700 + 9_000 - 5_000) * 16) / 31)
  expect((await operator.get('/v1/refunds')).body.items).toMatchObject([
    { cause: 'paused' },
    { cause: 'paused' },
  ])
})

/** What came back of the newest invoice's monthly line, what the plan's credit had paid of it too. */
async function refundedOfMonth(till: Till): Promise<number> {
  const { lines } = (await till.newest()) as {
    lines: { kind: string; refunded: { amount: number }; covered: { amount: number } }[]
  }
  const line = lines.find(({ kind }) => kind === 'monthly')
  return line ? line.refunded.amount + line.covered.amount : 0
}

test('a service that was paused and goes on in its month is given back the days between, and is not charged again', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, { monthly: usd(60_000) })
  await till.begin({ card: 'pm_card_chargeCustomerFail' })
  await till.run(office.subscription)
  await till.advance(19)
  await pay(till)
  const { period } = await billing(operator)
  const days = (Date.parse(period.to) - Date.parse(period.from)) / 86_400_000
  const refunded = await refundedOfMonth(till)
  expect(Math.abs(refunded - (60_000 * 5) / days)).toBeLessThanOrEqual(2)
  await till.run(office.subscription)
  await till.advance(15)
  expect((await till.newest()).lines.map(({ kind }: { kind: string }) => kind)).toEqual(['plan', 'monthly'])
})

test('a service that is cancelled while all is paused is given back from the pause on, and once', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, { monthly: usd(60_000) })
  await till.begin({ card: 'pm_card_chargeCustomerFail' })
  await till.run(office.subscription)
  await till.advance(17)
  await operator.send('DELETE', `/v1/subscriptions/${office.subscription}`)
  await till.advance(5)
  await pay(till)
  const { period } = await billing(operator)
  const days = (Date.parse(period.to) - Date.parse(period.from)) / 86_400_000
  const refunded = await refundedOfMonth(till)
  expect(Math.abs(refunded - (60_000 * (days - 14)) / days)).toBeLessThanOrEqual(2)
})

test.for(['starter', 'professional', 'enterprise'])(
  'a paused account that chooses %s is told what paying then comes to, after its period',
  async (plan, { operator, till }) => {
    await pause(operator, till, 22)
    const preview = await previewOf(operator, plan)
    expect(preview.resuming.open).toEqual(usd(9_700))
    expect((await choose(operator, plan)).status).toBe(200)
    await till.turn()
    expect((await billing(operator)).resuming).toEqual(preview.resuming)
    await pay(till)
    const invoice = await till.newest()
    expect(invoice).toMatchObject({ kind: 'period', plan, state: 'paid', card: preview.resuming.period })
    expect(preview.resuming.sum).toEqual(usd(9_700 + invoice.card.amount))
  },
)

const endPlan = (operator: Person) => operator.send('DELETE', '/v1/billing/plan')

test('who ends the plan of a paused account pays what is open and what was used, and no new month', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, {
    usage: [{ unit: 'run', price: usd(7_000), included: 0 }],
  })
  await till.begin({ card: 'pm_card_chargeCustomerFail' })
  await till.run(office.subscription)
  await till.advance(20)
  expect((await endPlan(operator)).status).toBe(200)
  const { endsAt, period } = await billing(operator)
  expect(endsAt).toBe(period.to)
  await till.advance(16)
  standing = new Date()
  const { resuming, state } = await billing(operator)
  expect(state).toBe('paused')
  expect(resuming).toMatchObject({ open: usd(9_700), beginsAnewAfter: null })
  await pay(till)
  expect((await billing(operator)).state).toBe('cancelled')
  const last = await till.newest()
  expect(last.lines.map(({ kind }: { kind: string }) => kind)).toEqual(['usage'])
  expect(last).toMatchObject({ kind: 'period', state: 'paid', card: resuming.period })
  expect(resuming.sum).toEqual(usd(9_700 + last.card.amount))
  await till.advance(40)
  expect((await operator.get('/v1/invoices')).body.items).toHaveLength(2)
})

test('who ended the plan before it was paused and pays after its end begins no new month', async ({
  operator,
  till,
}) => {
  await till.begin({ card: 'pm_card_chargeCustomerFail' })
  await till.advance(2)
  expect((await endPlan(operator)).status).toBe(200)
  await till.advance(34)
  standing = new Date()
  expect(await billing(operator)).toMatchObject({
    state: 'paused',
    resuming: { period: null, sum: usd(9_700), beginsAnewAfter: null },
  })
  await pay(till)
  expect((await billing(operator)).state).toBe('cancelled')
  expect((await operator.get('/v1/invoices')).body.items).toHaveLength(1)
})

test('who ended the plan of a paused account and chooses one after all goes on with a new month', async ({
  operator,
  till,
}) => {
  await pause(operator, till, 5)
  await till.advance(17)
  standing = new Date()
  expect((await endPlan(operator)).status).toBe(200)
  const preview = await previewOf(operator, 'starter')
  expect((await choose(operator, 'starter')).status).toBe(200)
  const { resuming, endsAt, period } = await billing(operator)
  expect(endsAt).toBeNull()
  expect(resuming.beginsAnewAfter).toBe(period.to)
  expect(preview.resuming).toEqual(resuming)
  await pay(till)
  expect((await billing(operator)).state).toBe('active')
  expect(await till.newest()).toMatchObject({ kind: 'period', plan: 'starter', card: resuming.period })
})
