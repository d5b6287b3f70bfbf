import { expect, test } from 'vitest'
import { invoiced, paying, started } from './test/simulator.ts'

const hour = 3600
const day = 86_400
const at = (text: string) => Math.floor(Date.parse(text) / 1000)

test('an invoice that goes on by itself is finalised and paid an hour later, on the clock of its customer', async () => {
  const { simulator, stripe } = await started()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: at('2026-01-31T00:00:00Z') })
  const customer = await paying(stripe, 'pm_card_visa', { test_clock: clock.id })
  await stripe.invoiceItems.create({ customer: customer.id, amount: 500, currency: 'usd' })
  const draft = await stripe.invoices.create({
    customer: customer.id,
    auto_advance: true,
    pending_invoice_items_behavior: 'include',
  })

  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: clock.frozen_time + 59 * 60 })
  simulator.tick()
  const before = await stripe.invoices.retrieve(draft.id)
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: clock.frozen_time + hour })
  simulator.tick()
  const after = await stripe.invoices.retrieve(draft.id)

  expect(before.status).toBe('draft')
  expect(after).toMatchObject({
    status: 'paid',
    status_transitions: { finalized_at: clock.frozen_time + hour, paid_at: clock.frozen_time + hour },
  })
  expect(await stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({
    status: 'ready',
    frozen_time: clock.frozen_time + hour,
  })
})

test('a payment that fails is tried again after three, five and seven days, and no more', async () => {
  const { simulator, stripe } = await started()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: at('2026-03-01T00:00:00Z') })
  const customer = await paying(stripe, 'pm_card_chargeCustomerFail', { test_clock: clock.id })
  await stripe.invoiceItems.create({ customer: customer.id, amount: 900, currency: 'usd' })
  const draft = await stripe.invoices.create({
    customer: customer.id,
    auto_advance: true,
    pending_invoice_items_behavior: 'include',
  })

  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: clock.frozen_time + 60 * day })
  simulator.tick()

  const failures = (await stripe.events.list({ type: 'invoice.payment_failed' })).data
    .map((each) => each.created)
    .toReversed()
  const first = clock.frozen_time + hour
  expect(failures).toEqual([first, first + 3 * day, first + 8 * day, first + 15 * day])
  expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({
    status: 'open',
    attempt_count: 4,
    next_payment_attempt: null,
  })
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ delinquent: true })
})

test('money becomes available on the second midnight', async () => {
  const { simulator, stripe } = await started()
  simulator.advanceTo(at('2030-05-01T10:00:00Z'))
  const customer = await paying(stripe)
  await stripe.invoices.pay((await invoiced(stripe, customer.id, [10_000])).id)

  const early = await stripe.balance.retrieve()
  simulator.advanceTo(at('2030-05-03T00:00:00Z'))
  const late = await stripe.balance.retrieve()

  expect([early.pending[0]?.amount, early.available[0]?.amount]).toEqual([9680, 0])
  expect([late.pending[0]?.amount, late.available[0]?.amount]).toEqual([0, 9680])
})

test('money of a customer on a test clock becomes available when that clock passes the second midnight', async () => {
  const { simulator, stripe } = await started()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: at('2031-05-01T10:00:00Z') })
  const customer = await paying(stripe, 'pm_card_visa', { test_clock: clock.id })
  await stripe.invoices.pay((await invoiced(stripe, customer.id, [10_000])).id)
  const advance = async (to: string) => {
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: at(to) })
    simulator.tick()
    const { available, pending } = await stripe.balance.retrieve()
    return [pending[0]?.amount, available[0]?.amount]
  }

  const [entry] = (await stripe.balanceTransactions.list({ type: 'charge' })).data
  expect(entry?.available_on).toBe(at('2031-05-03T00:00:00Z'))
  expect(await advance('2031-05-02T23:59:59Z')).toEqual([9680, 0])
  expect(await advance('2031-05-03T00:00:00Z')).toEqual([0, 9680])
})

test('a test clock goes two years ahead at most, and two intervals where there is a subscription', async () => {
  const { simulator, stripe } = await started()
  const start = at('2026-04-01T00:00:00Z')
  const { id } = await stripe.testHelpers.testClocks.create({ frozen_time: start })
  const advance = async (to: string) => {
    const moved = await stripe.testHelpers.testClocks.advance(id, { frozen_time: at(to) })
    simulator.tick()
    return moved
  }
  await expect(advance('2028-04-01T00:00:01Z')).rejects.toThrow('two years')
  await advance('2028-04-01T00:00:00Z')
  const customer = await paying(stripe, 'pm_card_visa', { test_clock: id })
  const product = await stripe.products.create({ name: 'Plan' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 900,
    recurring: { interval: 'month' },
  })
  await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
  await expect(advance('2028-06-02T00:00:00Z')).rejects.toThrow('two intervals')
  expect(await advance('2028-06-01T00:00:00Z')).toMatchObject({ status: 'advancing' })
})

test('the clock does not go back', async () => {
  const { simulator } = await started()
  simulator.advanceTo(at('2031-01-01T00:00:00Z'))

  expect(() => simulator.advanceTo(at('2030-12-31T00:00:00Z'))).toThrow('only goes forwards')
})

