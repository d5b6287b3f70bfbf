import { randomUUID } from 'node:crypto'
import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { billingTest, openShop } from '../../../test/billing.ts'
import { meetAt } from '../../../test/crowd.ts'
import { asAdmin } from '../../../test/executions.ts'
import { createBusiness, type Person } from '../../../test/people.ts'
import { subscribe } from '../../../test/services.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { meter } from './usage.ts'

/** How far the tests put the platform's own clock ahead. */
let ahead = 0

const test = billingTest({ clock: () => new Date(Date.now() + ahead) })

const usd = (amount: number) => ({ amount, currency: 'USD' })
const byUse = { usage: [{ unit: 'run', price: usd(100), included: 0 }] }

const choose = (operator: Person, plan: string) => operator.send('PUT', '/v1/billing/plan', { plan })
const kindsOf = (invoice: { lines: { kind: string }[] }) => invoice.lines.map(({ kind }) => kind)
const stateOf = async (operator: Person): Promise<string> =>
  (await operator.get('/v1/billing')).body.state as string

test('what the last invoice of a plan asked for is not asked for again when a plan is chosen anew', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, byUse)
  await till.begin()
  await till.run(office.subscription)
  await operator.send('DELETE', '/v1/billing/plan')
  await till.advance(31)
  expect(await stateOf(operator)).toBe('cancelled')
  expect(kindsOf(await till.newest())).toEqual(['usage'])
  await till.advance(3)
  await choose(operator, 'starter')
  await till.turn()
  expect(await stateOf(operator)).toBe('active')
  expect(kindsOf(await till.newest())).toEqual(['plan'])
})

test('a month that was paid ahead is not charged twice when a paused account goes on', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, { monthly: usd(60_000) })
  await till.begin({ card: 'pm_card_chargeCustomerFail' })
  await till.run(office.subscription)
  await till.advance(14)
  expect(await stateOf(operator)).toBe('paused')
  await till.giveCard()
  await till.turn()
  expect(await stateOf(operator)).toBe('active')
  await till.run(office.subscription)
  await till.advance(20)
  expect(kindsOf(await till.newest())).toEqual(['plan', 'monthly'])
})

test('who ended a plan with an invoice unpaid pays it before the next plan', async ({ operator, till }) => {
  await till.begin()
  await till.advance(26)
  await till.giveCard('pm_card_chargeCustomerFail')
  await choose(operator, 'professional')
  await till.turn()
  expect(await stateOf(operator)).toBe('past_due')
  await operator.send('DELETE', '/v1/billing/plan')
  await till.advance(6)
  expect(await stateOf(operator)).toBe('cancelled')
  expect(await choose(operator, 'starter')).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('pay it under Billing first') },
  })
  await till.giveCard()
  await till.turn()
  expect((await choose(operator, 'starter')).body.state).toBe('active')
})

test('use that is counted while the period turns is on the one invoice or the other', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, byUse)
  await till.begin()
  const { period, now } = (await operator.get('/v1/billing')).body
  ahead += Date.parse(period.to) - Date.parse(now) - 30_000
  const organisation = decodeId('org', operator.organisation)
  const [held, counted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const counting = withUnitOfWork(platform.deps, systemActor(organisation), async (unit) => {
    const cause = { id: randomUUID(), subscription: decodeId('sub', office.subscription) }
    await meter(unit, 'execution', [cause])
    counted.resolve()
    await held.promise
  })
  await counted.promise
  ahead += 60_000
  const turning = till.turn()
  // Without waiting for what is counted the turn is done in far less than this.
  await Promise.race([turning, new Promise((resolve) => setTimeout(resolve, 1_500))])
  held.resolve()
  await Promise.all([counting, turning])
  await till.turn()
  const usage = (await till.newest()).lines.filter((line: { kind: string }) => line.kind === 'usage')
  expect(usage).toMatchObject([{ quantity: 1 }])
})

test('two businesses that come at one moment do not both take the last place of a plan', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, { monthly: usd(500) })
  await till.begin()
  const { service } = office.published
  await subscribe(operator, await createBusiness(operator), service)
  const others = await Promise.all([1, 2, 3].map(() => createBusiness(operator)))
  const outcomes = await meetAt(platform, 'bizq.service_charges', 2, () =>
    Promise.allSettled(others.map((each) => subscribe(operator, each, service))),
  )
  const refusals = outcomes.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []))
  const isFull = expect.stringContaining('Your plan serves 3 businesses')
  expect(refusals).toEqual([isFull, isFull])
})

