import { idAt, type Call, type Route } from './call.ts'
import { answerList, both, equals } from './lists.ts'
import { invalid } from './refusal.ts'
import { minorUnits, type World } from './world.ts'
import type { BalanceTransaction } from './wire.ts'

const day = 86_400

interface Booking {
  type: BalanceTransaction['type']
  /** In the currency of settlement. */
  amount: number
  currency: string
  source: string | null
  fees?: { amount: number; description: string }[]
  description?: string | null
  rate?: number | null
  /** Seconds; now, if it is left out. */
  availableOn?: number
  category?: string
  /** Of a customer on a test clock: its time counts too. */
  clock?: string | null
}

const key = (state: string, currency: string) => `${state}:${currency}`

function move(world: World, state: 'available' | 'pending', currency: string, amount: number): void {
  const id = `balance ${world.scope}`
  world.setNote(id, { [key(state, currency)]: held(world, state, currency) + amount })
}

/** Minor units of this account's balance. */
export const held = (world: World, state: 'available' | 'pending', currency: string): number =>
  Number(world.note(`balance ${world.scope}`)[key(state, currency)] ?? 0)

/** One movement of this account's balance; what is not available yet becomes so at the midnight that it names. */
export function book(world: World, booking: Booking): BalanceTransaction {
  const { amount, currency, fees = [] } = booking
  const now = world.now(booking.clock)
  const availableOn = booking.availableOn ?? now
  const fee = fees.reduce((sum, each) => sum + each.amount, 0)
  const isPending = availableOn > now
  move(world, isPending ? 'pending' : 'available', currency, amount - fee)
  if (isPending && world.store.under('task', `balance ${world.scope} ${availableOn}`).length === 0)
    world.plan({
      at: availableOn,
      clock: null,
      what: 'settle',
      about: `balance ${world.scope} ${availableOn}`,
    })
  const id = world.newId('txn')
  if (isPending && booking.clock)
    world.plan({ at: availableOn, clock: booking.clock, what: 'settle one', about: id })
  return world.put('balance_transaction', {
    id,
    object: 'balance_transaction',
    amount,
    available_on: availableOn,
    balance_type: 'payments',
    created: now,
    currency,
    description: booking.description ?? null,
    exchange_rate: booking.rate ?? null,
    fee,
    fee_details: fees.map((each) => ({ ...each, application: null, currency, type: 'stripe_fee' })),
    net: amount - fee,
    reporting_category: booking.category ?? booking.type,
    source: booking.source,
    status: isPending ? 'pending' : 'available',
    type: booking.type,
  })
}

/** Midnight (UTC) two days on. */
export const settlesAt = (now: number): number => (Math.floor(now / day) + 2) * day

/** What was pending until now is available. */
export function settle(world: World): void {
  const now = world.now()
  const due = world
    .all('balance_transaction')
    .filter((each) => each.status === 'pending' && each.available_on <= now)
  letGo(world, due)
}

/** What a test clock let go before the simulator's own clock did. */
export function settleOne(world: World, id: string): void {
  const each = world.find('balance_transaction', id)
  letGo(world, each?.status === 'pending' ? [each] : [])
}

function letGo(world: World, due: readonly BalanceTransaction[]): void {
  for (const each of due) {
    world.put('balance_transaction', { ...each, status: 'available' })
    world.unplan(each.id, 'settle one')
    move(world, 'pending', each.currency, -each.net)
    move(world, 'available', each.currency, each.net)
  }
  if (due.length > 0) world.emit('balance.available', balanceOf(world))
}

export interface Settled {
  amount: number
  currency: string
  /** Null where nothing is changed. */
  rate: number | null
}

/** An amount in the currency in which the platform settles it. */
export function settled({ terms }: World, amount: number, currency: string): Settled {
  if (terms.settlementCurrencies.includes(currency)) return { amount, currency, rate: null }
  const [into] = terms.settlementCurrencies
  const rate = Math.round(((terms.rates[currency] ?? 1) / (terms.rates[into] ?? 1)) * 1e6) / 1e6
  return {
    amount: Math.round((amount / minorUnits(currency)) * rate * minorUnits(into)),
    currency: into,
    rate,
  }
}

/** What Stripe takes of a payment. */
export function feesOf(
  { terms }: World,
  { amount, rate }: Settled,
): { amount: number; description: string }[] {
  const processing = Math.round((amount * terms.feePercent) / 100) + terms.feeFixed
  const conversion = rate === null ? 0 : Math.round((amount * terms.conversionPercent) / 100)
  return [
    { amount: processing, description: 'Stripe processing fees' },
    ...(conversion > 0 ? [{ amount: conversion, description: 'Stripe currency conversion fee' }] : []),
  ]
}

/** Refuses what this account does not have: a transfer or a payout of money that is not there. */
export function requireAvailable(world: World, amount: number, currency: string): void {
  if (held(world, 'available', currency) >= amount) return
  throw invalid(
    'You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance by creating Charges using the 4000000000000077 test card.',
    { code: 'balance_insufficient' },
  )
}

function balanceOf(world: World): object {
  const names = Object.keys(world.note(`balance ${world.scope}`))
  const currencies = [
    ...new Set([world.terms.settlementCurrencies[0], ...names.map((name) => name.split(':')[1] ?? '')]),
  ]
  const amounts = (state: 'available' | 'pending') =>
    currencies.map((currency) => {
      const amount = held(world, state, currency)
      return { amount, currency, source_types: { card: amount } }
    })
  return { object: 'balance', available: amounts('available'), livemode: false, pending: amounts('pending') }
}

const list = (call: Call) =>
  answerList(call, '/v1/balance_transactions', call.world.all('balance_transaction'), (params) =>
    both(
      equals<BalanceTransaction>(params, 'type', (each) => each.type),
      equals<BalanceTransaction>(params, 'source', (each) => each.source),
      equals<BalanceTransaction>(params, 'currency', (each) => each.currency),
      equals<BalanceTransaction>(params, 'payout', (each) => call.world.note(each.id)['payout']),
    ),
  )

export const balanceRoutes: Route[] = [
  ['GET', '/v1/balance', ({ world }) => balanceOf(world)],
  ['GET', '/v1/balance_transactions', list],
  ['GET', '/v1/balance_transactions/:', (call) => call.world.need('balance_transaction', idAt(call))],
]
