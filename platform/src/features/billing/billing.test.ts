import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { balanceOf, billingTest, openShop } from '../../../test/billing.ts'
import { carry, decide } from '../../../test/deciding.ts'
import { answering, asAdmin, daysAgo, openOffice } from '../../../test/executions.ts'
import { createBusiness, signUpOperator, type Person } from '../../../test/people.ts'
import { publish, subscribe } from '../../../test/services.ts'

const test = billingTest()

const quiet = answering('{}')
const moveAll = answering(`{
  proposals: input.data.bills.map((bill) => ({
    type: 'bill.reschedule', parameters: { bill: bill.id, dueAt: '2030-01-01' }, impact: bill.amountDue, confidence: 0.97,
    because: [{ dataset: 'bills', id: bill.id }],
  })),
}`)
const billsOnly = {
  bills: {
    fields: ['id', 'dueAt', 'amountDue', 'status'],
    history: '180d',
    purpose: 'To find bills to move.',
  },
}
const usd = (amount: number) => ({ amount, currency: 'USD' })
const cheap = { monthly: usd(500) }

/** A subscription to a service at 5.00 a month, whose first execution succeeded. */
const choose = (operator: Person, plan: string, more: object = {}) =>
  operator.send('PUT', '/v1/billing/plan', { plan, ...more })

test('an operator tries everything for 14 days, and pays the plan and what was used of services from its end', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, cheap)
  const before = (await operator.get('/v1/billing')).body
  expect(before).toMatchObject({ state: 'trialing', plan: null, paymentMethod: null })
  expect((await choose(operator, 'starter')).body).toMatchObject({ state: 'trialing', plan: 'starter' })
  await till.giveCard()
  await till.advance(14)

  const billing = (await operator.get('/v1/billing')).body
  expect(billing).toMatchObject({
    state: 'active',
    openInvoices: [],
    owed: null,
    paymentMethod: { last4: '4242' },
  })
  const invoice = await till.newest()
  expect(invoice).toMatchObject({ state: 'paid', total: usd(9_700 + 500 + 233), card: usd(9_700) })
  expect(invoice.lines.map((line: { kind: string; amount: object }) => [line.kind, line.amount])).toEqual([
    ['plan', usd(9_700)],
    ['catch-up', usd(233)],
    ['monthly', usd(500)],
  ])
  // 80 % of what credit paid, without processing.
  const earned = -(await balanceOf(
    platform,
    'provider_payable',
    decodeId('org', office.provider.organisation),
  ))
  expect(earned).toBe(186 + 400)
})

test('without a plan at the end of the trial executions wait and tokens read nothing, and a plan brings all back', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, cheap)
  await till.advance(15)
  expect((await operator.get('/v1/billing')).body).toMatchObject({ state: 'lapsed', plan: null })
  await till.run(office.subscription)
  expect(await office.latest()).toMatchObject({ state: 'waiting', reason: 'The organisation is on no plan.' })
  const page = await operator.get(`/v1/grants/${office.grant}/data/invoices`)
  expect(page).toMatchObject({ status: 403, body: { refusal: 'no-plan' } })

  await till.giveCard()
  expect((await choose(operator, 'starter')).body.state).toBe('active')
  await till.turn()
  expect((await operator.get('/v1/billing')).body).toMatchObject({
    state: 'active',
    openInvoices: [],
    owed: null,
  })
  expect((await operator.get(`/v1/grants/${office.grant}/data/invoices`)).status).toBe(200)
  expect((await till.newest()).lines.map((line: { kind: string }) => line.kind)).toEqual([
    'plan',
    'catch-up',
    'monthly',
  ])
})

