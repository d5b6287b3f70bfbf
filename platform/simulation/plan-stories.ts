import type { Currency, Happening, Idle, Of, Plan, PlannedService } from './happening.ts'
import { between, pick, type Random } from './random.ts'
import { coupons } from './plan-market.ts'

/** One operator, as far as it is planned. */
export interface Life {
  operator: number
  size: number
  plan: Plan
  currency: Currency
  /** About the day on which its first period begins. */
  anchor: number
  subscribed: Of[]
  /** The day on which each business came. */
  added: number[]
  happenings: Happening[]
  /** It left, and nothing more is told of it until it came back. */
  isOver: boolean
}

interface Ground {
  start: Date
  lastDay: number
  services: readonly PlannedService[]
}

interface Told {
  happenings: Happening[]
  idle: Idle[]
}

/** What may happen around the beginning of a period. */
type Story = (told: {
  random: Random
  life: Life
  /** What was subscribed by then. */
  there: Of[]
  day: number
  ground: Ground
}) => Partial<Told>

/** A business subscribes to all that it does within so many days of its coming. */
export const subscribesWithin = 12

const larger: Record<Plan, Plan> = {
  starter: 'professional',
  professional: 'enterprise',
  enterprise: 'enterprise',
}
const smaller: Record<Plan, Plan> = {
  starter: 'starter',
  professional: 'starter',
  enterprise: 'professional',
}

/** One day after another from this one on, so that two things never meet on one. */
const after = (life: Life, day: number, deeds: [wait: number, deed: Deedless][]): Happening[] =>
  deeds.map(([wait, deed]) => ({ day: day + wait, operator: life.operator, ...deed }) as Happening)
type Deedless = { kind: Happening['kind'] } & Record<string, unknown>

const one = ({ random, there }: { random: Random; there: Of[] }): Of => pick(random, there)

/** Who leaves may choose a plan again months later; an operator that does not is told of no more. */
function comesBack({ random, life, day, ground }: Parameters<Story>[0]): [number, Deedless][] {
  const later = 75 + between(random, 0, 20)
  life.isOver = day + later >= ground.lastDay || random() < 0.5
  return life.isOver ? [] : [[later, { kind: 'plan is chosen', plan: life.plan }]]
}

