import { afterEach, expect } from 'vitest'
import { billingTest, type Till } from '../../../test/billing.ts'
import { answering } from '../../../test/executions.ts'
import { createBusiness, type Person } from '../../../test/people.ts'
import { publish, subscribe } from '../../../test/services.ts'

/** At which instant the platform's own clock stands, while it stands. */
let standing: Date | undefined

const test = billingTest({ clock: () => standing ?? new Date() })
afterEach(() => void (standing = undefined))

const usd = (amount: number) => ({ amount, currency: 'USD' })
const choose = (operator: Person, plan: string, more: object = {}) =>
  operator.send('PUT', '/v1/billing/plan', { plan, ...more })
const previewOf = async (operator: Person, plan: string, more: object = {}) =>
  (await operator.post('/v1/billing/plan/preview', { plan, ...more })).body
const sumOf = (preview: { lines: { amount: { amount: number } }[] }) =>
  preview.lines.reduce((sum, { amount }) => sum + amount.amount, 0)

async function redeem(
  operator: Person,
  admin: Person,
  coupon: { code: string; percent?: number; amount?: object },
): Promise<void> {
  const made = await admin.post('/v1/admin/coupons', { months: null, appliesTo: 'all', ...coupon })
  expect(made.status).toBe(201)
  expect((await operator.post('/v1/billing/coupons', { code: coupon.code })).status).toBe(200)
}

async function subscribed(operator: Person, provider: Person, till: Till, amount: number) {
  const { service } = await publish(provider, { pricing: { monthly: usd(amount) } }, answering('{}'))
  const subscription = await subscribe(operator, await createBusiness(operator), service)
  await till.run(subscription.id)
  return subscription.id
}

test('the unused part of an amount comes off the plan that takes the other’s place, there and back', async ({
  operator,
  admin,
  till,
}) => {
  await choose(operator, 'starter')
  await redeem(operator, admin, { code: 'FIFTY-AT-ONCE', amount: usd(5_000) })
  await till.giveCard()
  await till.advance(14)
  expect(await till.newest()).toMatchObject({ total: usd(4_700), card: usd(4_700) })
  await till.advance(15)
  standing = new Date()
  const { now, period } = (await operator.get('/v1/billing')).body
  const rest = (Date.parse(period.to) - Date.parse(now)) / (Date.parse(period.to) - Date.parse(period.from))

  const up = await previewOf(operator, 'professional')
  await choose(operator, 'professional')
  await till.turn()
  const invoice = await till.newest()
  expect(invoice).toMatchObject({ kind: 'change', state: 'paid', card: up.dueNow })
  expect(sumOf(up)).toBe(up.dueNow.amount)
  // The same amount came off before and after: the difference is that of the prices alone.
  expect(Math.abs(up.dueNow.amount - (29_700 - 9_700) * rest)).toBeLessThanOrEqual(2)

  const down = await previewOf(operator, 'starter')
  await choose(operator, 'starter')
  await till.turn()
  await till.refund()
  // Both were rounded on their own.
  expect(Math.abs(down.creditLater.amount - up.dueNow.amount)).toBeLessThanOrEqual(2)
  expect((await operator.get('/v1/billing')).body.credit.account).toEqual(down.creditLater)

  // What is given back pays the next change, and its preview says so.
  const again = await previewOf(operator, 'enterprise')
  await choose(operator, 'enterprise')
  await till.turn()
  expect(await till.newest()).toMatchObject({
    state: 'paid',
    card: again.dueNow,
    credits: { account: down.creditLater },
  })
  expect(again.lines).toContainEqual({
    description: 'Paid by your account credit',
    amount: usd(-down.creditLater.amount),
  })
})

test.for(['USD', 'EUR'])(
  'who chooses a plan again is charged what the preview said, in %s: with services, coupons and credit',
  async (currency, { operator, provider, admin, till }) => {
    await subscribed(operator, provider, till, 8_000)
    await till.giveCard()
    await till.advance(15)
    expect((await operator.get('/v1/billing')).body.state).toBe('lapsed')
    await redeem(operator, admin, { code: `TENTH-${currency}`, percent: 10 })
    await redeem(operator, admin, { code: `TWELVE-${currency}`, amount: usd(1_200) })
    const grant = {
      operator: operator.organisation,
      amount: { amount: 700, currency },
      reason: 'For the trouble',
    }
    expect((await admin.post('/v1/admin/credits', grant)).status).toBe(201)

    standing = new Date()
    const before = (await operator.get('/v1/billing')).body
    const preview = await previewOf(operator, 'starter', { currency })
    // Looking changes nothing.
    expect((await operator.get('/v1/billing')).body).toEqual(before)
    expect((await operator.get('/v1/invoices')).body.items).toEqual([])
    await choose(operator, 'starter', { currency })
    await till.turn()
    const invoice = await till.newest()
    expect(invoice).toMatchObject({ kind: 'period', state: 'paid', card: preview.dueNow })
    expect(sumOf(preview)).toBe(invoice.card.amount)
    expect(invoice.lines.map(({ kind }: { kind: string }) => kind)).toContain('monthly')
    const described = preview.lines.map(({ description }: { description: string }) => description)
    expect(described).toEqual(
      expect.arrayContaining([
        'The first month',
        'Services for the month ahead',
        `TENTH-${currency}`,
        `TWELVE-${currency}`,
        'Paid by the plan’s service credit',
        'Paid by granted credit',
      ]),
    )
  },
)

