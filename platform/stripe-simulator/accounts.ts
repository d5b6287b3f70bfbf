import { firstSettings, readProfile, readSettings } from './account-settings.ts'
import { asked, requirements, stand } from './account-standing.ts'
import { ownAccount } from './balance-settings.ts'
import { readBankAccount } from './bank-accounts.ts'
import { idAt, type Call, type Route } from './call.ts'
import { answerList, within } from './lists.ts'
import { changedMetadata, type Params } from './params.ts'
import { planPayout } from './payouts.ts'
import { invalid, Refusal } from './refusal.ts'
import type { World } from './world.ts'
import type { Account, BankAccount } from './wire.ts'

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

/** Its owner takes the platform off the account: it lives on, and nothing of it is the platform's to see or to pay. */
export function disconnectAccount(world: World, id: string): object {
  const account = world.need('account', id)
  const theirs = world.of(account.id)
  theirs.unplan(account.id)
  theirs.emit('account.application.deauthorized', {
    id: 'ca_simulated',
    object: 'application',
    name: 'The marketplace',
  })
  world.drop('account', account.id)
  return { id: account.id, isDisconnected: true }
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

export const accountRoutes: Route[] = [
  ['POST', '/v1/accounts', create],
  ['GET', '/v1/accounts', (call) => answerList(call, '/v1/accounts', call.world.all('account'))],
  ['GET', '/v1/account', ownAccount],
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
]
