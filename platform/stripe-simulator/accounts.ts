import { idAt, type Call, type Route } from './call.ts'
import { addBankAccount, readBankAccount } from './bank-accounts.ts'
import { answerList, within } from './lists.ts'
import { changedMetadata, type Params } from './params.ts'
import { readAddress } from './payment-methods.ts'
import { planPayout } from './payouts.ts'
import { invalid, Refusal } from './refusal.ts'
import { change, type World } from './world.ts'
import type { Account, BankAccount } from './wire.ts'

type Requirements = NonNullable<Account['requirements']>
type Reason = Requirements['disabled_reason']

/** What Stripe asks of a person before money reaches them. */
const asked = [
  'business_type',
  'business_profile.url',
  'external_account',
  'individual.address.line1',
  'individual.dob.day',
  'individual.email',
  'individual.first_name',
  'individual.last_name',
  'tos_acceptance.date',
  'tos_acceptance.ip',
]

const requirements = (due: string[], past: string[], pending: string[], reason: Reason): Requirements => ({
  alternatives: [],
  current_deadline: null,
  currently_due: due,
  disabled_reason: reason,
  errors: [],
  eventually_due: due,
  past_due: past,
  pending_verification: pending,
})

export interface Standing {
  due: string[]
  past?: string[]
  pending?: string[]
  /** Why it is disabled; what is past due disables by itself. */
  reason?: Reason
}

/** Brings an account to a standing: what is missing decides what it may do. */
export function stand(world: World, id: string, { due, past = [], pending = [], reason }: Standing): Account {
  const account = world.need('account', id)
  const disabled =
    reason ??
    (past.length > 0
      ? 'requirements.past_due'
      : pending.length > 0
        ? 'requirements.pending_verification'
        : null)
  const isEnabled = disabled === null && account.details_submitted
  const status = isEnabled ? ('active' as const) : ('inactive' as const)
  const capabilities = Object.fromEntries(
    Object.keys(account.capabilities ?? {}).map((name) => [name, status]),
  )
  const hasBank = world.under('bank_account', id).length > 0
  const changed = change(world, 'account', account, {
    capabilities,
    charges_enabled: isEnabled,
    payouts_enabled: isEnabled && hasBank,
    requirements: requirements(due, past, pending, disabled),
  })
  if (changed === account) return account
  planPayout(world, changed)
  // Told to who listens for connected accounts: it is theirs.
  world.of(id).emit('account.updated', changed)
  return changed
}

/** All that was asked has been given. */
export function completeOnboarding(
  world: World,
  id: string,
  { bankNumber }: { bankNumber: string | null },
): Account {
  const account = world.need('account', id)
  if (bankNumber && world.under('bank_account', id).length === 0)
    addBankAccount(world, account, { number: bankNumber, routing: '110000000' })
  world.put('account', {
    ...world.need('account', id),
    details_submitted: true,
    tos_acceptance: { date: world.now(), ip: '127.0.0.1', user_agent: null },
  })
  return stand(world, id, {
    due: bankNumber ? [] : ['external_account'],
    past: bankNumber ? [] : ['external_account'],
  })
}

interface Controls {
  type: Account['type']
  controller: NonNullable<Account['controller']>
}

function readController(params: Params): Controls {
  const type = params.oneOf('type', ['express', 'custom', 'standard'])
  const given = params.group('controller')
  const fees = given?.group('fees')?.oneOf('payer', ['account', 'application'])
  const losses = given?.group('losses')?.oneOf('payments', ['application', 'stripe'])
  const collection = given?.oneOf('requirement_collection', ['application', 'stripe'])
  const dashboard = given?.group('stripe_dashboard')?.oneOf('type', ['express', 'full', 'none'])
  if (type && given)
    throw invalid('You may not provide the `type` parameter and `controller` parameters simultaneously.', {
      param: 'type',
    })
  if (given)
    return {
      type: 'none',
      controller: {
        fees: { payer: fees ?? 'account' },
        is_controller: true,
        losses: { payments: losses ?? 'stripe' },
        requirement_collection: collection ?? 'stripe',
        stripe_dashboard: { type: dashboard ?? 'full' },
        type: 'application',
      },
    }
  const kind = type ?? 'standard'
  const isStandard = kind === 'standard'
  return {
    type: kind,
    controller: {
      fees: {
        payer: isStandard ? 'account' : kind === 'express' ? 'application_express' : 'application_custom',
      },
      is_controller: !isStandard,
      losses: { payments: isStandard ? 'stripe' : 'application' },
      requirement_collection: kind === 'custom' ? 'application' : 'stripe',
      stripe_dashboard: { type: isStandard ? 'full' : kind === 'express' ? 'express' : 'none' },
      type: 'application',
    },
  }
}

const currencyOf: Record<string, string> = {
  US: 'usd',
  GB: 'gbp',
  CA: 'cad',
  AU: 'aud',
  CH: 'chf',
  JP: 'jpy',
  SE: 'sek',
}

