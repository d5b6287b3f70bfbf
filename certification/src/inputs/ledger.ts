import { between, pick, pseudonym } from './dice.ts'
import { idsOf, type Making, type Row } from './making.ts'

export function makeAccounts({ id, isTight, money, dayAt, currency = 'GBP' }: Making): Row[] {
  const account = (name: string, kind: string, pounds: number): Row => ({
    id: id('accounts'),
    name,
    kind,
    currency,
    balance: money(pounds * 100),
    balanceAt: dayAt(-1),
  })
  return [
    account('Main account', 'bank', isTight ? 2_400 : 48_000),
    account('Reserve', 'savings', isTight ? 300 : 15_000),
    account('Van loan', 'loan', -9_000),
  ]
}

/** Customers pay as late as is their habit; what would be paid after today is open. */
export function makeInvoices(making: Making, customers: readonly Row[]): Row[] {
  const { roll, id, dayAt, money, countOf, size, backIn } = making
  const ids = idsOf(customers)
  return Array.from({ length: countOf('invoices', size * 2) }, (_, i) => {
    const who = between(0, ids.length - 1, roll)
    const issued = backIn('invoices')
    const due = issued + pick([14, 30], roll)
    const paid = due + (who % 5) * 6 + between(-3, 6, roll)
    const isPaid = paid < 0 && roll() < 0.85
    const amount = Math.round(10 ** (2.2 + roll() * 1.8) * 100)
    const reminders = isPaid || due > -8 ? 0 : between(0, 2, roll)
    const hasOffer = !isPaid && roll() < 0.25
    return {
      id: id('invoices'),
      customer: ids[who] ?? null,
      issuedAt: dayAt(issued),
      dueAt: dayAt(due),
      paidAt: isPaid ? dayAt(Math.max(paid, issued)) : null,
      amount: money(amount),
      taxAmount: money(amount / 6),
      amountDue: money(isPaid ? 0 : amount),
      status: isPaid ? 'paid' : i % 23 === 22 ? 'draft' : 'open',
      remindedAt: reminders > 0 ? dayAt(-pick([3, 12, 20], roll)) : null,
      remindersSent: reminders,
      discountRate: hasOffer ? 0.03 : null,
      discountUntil: hasOffer ? dayAt(between(1, 10, roll)) : null,
      category: pick(['Sales', 'Services'], roll),
      notes: `As agreed with ${ids[who]}`,
    }
  })
}

const expenses = [
  ['City Rail', 'TICKET', 'Travel', 'passenger railways', 60],
  ['Paper and More', 'STATIONERY ORDER', 'Stationery', 'office supplies', 45],
  ['Cloudhost', 'MONTHLY SUBSCRIPTION', 'Software', 'computer services', 120],
  ['Quay Estates', 'RENT OFFICE', 'Rent', 'real estate', 1_400],
  ['Fuel Point', 'FUEL PUMP', 'Vehicles', 'service stations', 80],
  ['Corner Deli', 'LUNCH TEAM', 'Meals', 'restaurants', 35],
] as const

export function makeBills(making: Making, suppliers: readonly Row[]): Row[] {
  const { roll, id, dayAt, money, countOf, size, isTight, backIn } = making
  const ids = idsOf(suppliers)
  return Array.from({ length: countOf('bills', size * 1.5) }, () => {
    const issued = backIn('bills')
    const due = issued + pick([14, 30, 60], roll)
    const isPaid = due < 1 && roll() < 0.95
    const amount = Math.round(10 ** (2.2 + roll() * 1.3) * (isTight ? 250 : 100))
    return {
      id: id('bills'),
      supplier: pick(ids, roll),
      issuedAt: dayAt(issued),
      dueAt: dayAt(due),
      paidAt: isPaid ? dayAt(due) : null,
      amount: money(amount),
      taxAmount: money(amount / 6),
      amountDue: money(isPaid ? 0 : amount),
      status: isPaid ? 'paid' : 'open',
      category: pick(expenses, roll)[2],
      notes: 'Delivered to the yard',
    }
  })
}

interface Beside {
  accounts: readonly Row[]
  invoices: readonly Row[]
  bills: readonly Row[]
}

/** A year at the bank: takings and expenses every week, the latest expenses not categorised yet. */
export function makeTransactions(making: Making, beside: Beside): Row[] {
  const { roll, id, dayAt, money, countOf, size, windowOf } = making
  const [main, reserve] = idsOf(beside.accounts)
  const payers = Array.from({ length: 6 }, () => pseudonym('cpy', roll))
  const payees = expenses.map(() => pseudonym('cpy', roll))
  const count = countOf('transactions', size * 4)
  const span = Math.min(windowOf('transactions') - 1, 3_000)
  return Array.from({ length: count }, (_, i) => {
    const offset = -Math.floor(((count - 1 - i) / Math.max(count - 1, 1)) * span)
    const booked = dayAt(offset)
    const row = { id: id('transactions'), bookedAt: booked, valueAt: booked }
    if (i % 3 === 0) {
      const payer = between(0, payers.length - 1, roll)
      return {
        ...row,
        account: (roll() < 0.9 ? main : reserve) ?? null,
        amount: money(between(150, 900, roll) * 100),
        counterparty: payers[payer] ?? null,
        counterpartyText: `Customer ${payer}`,
        description: 'TRANSFER IN',
        category: null,
        merchantCategory: null,
        invoice: roll() < 0.5 ? pick(idsOf(beside.invoices), roll) : null,
        bill: null,
        isTransfer: false,
      }
    }
    const which = between(0, expenses.length - 1, roll)
    const [name, words, usual, kind, pounds] = expenses[which] ?? expenses[0]
    const account = (which % 3 > 0 === roll() < 0.9 ? main : reserve) ?? null
    // Somewhere new: only one or the other clue tells what it was for.
    const isNew = offset > -40 && roll() < 0.5
    const clue = isNew ? i % 4 : -1
    // Books are kept by people: some rows are booked otherwise than usual.
    const category = roll() < 0.12 ? pick(expenses, roll)[2] : usual
    const isCategorised = offset < -40 || roll() < 0.3
    return {
      ...row,
      account,
      amount: money(-pounds * (0.6 + roll() * 0.9) * 100),
      counterparty: isNew ? pseudonym('cpy', roll) : (payees[which] ?? null),
      counterpartyText: clue === -1 || clue === 0 ? `${name} ${i % 5}` : clue === 1 ? null : `Newcomer ${i}`,
      description: clue === -1 || clue === 1 ? `CARD ${words} ${between(100, 999, roll)}` : 'CARD PAYMENT',
      category: isCategorised ? category : null,
      merchantCategory: clue === 2 || roll() < 0.7 ? kind : null,
      invoice: null,
      bill: roll() < 0.2 ? pick(idsOf(beside.bills), roll) : null,
      isTransfer: roll() < 0.04,
    }
  })
}
