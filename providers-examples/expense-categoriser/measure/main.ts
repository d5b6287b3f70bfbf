import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { calibrate, learn, type Labelled } from '../src/learn.ts'

// Constants of the learner were chosen by learning from the days before April 2017 and guessing April.
// Everything from May on was looked at with these constants only.
const testFrom = '2017-05-01'

const rows = readRows(new URL('data/purchase-cards-2016-12-to-2017-06.csv.gz', import.meta.url))
const boundary = dayOf(testFrom)
const earlier = rows.filter((row) => row.day < boundary)
const later = rows.filter((row) => row.day >= boundary)

console.log(
  'Purchase cards of Birmingham City Council: the account description that the council gave each payment.',
)
console.log('Learned once from the earlier part, no row of the later part is seen before it is guessed.')
console.log(
  `earlier part, before ${testFrom}: n = ${earlier.length}, ${new Set(earlier.map((r) => r.category)).size} categories`,
)
console.log(`later part, from ${testFrom} on:  n = ${later.length}`)
console.log('Known limit: merchants stand here as published; on the platform their text arrives redacted.\n')

const majority = mostFrequent(earlier.map((row) => row.category))
const lookUp = merchantTable(earlier)
const guess = learn(earlier, boundary)
const confidenceOf = calibrate(earlier)
const guesses = later.map((row) => ({ row, ...(guess(row) ?? { category: '', score: 0 }) }))

console.log('method                                     n   right  accuracy   95 % interval (Wilson)')
line('majority', later, () => majority)
line('merchant look-up, else majority', later, (row) => lookUp.get(row.counterparty ?? '') ?? majority)
report(
  'expense-categoriser',
  guesses.map((g) => g.category === g.row.category),
)
const known = later.filter((row) => lookUp.has(row.counterparty ?? ''))
const unknown = later.filter((row) => !lookUp.has(row.counterparty ?? ''))
line('  of known merchants: look-up', known, (row) => lookUp.get(row.counterparty ?? ''))
line('  of known merchants: categoriser', known, (row) => guess(row)?.category)
line('  of new merchants: majority', unknown, () => majority)
line('  of new merchants: categoriser', unknown, (row) => guess(row)?.category)

console.log('\nCalibration: what confidence was claimed, and how often it was right')
console.log(
  'confidence                                 n   right  accuracy   95 % interval (Wilson)   mean claimed',
)
for (const [from, to] of [
  [0, 0.2],
  [0.2, 0.4],
  [0.4, 0.6],
  [0.6, 0.8],
  [0.8, 0.9],
  [0.9, 0.95],
  [0.95, 1],
] as const) {
  const within = guesses
    .map((g) => ({ ...g, confidence: confidenceOf(g.score) }))
    .filter((g) => g.confidence >= from && g.confidence < to)
  const claimed = within.reduce((sum, g) => sum + g.confidence, 0) / within.length
  report(
    `${from} to ${to}`,
    within.map((g) => g.category === g.row.category),
    within.length ? `   ${claimed.toFixed(3)}` : '',
  )
}

function line(name: string, of: readonly Labelled[], answer: (row: Labelled) => string | undefined): void {
  report(
    name,
    of.map((row) => answer(row) === row.category),
  )
}

function report(name: string, outcomes: readonly boolean[], more = ''): void {
  const n = outcomes.length
  const right = outcomes.filter(Boolean).length
  const start = `${name.padEnd(36)}${String(n).padStart(8)}${String(right).padStart(8)}`
  if (n === 0) return console.log(`${start}         –`)
  const [low, high] = wilson(right, n)
  console.log(
    `${start}${(right / n).toFixed(4).padStart(10)}   ${low.toFixed(4)} to ${high.toFixed(4)}${more}`,
  )
}

/** The 95 % score interval of a share (Wilson 1927). */
function wilson(right: number, n: number): [number, number] {
  const z = 1.959964
  const centre = (right + (z * z) / 2) / (n + z * z)
  const half = (z / (n + z * z)) * Math.sqrt((right * (n - right)) / n + (z * z) / 4)
  return [centre - half, centre + half]
}

function mostFrequent(labels: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  return [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? ''
}

function merchantTable(history: readonly Labelled[]): Map<string, string> {
  const byMerchant = Map.groupBy(history, (row) => row.counterparty ?? '')
  return new Map([...byMerchant].map(([name, of]) => [name, mostFrequent(of.map((row) => row.category))]))
}

function dayOf(date: string): number {
  return Date.parse(date) / 86_400_000
}

function readRows(file: URL): Labelled[] {
  const [header, ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n')
  if (header !== 'date,spent_pence,merchant,card,account_description')
    throw new Error(`unexpected columns: ${header}`)
  return lines.map((text) => {
    const [date = '', pence = '', merchant = '', card = '', category = '', ...rest] = text.split(',')
    if (rest.length > 0 || category === '') throw new Error(`a row of another shape: ${text}`)
    const payment = {
      day: dayOf(date),
      cents: -Number(pence),
      account: card,
      counterparty: merchant,
      text: merchant,
    }
    return { ...payment, merchantCategory: null, category }
  })
}
