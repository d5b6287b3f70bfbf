import { actionTypes, type ActionType } from '@bizq/sdk/contract'
import { describe, expect } from 'vitest'
import { carry, decide, read } from '../../../test/deciding.ts'
import { test as base } from '../../../test/harness.ts'
import type { Person } from '../../../test/people.ts'
import { actionId, inDays, openDesk, type Desk } from '../../../test/proposals.ts'

const test = base.extend<{ desk: Desk }>({
  desk: async ({ platform, operator }, use) => use(await openDesk(platform, operator)),
})

const gbp = (amount: number) => ({ amount, currency: 'GBP' })
type Add = (dataset: string, fields: object) => Promise<string>

/** What is proposed, the record that shows what came of it, and how it stands before, after, and when undone. */
interface Case {
  parameters: Record<string, unknown>
  /** As `dataset/id`, or the path of a list whose only item it is. */
  shows: string
  before: object | null
  after: object
  undone?: object | null
  mail?: { to: string; text: RegExp }
  carriesOver: boolean
}

const customer = (add: Add) =>
  add('customers', { name: 'Jo Miller', email: 'jo@miller.example', acceptsMarketing: true })
const owing = async (add: Add) =>
  add('invoices', {
    number: 'INV-7',
    customer: await customer(add),
    issuedAt: inDays(-40),
    dueAt: inDays(-10),
    amount: gbp(9_000),
    amountDue: gbp(9_000),
    status: 'open',
  })
const movement = async (add: Add, amount: number) =>
  add('transactions', {
    account: await add('accounts', { name: 'Current', kind: 'bank', currency: 'GBP' }),
    bookedAt: inDays(-1),
    amount: gbp(amount),
    counterpartyText: 'J Miller',
  })
const mug = async (add: Add) =>
  add('products', {
    title: 'Blue mug',
    price: gbp(1_250),
    cost: gbp(410),
    supplier: await add('suppliers', { name: 'Acme Supplies' }),
  })

const cases: Record<ActionType, (add: Add) => Promise<Case>> = {
  'bill.reschedule': async (add) => {
    const supplier = await add('suppliers', { name: 'Acme Supplies' })
    const owed = { issuedAt: inDays(-5), amount: gbp(5_000), amountDue: gbp(5_000), status: 'open' }
    const bill = await add('bills', { supplier, dueAt: inDays(3), ...owed })
    return {
      parameters: { bill, dueAt: inDays(17) },
      shows: `bills/${bill}`,
      before: { dueAt: inDays(3) },
      after: { dueAt: inDays(17) },
      carriesOver: true,
    }
  },
  'invoice.remind': async (add) => {
    const invoice = await owing(add)
    return {
      parameters: { invoice },
      shows: `invoices/${invoice}`,
      before: { remindersSent: null },
      after: { remindersSent: 1 },
      mail: { to: 'jo@miller.example', text: /£90/ },
      carriesOver: false,
    }
  },
  'invoice.offer_discount': async (add) => {
    const invoice = await owing(add)
    return {
      parameters: { invoice, rate: 0.02, until: inDays(7) },
      shows: `invoices/${invoice}`,
      before: { discountRate: null, discountUntil: null },
      after: { discountRate: 0.02, discountUntil: inDays(7) },
      mail: { to: 'jo@miller.example', text: /2\s?%/ },
      carriesOver: true,
    }
  },
  'price.change': async (add) => {
    const product = await mug(add)
    return {
      parameters: { product, price: gbp(1_300) },
      shows: `products/${product}`,
      before: { price: gbp(1_250) },
      after: { price: gbp(1_300) },
      carriesOver: true,
    }
  },
  'stock.reorder': async (add) => {
    const product = await mug(add)
    return {
      parameters: { product, quantity: 12 },
      shows: 'purchaseOrders',
      before: null,
      after: { product, quantity: 12, amount: gbp(4_920), status: 'draft' },
      undone: { product, status: 'cancelled' },
      carriesOver: true,
    }
  },
  'ad_budget.change': async (add) => {
    const campaign = await add('campaigns', {
      name: 'Spring',
      platform: 'Google',
      status: 'active',
      dailyBudget: gbp(4_000),
    })
    return {
      parameters: { campaign, dailyBudget: gbp(3_000) },
      shows: `campaigns/${campaign}`,
      before: { dailyBudget: gbp(4_000) },
      after: { dailyBudget: gbp(3_000) },
      carriesOver: true,
    }
  },
  'expense.categorise': async (add) => {
    const transaction = await movement(add, -1_200)
    return {
      parameters: { transaction, category: 'Office supplies' },
      shows: `transactions/${transaction}`,
      before: { category: null },
      after: { category: 'Office supplies' },
      carriesOver: true,
    }
  },
  'payment.match': async (add) => {
    const invoice = await owing(add)
    return {
      parameters: { transaction: await movement(add, 9_000), invoice },
      shows: `invoices/${invoice}`,
      before: { status: 'open', amountDue: gbp(9_000), paidAt: null },
      after: { status: 'paid', amountDue: gbp(0), paidAt: inDays(-1) },
      carriesOver: true,
    }
  },
  'refund.issue': async (add) => {
    const sold = { placedAt: `${inDays(-3)}T10:00:00Z`, payment: 'paid', fulfilment: 'fulfilled' }
    const order = await add('orders', {
      number: '1001',
      customer: await customer(add),
      total: gbp(6_480),
      ...sold,
    })
    return {
      parameters: { order, amount: gbp(480), reason: 'late' },
      shows: `orders/${order}`,
      before: { refunded: null, payment: 'paid' },
      after: { refunded: gbp(480), payment: 'part-refunded' },
      carriesOver: true,
    }
  },
  'email.send': async (add) => {
    const to = await customer(add)
    const words = { subject: 'News from {business.name}', text: 'Dear {customer.name}, we moved.' }
    return {
      parameters: { customer: to, purpose: 'service', ...words },
      shows: `customers/${to}`,
      before: { name: 'Jo Miller' },
      after: { name: 'Jo Miller' },
      mail: { to: 'jo@miller.example', text: /Dear Jo Miller, we moved\./ },
      carriesOver: false,
    }
  },
  'ticket.reply': async (add) => {
    const opened = { openedAt: `${inDays(-1)}T10:00:00Z`, status: 'open', subject: 'Where is it?' }
    const ticket = await add('tickets', { number: '5501', customer: await customer(add), ...opened })
    return {
      parameters: { ticket, text: 'Dear {customer.name}, it is on its way.', closes: true },
      shows: `tickets/${ticket}`,
      before: { status: 'open', repliedAt: null },
      after: { status: 'closed', repliedAt: expect.any(String) },
      mail: { to: 'jo@miller.example', text: /it is on its way/ },
      carriesOver: true,
    }
  },
  'task.create': async (add) => {
    const invoice = await owing(add)
    return {
      parameters: { title: 'Call about {invoice.number} of {invoice.amountDue}', invoice },
      shows: '/v1/tasks',
      before: null,
      after: { body: { title: 'Call about INV-7 of £90' }, state: 'open' },
      undone: null,
      carriesOver: false,
    }
  },
}

