import { describe, expect, test } from 'vitest'
import { datasetOf, type DatasetName } from '../datasets/index.ts'
import { cardVersion } from '../digest.ts'
import { encodeId } from '../ids.ts'
import {
  actionOf,
  actionTypes,
  cardFields,
  checkTemplates,
  messagesFor,
  parametersOf,
  renderCarryOver,
  renderSentence,
  targetOf,
  translateParameters,
  undoOf,
  type ActionType,
  type Circumstances,
  type LoadedRecords,
  type Patch,
  type RecordBefore,
} from './index.ts'

type Row = Record<string, unknown>
let made = 0
const id = (dataset: DatasetName) =>
  encodeId(datasetOf(dataset).prefix, `01890a5d-ac96-774b-bcce-${String(++made).padStart(12, '0')}`)
const row = (dataset: DatasetName, fields: Row): Row => ({
  ...Object.fromEntries(Object.keys(datasetOf(dataset).fields).map((name) => [name, null])),
  id: id(dataset),
  ...fields,
})
const gbp = (amount: number) => ({ amount, currency: 'GBP' })
const now: Circumstances = {
  today: '2026-12-01',
  now: '2026-12-01T09:00:00.000Z',
  currency: 'GBP',
  locale: 'en-GB',
  businessName: 'Corner Shop',
  categories: ['Rent', 'Stationery'],
}

const supplier = row('suppliers', { name: 'Acme Supplies', email: 'ap@acme.example' })
const customer = row('customers', { name: 'Ann Lee', email: 'ann@example.org', acceptsMarketing: false })
const bill = row('bills', {
  supplier: supplier['id'],
  amountDue: gbp(124_000),
  dueAt: '2026-12-03',
  status: 'open',
})
const invoice = row('invoices', {
  customer: customer['id'],
  number: 'A-17',
  issuedAt: '2026-10-01',
  dueAt: '2026-10-31',
  amountDue: gbp(50_000),
  status: 'open',
  remindersSent: 1,
})
const product = row('products', {
  title: 'Blue mug',
  price: gbp(1_250),
  cost: gbp(400),
  supplier: supplier['id'],
  isActive: true,
})
const stock = [
  row('inventory', { product: product['id'], onHand: 30 }),
  row('inventory', { product: product['id'], onHand: 12 }),
]
const campaign = row('campaigns', {
  name: 'Winter',
  platform: 'Google',
  status: 'active',
  dailyBudget: gbp(2_000),
})
const paid = row('transactions', {
  amount: gbp(50_000),
  bookedAt: '2026-11-20',
  counterpartyText: 'A LEE',
  description: 'FPI A-17',
})
const order = row('orders', {
  number: '#1001',
  customer: customer['id'],
  total: gbp(8_000),
  refunded: gbp(1_000),
  payment: 'part-refunded',
})
const ticket = row('tickets', {
  number: 'T-9',
  customer: customer['id'],
  subject: 'Where is it?',
  status: 'open',
})

interface Case {
  records: LoadedRecords
  parameters: Row
  stake: number
  sentence: string
  /** A change after which it may not be carried out, and the code that says so. */
  moved: [path: string, fields: Row, code: string]
}

