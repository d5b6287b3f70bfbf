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

const causes = { refund: 'Refund', dispute: 'Card dispute', 'dispute-won': 'Card dispute won' } as const

/** Words that a spreadsheet would run as a formula are kept as words. */
const safe = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)

/** The statement as CSV: one line for each thing that moved the balance, and the balances themselves. */
export function statementCsv({ balances, earned, refunds, transfers }: Statement): string {
  const rows: string[][] = []
  const add = (kind: string, what: string, month: string, line: Partial<EarningsLine>, amount: Money) =>
    rows.push([
      kind,
      safe(what),
      month,
      amount.currency,
      ...[line.gross, line.conversion, line.platformFee, line.processing].map((part) =>
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
  for (const { returned } of balances)
    if (returned.amount !== 0) add('transfer taken back', '', '', {}, returned)
  for (const { closing } of balances) add('closing', '', '', {}, closing)
  const header = [
    'kind',
    'what',
    'month or day',
    'currency',
    'gross',
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
    sum(({ gross }) => gross),
    sum(({ conversion }) => less(conversion)),
    sum(({ platformFee }) => less(platformFee)),
    sum(({ processing }) => less(processing)),
    sum(({ share }) => share),
  ]
}

function partsOf({ balances, earned, refunds, transfers }: Statement): PdfPart[] {
  const nothing = (words: string): PdfPart => ({ words: [words] })
  return [
    balances.length === 0
      ? { heading: 'Balance', ...nothing('Nothing came and nothing went.') }
      : {
          heading: 'Balance',
          table: {
            head: ['Currency', 'Opening', 'Earned', 'Refunded', 'Transferred', 'Returned', 'Closing'],
            widths: [2, 3, 3, 3, 3, 3, 3],
            rows: balances.map((row) => [
              row.closing.currency,
              ...[
                row.opening,
                row.earned,
                less(row.refunded),
                less(row.transferred),
                row.returned,
                row.closing,
              ].map(shown),
            ]),
          },
        },
    earned.length === 0
      ? { heading: 'Earned', ...nothing('No invoice with a line of yours was paid in this month.') }
      : {
          heading: 'Earned',
          table: {
            head: ['Service and month', 'Lines', 'Gross', 'Conversion', 'Platform', 'Processing', 'Share'],
            widths: [6, 2, 3, 3, 3, 3, 3],
            rows: [
              ...earned.map((line) => earnedRow(`${line.service.name}, ${line.month}`, [line])),
              ...[...Map.groupBy(earned, ({ share }) => share.currency)]
                .sort()
                .map(([currency, of]) => earnedRow(`Together, ${currency}`, of)),
            ],
          },
        },
    ...(refunds.length === 0
      ? []
      : [
          {
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
          },
        ]),
    ...(transfers.length === 0
      ? []
      : [
          {
            heading: 'Transfers to your account',
            table: {
              head: ['Transfer', 'Day', 'Amount'],
              widths: [6, 3, 3],
              rows: transfers.map((row) => [row.id, row.at.slice(0, 10), shown(row.amount)]),
            },
          },
        ]),
  ]
}

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
      'A share is what the lines came to after discounts, less conversion, the platform’s part and card processing.',
      ...(statement.mode === 'simulator' ? ['Stripe simulator: no real money moves.'] : []),
    ],
    parts: partsOf(statement),
    madeAt: at,
  })
}
