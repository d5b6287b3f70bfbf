import { idAt, type Call, type Route } from './call.ts'
import { answerList, both, equals } from './lists.ts'
import { changedMetadata, type Params } from './params.ts'
import { attach, needPaymentMethod, readAddress, readShipping } from './payment-methods.ts'
import { invalid, missing } from './refusal.ts'
import { change, requireCurrency, type World } from './world.ts'
import type { Customer, CustomerBalanceTransaction } from './wire.ts'

type Settings = Customer['invoice_settings']

const noSettings: Settings = {
  custom_fields: null,
  default_payment_method: null,
  footer: null,
  rendering_options: null,
}

function readSettings(
  world: World,
  before: Settings,
  params: Params | undefined,
  customer: string,
  /** The test card that the same request has attached, by the name that it gave. */
  attached?: { name: string; id: string },
): Settings {
  if (!params) return before
  params.accept('rendering_options')
  const named = params.orNull('default_payment_method')
  const method = named === attached?.name ? attached?.id : named
  const footer = params.orNull('footer')
  const fields = params
    .groups('custom_fields')
    ?.map((each) => ({ name: each.needText('name'), value: each.needText('value') }))
  if (
    method &&
    world.need('payment_method', method, 'invoice_settings[default_payment_method]').customer !== customer
  )
    throw invalid(`The customer does not have a payment method with the ID ${method}.`, {
      code: 'resource_missing',
      param: 'invoice_settings[default_payment_method]',
    })
  return {
    ...before,
    ...(fields && { custom_fields: fields.length > 0 ? fields : null }),
    ...(method !== undefined && { default_payment_method: method }),
    ...(footer !== undefined && { footer }),
  }
}

/** What both creation and change read, as far as it is given. */
function readFields(params: Params): Partial<Customer> {
  const texts = Object.fromEntries(
    ['description', 'email', 'name', 'phone'].flatMap((name) => {
      const given = params.orNull(name)
      return given === undefined ? [] : [[name, given]]
    }),
  )
  params.accept('tax', 'validate_location', 'cash_balance')
  const exempt = params.oneOf('tax_exempt', ['none', 'exempt', 'reverse'])
  const locales = params.texts('preferred_locales')
  const shipping = readShipping(params.group('shipping'))
  return {
    ...texts,
    ...(params.has('address') && { address: readAddress(params.group('address')) }),
    ...(exempt && { tax_exempt: exempt }),
    ...(locales && { preferred_locales: locales }),
    ...(shipping && { shipping }),
  }
}

function create({ world, params }: Call): Customer {
  const id = world.newId('cus', 14)
  const clock = params.text('test_clock') ?? null
  if (clock) world.need('test_helpers.test_clock', clock, 'test_clock')
  const method = params.text('payment_method')
  const made: Customer = {
    id,
    object: 'customer',
    address: null,
    balance: params.whole('balance') ?? 0,
    created: world.now(clock),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: params.text('invoice_prefix') ?? id.slice(-8).toUpperCase(),
    invoice_settings: noSettings,
    livemode: false,
    metadata: changedMetadata({}, params),
    name: null,
    next_invoice_sequence: params.whole('next_invoice_sequence') ?? 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: clock,
    ...readFields(params),
  }
  world.put('customer', made)
  const attached = method
    ? { name: method, id: attach(world, needPaymentMethod(world, method), id).id }
    : undefined
  const settings = readSettings(world, noSettings, params.group('invoice_settings'), id, attached)
  const customer = world.put('customer', { ...made, invoice_settings: settings })
  world.emit('customer.created', customer)
  return customer
}

function update(call: Call): Customer {
  const { world, params } = call
  const customer = world.need('customer', idAt(call))
  const balance = params.whole('balance')
  if (balance !== undefined && balance !== customer.balance)
    moveBalance(world, customer, balance - customer.balance, { type: 'adjustment' })
  const next = params.whole('next_invoice_sequence')
  const current = world.need('customer', customer.id)
  const patch: Partial<Customer> = {
    ...readFields(params),
    metadata: changedMetadata(customer.metadata ?? {}, params),
    invoice_settings: readSettings(
      world,
      customer.invoice_settings,
      params.group('invoice_settings'),
      customer.id,
    ),
    ...(next !== undefined && { next_invoice_sequence: next }),
  }
  return change(world, 'customer', current, patch, 'customer.updated')
}

