/** What is known of one payment; `day` counts days, `cents` keeps its sign, and any of the rest may be unknown. */
export interface Payment {
  day: number
  cents: number
  account: string
  counterparty: string | null
  text: string
  merchantCategory: string | null
}
export interface Labelled extends Payment {
  category: string
}
export interface Guess {
  category: string
  /** The model's own share of belief, before calibration. */
  score: number
}
export type Guesser = (payment: Payment) => Guess | undefined

const halfLifeDays = 120 // habits change: what was booked four months ago counts half
const clueWeight = 0.7 // words of one text say partly the same, so each counts less than if it stood alone
const pseudoCount = 1 // for a clue not yet seen with a category
const merchantPrior = 3 // bookings of a counterparty that weigh as much as all other clues together
const habitPrior = 1.5 // the same for a counterparty on one account
const fewestChecks = 25 // guesses that one step of the calibration stands on
const mostChecks = 2000

type Counts = Map<string, number>
const total = (counts: Counts | undefined) => counts?.get('') ?? 0
function add(table: Map<string, Counts>, key: string, category: string, weight: number): void {
  const counts = table.get(key) ?? new Map<string, number>()
  table.set(key, counts)
  counts.set(category, (counts.get(category) ?? 0) + weight).set('', total(counts) + weight)
}

/** Ten equal parts by rank, so that a scaled amount falls into the same part. */
function rankOf(sizes: readonly number[]): (cents: number) => number {
  const bounds = Array.from({ length: 9 }, (_, i) => sizes[Math.floor(((i + 1) * sizes.length) / 10)] ?? 0)
  return (cents) => bounds.filter((bound) => Math.abs(cents) >= bound).length
}

const words = (text: string) =>
  new Set(
    text
      .toLowerCase()
      .split(/[^\p{L}]+/u)
      .filter((word) => word.length > 1),
  )
const merchantOf = (p: Payment) => p.counterparty ?? [...words(p.text)].join(' ')
const habitOf = (p: Payment) => `${merchantOf(p)} on ${p.account}`

/**
 * Learns to guess categories: naive Bayes over words, merchant category, account and rank of amount,
 * then drawn towards what this counterparty was booked as before, and what it was on this account.
 */
export function learn(history: readonly Labelled[], today: number): Guesser {
  const rank = rankOf(history.map((p) => Math.abs(p.cents)).toSorted((a, b) => a - b))
  const clues = (p: Payment) => [
    ...[...words(p.text)].map((word) => `word ${word}`),
    `account ${p.account}`,
    `kind ${p.merchantCategory ?? ''}`,
    `size ${Math.sign(p.cents)} ${rank(p.cents)}`,
  ]
  const seen = new Map<string, Counts>()
  for (const p of history) {
    const weight = 2 ** (Math.min(0, p.day - today) / halfLifeDays)
    const keys = ['all', `merchant ${merchantOf(p)}`, `habit ${habitOf(p)}`, ...clues(p)]
    for (const key of keys) add(seen, key, p.category, weight)
  }
  const all = seen.get('all') ?? new Map<string, number>()
  const categories = [...all.keys()].filter(Boolean).toSorted()
  return (p) => {
    const belief = categories.map((c) => Math.log((all.get(c) ?? 0) / total(all)))
    for (const clue of clues(p)) addEvidence(belief, categories, all, seen.get(clue))
    let shares = normalise(belief)
    shares = drawTowards(shares, categories, seen.get(`merchant ${merchantOf(p)}`), merchantPrior)
    shares = drawTowards(shares, categories, seen.get(`habit ${habitOf(p)}`), habitPrior)
    const score = Math.max(...shares)
    const category = categories[shares.indexOf(score)]
    return category === undefined ? undefined : { category, score }
  }
}

function addEvidence(
  belief: number[],
  categories: readonly string[],
  all: Counts,
  clue: Counts | undefined,
): void {
  if (clue === undefined) return
  const base = total(clue) / total(all)
  for (const [i, c] of categories.entries()) {
    const share = ((clue.get(c) ?? 0) + pseudoCount * base) / ((all.get(c) ?? 0) + pseudoCount)
    belief[i] = (belief[i] ?? 0) + clueWeight * Math.log(share / base)
  }
}

function normalise(logs: readonly number[]): number[] {
  const top = Math.max(...logs)
  const weights = logs.map((log) => Math.exp(log - top))
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / sum)
}

const drawTowards = (
  shares: number[],
  categories: readonly string[],
  seen: Counts | undefined,
  prior: number,
) => shares.map((share, i) => ((seen?.get(categories[i] ?? '') ?? 0) + prior * share) / (total(seen) + prior))

/** How often guesses of a score were right on the latest fifth of the history, learned from the days before it; never falling with the score. */
export function calibrate(history: readonly Labelled[]): (score: number) => number {
  const days = history.map((p) => p.day).toSorted((a, b) => a - b)
  const from = days[Math.max(Math.floor(days.length * 0.8), days.length - mostChecks)] ?? 0
  const guess = learn(
    history.filter((p) => p.day < from),
    from,
  )
  const checks = history
    .filter((p) => p.day >= from)
    .flatMap((p) => {
      const made = guess(p)
      return made ? [{ score: Number(made.score.toFixed(9)), hit: made.category === p.category ? 1 : 0 }] : []
    })
  const steps: { top: number; hits: number; n: number }[] = []
  const rate = (step: { hits: number; n: number }) => (step.hits + 1) / (step.n + 2)
  for (const { score, hit } of checks.toSorted((a, b) => a.score - b.score)) {
    const last = steps.at(-1)
    if (last && (last.n < fewestChecks || last.top === score))
      Object.assign(last, { top: score, hits: last.hits + hit, n: last.n + 1 })
    else steps.push({ top: score, hits: hit, n: 1 })
  }
  for (let i = 1; i < steps.length;) {
    const [lower, upper] = [steps[i - 1], steps[i]] as [(typeof steps)[0], (typeof steps)[0]]
    if (rate(lower) <= rate(upper)) i++
    else {
      steps.splice(i - 1, 2, { top: upper.top, hits: lower.hits + upper.hits, n: lower.n + upper.n })
      i = Math.max(1, i - 1)
    }
  }
  return (score) => rate(steps.find((step) => score <= step.top) ?? steps.at(-1) ?? { hits: 0, n: 0 })
}
