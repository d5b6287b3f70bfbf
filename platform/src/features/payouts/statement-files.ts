import { stringify } from 'csv-stringify/sync'
import { currencyExponent, type Money } from '@bizq/sdk/contract'
import type { PdfPart } from '../../pdf.ts'
import { writePdf } from '../../pdf.ts'
import type { EarningsLine, Statement } from './schemas.ts'

/** An amount as spreadsheets read it: `-12.50`. */
function plain({ amount, currency }: Money): string {
  const digits = currencyExponent(currency)
  const text = String(Math.abs(amount)).padStart(digits + 1, '0')
  const whole = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  return amount < 0 ? `-${whole}` : whole
}

function shown(money: Money): string {
  const digits = currencyExponent(money.currency)
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency: money.currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(money.amount / 10 ** digits)
}

const less = (money: Money): Money => ({ ...money, amount: money.amount === 0 ? 0 : -money.amount })

/** The page of the portal says the same in the same words. */
const causes: Record<Statement['refunds'][number]['cause'], string> = {
  refund: 'Refund',
  'no-execution': 'Nothing succeeded: not charged',
  downtime: 'Downtime credit',
  dispute: 'Card dispute',
  'dispute-won': 'Card dispute won',
}

/** Words that a spreadsheet would run as a formula are kept as words. */
const safe = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)

/** The statement as CSV: one line for each thing that moved the balance, and the balances themselves. */
export function statementCsv({ balances, earned, refunds, transfers, reversals }: Statement): string {
  const rows: string[][] = []
  const add = (kind: string, what: string, month: string, line: Partial<EarningsLine>, amount: Money) =>
    rows.push([
      kind,
      safe(what),
      month,
      amount.currency,
      ...[line.gross, line.credit, line.conversion, line.platformFee, line.processing].map((part) =>
        part ? plain(part) : '',
      ),
      plain(amount),
    ])
  for (const { opening } of balances) add('opening', '', '', {}, opening)
  for (const line of earned) add('earned', line.service.name, line.month, line, line.share)
  for (const each of refunds)
    add(each.cause, each.service.name, each.month, {}, { ...each.amount, amount: -each.amount.amount })
  for (const { id, at, amount, account } of transfers)
    add('transfer', `${id} to ${account}`, at.slice(0, 10), {}, { ...amount, amount: -amount.amount })
  for (const { transfer, at, amount } of reversals)
    add('transfer reversed', transfer, at.slice(0, 10), {}, amount)
  for (const { closing } of balances) add('closing', '', '', {}, closing)
  const header = [
    'kind',
    'what',
    'month or day',
    'currency',
    'gross',
    'of it paid by BizQ',
    'conversion',
    'platform fee',
    'processing',
    'amount',
  ]
  return stringify([header, ...rows])
}

/** Lines of one currency as a row: what was paid, what comes off, and the share. */
function earnedRow(name: string, lines: readonly EarningsLine[]): string[] {
  const sum = (of: (line: EarningsLine) => Money): string => {
    const amount = lines.reduce((all, line) => all + of(line).amount, 0)
    return shown({ amount, currency: lines[0]?.share.currency ?? 'USD' })
  }
  return [
    name,
    String(lines.reduce((all, line) => all + line.lines, 0)),
    sum(({ gross, credit }) => ({ ...gross, amount: gross.amount - credit.amount })),
    sum(({ credit }) => credit),
    sum(({ conversion }) => less(conversion)),
    sum(({ platformFee }) => less(platformFee)),
    sum(({ processing }) => less(processing)),
    sum(({ share }) => share),
  ]
}

function partsOf({ balances, earned, refunds, transfers, reversals }: Statement): PdfPart[] {
  return [
    balances.length > 0
      ? balancesPart(balances)
      : { heading: 'Balance', words: ['Nothing came and nothing went.'] },
    earned.length > 0
      ? earnedPart(earned)
      : { heading: 'Earned', words: ['No invoice with a line of yours was paid in this month.'] },
    ...(refunds.length > 0 ? [refundsPart(refunds)] : []),
    ...(transfers.length > 0 ? [transfersPart(transfers)] : []),
    ...(reversals.length > 0 ? [reversalsPart(reversals)] : []),
  ]
}

const balancesPart = (balances: Statement['balances']): PdfPart => ({
  heading: 'Balance',
  table: {
    head: ['Currency', 'Opening', 'Earned', 'Refunded', 'Transferred', 'Reversed', 'Closing'],
    widths: [2, 3, 3, 3, 3, 3, 3],
    rows: balances.map(({ opening, earned, refunded, transferred, returned, closing }) => [
      closing.currency,
      ...[opening, earned, less(refunded), less(transferred), returned, closing].map(shown),
    ]),
  },
})

const earnedPart = (earned: Statement['earned']): PdfPart => ({
  heading: 'Earned',
  table: {
    head: [
      'Service and month',
      'Lines',
      'Operators',
      'BizQ’s credit',
      'Conversion',
      'BizQ’s part',
      'Processing',
      'Share',
    ],
    widths: [6, 2, 3, 3, 3, 3, 3, 3],
    rows: [
      ...earned.map((line) => earnedRow(`${line.service.name}, ${line.month}`, [line])),
      ...[...Map.groupBy(earned, ({ share }) => share.currency)]
        .sort()
        .map(([currency, of]) => earnedRow(`Together, ${currency}`, of)),
    ],
  },
})

const refundsPart = (refunds: Statement['refunds']): PdfPart => ({
  heading: 'Refunded',
  table: {
    head: ['Service and month', 'Why', 'Amount'],
    widths: [6, 3, 3],
    rows: refunds.map((row) => [
      `${row.service.name}, ${row.month}`,
      causes[row.cause],
      shown(less(row.amount)),
    ]),
  },
})

const transfersPart = (transfers: Statement['transfers']): PdfPart => ({
  heading: 'Transfers to your account',
  table: {
    head: ['Transfer', 'Day', 'Amount'],
    widths: [6, 3, 3],
    rows: transfers.map((row) => [row.id, row.at.slice(0, 10), shown(row.amount)]),
  },
})

const reversalsPart = (reversals: Statement['reversals']): PdfPart => ({
  heading: 'Transfers reversed',
  table: {
    head: ['Transfer', 'Day', 'Amount'],
    widths: [6, 3, 3],
    rows: reversals.map((row) => [row.transfer, row.at.slice(0, 10), shown(row.amount)]),
  },
})

/** The statement as a tagged PDF. */
export function statementPdf(statement: Statement, at: Date): Promise<Buffer> {
  const month = new Date(`${statement.month}-01T00:00:00Z`).toLocaleDateString('en', {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })
  return writePdf({
    title: `Statement of ${month}`,
    lines: [
      statement.provider,
      `BizQ Marketplace. Made on ${at.toISOString().slice(0, 10)}${statement.isFinal ? '' : '; the month is not over'}.`,
      'A share is what operators and BizQ’s credit paid of the lines, less conversion, BizQ’s part and card processing. Credit bears no processing.',
      'Refunded is what refunds, card disputes, downtime and months without a success took of shares; reversed is what of it came back from transfers.',
      ...(statement.mode === 'simulator' ? ['Stripe simulator: no real money moves.'] : []),
    ],
    parts: partsOf(statement),
    madeAt: at,
  })
}
