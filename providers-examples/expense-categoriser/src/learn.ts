/** What is known of one payment; `day` counts days, `cents` keeps its sign. */
export interface Payment {
  day: number
  cents: number
  account: string
  counterparty: string | null
  text: string
  merchantCategory: string | null
}
export type Labelled = Payment & { category: string }
/** A category, and the learner's own share of belief in it before calibration. */
export type Guess = { category: string; score: number }

const halfLifeDays = 120 // habits change: what was booked four months ago counts half
const clueWeight = 0.7 // words of one text say partly the same, so each counts less than if it stood alone
const pseudoCount = 1 // for a clue not yet seen with a category
const merchantPrior = 3 // bookings of a counterparty that weigh as much as all other clues together
const habitPrior = 1.5 // the same for a counterparty on one account
const [fewestChecks, mostChecks] = [25, 2000] // guesses that a step of the calibration, and all of it, stand on

/** Words of two letters or more; the pseudonym of a customer or supplier is one word. */
const words = (text: string) => [
  ...new Set(text.toLowerCase().match(/[a-z]+_[0-9a-f]{32}|\p{L}{2,}/gu) ?? []),
]
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)

/**
 * Learns to guess categories: naive Bayes over words, merchant category, account and rank of amount,
 * then drawn towards what this counterparty was booked as before, and what it was on this account.
 */
export function learn(history: readonly Labelled[], today: number): (payment: Payment) => Guess | undefined {
  const categories = [...new Set(history.map((p) => p.category))].toSorted()
  const sizes = history.map((p) => Math.abs(p.cents)).toSorted((a, b) => a - b)
  const tenths = Array.from({ length: 9 }, (_, i) => sizes[Math.floor(((i + 1) * sizes.length) / 10)] ?? 0)
  const clues = (p: Payment) => {
    const rank = tenths.filter((bound) => Math.abs(p.cents) >= bound).length // the same when money is scaled
    const others = [
      `account ${p.account}`,
      `kind ${p.merchantCategory}`,
      `size ${Math.sign(p.cents)} ${rank}`,
    ]
    return [...words(p.text).map((word) => `word ${word}`), ...others]
  }
  const merchant = (p: Payment) => `merchant ${p.counterparty ?? words(p.text).join(' ')}`
  const seen = new Map<string, Map<string, number>>()
  for (const p of history) {
    const weight = 2 ** (Math.min(0, p.day - today) / halfLifeDays)
    for (const key of ['all', merchant(p), `${merchant(p)} on ${p.account}`, ...clues(p)]) {
      const counts = seen.get(key) ?? new Map<string, number>()
      seen.set(key, counts.set(p.category, (counts.get(p.category) ?? 0) + weight))
    }
  }
  const countsOf = (key: string) => categories.map((category) => seen.get(key)?.get(category) ?? 0)
  const all = countsOf('all')
  const everything = sum(all)
  return (p) => {
    const belief = all.map((count) => Math.log(count))
    for (const clue of clues(p).filter((key) => seen.has(key))) {
      const counts = countsOf(clue)
      const base = sum(counts) / everything
      for (const [i, count] of counts.entries()) {
        const share = (count + pseudoCount * base) / ((all[i] ?? 0) + pseudoCount)
        belief[i]! += clueWeight * Math.log(share / base)
      }
    }
    const strongest = Math.max(...belief)
    const weights = belief.map((log) => Math.exp(log - strongest))
    const byMerchant = drawn(weights, sum(weights), countsOf(merchant(p)), merchantPrior)
    const shares = drawn(byMerchant, 1, countsOf(`${merchant(p)} on ${p.account}`), habitPrior)
    const score = Math.max(...shares)
    const category = categories[shares.indexOf(score)]
    return category === undefined ? undefined : { category, score }
  }
}

/** Shares, given as parts of `whole`, drawn towards what was counted. */
function drawn(parts: readonly number[], whole: number, counts: readonly number[], prior: number): number[] {
  const n = sum(counts) + prior
  return parts.map((part, i) => ((counts[i] ?? 0) + (prior * part) / whole) / n)
}

/** How often guesses of a score were right on the latest fifth of the history, learned from the days before it; never falling with the score. */
export function calibrate(history: readonly Labelled[]): (score: number) => number {
  const days = history.map((p) => p.day).toSorted((a, b) => a - b)
  const from = days[Math.max(Math.floor(days.length * 0.8), days.length - mostChecks)] ?? 0
  const [before, after] = [history.filter((p) => p.day < from), history.filter((p) => p.day >= from)]
  const guess = learn(before, from)
  const checks = after.flatMap((p) => {
    const made = guess(p)
    return made
      ? [{ top: Number(made.score.toFixed(9)), hits: made.category === p.category ? 1 : 0, n: 1 }]
      : []
  })
  type Step = (typeof checks)[number]
  const joined = (a: Step, b: Step) => ({ top: b.top, hits: a.hits + b.hits, n: a.n + b.n })
  const rate = (step: Step) => (step.hits + 1) / (step.n + 2)
  const steps: Step[] = []
  for (const check of checks.toSorted((a, b) => a.top - b.top)) {
    const last = steps.at(-1)
    if (last && (last.n < fewestChecks || last.top === check.top)) steps.splice(-1, 1, joined(last, check))
    else steps.push(check)
  }
  const rising: Step[] = []
  for (let step of steps) {
    for (let last = rising.at(-1); last && rate(last) > rate(step); last = rising.at(-1)) {
      step = joined(last, step)
      rising.pop()
    }
    rising.push(step)
  }
  return (score) =>
    rate(rising.find((step) => score <= step.top) ?? rising.at(-1) ?? { top: 1, hits: 0, n: 0 })
}
