import { firstSettings, readSettings } from './account-settings.ts'
import type { Call, Route } from './call.ts'
import { planPayout } from './payouts.ts'
import type { Account } from './wire.ts'

/** The account of the key, or of the Stripe-Account header. */
export function ownAccount({ world }: Call): Account {
  const found = world.scope
    ? world.of('').find('account', world.scope)
    : world.of('platform').all('account')[0]
  if (!found) throw new Error('The platform has no account')
  return found
}

/** Where the schedule of payouts lives since 2025. */
function balanceSettings(account: Account): object {
  const payouts = account.settings?.payouts
  const schedule = payouts?.schedule
  return {
    object: 'balance_settings',
    payments: {
      debit_negative_balances: payouts?.debit_negative_balances ?? true,
      payouts: {
        automatic_transfer_rules_by_currency: null,
        minimum_balance_by_currency: null,
        schedule: {
          interval: schedule?.interval ?? 'daily',
          ...(schedule?.weekly_anchor && { weekly_payout_days: [schedule.weekly_anchor] }),
          ...(schedule?.monthly_anchor && { monthly_payout_days: [schedule.monthly_anchor] }),
        },
        statement_descriptor: payouts?.statement_descriptor ?? null,
        status: account.payouts_enabled ? 'enabled' : 'disabled',
      },
      settlement_timing: { delay_days: schedule?.delay_days ?? 2, start_of_day: null },
    },
  }
}

function changeBalanceSettings(call: Call): object {
  const { world, params } = call
  const account = ownAccount(call)
  const payments = params.group('payments')
  const settings = readSettings(payments, account.settings ?? firstSettings)
  payments?.accept('debit_negative_balances', 'settlement_timing')
  const changed = world.of(world.scope ? '' : 'platform').put('account', { ...account, settings })
  if (world.scope) planPayout(world.of(''), changed)
  const told = balanceSettings(changed)
  world.emit('balance_settings.updated', told)
  return told
}

export const balanceSettingsRoutes: Route[] = [
  ['GET', '/v1/balance_settings', (call) => balanceSettings(ownAccount(call))],
  ['POST', '/v1/balance_settings', changeBalanceSettings],
]
