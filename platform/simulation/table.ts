import type { Told } from './year.ts'

const currencies = ['USD', 'EUR', 'GBP']

const amountOf = (minor: bigint | undefined): string =>
  new Intl.NumberFormat('en', { minimumFractionDigits: 2 }).format(Number(minor ?? 0n) / 100)

/** What a year came to, in columns. */
export function tableOf({ sums, events, kills, refused, seconds }: Told): string {
  const rows = Object.entries(sums.counts).map(([what, n]) => [what, n.toLocaleString('en'), '', ''])
  const money = Object.entries(sums.money).map(([what, amounts]) => [
    what,
    ...currencies.map((currency) => amountOf(amounts[currency])),
  ])
  const tally = [
    ['events taken', events.sent],
    ['and not answered', events.unanswered],
    ['forged', events.forged],
    ['forged and refused', events.refused],
    ['days late', events.late],
    ['never delivered', events.lost],
    ['kills', kills],
    ['refused by the platform', [...refused.values()].reduce((sum, each) => sum + each, 0)],
    ['seconds', Math.round(seconds)],
  ].map(([what, n]) => [String(what), n?.toLocaleString('en') ?? '', '', ''])
  return inColumns([...rows, ['', ...currencies], ...money, ['', '', '', ''], ...tally])
}

function inColumns(rows: readonly string[][]): string {
  const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
