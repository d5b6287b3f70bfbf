import type Stripe from 'stripe'
import { idAt, type Call, type Route } from './call.ts'
import { invalid, missing } from './refusal.ts'
import type { World } from './world.ts'
import type { Account } from './wire.ts'

const minutes = 60

function createLink({ world, params }: Call): Stripe.AccountLink {
  const account = world.need('account', params.needText('account'), 'account')
  const type = params.oneOf('type', ['account_onboarding', 'account_update'])
  if (!type) throw invalid('Missing required param: type.', { code: 'parameter_missing', param: 'type' })
  params.accept('collect', 'collection_options')
  const back = params.needText('return_url')
  const again = params.needText('refresh_url')
  const secret = world.newId('alink', 30)
  const expiresAt = world.now() + 5 * minutes
  world.setNote(secret, { account: account.id, returnUrl: back, refreshUrl: again, expiresAt })
  return {
    object: 'account_link',
    created: world.now(),
    expires_at: expiresAt,
    url: `${world.url}/_simulator/pages/onboarding/${secret}`,
  }
}

/** The address of the dashboard of one Express account, for one visit. */
function createLoginLink(call: Call): Stripe.LoginLink {
  const account = call.world.need('account', idAt(call))
  if (!account.details_submitted)
    throw invalid('Cannot create a login link for an account that has not completed onboarding.')
  const secret = call.world.newId('alink', 30)
  call.world.setNote(secret, {
    account: account.id,
    returnUrl: '',
    refreshUrl: '',
    expiresAt: call.world.now() + 5 * minutes,
  })
  return {
    object: 'login_link',
    created: call.world.now(),
    url: `${call.world.url}/_simulator/pages/onboarding/${secret}`,
  }
}

const components: Record<string, string[]> = {
  account_management: ['disable_stripe_user_authentication', 'external_account_collection'],
  account_onboarding: ['disable_stripe_user_authentication', 'external_account_collection'],
  balance_report: [],
  balances: [
    'disable_stripe_user_authentication',
    'edit_payout_schedule',
    'external_account_collection',
    'instant_payouts',
    'standard_payouts',
  ],
  disputes_list: [
    'capture_payments',
    'destination_on_behalf_of_charge_management',
    'dispute_management',
    'refund_management',
  ],
  documents: [],
  financial_account: [
    'disable_stripe_user_authentication',
    'external_account_collection',
    'send_money',
    'transfer_balance',
  ],
  financial_account_transactions: ['card_spend_dispute_management'],
  instant_payouts_promotion: [
    'disable_stripe_user_authentication',
    'external_account_collection',
    'instant_payouts',
  ],
  issuing_card: [
    'card_management',
    'card_spend_dispute_management',
    'cardholder_management',
    'spend_control_management',
  ],
  issuing_cards_list: [
    'card_management',
    'card_spend_dispute_management',
    'cardholder_management',
    'disable_stripe_user_authentication',
    'spend_control_management',
  ],
  notification_banner: ['disable_stripe_user_authentication', 'external_account_collection'],
  payment_details: [
    'capture_payments',
    'destination_on_behalf_of_charge_management',
    'dispute_management',
    'refund_management',
  ],
  payment_disputes: ['destination_on_behalf_of_charge_management', 'dispute_management', 'refund_management'],
  payment_method_settings: [],
  payments: [
    'capture_payments',
    'destination_on_behalf_of_charge_management',
    'dispute_management',
    'refund_management',
  ],
  payout_details: [],
  payout_reconciliation_report: [],
  payouts: [
    'disable_stripe_user_authentication',
    'edit_payout_schedule',
    'external_account_collection',
    'instant_payouts',
    'standard_payouts',
  ],
  payouts_list: [],
  reporting_chart: [],
  tax_registrations: [],
  tax_settings: [],
  terminal_hardware_orders: [],
  terminal_hardware_shop: [],
}

/** For the embedded components; their script comes from Stripe and does not know the simulator. */
function createSession({ world, params }: Call): object {
  const account = world.need('account', params.needText('account'), 'account')
  const asked = params.group('components')
  if (!asked)
    throw invalid('Missing required param: components.', { code: 'parameter_missing', param: 'components' })
  const made = Object.entries(components).map(([name, features]) => {
    const given = asked.group(name)
    const wanted = given?.group('features')
    const read = features.map((feature) => [feature, wanted?.flag(feature) ?? false])
    return [name, { enabled: given?.flag('enabled') ?? false, features: Object.fromEntries(read) as object }]
  })
  return {
    object: 'account_session',
    account: account.id,
    client_secret: `accs_secret__${world.newId('s', 40).slice(2)}`,
    components: Object.fromEntries(made) as object,
    expires_at: world.now() + 30 * minutes,
    livemode: false,
  }
}

/** A capability is an object of its own, read from the account. */
function capabilityOf(world: World, account: Account, name: string): object {
  const status = (account.capabilities as Record<string, string> | undefined)?.[name]
  if (status === undefined) throw missing('capability', name)
  const { disabled_reason: reason, ...rest } = account.requirements ?? { disabled_reason: null }
  return {
    id: name,
    object: 'capability',
    account: account.id,
    future_requirements: account.future_requirements,
    requested: true,
    requested_at: account.created ?? world.now(),
    requirements: { ...rest, disabled_reason: reason },
    status,
  }
}

export const onboardingRoutes: Route[] = [
  ['POST', '/v1/account_links', createLink],
  ['POST', '/v1/accounts/:/login_links', createLoginLink],
  ['POST', '/v1/account_sessions', createSession],
  [
    'GET',
    '/v1/accounts/:/capabilities/:',
    (call) => capabilityOf(call.world, call.world.need('account', idAt(call)), idAt(call, 1)),
  ],
  [
    'GET',
    '/v1/accounts/:/capabilities',
    (call) => {
      const account = call.world.need('account', idAt(call))
      const data = Object.keys(account.capabilities ?? {}).map((name) =>
        capabilityOf(call.world, account, name),
      )
      return { object: 'list', data, has_more: false, url: `/v1/accounts/${account.id}/capabilities` }
    },
  ],
]
