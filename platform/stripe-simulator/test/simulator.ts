import { Stripe } from 'stripe'
import { onTestFinished } from 'vitest'
import { startStripeSimulator, type SimulatorOptions, type StripeSimulator } from '../index.ts'

export const secretKey = 'sk_test_simulator_of_the_tests'
export const webhookSecret = 'whsec_simulator_of_the_tests'

export function clientOf(url: string, config: Partial<ConstructorParameters<typeof Stripe>[1]> = {}): Stripe {
  const { hostname, port } = new URL(url)
  return new Stripe(secretKey, {
    host: hostname,
    port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
    ...config,
  })
}

export interface Started {
  simulator: StripeSimulator
  stripe: Stripe
  control: (path: string, body?: object) => Promise<Record<string, unknown>>
}

/** stripe-node and the controls of a simulator. */
export function withClient(simulator: StripeSimulator): Started {
  const control = async (path: string, body: object = {}) => {
    const answer = await fetch(`${simulator.url}/_simulator/controls/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secretKey}` },
      body: JSON.stringify(body),
    })
    return (await answer.json()) as Record<string, unknown>
  }
  return { simulator, stripe: clientOf(simulator.url), control }
}

/** A simulator of this test's own, ended with it. */
export async function started(options: Partial<SimulatorOptions> = {}): Promise<Started> {
  const simulator = await startStripeSimulator({
    port: 0,
    secretKey,
    webhookSecret,
    seed: 'tests',
    ...options,
  })
  onTestFinished(() => simulator.close())
  return withClient(simulator)
}

/** A customer whose card pays. */
export async function paying(
  stripe: Stripe,
  card = 'pm_card_visa',
  more: Stripe.CustomerCreateParams = {},
): Promise<Stripe.Customer> {
  const customer = await stripe.customers.create({
    name: 'Harbour Bakery',
    email: 'owner@harbour.example',
    ...more,
  })
  const method = await stripe.paymentMethods.attach(card, { customer: customer.id })
  return stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
}

/** An invoice as the platform makes it: items first, then the invoice, finalised and paid by hand. */
export async function invoiced(
  stripe: Stripe,
  customer: string,
  amounts: number[],
  currency = 'usd',
): Promise<Stripe.Invoice> {
  const invoice = await stripe.invoices.create({
    customer,
    currency,
    auto_advance: false,
    pending_invoice_items_behavior: 'exclude',
  })
  for (const [at, amount] of amounts.entries())
    await stripe.invoiceItems.create({
      customer,
      invoice: invoice.id,
      amount,
      currency,
      description: `Line ${at + 1}`,
    })
  return stripe.invoices.finalizeInvoice(invoice.id)
}

/** The charge that paid an invoice, with what it brought in. */
export async function chargeOf(stripe: Stripe, invoice: string): Promise<Stripe.Charge> {
  const { data } = await stripe.invoicePayments.list({ invoice, expand: ['data.payment.payment_intent'] })
  const intent = data[0]?.payment.payment_intent
  if (!intent || typeof intent === 'string' || typeof intent.latest_charge !== 'string')
    throw new Error(`${invoice} is not paid`)
  return stripe.charges.retrieve(intent.latest_charge, { expand: ['balance_transaction'] })
}

/** A connected account that has handed in everything. */
export async function onboarded(stripe: Stripe): Promise<Stripe.Account> {
  const account = await stripe.accounts.create({
    country: 'US',
    email: 'dev@provider.example',
    capabilities: { transfers: { requested: true } },
    controller: {
      fees: { payer: 'application' },
      losses: { payments: 'application' },
      stripe_dashboard: { type: 'express' },
    },
  })
  const link = await stripe.accountLinks.create({
    account: account.id,
    type: 'account_onboarding',
    return_url: 'http://127.0.0.1:1/back',
    refresh_url: 'http://127.0.0.1:1/again',
  })
  const body = new URLSearchParams({ give: 'all', number: '000123456789' })
  const answer = await fetch(link.url, { method: 'POST', body, redirect: 'manual' })
  if (answer.status !== 303) throw new Error(`onboarding answered ${answer.status}`)
  return stripe.accounts.retrieve(account.id)
}
