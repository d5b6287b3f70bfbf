import { firstSettings, readProfile } from './account-settings.ts'
import { requirements } from './account-standing.ts'
import { addBankAccount } from './bank-accounts.ts'
import { within } from './lists.ts'
import type { World } from './world.ts'
import type { Account, BankAccount } from './wire.ts'

/** The account of the platform itself. */
export function openPlatformAccount(world: World): Account {
  const known = world.of('platform').all('account')[0]
  if (known) return known
  const id = world.newId('acct', 16)
  const account = world.of('platform').put('account', {
    id,
    object: 'account',
    business_profile: readProfile(undefined, null),
    business_type: 'company',
    capabilities: { card_payments: 'active', transfers: 'active' },
    charges_enabled: true,
    controller: { type: 'account' },
    country: 'US',
    created: world.now(),
    default_currency: world.terms.settlementCurrencies[0],
    details_submitted: true,
    email: null,
    external_accounts: within<BankAccount>([], `/v1/accounts/${id}/external_accounts`),
    future_requirements: requirements([], [], [], null),
    metadata: {},
    payouts_enabled: true,
    requirements: requirements([], [], [], null),
    settings: {
      ...firstSettings,
      payouts: {
        debit_negative_balances: true,
        schedule: { delay_days: 2, interval: 'manual' },
        statement_descriptor: null,
      },
    },
    tos_acceptance: { date: world.now(), ip: '127.0.0.1', user_agent: null },
    type: 'standard',
  })
  addBankAccount(world.of('platform'), account, { number: '000123456789', routing: '110000000' })
  return account
}