test('a plan that ended and is chosen again comes to what its preview said', async ({
  operator,
  admin,
  till,
}) => {
  await choose(operator, 'starter')
  await redeem(operator, admin, { code: 'THIRD-OFF', percent: 33 })
  await till.giveCard()
  await till.advance(14)
  await operator.send('DELETE', '/v1/billing/plan')
  await till.advance(31)
  expect((await operator.get('/v1/billing')).body.state).toBe('cancelled')
  standing = new Date()
  const preview = await previewOf(operator, 'starter')
  expect(preview.dueNow).toEqual(usd(9_700 - 3_201))
  await choose(operator, 'starter')
  await till.turn()
  expect(await till.newest()).toMatchObject({ kind: 'period', state: 'paid', card: preview.dueNow })
})

test('who decided in another tab on what is no more is told, and nothing is charged twice', async ({
  operator,
  till,
}) => {
  const seen = async () => {
    const { plan, state } = (await operator.get('/v1/billing')).body
    return { plan, state }
  }
  const before = await seen()
  expect((await choose(operator, 'starter', { seen: before })).status).toBe(200)
  expect((await choose(operator, 'professional', { seen: before })).status).toBe(409)
  await till.giveCard()
  await till.advance(15)
  const looked = await seen()
  expect((await choose(operator, 'enterprise', { seen: looked })).status).toBe(200)
  await till.turn()
  const again = await choose(operator, 'enterprise', { seen: looked })
  expect(again.status).toBe(409)
  expect(again.body.detail).toContain('you are on Enterprise now')
  await till.turn()
  expect((await operator.get('/v1/invoices')).body.items).toHaveLength(2)
})

/** How an account comes to each state, on Starter with a service, credit of its own and a coupon. */
const states: Record<string, (operator: Person, till: Till) => Promise<unknown>> = {
  trialing: (operator) => choose(operator, 'starter'),
  active: (_operator, till) => till.begin(),
  lapsed: async (_operator, till) => {
    await till.giveCard()
    await till.advance(15)
  },
  cancelled: async (operator, till) => {
    await till.begin()
    await till.advance(2)
    await operator.send('DELETE', '/v1/billing/plan')
    await till.advance(31)
  },
  'paused within its month': async (_operator, till) => {
    await till.begin({ card: 'pm_card_chargeCustomerFail' })
    await till.advance(16)
  },
  'paused beyond its month': async (_operator, till) => {
    await till.begin({ card: 'pm_card_chargeCustomerFail' })
    await till.advance(40)
  },
}
const table = Object.keys(states).flatMap((state) =>
  ['starter', 'enterprise'].map((plan) => [state, plan] as const),
)

test.for(table)(
  'a preview says what is then charged: %s, to %s',
  async ([state, plan], { operator, provider, admin, till }) => {
    const subscription = await subscribed(operator, provider, till, 6_000)
    await redeem(operator, admin, {
      code: `T-${state}-${plan}`.toUpperCase().replaceAll(' ', '-'),
      percent: 10,
    })
    await states[state]?.(operator, till)
    if (state !== 'trialing') await till.run(subscription)
    const credit = { operator: operator.organisation, amount: usd(900), reason: 'For the trouble' }
    expect((await admin.post('/v1/admin/credits', credit)).status).toBe(201)
    standing = new Date()
    const known = (await operator.get('/v1/invoices')).body.items.map(({ id }: { id: string }) => id)
    const preview = await previewOf(operator, plan)
    expect((await choose(operator, plan)).status).toBe(200)
    await till.turn()
    if (preview.resuming) {
      await till.giveCard()
      await till.turn()
    }
    const items = (await operator.get('/v1/invoices')).body.items as any[] // oxlint-disable-line typescript/no-explicit-any -- bodies
    const made = items.filter(({ id }) => !known.includes(id))
    const card = made.reduce((sum, each) => sum + each.card.amount, 0)
    const later = preview.resuming?.period?.amount ?? 0
    expect(card).toBe(preview.dueNow.amount + later)
    expect(made).toHaveLength(preview.lines.length > 0 ? 1 : 0)
    expect(sumOf(preview)).toBe(card)
    for (const [kind, description] of [
      ['service', 'Paid by the plan’s service credit'],
      ['granted', 'Paid by granted credit'],
      ['account', 'Paid by your account credit'],
    ] as const) {
      const said = preview.lines.find((line: { description: string }) => line.description === description)
      expect(0 - (said?.amount.amount ?? 0)).toBe(made[0]?.credits[kind].amount ?? 0)
    }
    if (preview.resuming) expect(preview.resuming.sum.amount).toBe(preview.resuming.open.amount + card)
  },
)