const cases: Record<ActionType, Case> = {
  'bill.reschedule': {
    records: { bill, 'bill.supplier': supplier },
    parameters: { bill: bill['id'], dueAt: '2026-12-10' },
    stake: 124_000,
    sentence: 'Move Acme Supplies’s bill of £1,240 from 3 Dec 2026 to 10 Dec 2026',
    moved: ['bill', { status: 'paid' }, 'not-open'],
  },
  'invoice.remind': {
    records: { invoice, 'invoice.customer': customer },
    parameters: { invoice: invoice['id'] },
    stake: 50_000,
    sentence: 'Remind Ann Lee of invoice A-17 over £500, due 31 Oct 2026',
    moved: ['invoice.customer', { email: null }, 'no-email-address'],
  },
  'invoice.offer_discount': {
    records: { invoice, 'invoice.customer': customer },
    parameters: { invoice: invoice['id'], rate: 0.025, until: '2026-12-15' },
    stake: 1_250,
    sentence: 'Offer Ann Lee 2.5% off £500 for paying by 15 Dec 2026',
    moved: ['invoice', { status: 'void' }, 'not-open'],
  },
  'price.change': {
    records: { product, 'product.stock': stock },
    parameters: { product: product['id'], price: gbp(1_300) },
    stake: 2_100,
    sentence: 'Change the price of Blue mug from £12.50 to £13',
    moved: ['product', { price: gbp(1_300) }, 'unchanged'],
  },
  'stock.reorder': {
    records: { product, 'product.supplier': supplier, 'product.stock': stock, supplier: null },
    parameters: { product: product['id'], quantity: 24, expectedAt: '2026-12-20' },
    stake: 9_600,
    sentence: 'Order 24 of Blue mug from Acme Supplies to arrive by 20 Dec 2026',
    moved: ['product', { isActive: false }, 'not-active'],
  },
  'ad_budget.change': {
    records: { campaign },
    parameters: { campaign: campaign['id'], dailyBudget: gbp(2_500) },
    stake: 15_000,
    sentence: 'Change the daily budget of Winter on Google from £20 to £25',
    moved: ['campaign', { status: 'ended' }, 'not-active'],
  },
  'expense.categorise': {
    records: { transaction: paid },
    parameters: { transaction: paid['id'], category: 'Rent' },
    stake: 50_000,
    sentence: 'Put £500 (A LEE) of 20 Nov 2026 into Rent',
    moved: ['transaction', { category: 'Rent' }, 'unchanged'],
  },
  'payment.match': {
    records: { transaction: paid, invoice, 'invoice.customer': customer, bill: null, 'bill.supplier': null },
    parameters: { transaction: paid['id'], invoice: invoice['id'] },
    stake: 50_000,
    sentence: 'Match £500 of 20 Nov 2026 to Ann Lee’s invoice of £500',
    moved: ['invoice', { amountDue: gbp(40_000) }, 'amount-too-high'],
  },
  'refund.issue': {
    records: { order, 'order.customer': customer },
    parameters: { order: order['id'], amount: gbp(7_000), reason: 'not-as-described' },
    stake: 7_000,
    sentence: 'Refund £70 of £80 to Ann Lee for order #1001 (not as described)',
    moved: ['order', { refunded: gbp(2_000) }, 'amount-too-high'],
  },
  'email.send': {
    records: { customer, supplier: null },
    parameters: {
      customer: customer['id'],
      purpose: 'service',
      subject: 'Hello {customer.name}',
      text: 'From {business.name}',
    },
    stake: 0,
    sentence: 'Send Ann Lee the e-mail “Hello Ann Lee”',
    moved: ['customer', { name: null }, 'template-value-missing'],
  },
  'ticket.reply': {
    records: { ticket, 'ticket.customer': customer, 'ticket.order': null },
    parameters: { ticket: ticket['id'], text: 'Dear {customer.name}, it is on its way.', closes: true },
    stake: 0,
    sentence: 'Reply to Ann Lee about “Where is it?”',
    moved: ['ticket', { status: 'closed' }, 'not-open'],
  },
  'task.create': {
    records: { customer, supplier: null, invoice: null, bill: null, order: null, product: null },
    parameters: { title: 'Call {customer.name}', customer: customer['id'], dueAt: '2026-12-05' },
    stake: 0,
    sentence: 'Put “Call Ann Lee” on the task list, due 5 Dec 2026',
    moved: ['customer', { name: null }, 'template-value-missing'],
  },
}

