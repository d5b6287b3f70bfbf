import { book, held, requireAvailable } from './balance.ts'
import { idAt, type Call, type Route } from './call.ts'
import { answerList, both, equals } from './lists.ts'
import { changedMetadata } from './params.ts'
import { invalid } from './refusal.ts'
import { change, requireCurrency, type World } from './world.ts'
import type { Account, BankAccount, Payout } from './wire.ts'

const day = 86_400

/** Stripe's test account number to which a payout fails. */
const closedAccount = '000111111116'

type Schedule = NonNullable<NonNullable<Account['settings']>['payouts']>['schedule']

interface Asked {
  amount: number
  currency: string
  isAutomatic: boolean
  bank: BankAccount
  description: string | null
  metadata: Record<string, string>
  statement: string | null
}

function makePayout(world: World, asked: Asked): Payout {
  const id = world.newId('po')
  const entry = book(world, {
    type: 'payout',
    amount: -asked.amount,
    currency: asked.currency,
    source: id,
    description: asked.description ?? 'STRIPE PAYOUT',
  })
  const arrival = (Math.floor(world.now() / day) + 2) * day
  const payout = world.put('payout', {
    id,
    object: 'payout',
    amount: asked.amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: arrival,
    automatic: asked.isAutomatic,
    balance_transaction: entry.id,
    created: world.now(),
    currency: asked.currency,
    description: asked.description ?? 'STRIPE PAYOUT',
    destination: asked.bank.id,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: asked.metadata,
    method: 'standard',
    original_payout: null,
    payout_method: null,
    reconciliation_status: asked.isAutomatic ? 'completed' : 'not_applicable',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: asked.statement,
    status: 'in_transit',
    trace_id: null,
    type: 'bank_account',
  })
  world.plan({ at: arrival, clock: null, what: 'arrive', about: id })
  world.emit('payout.created', payout)
  return payout
}

/** In the bank, or sent back by it: then the money is in the balance again. */
export function arrive(world: World, id: string): Payout {
  const payout = world.need('payout', id)
  if (payout.status !== 'in_transit') return payout
  const isRefused = world.note(String(payout.destination))['number'] === closedAccount
  return isRefused
    ? failPayout(world, id, 'account_closed')
    : change(
        world,
        'payout',
        payout,
        { status: 'paid', trace_id: { status: 'supported', value: `TRACE${id.slice(-8)}` } },
        'payout.paid',
      )
}

function giveBack(world: World, payout: Payout, type: 'payout_failure' | 'payout_cancel'): string {
  return book(world, {
    type,
    amount: payout.amount,
    currency: payout.currency,
    source: payout.id,
    description: 'STRIPE PAYOUT',
  }).id
}

