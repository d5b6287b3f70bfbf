import { createHash } from 'node:crypto'
import { idAt, type Call, type Route } from './call.ts'
import { answerList, within } from './lists.ts'
import { changedMetadata, type Params } from './params.ts'
import { invalid, missing } from './refusal.ts'
import type { World } from './world.ts'
import type { Account, BankAccount } from './wire.ts'

interface Given {
  number: string
  routing: string | null
  holder?: string | null
  currency?: string
  country?: string
  metadata?: Record<string, string>
}

const listOf = (world: World, account: string) =>
  within(world.under('bank_account', account), `/v1/accounts/${account}/external_accounts`)

/** The first one is the one that payouts go to. */
export function addBankAccount(world: World, account: Account, given: Given): BankAccount {
  const id = world.newId('ba')
  const theirs = world.of(account.id)
  theirs.setNote(id, { number: given.number })
  const bank = theirs.put('bank_account', {
    id,
    object: 'bank_account',
    account: account.id,
    account_holder_name: given.holder ?? null,
    account_holder_type: 'individual',
    account_type: null,
    available_payout_methods: ['standard'],
    bank_name: 'STRIPE TEST BANK',
    country: given.country ?? account.country ?? 'US',
    currency: given.currency ?? account.default_currency ?? 'usd',
    default_for_currency: world.under('bank_account', account.id).length === 0,
    fingerprint: createHash('sha256').update(given.number).digest('base64url').slice(0, 16),
    future_requirements: { currently_due: [], errors: [], past_due: [], pending_verification: [] },
    last4: given.number.slice(-4),
    metadata: given.metadata ?? {},
    requirements: { currently_due: [], errors: [], past_due: [], pending_verification: [] },
    routing_number: given.routing,
    status: 'new',
  })
  world.put('account', { ...account, external_accounts: listOf(world, account.id) })
  theirs.emit('account.external_account.created', bank)
  return bank
}

export function readBankAccount(world: World, account: Account, params: Params): BankAccount {
  params.oneOf('object', ['bank_account'])
  params.accept('account_holder_type')
  const number = params.needText('account_number')
  if (!/^[A-Z0-9]{4,34}$/i.test(number))
    throw invalid('Invalid account number.', {
      code: 'account_number_invalid',
      param: 'external_account[account_number]',
    })
  return addBankAccount(world, account, {
    number,
    routing: params.text('routing_number') ?? null,
    holder: params.text('account_holder_name') ?? null,
    country: params.needText('country'),
    currency: params.needText('currency'),
  })
}

function create(call: Call): BankAccount {
  const { world, params } = call
  const account = world.need('account', idAt(call))
  const given = params.group('external_account')
  if (!given)
    throw invalid('Missing required param: external_account.', {
      code: 'parameter_missing',
      param: 'external_account',
    })
  params.accept('default_for_currency')
  const metadata = changedMetadata({}, params)
  const bank = readBankAccount(world, account, given)
  return world.of(account.id).put('bank_account', { ...bank, metadata })
}

function bankAt(call: Call): BankAccount {
  const account = call.world.need('account', idAt(call))
  const bank = call.world.of(account.id).find('bank_account', idAt(call, 1))
  if (!bank) throw missing('external account', idAt(call, 1))
  return bank
}

function remove(call: Call): object {
  const bank = bankAt(call)
  const account = call.world.need('account', idAt(call))
  if (bank.default_for_currency && account.payouts_enabled)
    throw invalid(
      'You cannot delete the default external account for your default currency. Please make another external account the default first.',
    )
  call.world.drop('bank_account', bank.id)
  call.world.put('account', { ...account, external_accounts: listOf(call.world, account.id) })
  call.world.of(account.id).emit('account.external_account.deleted', bank)
  return { id: bank.id, object: 'bank_account', deleted: true }
}

export const bankAccountRoutes: Route[] = [
  ['POST', '/v1/accounts/:/external_accounts', create],
  [
    'GET',
    '/v1/accounts/:/external_accounts',
    (call) => {
      const { id } = call.world.need('account', idAt(call))
      call.params.accept('object')
      return answerList(
        call,
        `/v1/accounts/${id}/external_accounts`,
        call.world.under('bank_account', id) as (BankAccount & { created?: number })[],
      )
    },
  ],
  ['GET', '/v1/accounts/:/external_accounts/:', bankAt],
  ['DELETE', '/v1/accounts/:/external_accounts/:', remove],
]