test('a monthly price of a month in which nothing succeeded is given back whole', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, cheap)
  await till.begin()
  await till.advance(31)
  await till.refund()
  const { items } = (await operator.get('/v1/invoices')).body
  const first = (await operator.get(`/v1/invoices/${items[1].id}`)).body
  const monthly = first.lines.find((line: { kind: string }) => line.kind === 'monthly')
  // The plan's credit had paid it: nothing was charged, so nothing comes back.
  expect(monthly).toMatchObject({ amount: usd(500), refunded: usd(0), covered: usd(500) })
  // Only the catch-up and the new month, whose outcome is open.
  const earned = -(await balanceOf(
    platform,
    'provider_payable',
    decodeId('org', office.provider.organisation),
  ))
  expect(earned).toBe(186 + 400)
})

test('a failed payment is tried after 1, 3, 5 and 7 days, runs for a week of grace, then pauses; payment resumes it', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, cheap)
  await till.begin({ plan: 'professional', card: 'pm_card_chargeCustomerFail' })
  const failed = (await operator.get('/v1/billing')).body
  expect(failed.state).toBe('past_due')
  expect(failed.openInvoices).toMatchObject([
    { total: usd(29_700), failure: expect.stringMatching(/declined/i) },
  ])

  await till.advance(7)
  expect((await operator.get('/v1/billing')).body.state).toBe('grace')
  await till.run(office.subscription)
  expect((await office.latest()).state).toBe('succeeded')
  await till.advance(7)
  expect((await operator.get('/v1/billing')).body.state).toBe('paused')
  await till.run(office.subscription)
  expect((await office.latest()).state).toBe('waiting')
  const attempts = platform.requests.filter(({ path }) => path.endsWith(`/pay`)).length
  expect(attempts).toBeGreaterThanOrEqual(5)

  await till.giveCard()
  await till.turn()
  expect((await operator.get('/v1/billing')).body).toMatchObject({
    state: 'active',
    openInvoices: [],
    owed: null,
  })
  await till.run(office.subscription)
  expect((await office.latest()).state).toBe('succeeded')
})

test('a trial of a service comes once for each business, however often it is subscribed to', async ({
  platform,
  operator,
  till,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service } = await publish(provider, { pricing: { monthly: usd(500), trialDays: 10 } }, quiet)
  const [one, other] = [await createBusiness(operator), await createBusiness(operator)]
  const first = await subscribe(operator, one, service)
  expect(first.trialEndsAt).not.toBeNull()
  await operator.send('DELETE', `/v1/subscriptions/${first.id}`)
  const again = await subscribe(operator, one, service)
  expect(again.trialEndsAt).toBe(first.trialEndsAt)
  await operator.send('DELETE', `/v1/subscriptions/${again.id}`)
  await till.advance(11)
  const preview = await operator.post(`/v1/services/${service}/preview`, { business: one })
  expect(preview.body.price.trialDays).toBe(0)
  expect((await subscribe(operator, one, service)).trialEndsAt).toBeNull()
  expect((await subscribe(operator, other, service)).trialEndsAt).not.toBeNull()
})

test('use is counted from executions that succeeded, less what is included, and never beyond the cap', async ({
  platform,
  operator,
  till,
}) => {
  const pricing = { usage: [{ unit: 'run', price: usd(100), included: 1 }] }
  const office = await openShop(platform, operator, till, pricing)
  for (let i = 0; i < 3; i++) await till.run(office.subscription)
  const [used] = (await operator.get('/v1/usage')).body.items
  expect(used).toMatchObject({
    spent: usd(300),
    cap: usd(2_000),
    capIsOwn: false,
    units: [{ unit: 'run', count: 4, included: 1, charged: 3 }],
  })
  const path = `/v1/subscriptions/${office.subscription}/usage-cap`
  const capped = await operator.send('PUT', path, { amount: 250 })
  expect(capped.body).toMatchObject({ cap: usd(250), spent: usd(300), reachedAt: expect.any(String) })
  await till.run(office.subscription)
  expect((await office.latest()).state).toBe('waiting')
  await choose(operator, 'starter')
  await till.advance(14)
  const usage = (await till.newest()).lines.find((line: { kind: string }) => line.kind === 'usage')
  // What was used before the cap was lowered was agreed to.
  expect(usage).toMatchObject({ amount: usd(300), quantity: 3 })
  await till.run(office.subscription)
  expect((await office.latest()).state).toBe('succeeded')
})