export function failPayout(world: World, id: string, code: string): Payout {
  const payout = world.need('payout', id)
  if (payout.status !== 'in_transit' && payout.status !== 'paid') return payout
  const back = giveBack(world, payout, 'payout_failure')
  const patch = {
    status: 'failed',
    failure_code: code,
    failure_message: 'The bank account has been closed.',
    failure_balance_transaction: back,
  }
  return change(world, 'payout', payout, patch, 'payout.failed')
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** The next midnight (UTC) on which the schedule pays out; undefined: only by hand. */
export function nextPayoutAt(schedule: Schedule, now: number): number | undefined {
  if (schedule.interval === 'manual') return undefined
  const first = (Math.floor(now / day) + 1) * day
  for (let at = first; ; at += day) {
    const date = new Date(at * 1000)
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
    if (schedule.interval === 'daily') return at
    if (schedule.interval === 'weekly' && weekdays[date.getUTCDay()] === (schedule.weekly_anchor ?? 'monday'))
      return at
    if (schedule.interval === 'monthly' && date.getUTCDate() === Math.min(schedule.monthly_anchor ?? 1, last))
      return at
  }
}

/** Plans the next automatic payout of the account, and no other. */
export function planPayout(world: World, account: Account): void {
  const theirs = world.of(account.id)
  theirs.unplan(account.id, 'pay out')
  const schedule = account.settings?.payouts?.schedule
  const at = schedule && account.payouts_enabled ? nextPayoutAt(schedule, world.now()) : undefined
  if (at !== undefined) theirs.plan({ at, clock: null, what: 'pay out', about: account.id })
}

function bankOf(world: World): BankAccount | undefined {
  const owner = world.scope || world.of('platform').all('account')[0]?.id
  const all = owner ? world.under('bank_account', owner) : []
  return all.find((each) => each.default_for_currency) ?? all[0]
}

/** Marks what an automatic payout pays out. */
function claim(world: World, payout: Payout): void {
  for (const entry of world.all('balance_transaction'))
    if (entry.currency === payout.currency && entry.status === 'available' && !world.note(entry.id)['payout'])
      world.setNote(entry.id, { payout: payout.id })
}

/** The automatic payout of a connected account: all that is available, by currency. */
export function payOutAll(world: World): void {
  const account = world.of('').find('account', world.scope)
  if (!account) return
  const bank = bankOf(world)
  const currencies = Object.keys(world.note(`balance ${world.scope}`)).flatMap((name) =>
    name.startsWith('available:') ? [name.slice(10)] : [],
  )
  for (const currency of currencies) {
    const amount = held(world, 'available', currency)
    if (!bank || amount <= 0 || !account.payouts_enabled) continue
    claim(
      world,
      makePayout(world, {
        amount,
        currency,
        isAutomatic: true,
        bank,
        description: null,
        metadata: {},
        statement: null,
      }),
    )
  }
  planPayout(world.of(''), account)
}

function create({ world, params }: Call): Payout {
  const bank = bankOf(world)
  const account = world.scope ? world.of('').find('account', world.scope) : undefined
  params.oneOf('method', ['standard'])
  params.accept('source_type', 'destination')
  const currency = requireCurrency(world, params.needText('currency'))
  const amount = params.needWhole('amount')
  if (account && !account.payouts_enabled)
    throw invalid('Cannot create payouts: this account has requirements that must be met first.', {
      code: 'payouts_not_allowed',
    })
  if (!bank)
    throw invalid(`Sorry, you don't have any external accounts in that currency (${currency}).`, {
      param: 'currency',
    })
  if (amount < 1)
    throw invalid('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'amount',
    })
  requireAvailable(world, amount, currency)
  return makePayout(world, {
    amount,
    currency,
    isAutomatic: false,
    bank,
    description: params.orNull('description') ?? null,
    metadata: changedMetadata({}, params),
    statement: params.orNull('statement_descriptor') ?? null,
  })
}

function cancel(call: Call): Payout {
  const { world } = call
  const payout = world.need('payout', idAt(call))
  if (payout.status !== 'pending' && payout.status !== 'in_transit')
    throw invalid(`A payout that is ${payout.status} cannot be canceled.`)
  world.unplan(payout.id)
  return change(
    world,
    'payout',
    payout,
    { status: 'canceled', failure_balance_transaction: giveBack(world, payout, 'payout_cancel') },
    'payout.canceled',
  )
}

function update(call: Call): Payout {
  const { world, params } = call
  const payout = world.need('payout', idAt(call))
  return change(
    world,
    'payout',
    payout,
    { metadata: changedMetadata(payout.metadata, params) },
    'payout.updated',
  )
}

export const payoutRoutes: Route[] = [
  ['POST', '/v1/payouts', create],
  [
    'GET',
    '/v1/payouts',
    (call) =>
      answerList(call, '/v1/payouts', call.world.all('payout'), (params) =>
        both(
          equals<Payout>(params, 'status', (each) => each.status),
          equals<Payout>(params, 'destination', (each) => each.destination),
        ),
      ),
  ],
  ['GET', '/v1/payouts/:', (call) => call.world.need('payout', idAt(call))],
  ['POST', '/v1/payouts/:', update],
  ['POST', '/v1/payouts/:/cancel', cancel],
]