const all: Record<string, Story> = {
  cancels: (told) => ({
    happenings: after(told.life, told.day, [
      [between(told.random, 3, 20), { kind: 'subscription is cancelled', ...one(told) }],
    ]),
  }),
  'cancels and comes back': (told) => {
    const of = one(told)
    return {
      happenings: after(told.life, told.day, [
        [4, { kind: 'subscription is cancelled', ...of }],
        [between(told.random, 8, 16), { kind: 'business subscribes', ...of }],
      ]),
    }
  },
  'takes one more': ({ random, life, day, ground }) => {
    const there = life.added.flatMap((added, business) => (added <= day ? business : []))
    if (there.length === 0) return {}
    const business = pick(random, there)
    const of = { operator: life.operator, business, service: Math.floor(random() * ground.services.length) }
    const happenings = after(life, day, [[between(random, 2, 18), { kind: 'business subscribes', ...of }]])
    life.subscribed.push(of)
    return { happenings }
  },
  'takes a larger plan': ({ random, life, day }) => {
    life.plan = larger[life.plan]
    return {
      happenings: after(life, day, [[between(random, 2, 25), { kind: 'plan is chosen', plan: life.plan }]]),
    }
  },
  'takes a smaller plan': ({ random, life, day }) => ({
    happenings: after(life, day, [
      [between(random, 2, 8), { kind: 'plan is chosen', plan: smaller[life.plan] }],
      [between(random, 12, 24), { kind: 'plan is chosen', plan: life.plan }],
    ]),
  }),
  'chooses who rests': ({ life, day }) => ({
    happenings: after(life, day, [
      [2, { kind: 'plan is chosen', plan: smaller[life.plan], keep: [life.size - 1] }],
      [15, { kind: 'plan is chosen', plan: life.plan, keep: [] }],
    ]),
  }),
  'changes on a hard day': ({ life, ground }) => {
    const days = hardDays(ground).filter((each) => each > life.anchor && each < ground.lastDay)
    const on = days[life.operator % Math.max(1, days.length)]
    if (on === undefined) return {}
    return {
      happenings: after(life, on, [
        [0, { kind: 'plan is chosen', plan: smaller[life.plan] }],
        [1, { kind: 'plan is chosen', plan: life.plan }],
      ]),
    }
  },
  'card fails': ({ random, life, day }) => ({
    happenings: after(life, day, [
      [-1, { kind: 'card is given', card: 'declining' }],
      [pick(random, [2, 4, 6, 10]), { kind: 'card is given', card: 'good' }],
    ]),
  }),
  'card fails for long': ({ random, life, day }) => ({
    happenings: after(life, day, [
      [-1, { kind: 'card is given', card: 'declining' }],
      [5, { kind: 'payment is asked' }],
      [pick(random, [16, 24, 48]), { kind: 'card is given', card: 'good' }],
    ]),
  }),
  'wants money back': (told) => {
    const of = one(told)
    return {
      happenings: after(told.life, told.day, [
        [between(told.random, 1, 25), { kind: 'money is asked back', ...of }],
      ]),
    }
  },
  'is given back': ({ random, life, day }) => ({
    happenings: after(life, day, [
      [
        between(random, 3, 10),
        {
          kind: 'line is refunded',
          line: between(random, 0, 9),
          percent: pick(random, [10, 33, 50, 100]),
          way: pick(random, ['card', 'account_credit']),
        },
      ],
    ]),
  }),
  'card takes nothing back': ({ random, life, day }) => ({
    happenings: after(life, day, [
      [-2, { kind: 'card is given', card: 'refund-fails' }],
      [4, { kind: 'line is refunded', line: between(random, 0, 9), percent: 50, way: 'card' }],
      [9, { kind: 'card is given', card: 'good' }],
    ]),
  }),
  disputes: ({ random, life, day }) => ({
    happenings: after(life, day, [
      [between(random, 3, 9), { kind: 'charge is disputed', percent: pick(random, [40, 100, 100]) }],
      [between(random, 13, 20), { kind: 'dispute is closed', isWon: random() < 0.5 }],
    ]),
  }),
  'disputes what was partly given back': ({ random, life, day }) => ({
    happenings: after(life, day, [
      [3, { kind: 'line is refunded', line: between(random, 0, 9), percent: 40, way: 'card' }],
      [6, { kind: 'charge is disputed', percent: 100 }],
      [18, { kind: 'dispute is closed', isWon: random() < 0.5 }],
    ]),
  }),
  'redeems a coupon': ({ random, life, day }) => ({
    happenings: after(life, day, [
      [between(random, 2, 20), { kind: 'coupon is redeemed', code: pick(random, coupons).code }],
    ]),
  }),
  'is given credit': ({ random, life, day }) => ({
    happenings: after(life, day, [
      [between(random, 2, 20), { kind: 'credit is granted', amount: between(random, 5, 90) * 100 + 7 }],
    ]),
  }),
  'sets a cap': (told) => {
    const { random, life, there, day, ground } = told
    const priced = there.filter(({ service }) => ground.services[service]?.pricing.usage)
    if (priced.length === 0) return {}
    return {
      happenings: after(life, day, [
        [
          between(random, 1, 9),
          { kind: 'cap is set', amount: between(random, 0, 900), ...pick(random, priced) },
        ],
      ]),
    }
  },
  leaves: (told) => {
    const back = comesBack(told)
    return {
      happenings: after(told.life, told.day, [
        [between(told.random, 3, 25), { kind: 'plan is cancelled' }],
        ...back,
      ]),
    }
  },
  // Some end the plan before everything is paused, some after it; what is open is paid within the month or long after it.
  'leaves in debt': (told) => {
    const { random, life, day } = told
    const back = comesBack(told)
    return {
      happenings: after(life, day, [
        [-1, { kind: 'card is given', card: 'declining' }],
        [pick(random, [3, 16, 20]), { kind: 'plan is cancelled' }],
        [pick(random, [24, 40, 60]), { kind: 'card is given', card: 'good' }],
        ...back,
      ]),
    }
  },
  'runs nothing': (told) => ({
    idle: [{ ...one(told), from: told.day - 2, until: told.day + between(told.random, 35, 70) }],
  }),
  'was down': (told) => ({
    happenings: after(told.life, told.day, [
      [
        between(told.random, 3, 9),
        { kind: 'service was down', downHours: between(told.random, 1, 60), ...one(told) },
      ],
    ]),
  }),
}

export const stories = Object.keys(all)

/** The last days of long months and 29 February: where months are not alike. */
function hardDays({ start, lastDay }: Ground): number[] {
  const days: number[] = []
  for (let day = 0; day < lastDay; day++) {
    const date = new Date(start.getTime() + day * 86_400_000)
    const isLeapDay = date.getUTCMonth() === 1 && date.getUTCDate() === 29
    if (isLeapDay || date.getUTCDate() === 31) days.push(day)
  }
  return days
}

/** One story of an operator, around the beginning of a period. */
export function tell(random: Random, name: string, life: Life, day: number, ground: Ground): Told {
  const there = life.subscribed.filter(
    ({ business }) => (life.added[business] ?? 0) + subscribesWithin <= day,
  )
  const told =
    life.isOver || there.length === 0 ? {} : (all[name]?.({ random, life, there, day, ground }) ?? {})
  return { happenings: told.happenings ?? [], idle: told.idle ?? [] }
}