const withChange = (records: LoadedRecords, path: string, fields: Row): LoadedRecords => ({
  ...records,
  [path]: { ...(records[path] as Row), ...fields },
})
const datasetAt = (type: ActionType, path: string): DatasetName => {
  const what = actionOf(type).records[path]
  return typeof what === 'string' ? what : (what?.dataset as DatasetName)
}
const before = (type: ActionType, records: LoadedRecords): RecordBefore[] =>
  Object.entries(records).flatMap(([path, found]) => {
    const rows = (Array.isArray(found) ? found : [found]).filter((r) => r !== null) as Row[]
    return rows.map((r) => ({ dataset: datasetAt(type, path), row: r }))
  })

describe.each(actionTypes)('%s', (type) => {
  const action = actionOf(type)
  const { records, parameters, stake, sentence, moved } = cases[type]

  test('takes its parameters with record ids, and only with pseudonyms on the provider’s side', () => {
    expect(action.parameters.safeParse(parameters).error).toBeUndefined()
    const masked = translateParameters(type, parameters, {
      reference: (dataset) => `${datasetOf(dataset).prefix}_${'a'.repeat(32)}`,
      money: (money) => money,
    })
    expect(action.providerParameters.safeParse(masked).error).toBeUndefined()
    expect(action.parameters.safeParse({ ...parameters, surplus: 1 }).success).toBe(false)
    if (parametersOf(action.parameters).some((p) => p.dataset && parameters[p.name] !== undefined)) {
      expect(action.providerParameters.safeParse(parameters).success).toBe(false)
      expect(action.parameters.safeParse(masked).success).toBe(false)
    }
  })

  test('computes its stake from the records', () => {
    expect(action.stake(records, parameters, now)).toEqual(gbp(stake))
  })

  test('can be carried out, until the world has moved', () => {
    expect(action.precondition(records, parameters, now)).toBe(true)
    const [path, fields, code] = moved
    expect(action.precondition(withChange(records, path, fields), parameters, now)).toMatchObject({ code })
    expect(messagesFor('en').preconditions).toHaveProperty(code)
  })

  test('reads as a sentence with real names, and says what is to be done outside', () => {
    expect(renderSentence('en-GB', type, records, parameters)).toBe(sentence)
    const outside = renderCarryOver('en-GB', type, records, parameters)
    if (action.hasCarryOver) expect(outside).not.toMatch(/[{}[\]|–]|^$/)
    else expect(outside).toBeNull()
  })

  test('its card has another version when anything on it, or a parameter, changes', () => {
    const version = cardVersion(type, records, parameters)
    expect(version).toMatch(/^[0-9a-f]{64}$/)
    expect(cardVersion(type, structuredClone(records), { ...parameters })).toBe(version)
    const [path, fields] = moved
    expect(cardVersion(type, withChange(records, path, fields), parameters)).not.toBe(version)
    for (const { name } of parametersOf(action.parameters).filter((p) => p.name in parameters)) {
      expect(cardVersion(type, records, { ...parameters, [name]: 'other' })).not.toBe(version)
    }
  })

  test('every field on its card exists', () => {
    const everything = Object.fromEntries(
      Object.keys(action.records).map((path) => [path, row(datasetAt(type, path), {})]),
    )
    expect(cardFields(type, everything).map((f) => f.path)).toEqual([...action.card])
    for (const name of action.placeholders ?? []) {
      const known = { ...everything, business: {} }
      expect(Object.keys(known).some((path) => path.split('.').at(-1) === name.split('.')[0])).toBe(true)
    }
  })

  test('what it does is taken back exactly, or it says plainly that nothing does', () => {
    const patches = action
      .effect(records, parameters, now)
      .map((patch, i): Patch => ('create' in patch || 'task' in patch ? { ...patch, id: `new_${i}` } : patch))
    expect(patches.length).toBeGreaterThan(0)
    const undo = undoOf(type, before(type, records), patches)
    if ('none' in undo) {
      expect(undo.none).toMatch(/cannot be/)
      expect(action.undoWithin).toBeNull()
      return
    }
    expect(action.undoWithin).toMatch(/^P\d+D$/)
    for (const patch of patches) {
      if ('set' in patch) {
        const was = before(type, records).find((b) => b.row['id'] === patch.id)?.row ?? {}
        const back = undo.find((u) => 'set' in u && u.id === patch.id) as Extract<Patch, { set: unknown }>
        expect({ ...was, ...patch.set, ...back.set }).toEqual(was)
      } else expect(undo).toHaveLength(1)
      expect('mail' in patch).toBe(false)
    }
  })

  test('a type that reaches a third party or moves money out is at least of medium risk', () => {
    if (action.reachesThirdParty || action.movesMoneyOut) expect(action.risk).not.toBe('low')
    const sends = action.effect(records, parameters, now).some((patch) => 'mail' in patch)
    if (sends) expect(action.reachesThirdParty).toBe(true)
  })

  test('names its target', () => {
    const { parameter, value } = targetOf(type, parameters)
    expect(parameters[parameter]).toBe(value)
  })
})