test('a subscription that began on the 31st is renewed on the last day of shorter months, and on the 31st again', async () => {
  const { simulator, stripe } = await started()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: at('2027-12-31T12:00:00Z') })
  const customer = await paying(stripe, 'pm_card_visa', { test_clock: clock.id })
  const product = await stripe.products.create({ name: 'Starter' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 9700,
    recurring: { interval: 'month' },
  })
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
  })

  for (const to of ['2028-02-20T00:00:00Z', '2028-04-01T00:00:00Z']) {
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: at(to) })
    simulator.tick()
  }

  const paid = await stripe.invoices.list({ subscription: subscription.id, status: 'paid' })
  const days = paid.data
    .map((each) => new Date(each.period_start * 1000).toISOString().slice(0, 10))
    .toReversed()
  expect(days).toEqual(['2027-12-31', '2028-01-31', '2028-02-29', '2028-03-31'])
  expect(paid.data.every((each) => each.amount_paid === 9700)).toBe(true)
})

test('a trial costs nothing, is announced three days before its end, and then is paid', async () => {
  const { simulator, stripe } = await started()
  const start = at('2026-06-01T00:00:00Z')
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start })
  const customer = await paying(stripe, 'pm_card_visa', { test_clock: clock.id })
  const product = await stripe.products.create({ name: 'Starter' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 9700,
    recurring: { interval: 'month' },
  })
  const trial = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    trial_period_days: 14,
  })

  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: start + 15 * day })
  simulator.tick()

  expect(trial.status).toBe('trialing')
  const told = await stripe.events.list({ type: 'customer.subscription.trial_will_end' })
  expect(told.data.map((each) => each.created)).toEqual([start + 11 * day])
  expect(await stripe.subscriptions.retrieve(trial.id)).toMatchObject({ status: 'active' })
  const invoices = await stripe.invoices.list({ subscription: trial.id })
  expect(invoices.data.map((each) => each.amount_paid)).toEqual([9700, 0])
})

test('a dearer price in the middle of a period credits the rest of the old and charges the rest of the new', async () => {
  const { simulator, stripe } = await started()
  const start = at('2026-04-01T00:00:00Z')
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start })
  const customer = await paying(stripe, 'pm_card_visa', { test_clock: clock.id })
  const product = await stripe.products.create({ name: 'Plan' })
  const [low, high] = await Promise.all(
    [9700, 29_700].map((amount) =>
      stripe.prices.create({
        product: product.id,
        currency: 'usd',
        unit_amount: amount,
        recurring: { interval: 'month' },
      }),
    ),
  )
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: String(low?.id) }],
  })
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: start + 15 * day })
  simulator.tick()

  const items = [{ id: String(subscription.items.data[0]?.id), price: String(high?.id) }]
  const preview = await stripe.invoices.createPreview({
    customer: customer.id,
    subscription: subscription.id,
    subscription_details: { items },
  })
  const untouched = await stripe.subscriptions.retrieve(subscription.id)
  await stripe.subscriptions.update(subscription.id, { items, proration_behavior: 'always_invoice' })

  expect(preview.lines.data.map((each) => each.amount)).toEqual([29_700, -4850, 14_850])
  expect(untouched.items.data[0]?.price.id).toBe(low?.id)
  const [latest] = (await stripe.invoices.list({ subscription: subscription.id })).data
  expect(latest).toMatchObject({ billing_reason: 'subscription_update', amount_paid: 10_000, status: 'paid' })
})

test('a subscription ends with its last failed payment, or at the end of its period when it was told so', async () => {
  const { simulator, stripe } = await started()
  const start = at('2026-04-01T00:00:00Z')
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start })
  const product = await stripe.products.create({ name: 'Plan' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 900,
    recurring: { interval: 'month' },
  })
  const leaving = await paying(stripe, 'pm_card_visa', { test_clock: clock.id })
  const failing = await paying(stripe, 'pm_card_visa', { test_clock: clock.id })
  const [left, failed] = await Promise.all(
    [leaving, failing].map((each) =>
      stripe.subscriptions.create({ customer: each.id, items: [{ price: price.id }] }),
    ),
  )
  await stripe.subscriptions.update(String(left?.id), { cancel_at_period_end: true })
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: failing.id })
  await stripe.customers.update(failing.id, { invoice_settings: { default_payment_method: bad.id } })

  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: at('2026-05-02T00:00:00Z') })
  simulator.tick()
  const between = await stripe.subscriptions.retrieve(String(failed?.id))
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: at('2026-05-20T00:00:00Z') })
  simulator.tick()

  expect(between.status).toBe('past_due')
  expect(await stripe.subscriptions.retrieve(String(left?.id))).toMatchObject({
    status: 'canceled',
    ended_at: at('2026-05-01T00:00:00Z'),
  })
  expect(await stripe.subscriptions.retrieve(String(failed?.id))).toMatchObject({
    status: 'canceled',
    cancellation_details: { reason: 'payment_failed' },
  })
})