test('use by action is counted when it is carried out, and not where it was undone within the period', async ({
  platform,
  operator,
  till,
}) => {
  const pricing = { usage: [{ unit: 'moved bill', price: usd(150), per: 'bill.reschedule' }] }
  const office = await openOffice(platform, operator, {
    body: moveAll,
    manifest: { pricing, data: billsOnly, actions: [{ type: 'bill.reschedule' }] },
  })
  const supplier = decodeId('sup', await office.add('suppliers', { name: 'Acme Supplies Ltd' }))
  for (const number of ['A-1', 'A-2'])
    await office.add('bills', {
      number,
      supplier,
      issuedAt: daysAgo(10),
      dueAt: daysAgo(-3),
      amount: { amount: 5_000, currency: 'GBP' },
      amountDue: { amount: 5_000, currency: 'GBP' },
      status: 'open',
    })
  await till.run(office.subscription)
  const { items } = (await operator.get('/v1/actions')).body
  expect(items).toHaveLength(2)
  const counted = async () => (await operator.get('/v1/usage')).body.items[0].units[0].count
  expect(await counted()).toBe(0)
  for (const action of items) {
    expect((await decide(operator, action)).status).toBe(200)
    await carry(platform, operator, action.id)
  }
  expect(await counted()).toBe(2)
  expect((await operator.post(`/v1/actions/${items[0].id}/undo`)).status).toBe(200)
  expect(await counted()).toBe(1)
  await choose(operator, 'starter')
  await till.advance(14)
  const usage = (await till.newest()).lines.find((line: { kind: string }) => line.kind === 'usage')
  expect(usage).toMatchObject({ amount: usd(150), quantity: 1 })
})

test('what Stripe voids is not owed any more, and the credit that it had used is there again', async ({
  platform,
  operator,
  till,
}) => {
  await openShop(platform, operator, till, cheap)
  await till.begin({ card: 'pm_card_chargeCustomerFail' })
  const { id } = await till.newest()
  const [{ stripe } = { stripe: '' }] = await asAdmin<{ stripe: string }[]>(
    platform,
    'select stripe_invoice as stripe from bizq.invoices where id = $1',
    [decodeId('ivc', id)],
  )
  await platform.deps.stripe.invoices.voidInvoice(stripe)
  for (const sync of platform.deps.stripeSyncs)
    if (sync.object === 'invoice') await sync.sync(platform.deps, { id: stripe, account: null })
  expect(await till.newest()).toMatchObject({ state: 'void', nextAttemptAt: null })
  expect((await operator.get('/v1/billing')).body).toMatchObject({
    state: 'active',
    openInvoices: [],
    owed: null,
  })
  const party = decodeId('org', operator.organisation)
  expect(await balanceOf(platform, 'operator_receivable', party)).toBe(0)
})

/** An amount that a few seconds of the test may have changed by cents. */
const about = (amount: number) => ({ amount: expect.closeTo(amount, -2), currency: 'USD' })

