import { part, type Making, type Records } from './making.ts'

/** The business's own list. */
export const ledgerCategories = [
  'Sales',
  'Materials',
  'Rent',
  'Energy',
  'Freight',
  'Packaging',
  'Software',
  'Travel',
  'Fees',
] as const

const cardMerchants = [
  ['Trainline', 'Travel', 20, 90],
  ['Hosting, monthly', 'Software', 15, 60],
  ['Stationery shop', 'Packaging', 8, 40],
  ['Bank charges', 'Fees', 4, 12],
] as const

export function makeAccounts({ row, pounds, day }: Making): Records['accounts'] {
  return [
    row('accounts', {
      name: 'Current account',
      kind: 'bank',
      currency: 'GBP',
      balance: pounds(1_400, 3_200),
      balanceAt: day(-1),
    }),
    row('accounts', {
      name: 'Reserve',
      kind: 'savings',
      currency: 'GBP',
      balance: pounds(500, 1_500),
      balanceAt: day(-1),
    }),
    row('accounts', {
      name: 'Company card',
      kind: 'card',
      currency: 'GBP',
      balance: { amount: -84_000, currency: 'GBP' },
      balanceAt: day(-1),
    }),
  ]
}

// Days after the due day, one for each company: some pay before it, some must be asked twice.
const habits = [-5, 0, 2, 7, 14, 24, 38, 52] as const

/** A year of invoices to companies, each of which has a habit of paying late or not. */
export function makeInvoices(make: Making, customers: Records['customers']): Records['invoices'] {
  const { row, between, day, pounds, chance } = make
  return customers
    .filter(({ company }) => company !== null)
    .flatMap((customer, i) => {
      const habit = habits[i % habits.length] ?? 0
      const term = customer.paymentTermDays ?? 30
      return Array.from({ length: 13 }, (_, n) => {
        const issued = -365 + n * 28 + between(0, 6)
        const due = issued + term
        const paid = due + habit + between(-3, 6)
        const isPaid = paid < 0
        const amount = pounds(180, 2_600)
        const isReminded = !isPaid && due < -20 && chance(0.5)
        return row('invoices', {
          number: `INV-${2_000 + i * 20 + n}`,
          customer: customer.id,
          issuedAt: day(issued),
          dueAt: day(due),
          paidAt: isPaid ? day(paid) : null,
          amount,
          taxAmount: part(amount, 1 / 6),
          amountDue: isPaid ? { amount: 0, currency: 'GBP' } : amount,
          status: isPaid ? 'paid' : 'open',
          remindedAt: isReminded ? day(-10) : null,
          remindersSent: isReminded ? 1 : 0,
          category: 'Sales',
          notes: n === 12 ? `Agreed with ${customer.name ?? 'the buyer'}.` : null,
        })
      })
    })
}

const billed = [
  'Materials',
  'Materials',
  'Materials',
  'Materials',
  'Packaging',
  'Freight',
  'Energy',
  'Rent',
] as const

export function makeBills(make: Making, suppliers: Records['suppliers']): Records['bills'] {
  const { row, between, day, pounds } = make
  return suppliers.flatMap((supplier, i) =>
    Array.from({ length: 12 }, (_, n) => {
      const issued = -340 + n * 30 + between(0, 5)
      const due = issued + (supplier.paymentTermDays ?? 14)
      const isPaid = due < 0
      const amount = pounds(90, 900)
      return row('bills', {
        number: `${300 + i}-${n}`,
        supplier: supplier.id,
        issuedAt: day(issued),
        dueAt: day(due),
        paidAt: isPaid ? day(due) : null,
        amount,
        taxAmount: part(amount, 1 / 6),
        amountDue: isPaid ? { amount: 0, currency: 'GBP' } : amount,
        status: isPaid ? 'paid' : 'open',
        category: billed[i] ?? 'Materials',
      })
    }),
  )
}

type Parties = Pick<Records, 'accounts' | 'invoices' | 'bills' | 'customers' | 'suppliers'>

/** Bank rows: what customers paid, what was paid to suppliers, and the card. Recent ones are neither matched nor categorised yet. */
export function makeTransactions(make: Making, parties: Parties): Records['transactions'] {
  const { row, pick, between, day } = make
  const [current, , card] = parties.accounts
  const nameOf = new Map<string, string>([
    ...parties.customers.map((c) => [c.id, c.company ?? c.name ?? ''] as const),
    ...parties.suppliers.map((s) => [s.id, s.name] as const),
  ])
  const settled = (item: Records['invoices'][number] | Records['bills'][number], isIncome: boolean) => {
    const bookedAt = item.paidAt ?? day(0)
    const party = 'customer' in item ? item.customer : item.supplier
    const isNew = bookedAt > day(-21)
    return row('transactions', {
      account: current?.id ?? '',
      bookedAt,
      valueAt: bookedAt,
      amount: part(item.amount, isIncome ? 1 : -1),
      counterparty: party,
      counterpartyText: nameOf.get(party ?? '') ?? null,
      description: isIncome ? 'Faster payment' : 'Bill payment',
      category: isNew ? null : item.category,
      ...(isNew ? {} : isIncome ? { invoice: item.id } : { bill: item.id }),
      isTransfer: false,
    })
  }
  const paid = [
    ...parties.invoices.filter(({ status }) => status === 'paid').map((item) => settled(item, true)),
    ...parties.bills.filter(({ status }) => status === 'paid').map((item) => settled(item, false)),
  ]
  const spent = Array.from({ length: 120 }, () => {
    const [merchant, category, low, high] = pick(cardMerchants)
    const offset = -between(0, 300)
    return row('transactions', {
      account: card?.id ?? '',
      bookedAt: day(offset),
      valueAt: day(offset),
      amount: { amount: -between(low * 100, high * 100), currency: 'GBP' },
      counterpartyText: merchant,
      description: `Card 4929 ${merchant}`,
      category: offset > -21 ? null : category,
      isTransfer: false,
    })
  })
  return [...paid, ...spent]
}