function readProfile(
  params: Params | undefined,
  before: Account['business_profile'],
): NonNullable<Account['business_profile']> {
  const text = (name: string, was: string | null | undefined) => params?.orNull(name) ?? was ?? null
  params?.accept('annual_revenue', 'estimated_worker_count')
  return {
    annual_revenue: null,
    estimated_worker_count: null,
    mcc: text('mcc', before?.mcc),
    minority_owned_business_designation: null,
    name: text('name', before?.name),
    product_description: text('product_description', before?.product_description),
    specified_commercial_transactions_act_url: null,
    support_address: readAddress(params?.group('support_address')) ?? before?.support_address ?? null,
    support_email: text('support_email', before?.support_email),
    support_phone: text('support_phone', before?.support_phone),
    support_url: text('support_url', before?.support_url),
    url: text('url', before?.url),
  }
}

type Settings = NonNullable<Account['settings']>

const firstSettings: Settings = {
  branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
  card_issuing: { tos_acceptance: { date: null, ip: null } },
  card_payments: {
    decline_on: { avs_failure: false, cvc_failure: false },
    statement_descriptor_prefix: null,
    statement_descriptor_prefix_kana: null,
    statement_descriptor_prefix_kanji: null,
  },
  dashboard: { display_name: null, timezone: 'Etc/UTC' },
  invoices: { default_account_tax_ids: null, hosted_payment_method_save: null },
  payments: {
    statement_descriptor: null,
    statement_descriptor_kana: null,
    statement_descriptor_kanji: null,
    statement_descriptor_prefix_kana: null,
    statement_descriptor_prefix_kanji: null,
  },
  payouts: {
    debit_negative_balances: true,
    schedule: { delay_days: 2, interval: 'daily' },
    statement_descriptor: null,
  },
  sepa_debit_payments: {},
}

/** Also the new home of this schedule, the balance settings, reads it so. */
export function readSchedule(
  params: Params,
  before: { delay_days: number; interval: string },
): { delay_days: number; interval: string; weekly_anchor?: string; monthly_anchor?: number } {
  const interval = params.oneOf('interval', ['manual', 'daily', 'weekly', 'monthly']) ?? before.interval
  params.accept('delay_days')
  const weekly = params.texts('weekly_payout_days')?.[0] ?? params.text('weekly_anchor')
  const days = params.texts('monthly_payout_days')?.[0]
  const monthly = days === undefined ? params.whole('monthly_anchor') : Number(days)
  return {
    delay_days: before.delay_days,
    interval,
    ...(interval === 'weekly' && { weekly_anchor: weekly ?? 'monday' }),
    ...(interval === 'monthly' && { monthly_anchor: monthly ?? 1 }),
  }
}

function readSettings(params: Params | undefined, before: Settings): Settings {
  const payouts = params?.group('payouts')
  const schedule = payouts?.group('schedule')
  params?.accept('branding', 'dashboard', 'payments', 'card_payments')
  payouts?.accept('statement_descriptor')
  const was = before.payouts ?? {
    debit_negative_balances: true,
    schedule: { delay_days: 2, interval: 'daily' },
    statement_descriptor: null,
  }
  const debits = payouts?.flag('debit_negative_balances') ?? was.debit_negative_balances
  return {
    ...before,
    payouts: {
      ...was,
      debit_negative_balances: debits,
      ...(schedule && { schedule: readSchedule(schedule, was.schedule) }),
    },
  }
}

function readCapabilities(params: Params | undefined): string[] {
  return ['transfers', 'card_payments'].filter((name) => params?.group(name)?.flag('requested'))
}

/** What the request brought of what is asked: `individual[first_name]` brings `individual.first_name`. */
function brought(params: Params): string[] {
  const groups = ['individual', 'company', 'tos_acceptance']
  const inner = groups.flatMap((name) =>
    params.has(name) ? asked.filter((each) => each.startsWith(`${name}.`)) : [],
  )
  for (const name of groups) params.accept(name)
  return [
    ...inner,
    ...(params.text('business_type') ? ['business_type'] : []),
    ...(params.group('business_profile')?.text('url') ? ['business_profile.url'] : []),
  ]
}

function rememberBrought(world: World, id: string, params: Params): string[] {
  const before = String(world.note(id)['brought'] ?? '')
    .split(',')
    .filter(Boolean)
  const all = [...new Set([...before, ...brought(params)])]
  world.setNote(id, { brought: all.join() })
  const hasBank = world.under('bank_account', id).length > 0
  return asked.filter((name) => !all.includes(name) && !(name === 'external_account' && hasBank))
}

