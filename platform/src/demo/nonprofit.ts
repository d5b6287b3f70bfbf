import { dayOf, isoOf, readRows, shifted, shiftFor, today } from './samples.ts'

/** The books of a small organisation: its real bank rows with its bookkeeper's categories, and bills derived from them. */
export interface NonprofitFiles {
  account: object
  transactions: object[]
  bills: object[]
}

const account = 'Operating account'
const usd = 'USD'
const leastBill = 150

/**
 * The bank rows end the day before a large grant came in, when cash was short. All accounts are read
 * as one, so the transfers between them are left out.
 */
export async function readNonprofit(): Promise<NonprofitFiles> {
  const rows = (await readRows('nonprofit-bank.csv')).filter((row) => row['is_internal_transfer'] === 'False')
  const shift = shiftFor(rows.map((row) => dayOf(row['date'] ?? '')))
  const bank = rows.map((row) => ({
    day: dayOf(shifted(row['date'] ?? '', shift)),
    amount: Number(row['amount']),
    who: (row['description'] ?? '').replace(/^PERSON-0*(\d+)$/, 'Contractor $1'),
    id: row['txn_id'] ?? '',
    category: row['expense_account'] ?? '',
  }))
  const balance = bank.reduce((sum, { amount }) => sum + amount, 0)
  return {
    account: {
      name: account,
      kind: 'bank',
      currency: usd,
      balance: balance.toFixed(2),
      balanceAt: isoOf(today()),
    },
    transactions: bank.map(({ day, amount, who, id, category }) => ({
      'account.name': account,
      bookedAt: isoOf(day),
      amount: amount.toFixed(2),
      currency: usd,
      counterpartyText: who,
      description: who,
      reference: id,
      category,
    })),
    bills: billsOf(bank),
  }
}

/** Whoever was paid 150 or more within the last 60 days has a bill open for the same again, due 8 to 35 days from now. */
function billsOf(bank: readonly { day: number; amount: number; who: string }[]): object[] {
  const recent = bank.filter(({ day, amount }) => day > today() - 60 && -amount >= leastBill)
  const latest = new Map(recent.map((row) => [row.who, row]))
  return [...latest.values()].map(({ amount, who }, i) => {
    const value = (-amount).toFixed(2)
    return {
      number: `${2000 + i}`,
      'supplier.name': who,
      issuedAt: isoOf(today() - 3 - (i % 9)),
      dueAt: isoOf(today() + 8 + ((i * 5) % 28)),
      amount: value,
      amountDue: value,
      currency: usd,
      status: 'open',
    }
  })
}
