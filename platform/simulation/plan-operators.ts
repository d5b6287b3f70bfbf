import type { Currency, Happening, Idle, Of, Plan, PlannedService } from './happening.ts'
import { between, pick, shuffled, type Random } from './random.ts'
import { stories, subscribesWithin, tell, type Life } from './plan-stories.ts'

interface Given {
  operators: number
  businesses: number
  lastDay: number
  start: Date
  services: readonly PlannedService[]
}

const dayMs = 86_400_000
const trialDays = 14
const currencies: Currency[] = ['USD', 'EUR', 'GBP']
export const planFor = (businesses: number): Plan =>
  businesses <= 3 ? 'starter' : businesses <= 10 ? 'professional' : 'enterprise'

/** Who buys: everybody joins, subscribes, and has a story in most months. */
export function planOperators(random: Random, given: Given): { happenings: Happening[]; idle: Idle[] } {
  const happenings: Happening[] = []
  const idle: Idle[] = []
  const sizes = sizesOf(random, given)
  const deal = dealer(random, given)
  for (const [operator, size] of sizes.entries()) {
    const life = beginLife(random, given, operator, size)
    happenings.push(...life.happenings)
    for (const boundary of boundariesOf(given, life)) {
      const told = tell(random, deal(), life, boundary, given)
      happenings.push(...told.happenings)
      idle.push(...told.idle)
    }
    happenings.push(...end(life, given))
  }
  return { happenings, idle }
}

/** How many businesses each has: most have few, all together as many as were asked for. */
function sizesOf(random: Random, { operators, businesses }: Given): number[] {
  const weights = Array.from({ length: operators }, () => 0.15 + random() ** 3 * 2)
  const total = weights.reduce((sum, each) => sum + each, 0)
  const sizes = weights.map((each) => Math.max(1, Math.floor((each / total) * businesses)))
  for (let left = businesses - sizes.reduce((sum, each) => sum + each, 0), i = 0; left !== 0; i++) {
    const at = i % operators
    const size = sizes[at] ?? 1
    if (left < 0 && size <= 1) continue
    sizes[at] = size + Math.sign(left)
    left -= Math.sign(left)
  }
  return sizes
}

/** Deals stories from a shuffled deck, with quiet months between them where there are many, so that each is told also in a small marketplace. */
function dealer(random: Random, { operators, lastDay }: Given): () => (typeof stories)[number] | 'quiet' {
  const slots = operators * Math.floor(lastDay / 30)
  const quiet = slots > stories.length * 6 ? Math.floor(stories.length * 0.8) : 0
  let deck: ((typeof stories)[number] | 'quiet')[] = []
  return () => {
    if (deck.length === 0)
      deck = shuffled(random, [...stories, ...Array.from({ length: quiet }, () => 'quiet' as const)])
    return deck.pop() ?? 'quiet'
  }
}

function beginLife(random: Random, given: Given, operator: number, size: number): Life {
  // The first come at once; the others until two thirds of the time are over. Some so that a period begins on a 31st.
  const latest = Math.max(1, Math.floor((given.lastDay * 2) / 3))
  const drawn = operator < 3 ? operator : between(random, 0, latest)
  const joins = operator % 4 === 3 ? before31st(given, drawn, latest) : drawn
  const plan = planFor(size)
  const happenings: Happening[] = [
    { day: joins, kind: 'operator joins', operator, currency: currencies[operator % 3] ?? 'USD' },
  ]
  const isLate = operator % 11 === 5
  const chosen = joins + (isLate ? trialDays + between(random, 2, 9) : between(random, 0, 10))
  happenings.push({ day: chosen, kind: 'plan is chosen', operator, plan })
  const card = operator % 9 === 4 ? 'other' : 'good'
  happenings.push({ day: chosen + (operator % 6 === 1 ? 1 : 0), kind: 'card is given', operator, card })
  const subscribed: Of[] = []
  const added: number[] = []
  for (let business = 0; business < size; business++) {
    const day = joins + (isLate ? 0 : Math.min(30, Math.floor(random() ** 2 * 30)))
    added.push(day)
    happenings.push({ day, kind: 'business is added', operator, business })
    for (const service of servicesFor(random, given.services.length)) {
      const at = { operator, business, service }
      subscribed.push(at)
      happenings.push({
        day: day + (isLate ? 0 : between(random, 0, subscribesWithin)),
        kind: 'business subscribes',
        ...at,
      })
    }
  }
  const anchor = Math.max(joins + trialDays, chosen)
  return {
    operator,
    size,
    plan,
    currency: currencies[operator % 3] ?? 'USD',
    anchor,
    subscribed,
    added,
    happenings,
    isOver: false,
  }
}

/** A day on which the trial of who joins ends on a 31st; the day that was drawn where none is near. */
function before31st({ start }: Given, drawn: number, latest: number): number {
  for (let day = drawn; day <= latest; day++)
    if (new Date(start.getTime() + (day + trialDays) * dayMs).getUTCDate() === 31) return day
  return drawn
}

/** Two of the first provider's are liked best: more than a hundred come to it, where there are so many. */
function servicesFor(random: Random, count: number): number[] {
  const wanted = new Set<number>()
  if (random() < 0.5) wanted.add(pick(random, [0, 1]))
  if (wanted.has(0) && random() < 0.5) wanted.add(2)
  const most = between(random, 1, 4)
  while (wanted.size < Math.min(most, count)) wanted.add(Math.floor(random() * count))
  return [...wanted]
}

/** About when each period begins. */
function boundariesOf({ start, lastDay }: Given, { anchor }: Life): number[] {
  const from = new Date(start.getTime() + anchor * dayMs)
  const days: number[] = []
  for (let month = 0; ; month++) {
    const last = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + month + 1, 0)).getUTCDate()
    const at = Date.UTC(
      from.getUTCFullYear(),
      from.getUTCMonth() + month,
      Math.min(from.getUTCDate(), last),
      12,
    )
    const day = Math.round((at - start.getTime()) / dayMs)
    if (day >= lastDay) return days
    days.push(day)
  }
}

/** On the last day everybody has a card that pays. */
const end = ({ operator }: Life, { lastDay }: Given): Happening[] => [
  { day: lastDay, kind: 'card is given', operator, card: 'good' },
]
