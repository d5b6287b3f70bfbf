import type { Stripe } from 'stripe'
import { invoiced, onboarded, paying, type Started } from '../simulator.ts'

export async function connect(started: Started): Promise<void> {
  const { stripe } = started
  const rich = await paying(stripe, 'pm_card_bypassPending')
  await stripe.invoices.pay((await invoiced(stripe, rich.id, [90_000])).id)
  const account = await onboarded(stripe)
  await stripe.accounts.update(account.id, {
    business_profile: { url: 'https://provider.example' },
    metadata: { bizq: 'org_2' },
  })
  await stripe.accounts.list()
  await stripe.accounts.retrieveCurrent()
  await stripe.accounts.createLoginLink(account.id)
  await stripe.accounts.listCapabilities(account.id)
  await stripe.accounts.retrieveCapability(account.id, 'transfers')
  await stripe.accountSessions.create({
    account: account.id,
    components: {
      account_onboarding: { enabled: true },
      payouts: { enabled: true, features: { standard_payouts: false } },
      balances: { enabled: true },
    },
  })
  const second = await stripe.accounts.createExternalAccount(account.id, {
    external_account: {
      object: 'bank_account',
      country: 'US',
      currency: 'usd',
      account_number: '000123456789',
      routing_number: '110000000',
    },
  })
  await stripe.accounts.retrieveExternalAccount(account.id, second.id)
  await stripe.accounts.listExternalAccounts(account.id, { object: 'bank_account' })
  await stripe.accounts.deleteExternalAccount(account.id, second.id)
  const charge = (await stripe.charges.list({ customer: rich.id })).data[0]
  const transfer = await stripe.transfers.create({
    amount: 5000,
    currency: 'usd',
    destination: account.id,
    metadata: { bizq: 'tra_1' },
    transfer_group: 'june',
    source_transaction: String(charge?.id),
    description: 'June',
  })
  await stripe.transfers.update(transfer.id, { metadata: { more: 'yes' } })
  const reversal = await stripe.transfers.createReversal(transfer.id, {
    amount: 1000,
    metadata: { bizq: 'rev_1' },
  })
  await stripe.transfers.retrieveReversal(transfer.id, reversal.id)
  await stripe.transfers.listReversals(transfer.id)
  await stripe.transfers.retrieve(transfer.id, { expand: ['balance_transaction', 'destination_payment'] })
  await stripe.transfers.list({ destination: account.id, transfer_group: 'june' })
  await payouts(stripe, account.id)
  const rejected = await stripe.accounts.create({
    type: 'express',
    country: 'DE',
    capabilities: { transfers: { requested: true } },
  })
  await stripe.accounts.reject(rejected.id, { reason: 'other' })
  await stripe.accounts.del(rejected.id)
}

async function payouts(stripe: Stripe, account: string): Promise<void> {
  const of = { stripeAccount: account }
  await stripe.balanceSettings.retrieve({}, of)
  await stripe.balanceSettings.update(
    { payments: { payouts: { schedule: { interval: 'weekly', weekly_payout_days: ['friday'] } } } },
    of,
  )
  const payout = await stripe.payouts.create(
    { amount: 500, currency: 'usd', metadata: { bizq: 'out_1' } },
    of,
  )
  await stripe.payouts.update(payout.id, { metadata: { more: 'yes' } }, of)
  await stripe.payouts.cancel(payout.id, {}, of)
  await stripe.payouts.retrieve(payout.id, { expand: ['balance_transaction', 'destination'] }, of)
  await stripe.payouts.list({ status: 'canceled' }, of)
  await stripe.balance.retrieve({}, of)
  await stripe.balanceTransactions.list({}, of)
  await stripe.events.list({ limit: 100 }, of)
  await stripe.accounts.retrieveCurrent({}, of)
}