/** Deleted: what was open ends, and nothing of it can be charged again. */
function remove(call: Call): object {
  const { world } = call
  const customer = world.need('customer', idAt(call))
  for (const method of world.under('payment_method', customer.id))
    change(world, 'payment_method', method, { customer: null }, 'payment_method.detached')
  for (const item of world.under('invoiceitem', customer.id))
    if (!item.invoice) world.drop('invoiceitem', item.id)
  for (const each of world.under('subscription', customer.id))
    if (each.status !== 'canceled') {
      world.unplan(each.id)
      change(
        world,
        'subscription',
        each,
        {
          status: 'canceled',
          canceled_at: world.now(customer.test_clock),
          ended_at: world.now(customer.test_clock),
        },
        'customer.subscription.deleted',
      )
    }
  world.drop('customer', customer.id)
  world.setNote(customer.id, { isDeleted: true })
  world.emit('customer.deleted', customer)
  return { id: customer.id, object: 'customer', deleted: true }
}

function retrieve(call: Call): object {
  const { world } = call
  const id = idAt(call)
  if (!world.find('customer', id) && world.note(id)['isDeleted'])
    return { id, object: 'customer', deleted: true }
  return world.need('customer', id)
}

interface Movement {
  type: CustomerBalanceTransaction['type']
  currency?: string
  description?: string | null
  invoice?: string | null
  creditNote?: string | null
  metadata?: Record<string, string>
}

/** A credit is below zero: it is taken from the next invoices. */
export function moveBalance(
  world: World,
  customer: Customer,
  amount: number,
  movement: Movement,
): CustomerBalanceTransaction {
  const currency = movement.currency ?? customer.currency ?? 'usd'
  if (customer.currency && customer.currency !== currency)
    throw invalid(`The customer's balance is kept in ${customer.currency}, not in ${currency}.`, {
      param: 'currency',
    })
  const changed = change(
    world,
    'customer',
    customer,
    { balance: customer.balance + amount, currency },
    'customer.updated',
  )
  const entry = world.put('customer_balance_transaction', {
    id: world.newId('cbtxn'),
    object: 'customer_balance_transaction',
    amount,
    checkout_session: null,
    created: world.now(customer.test_clock),
    credit_note: movement.creditNote ?? null,
    currency,
    customer: customer.id,
    customer_account: null,
    description: movement.description ?? null,
    ending_balance: changed.balance,
    invoice: movement.invoice ?? null,
    livemode: false,
    metadata: movement.metadata ?? {},
    type: movement.type,
  })
  return entry
}

function createBalanceTransaction(call: Call): CustomerBalanceTransaction {
  const { world, params } = call
  const customer = world.need('customer', idAt(call))
  return moveBalance(world, customer, params.needWhole('amount'), {
    type: 'adjustment',
    currency: requireCurrency(world, params.needText('currency')),
    description: params.orNull('description') ?? null,
    metadata: changedMetadata({}, params),
  })
}

function balanceTransaction(call: Call): CustomerBalanceTransaction {
  const entry = call.world.need('customer_balance_transaction', idAt(call, 1))
  if (entry.customer !== idAt(call)) throw missing('customer balance transaction', entry.id)
  return entry
}

export const customerRoutes: Route[] = [
  ['POST', '/v1/customers', create],
  [
    'GET',
    '/v1/customers',
    (call) =>
      answerList(call, '/v1/customers', call.world.all('customer'), (params) =>
        both(
          equals<Customer>(params, 'email', (each) => each.email),
          equals<Customer>(params, 'test_clock', (each) => each.test_clock),
        ),
      ),
  ],
  ['GET', '/v1/customers/:', retrieve],
  ['POST', '/v1/customers/:', update],
  ['DELETE', '/v1/customers/:', remove],
  ['POST', '/v1/customers/:/balance_transactions', createBalanceTransaction],
  [
    'GET',
    '/v1/customers/:/balance_transactions',
    (call) => {
      const { id } = call.world.need('customer', idAt(call))
      return answerList(
        call,
        `/v1/customers/${id}/balance_transactions`,
        call.world.under('customer_balance_transaction', id),
      )
    },
  ],
  ['GET', '/v1/customers/:/balance_transactions/:', balanceTransaction],
]
