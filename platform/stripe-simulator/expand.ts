import { invalid } from './refusal.ts'
import type { Kind } from './wire.ts'
import type { World } from './world.ts'

const prefixes: Record<string, Kind> = {
  acct: 'account',
  ba: 'bank_account',
  cbtxn: 'customer_balance_transaction',
  ch: 'charge',
  clock: 'test_helpers.test_clock',
  cn: 'credit_note',
  cs: 'checkout.session',
  cus: 'customer',
  di: 'discount',
  dp: 'dispute',
  du: 'dispute',
  file: 'file',
  ii: 'invoiceitem',
  in: 'invoice',
  il: 'line_item',
  inpay: 'invoice_payment',
  pi: 'payment_intent',
  pm: 'payment_method',
  po: 'payout',
  price: 'price',
  prod: 'product',
  py: 'charge',
  pyr: 'refund',
  re: 'refund',
  seti: 'setup_intent',
  si: 'subscription_item',
  sub: 'subscription',
  tr: 'transfer',
  trr: 'transfer_reversal',
  txn: 'balance_transaction',
}

type Json = Record<string, unknown>
const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Lists that stand in an object only when they are asked for. */
const includable: Record<string, Record<string, Kind>> = {
  invoice: { payments: 'invoice_payment' },
  charge: { refunds: 'refund' },
  customer: { subscriptions: 'subscription' },
}

function included(world: World, object: Json, name: string): unknown {
  const kind = includable[String(object['object'])]?.[name]
  if (!kind) return undefined
  const id = String(object['id'])
  const all = world.under(kind, id).toReversed()
  const url =
    kind === 'invoice_payment'
      ? `/v1/invoice_payments?invoice=${id}`
      : `/v1/${String(object['object'])}s/${id}/${name}`
  return { object: 'list', data: all.slice(0, 10), has_more: all.length > 10, url }
}

function expandAt(world: World, object: Json, path: string[], full: string): Json {
  const [name = '', ...rest] = path
  const value = object[name] === undefined ? included(world, object, name) : object[name]
  if (value === undefined) throw invalid(`This property cannot be expanded (${full}).`, { param: 'expand' })
  return { ...object, [name]: expandValue(world, value, rest, full) }
}

function expandValue(world: World, value: unknown, rest: string[], full: string): unknown {
  if (value === null) return null
  if (Array.isArray(value)) return value.map((each) => expandValue(world, each, rest, full))
  if (isJson(value)) return rest.length > 0 ? expandAt(world, value, rest, full) : value
  const id = typeof value === 'string' ? value : ''
  const kind = prefixes[id.split('_')[0] ?? '']
  const found = kind && world.store.find(kind, id)?.object
  if (!found) throw invalid(`This property cannot be expanded (${full}).`, { param: 'expand' })
  return rest.length > 0 ? expandAt(world, found as unknown as Json, rest, full) : found
}

/** Puts objects in the place of their ids: `expand[]=latest_charge.balance_transaction`, at most four deep. */
export function expanded(world: World, object: object, paths: string[]): object {
  return paths.reduce<Json>((sofar, path) => {
    const parts = path.split('.')
    if (parts.length > (parts[0] === 'data' ? 5 : 4))
      throw invalid(`You cannot expand more than 4 levels of a property (${path}).`, { param: 'expand' })
    return expandAt(world, sofar, parts, path)
  }, object as Json)
}
