import { paying, type Started } from '../simulator.ts'

const day = 86_400

export async function subscriptions({ stripe, simulator }: Started): Promise<void> {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_790_000_000, name: 'A month' })
  const customer = await paying(stripe, 'pm_card_visa', { test_clock: clock.id })
  const product = await stripe.products.create({
    name: 'Starter',
    description: 'For three businesses',
    metadata: { plan: 'starter' },
  })
  await stripe.products.update(product.id, { name: 'Starter plan' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 9700,
    recurring: { interval: 'month' },
    lookup_key: 'starter',
  })
  const dearer = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 29_700,
    recurring: { interval: 'month' },
  })
  await stripe.prices.update(dearer.id, { nickname: 'Professional' })
  await stripe.prices.retrieve(price.id, { expand: ['product'] })
  await stripe.prices.list({ product: product.id, active: true })
  await stripe.products.retrieve(product.id)
  await stripe.products.list({ active: true })
  const spare = await stripe.products.create({ name: 'Spare' })
  await stripe.products.del(spare.id)
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    trial_period_days: 14,
    metadata: { bizq: 'sub_1' },
  })
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: 1_790_000_000 + 20 * day })
  simulator.tick()
  const item = subscription.items.data[0]
  await stripe.invoices.createPreview({
    customer: customer.id,
    subscription: subscription.id,
    subscription_details: {
      items: [{ id: String(item?.id), price: dearer.id }],
      proration_behavior: 'create_prorations',
    },
  })
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: String(item?.id), price: dearer.id }],
    proration_behavior: 'create_prorations',
  })
  await stripe.subscriptionItems.list({ subscription: subscription.id })
  await stripe.subscriptionItems.retrieve(String(item?.id))
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: 1_790_000_000 + 50 * day })
  simulator.tick()
  await stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })
  await stripe.subscriptions.list({ customer: customer.id, status: 'all' })
  await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
  await stripe.subscriptions.cancel(subscription.id)
  await stripe.testHelpers.testClocks.retrieve(clock.id)
  await stripe.testHelpers.testClocks.list()
  await stripe.testHelpers.testClocks.del(clock.id)
}