function create({ world, params }: Call): Account {
  const id = world.newId('acct', 16)
  const country = params.text('country') ?? 'US'
  const capabilities = readCapabilities(params.group('capabilities'))
  const blank = requirements([], [], [], null)
  const account = world.put('account', {
    id,
    object: 'account',
    business_profile: readProfile(params.group('business_profile'), null),
    business_type:
      params.oneOf('business_type', ['company', 'government_entity', 'individual', 'non_profit']) ?? null,
    capabilities: Object.fromEntries(capabilities.map((name) => [name, 'inactive'])),
    charges_enabled: false,
    country,
    created: world.now(),
    default_currency: params.text('default_currency') ?? currencyOf[country] ?? 'eur',
    details_submitted: false,
    email: params.orNull('email') ?? null,
    external_accounts: within<BankAccount>([], `/v1/accounts/${id}/external_accounts`),
    future_requirements: blank,
    metadata: changedMetadata({}, params),
    payouts_enabled: false,
    settings: readSettings(params.group('settings'), firstSettings),
    tos_acceptance: { date: null, ip: null, user_agent: null },
    ...readController(params),
  })
  const bank = params.group('external_account')
  if (bank) readBankAccount(world, account, bank)
  const due = rememberBrought(world, id, params)
  world.put('account', {
    ...world.need('account', id),
    requirements: requirements(due, due, [], 'requirements.past_due'),
  })
  return world.need('account', id)
}

function update(call: Call): Account {
  const { world, params } = call
  const before = world.need('account', idAt(call))
  const bank = params.group('external_account')
  if (bank) readBankAccount(world, before, bank)
  const account = world.need('account', before.id)
  const capabilities = readCapabilities(params.group('capabilities'))
  const profile = params.group('business_profile')
  const email = params.orNull('email')
  const type = params.oneOf('business_type', ['company', 'government_entity', 'individual', 'non_profit'])
  const changed = world.put('account', {
    ...account,
    capabilities: {
      ...Object.fromEntries(capabilities.map((name) => [name, 'inactive'])),
      ...account.capabilities,
    },
    metadata: changedMetadata(account.metadata ?? {}, params),
    settings: readSettings(params.group('settings'), account.settings ?? firstSettings),
    ...(profile && { business_profile: readProfile(profile, account.business_profile) }),
    ...(email !== undefined && { email }),
    ...(type && { business_type: type }),
  })
  if (changed.settings?.payouts?.schedule.interval !== before.settings?.payouts?.schedule.interval)
    planPayout(world, changed)
  const isOurs = changed.controller?.requirement_collection === 'application'
  const due = rememberBrought(world, changed.id, params)
  if (isOurs && due.length === 0 && !changed.details_submitted) {
    world.put('account', { ...changed, details_submitted: true })
    return stand(world, changed.id, { due: [] })
  }
  if (changed.details_submitted)
    return stand(world, changed.id, {
      due: changed.requirements?.currently_due ?? [],
      past: changed.requirements?.past_due ?? [],
      reason: changed.requirements?.disabled_reason ?? null,
    })
  const waiting = world.put('account', {
    ...changed,
    requirements: requirements(due, due, [], 'requirements.past_due'),
  })
  world.of(changed.id).emit('account.updated', waiting)
  return waiting
}

function remove(call: Call): object {
  const { world } = call
  const account = world.need('account', idAt(call))
  const note = world.note(`balance ${account.id}`)
  if (Object.values(note).some((amount) => Number(amount) !== 0))
    throw invalid('Accounts that hold a balance cannot be deleted.', { code: 'account_invalid' })
  world.of(account.id).unplan(account.id)
  world.drop('account', account.id)
  return { id: account.id, object: 'account', deleted: true }
}

/** The account of the key, or of the Stripe-Account header. */
function own({ world }: Call): Account {
  const found = world.scope
    ? world.of('').find('account', world.scope)
    : world.of('platform').all('account')[0]
  if (!found) throw new Error('The platform has no account')
  return found
}

function retrieve(call: Call): Account {
  const { world } = call
  const id = idAt(call)
  const platform = world.of('platform').find('account', id)
  const found = platform ?? world.of('').find('account', id)
  if (!found || (world.scope && found.id !== world.scope))
    throw new Refusal(403, {
      type: 'invalid_request_error',
      code: 'account_invalid',
      message: `The provided key does not have access to account '${id}' (or that account does not exist). Application access may have been revoked.`,
    })
  return found
}

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
  const account = own(call)
  const payments = params.group('payments')
  const settings = readSettings(payments, account.settings ?? firstSettings)
  payments?.accept('debit_negative_balances', 'settlement_timing')
  const changed = world.of(world.scope ? '' : 'platform').put('account', { ...account, settings })
  if (world.scope) planPayout(world.of(''), changed)
  const told = balanceSettings(changed)
  world.emit('balance_settings.updated', told)
  return told
}

export const accountRoutes: Route[] = [
  ['POST', '/v1/accounts', create],
  ['GET', '/v1/accounts', (call) => answerList(call, '/v1/accounts', call.world.all('account'))],
  ['GET', '/v1/account', own],
  ['GET', '/v1/accounts/:', retrieve],
  ['POST', '/v1/accounts/:', update],
  ['DELETE', '/v1/accounts/:', remove],
  [
    'POST',
    '/v1/accounts/:/reject',
    (call) => {
      const reason = call.params.oneOf('reason', ['fraud', 'terms_of_service', 'other']) ?? 'other'
      return stand(call.world, call.world.need('account', idAt(call)).id, {
        due: [],
        reason: `rejected.${reason}`,
      })
    },
  ],
  ['GET', '/v1/balance_settings', (call) => balanceSettings(own(call))],
  ['POST', '/v1/balance_settings', changeBalanceSettings],
]
