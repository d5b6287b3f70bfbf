import { accountOf, transactionsOf, type Movement } from './books.ts'
import { dayOf, isoOf, readRows, shiftFor, today, type Row } from './samples.ts'

const uncategorisedDays = 15
const mark = 1.12

export interface CardFiles {
  cards: Row[]
  account: object
  transactions: object[]
}

/**
 * Purchase card rows moved to end this week. Those of the last fifteen days lose their category, as nobody
 * has booked them yet. On the first of each month whoever the work is for pays what the cards cost in the
 * month before, and 12 %.
 */
export async function readCards(): Promise<CardFiles> {
  const rows = await readRows('purchase-cards.csv')
  const dayIn = (row: Row) => dayOf(isoDay(row['TRANS DATE'] ?? ''))
  const shift = shiftFor(rows.map(dayIn))
  const cards = rows.map((row) => {
    const day = dayIn(row) + shift
    const isNew = day > today() - uncategorisedDays
    const category = isNew ? '' : (row['TRANS CAC DESC 1'] ?? '')
    return { ...row, 'TRANS DATE': isoOf(day), 'TRANS CAC DESC 1': category }
  })
  const bank = contractOf(cards)
  const spent = cards.map((row) => ({ day: dayOf(row['TRANS DATE']), minor: -minorOf(row) }))
  return {
    cards,
    account: accountOf(
      spent.map((row) => ({ ...row, ...noWords })),
      6,
      'GBP',
    ),
    transactions: transactionsOf(bank, 'GBP'),
  }
}

const noWords = { counterpartyText: '', description: '', category: '' }
const minorOf = (row: Row) => Math.round(Number((row['BILLING GROSS AMT'] ?? '').replaceAll(',', '')) * 100)

function contractOf(cards: readonly Row[]): Movement[] {
  const byMonth = Map.groupBy(cards, (row) => row['TRANS DATE']?.slice(0, 7) ?? '')
  const months = [...byMonth.keys()].sort()
  return months.slice(1).map((month, i) => {
    const before = byMonth.get(months[i] ?? '') ?? []
    return {
      day: dayOf(`${month}-01`),
      minor: Math.round(before.reduce((sum, row) => sum + minorOf(row), 0) * mark),
      counterpartyText: 'Midland Council',
      description: 'Contract payment',
      category: 'Contract income',
    }
  })
}

/** The file writes days as dd/mm/yy. */
function isoDay(text: string): string {
  const [day, month, year] = text.split('/')
  return `20${year}-${month}-${day}`
}
