import type { Stripe } from 'stripe'
import type { Started } from '../simulator.ts'

export async function customersAndCards(stripe: Stripe): Promise<void> {
  const customer = await stripe.customers.create({
    name: 'Harbour Bakery',
    email: 'owner@harbour.example',
    address: { line1: 'Quay 1', city: 'Porto', country: 'PT', postal_code: '4000' },
    shipping: { name: 'Harbour Bakery', address: { line1: 'Quay 1' } },
    preferred_locales: ['en'],
    metadata: { bizq: 'org_1' },
    tax_exempt: 'none',
  })
  await stripe.customers.update(customer.id, { description: 'Bakery', metadata: { bizq: '', more: 'yes' } })
  await stripe.customers.list({ email: 'owner@harbour.example', created: { gte: 1 }, limit: 3 })
  const made = await stripe.paymentMethods.create({
    type: 'card',
    card: { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' },
    billing_details: { name: 'Jo Field', address: { country: 'PT' } },
  })
  const token = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } })
  await stripe.paymentMethods.attach(made.id, { customer: customer.id })
  await stripe.paymentMethods.attach(token.id, { customer: customer.id })
  await stripe.paymentMethods.update(made.id, { metadata: { of: 'Jo' } })
  await stripe.paymentMethods.retrieve(made.id)
  await stripe.paymentMethods.list({ customer: customer.id, type: 'card' })
  await stripe.customers.listPaymentMethods(customer.id)
  await stripe.customers.retrievePaymentMethod(customer.id, made.id)
  await stripe.paymentMethods.detach(token.id)
  const credit = await stripe.customers.createBalanceTransaction(customer.id, {
    amount: -500,
    currency: 'usd',
    description: 'Goodwill',
  })
  await stripe.customers.listBalanceTransactions(customer.id)
  await stripe.customers.retrieveBalanceTransaction(customer.id, credit.id)
  await stripe.customers.retrieve(customer.id)
  await stripe.customers.del(customer.id)
  await stripe.customers.retrieve(customer.id)
}

export async function setup({ stripe, simulator }: Started): Promise<void> {
  const customer = await stripe.customers.create({ email: 'setup@harbour.example' })
  const intent = await stripe.setupIntents.create({
    customer: customer.id,
    usage: 'off_session',
    allowed_payment_method_types: ['card'],
  })
  await stripe.setupIntents.confirm(intent.id, { payment_method: 'pm_card_visa' })
  await stripe.setupIntents.retrieve(intent.id)
  const other = await stripe.setupIntents.create({ customer: customer.id })
  await stripe.setupIntents.cancel(other.id)
  await stripe.setupIntents.list({ customer: customer.id })
  const session = await stripe.checkout.sessions.create({
    mode: 'setup',
    customer: customer.id,
    currency: 'usd',
    success_url: 'http://127.0.0.1:1/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://127.0.0.1:1/back',
    metadata: { of: 'setup' },
  })
  await fetch(String(session.url), {
    method: 'POST',
    body: new URLSearchParams({ card: '4242424242424242' }),
    redirect: 'manual',
  })
  await stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent.payment_method'] })
  const over = await stripe.checkout.sessions.create({
    mode: 'setup',
    customer: customer.id,
    currency: 'usd',
    success_url: `${simulator.url}/x`,
  })
  await stripe.checkout.sessions.expire(over.id)
  await stripe.checkout.sessions.list({ customer: customer.id })
  await stripe.billingPortal.sessions.create({ customer: customer.id, return_url: 'http://127.0.0.1:1/back' })
}