test('a mail is filled with real values and goes to the record’s own address', () => {
  const [, mail] = actionOf('invoice.remind').effect(
    { invoice, 'invoice.customer': customer },
    {
      invoice: invoice['id'],
      subject: '{invoice.amountDue} since {invoice.dueAt}',
      text: 'Dear {customer.name}',
    },
    now,
  )
  expect(mail).toEqual({
    mail: {
      to: { dataset: 'customers', id: customer['id'] },
      subject: '£500 since 31 Oct 2026',
      text: 'Dear Ann Lee',
    },
  })
})

test('a payment in part leaves the rest open', () => {
  const half: Row = { ...paid, amount: gbp(20_000) }
  const records = {
    transaction: half,
    invoice,
    'invoice.customer': customer,
    bill: null,
    'bill.supplier': null,
  }
  const patches = actionOf('payment.match').effect(
    records,
    { transaction: half['id'], invoice: invoice['id'] },
    now,
  )
  expect(patches[1]).toEqual({ dataset: 'invoices', id: invoice['id'], set: { amountDue: gbp(30_000) } })
})

test('exactly one of an invoice and a bill can be matched', () => {
  const { parameters } = actionOf('payment.match')
  expect(parameters.safeParse({ transaction: paid['id'] }).success).toBe(false)
  expect(
    parameters.safeParse({ transaction: paid['id'], invoice: invoice['id'], bill: bill['id'] }).success,
  ).toBe(false)
})

test('an unknown stake is null, never zero', () => {
  const records = { ...cases['stock.reorder'].records, product: { ...product, cost: null } }
  expect(actionOf('stock.reorder').stake(records, { quantity: 5 }, now)).toBeNull()
})

test('marketing goes only to who agreed to it', () => {
  const { records, parameters } = cases['email.send']
  const marketing = { ...parameters, purpose: 'marketing' }
  expect(actionOf('email.send').precondition(records, marketing, now)).toMatchObject({
    code: 'marketing-not-agreed',
  })
})

test('a bare category is refused when it is not on the business’s list', () => {
  const { records } = cases['expense.categorise']
  const result = actionOf('expense.categorise').precondition(records, { category: 'Fun' }, now)
  expect(result).toMatchObject({ code: 'unknown-category' })
})

test('translation goes through every reference and every amount, and nothing else', () => {
  const seen: string[] = []
  const translated = translateParameters('refund.issue', cases['refund.issue'].parameters, {
    reference: (dataset, value) => (seen.push(dataset), `x${value}`),
    money: ({ amount, currency }) => ({ amount: amount * 2, currency }),
  })
  expect(translated).toEqual({
    order: `x${String(order['id'])}`,
    amount: gbp(14_000),
    reason: 'not-as-described',
  })
  expect(seen).toEqual(['orders'])
})

test('each text of an action is checked, by the parameter that holds it', () => {
  const texts = { subject: 'Owed: £100', text: 'See http://elsewhere.example' }
  const problems = checkTemplates('invoice.remind', texts, { money: 'scaled', domains: [] })
  expect(problems.map((p) => [p.parameter, p.code])).toEqual([
    ['subject', 'digits-beside-currency'],
    ['text', 'foreign-link'],
  ])
})