test('a smaller plan lets the newest businesses rest and gives the difference back; a larger one wakes them and is charged at once', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, cheap)
  const { service } = office.published
  for (const name of ['Second', 'Third', 'Fourth'])
    await subscribe(operator, await createBusiness(operator, { name }), service)
  await till.begin({ plan: 'professional' })
  const preview = (await operator.post('/v1/billing/plan/preview', { plan: 'starter' })).body
  expect(preview).toMatchObject({ limit: 3, dueNow: usd(0), creditLater: about(20_000) })
  expect(preview.businesses.filter((each: { rests: boolean }) => each.rests)).toMatchObject([
    { name: 'Fourth' },
  ])

  await choose(operator, 'starter')
  await till.turn()
  await till.refund()
  const small = (await operator.get('/v1/billing')).body
  expect(small).toMatchObject({
    plan: 'starter',
    resting: [{ name: 'Fourth' }],
    limits: { businesses: 3, served: 3 },
    credit: { account: about(20_000) },
  })

  await till.advance(15)
  const { now, period } = (await operator.get('/v1/billing')).body
  const rest = (Date.parse(period.to) - Date.parse(now)) / (Date.parse(period.to) - Date.parse(period.from))
  await choose(operator, 'enterprise')
  await till.turn()
  const difference = (99_700 - 9_700) * rest
  const change = { kind: 'change', state: 'paid', total: about(difference), card: about(difference - 20_000) }
  expect(await till.newest()).toMatchObject(change)
  await choose(operator, 'professional')
  await till.turn()
  await till.refund()
  const large = (await operator.get('/v1/billing')).body
  expect(large).toMatchObject({
    plan: 'professional',
    resting: [],
    credit: { account: about(70_000 * rest) },
  })
})

test('no more businesses are served than the plan says', async ({ platform, operator, till }) => {
  const office = await openShop(platform, operator, till, cheap)
  await till.begin()
  const { service } = office.published
  await subscribe(operator, await createBusiness(operator), service)
  await subscribe(operator, await createBusiness(operator), service)
  await expect(subscribe(operator, await createBusiness(operator), service)).rejects.toThrow(
    'Your plan serves 3 businesses',
  )
})

test('an invoice is charged once, whatever is lost between Stripe and us', async ({
  platform,
  operator,
  till,
}) => {
  await openShop(platform, operator, till, cheap)
  await choose(operator, 'starter')
  await till.giveCard()
  const { deps } = platform
  const { create, pay } = deps.stripe.invoices
  const lost = new Set<string>()
  // It is done at Stripe, and the answer never comes: the step is done again.
  const losing =
    <G extends unknown[], T>(name: string, call: (...given: G) => Promise<T>) =>
    async (...given: G): Promise<T> => {
      const answer = await call.apply(deps.stripe.invoices, given)
      if (lost.has(name)) return answer
      lost.add(name)
      throw new Error('the line went dead')
    }
  deps.stripe.invoices.create = losing('create', create)
  deps.stripe.invoices.pay = losing('pay', pay)
  const answer = await operator.post('/v1/billing/test-clock/advance', { days: 14 })
  expect(answer.status).toBe(500)
  await expect(till.turn()).rejects.toThrow('the line went dead')
  await till.turn()
  Object.assign(deps.stripe.invoices, { create, pay })
  expect(await till.newest()).toMatchObject({ state: 'paid', card: usd(9_700) })
  expect((await till.newest()).failure).toBeNull()
  const organisation = decodeId('org', operator.organisation)
  const [{ customer } = { customer: '' }] = await asAdmin<{ customer: string }[]>(
    platform,
    'select stripe_customer as customer from bizq.billing_accounts where organisation_id = $1',
    [organisation],
  )
  const { data } = await deps.stripe.charges.list({ customer })
  expect(data.map(({ amount }) => amount)).toEqual([9_700])
  expect((await deps.stripe.invoices.list({ customer })).data).toHaveLength(1)
})

test('another organisation sees nothing of an invoice, and a provider has no billing', async ({
  platform,
  operator,
  stranger,
  till,
}) => {
  await openShop(platform, operator, till, cheap)
  await till.begin()
  const { id } = await till.newest()
  expect((await stranger.get(`/v1/invoices/${id}`)).status).toBe(404)
  expect((await stranger.get('/v1/invoices')).body.items).toEqual([])
  const provider = await signUpOperator(platform.app, 'provider')
  expect((await provider.get('/v1/billing')).status).toBe(403)
  const pdf = await operator.get(`/v1/invoices/${id}/pdf`)
  expect(pdf.body.slice(0, 5)).toBe('%PDF-')
  const csv = await operator.get(`/v1/invoices/${id}/csv`)
  expect(csv.body.split('\r\n')[1]).toContain('Starter plan')
})
