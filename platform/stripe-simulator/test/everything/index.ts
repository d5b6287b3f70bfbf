import type { Stripe } from 'stripe'
import { clientOf, type Started } from '../simulator.ts'
import { connect } from './connect.ts'
import { invoices } from './invoices.ts'
import { customersAndCards, setup } from './payers.ts'
import { payments } from './payments.ts'
import { subscriptions } from './subscriptions.ts'

/** Does with stripe-node everything that the simulator can answer. */
export async function doEverything(started: Started): Promise<void> {
  const { stripe, simulator } = started
  await customersAndCards(stripe)
  await setup(started)
  await invoices(stripe)
  await payments(started)
  await connect(started)
  await subscriptions(started)
  await endpointsAndEvents(clientOf(simulator.url))
}

async function endpointsAndEvents(stripe: Stripe): Promise<void> {
  const endpoint = await stripe.webhookEndpoints.create({
    url: 'http://127.0.0.1:1/stripe/webhooks',
    enabled_events: ['invoice.paid'],
    description: 'Ours',
  })
  await stripe.webhookEndpoints.update(endpoint.id, { enabled_events: ['*'], disabled: true })
  await stripe.webhookEndpoints.retrieve(endpoint.id)
  await stripe.webhookEndpoints.list()
  await stripe.webhookEndpoints.del(endpoint.id)
  for await (const event of stripe.events.list({ limit: 100, created: { gte: 1 } }))
    if (event.type === 'invoice.paid') await stripe.events.retrieve(event.id)
}