async function show(operator: Person, business: string, shows: string): Promise<object | null> {
  const path = shows.startsWith('/') ? shows : `/v1/businesses/${business}/data/${shows}`
  const { body } = await operator.get(path)
  return 'items' in body ? (body.items[0] ?? null) : body
}

const adder =
  (operator: Person, business: string): Add =>
  async (dataset, fields) => {
    const made = await operator.post(`/v1/businesses/${business}/data/${dataset}`, fields)
    if (made.status !== 201) throw new Error(`${dataset}: ${JSON.stringify(made.body)}`)
    return made.body.id
  }

describe.for(actionTypes)('%s', (type) => {
  test('is proposed, read in words, carried out, and taken back or said to be for good', async ({
    platform,
    operator,
    desk,
  }) => {
    const { parameters, shows, before, after, undone, mail, carriesOver } = await cases[type](
      adder(operator, desk.business),
    )
    const { actions, dropped } = await desk.propose([{ type, parameters }])
    expect(dropped).toEqual([])
    const action = await read(operator, actionId(actions[0] ?? ''))
    expect(action).toMatchObject({ type, state: 'proposed', policy: { outcome: 'ask' } })
    expect(action.sentence).not.toMatch(/[{}]|undefined|null/)
    expect(await show(operator, desk.business, shows)).toEqual(before && expect.objectContaining(before))

    expect((await decide(operator, action)).status).toBe(200)
    await carry(platform, operator, action.id)
    await carry(platform, operator, action.id)
    const applied = await read(operator, action.id)
    expect(applied).toMatchObject({ state: 'applied', effect: { state: 'done' } })
    expect(await show(operator, desk.business, shows)).toMatchObject(after)
    const mails = (await operator.get('/v1/outbox')).body.items
    expect(mails).toEqual(
      mail ? [expect.objectContaining({ to: mail.to, body: expect.stringMatching(mail.text) })] : [],
    )
    expect((await operator.get('/v1/carry-over')).body.items).toHaveLength(carriesOver ? 1 : 0)

    const back = await operator.post(`/v1/actions/${action.id}/undo`)
    if (applied.noUndo !== null) {
      expect([applied.canUndo, back.status]).toEqual([false, 409])
      expect(await show(operator, desk.business, shows)).toMatchObject(after)
      return
    }
    expect(back.body).toMatchObject({ state: 'undone', effect: { state: 'undone' } })
    const left = await show(operator, desk.business, shows)
    expect(left).toEqual(undone === null ? null : expect.objectContaining(undone ?? before ?? {}))
  })
})