test('a try whose answer was lost is made again with the card that was given meanwhile', async ({
  platform,
  operator,
  till,
}) => {
  await choose(operator, 'starter')
  await till.giveCard('pm_card_chargeCustomerFail')
  const { invoices } = platform.deps.stripe
  const { pay } = invoices
  invoices.pay = async (...given: Parameters<typeof pay>) => {
    invoices.pay = pay
    await pay.apply(invoices, given).catch(() => {})
    throw new Error('the line went dead')
  }
  expect((await operator.post('/v1/billing/test-clock/advance', { days: 14 })).status).toBe(500)
  await till.giveCard()
  await till.turn()
  expect(await till.newest()).toMatchObject({ state: 'paid', failure: null })
})

test('an invoice is not booked as paid before Stripe says what it keeps, and nobody is told that it failed', async ({
  platform,
  operator,
  till,
}) => {
  await choose(operator, 'starter')
  await till.giveCard()
  const { paymentIntents } = platform.deps.stripe
  const { retrieve } = paymentIntents
  const early = async (id: string) => {
    const intent = await retrieve.call(paymentIntents, id, { expand: ['latest_charge'] })
    if (typeof intent.latest_charge === 'object' && intent.latest_charge)
      intent.latest_charge.balance_transaction = null
    return intent
  }
  paymentIntents.retrieve = early
  await till.advance(14)
  const open = await till.newest()
  expect(open).toMatchObject({ state: 'open', failure: null, nextAttemptAt: null })
  expect(await stateOf(operator)).toBe('active')
  paymentIntents.retrieve = retrieve
  const [invoiceSync] = platform.deps.stripeSyncs.filter(({ object }) => object === 'invoice')
  for (const { id } of (await invoiceSync?.unfinished?.(platform.deps)) ?? [])
    await invoiceSync?.sync(platform.deps, { id, account: null })
  expect(await till.newest()).toMatchObject({ state: 'paid' })
  const rows = await asAdmin<{ processing: number }[]>(
    platform,
    'select processing::int from bizq.invoices where id = $1',
    [decodeId('ivc', open.id)],
  )
  expect(rows[0]?.processing).toBe(Math.round(9_700 * 0.029) + 30)
})

test('what Stripe will never take is told as a payment that failed, not tried in silence', async ({
  platform,
  operator,
  till,
}) => {
  await choose(operator, 'starter')
  await till.giveCard()
  const { invoices } = platform.deps.stripe
  const { finalizeInvoice } = invoices
  const { errors } = await import('stripe').then(({ Stripe }) => Stripe)
  invoices.finalizeInvoice = () =>
    Promise.reject(
      new errors.StripeInvalidRequestError({
        type: 'invalid_request_error',
        statusCode: 400,
        code: 'amount_too_large',
        message: 'Amount must be no more than $999,999.99',
      } as never),
    )
  await till.advance(14)
  invoices.finalizeInvoice = finalizeInvoice
  expect(await stateOf(operator)).toBe('past_due')
  expect(await till.newest()).toMatchObject({ failure: expect.stringContaining('no more than $999,999.99') })
})

test('trying by hand again and again costs none of the days that are left to pay', async ({
  operator,
  till,
}) => {
  await till.begin({ card: 'pm_card_chargeCustomerFail' })
  const { id, nextAttemptAt } = await till.newest()
  for (let i = 0; i < 5; i++) {
    await operator.post(`/v1/invoices/${id}/pay`)
    await till.turn()
  }
  expect(await stateOf(operator)).toBe('past_due')
  expect((await till.newest()).nextAttemptAt).toBe(nextAttemptAt)
})

test('a smaller plan’s credit is there with the change, and pays the larger plan that follows at once', async ({
  operator,
  till,
}) => {
  await till.begin({ plan: 'professional' })
  await till.advance(1)
  const back = (await operator.post('/v1/billing/plan/preview', { plan: 'starter' })).body.creditLater
  await choose(operator, 'starter')
  await till.turn()
  const { credit } = (await operator.get('/v1/billing')).body
  expect(credit.account.amount).toBeGreaterThan(19_000)
  expect(Math.abs(credit.account.amount - back.amount)).toBeLessThanOrEqual(2)
  await choose(operator, 'professional')
  await till.turn()
  const invoice = await till.newest()
  expect(invoice).toMatchObject({ kind: 'change', state: 'paid' })
  expect(invoice.card.amount).toBeLessThanOrEqual(2)
})

test('what is given back of a service that ended pays the change of plan right after it', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, { monthly: usd(20_000) })
  await till.begin()
  await till.advance(1)
  await operator.send('DELETE', `/v1/subscriptions/${office.subscription}`)
  await choose(operator, 'professional')
  await till.turn()
  expect((await till.newest()).credits.account.amount).toBeGreaterThan(10_000)
})
