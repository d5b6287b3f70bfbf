import { decodeId } from '@bizq/sdk/contract'
import type { Chaos } from './chaos.ts'
import type { EventSender } from './events.ts'
import { nameOf, partiesOf, type Happening, type Idle, type Of, type PlannedYear } from './happening.ts'
import { must, type Market, type Operator } from './market.ts'
import { perform } from './perform.ts'
import { dayMs } from './plan.ts'
import { between, randomOf } from './random.ts'
import type { Ran } from './runs.ts'
import type { Work } from './work.ts'

export interface Day {
  number: number
  year: PlannedYear
  happenings: readonly { happening: Happening; key: string }[]
  seed: number
}

const atOnce = 6
/** Every operator's services run so often. */
const runsEachDays = 20

/** A day of the marketplace: what comes due at noon, what people do, what runs, and everything that follows from it. */
export async function tellDay(market: Market, events: EventSender, chaos: Chaos, day: Day): Promise<void> {
  const at = new Date(day.year.start.getTime() + day.number * dayMs)
  market.ground.moveTo(at)
  await market.platform.ask({ do: 'clock', at: at.getTime() })
  await work(market, events, chaos, day.number, false)
  if (day.number > 0) await chaos.begin('happenings')
  await happen(market, day.happenings)
  await runAll(market, day, at)
  chaos.end()
  await work(market, events, chaos, day.number, true)
}

/** Several at once; what concerns the same party one after the other, in order. */
async function happen(market: Market, all: Day['happenings']): Promise<void> {
  const last = new Map<string, Promise<unknown>>()
  const slots = openSlots(atOnce)
  const done = all.map(({ happening, key }) => {
    const parties = happening.day === 0 ? ['the first day'] : partiesOf(happening)
    const before = parties.flatMap((party) => last.get(party) ?? [])
    const own = Promise.all(before).then(() => slots(() => perform(market, happening, key)))
    for (const party of parties) last.set(party, own)
    return own
  })
  await Promise.all(done)
}

function openSlots(count: number) {
  let free = count
  const waiting: (() => void)[] = []
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}

async function runAll(market: Market, { number: day, year, seed }: Day, at: Date): Promise<void> {
  const slots = openSlots(atOnce)
  const runs = [...market.operators].flatMap(([number, operator]) => {
    if ((day + number) % runsEachDays !== 0 || operator.subscriptions.size === 0) return []
    const services = servicesThatRun(operator, year, day, seed)
    const run = { organisation: operator.organisation, at: at.getTime(), services }
    return services.length === 0 ? [] : [slots(() => market.platform.ask({ do: 'run', run }))]
  })
  await Promise.all(runs)
}

function servicesThatRun(operator: Operator, year: PlannedYear, day: number, seed: number): Ran[] {
  return [...operator.subscriptions.values()]
    .filter(({ of }) => !year.idle.some((idle) => isSame(idle, of) && day >= idle.from && day < idle.until))
    .map(({ id, of }) => {
      const random = randomOf(`runs ${seed} ${day} ${of.operator} ${of.business} ${of.service}`)
      const isMetered = year.services[of.service]?.pricing.usage !== undefined
      const actions = Array.from({ length: isMetered ? between(random, 1, 4) : 1 }, () =>
        between(random, 0, 2),
      )
      return {
        subscription: id,
        service: nameOf.service(of.service),
        actions,
        undone: {
          at: year.start.getTime() + (day - runsEachDays) * dayMs,
          count: random() < 0.1 ? 1 : 0,
        },
      }
    })
}

const isSame = (idle: Idle, of: Of): boolean =>
  idle.operator === of.operator && idle.business === of.business && idle.service === of.service

/** More rounds than anything takes to come to rest. */
const mostRounds = 40

/** What Stripe tells and what the worker does, until both are silent. `isWhole` with what comes once a day. */
async function work(
  market: Market,
  events: EventSender,
  chaos: Chaos,
  day: number,
  isWhole: boolean,
): Promise<void> {
  let failed: string[] = []
  let isOpen = isWhole
  for (let round = 0; round < mostRounds; round++) {
    if (isWhole && round === 0) await chaos.begin('work')
    const before = events.counts.sent
    await events.send(day)
    const worked = await market.platform.ask({ do: 'work', work: workOf(market, isOpen) })
    chaos.end()
    failed = worked.failed
    const isDone = !isOpen && worked.count === 0
    isOpen &&= failed.length > 0
    if (failed.length === 0 && isDone && events.counts.sent === before) return
    if (failed.length > 0) await tryAgainAtOnce(market)
  }
  throw new Error(`day ${day} does not come to rest: ${failed.slice(0, 5).join('; ')}`)
}

export const workOf = ({ providers }: Market, isWhole: boolean): Work => ({
  isWhole,
  providers: [...providers.values()].map(({ organisation }) => decodeId('org', organisation)),
})

/** What failed waits a while in earnest. */
async function tryAgainAtOnce({ ground }: Market): Promise<void> {
  await ground.admin.query(`update pgboss.job set start_after = now() where state = 'retry'`)
}

/** Every happening of a year by its day, with a name that it keeps. */
export function byDay(year: PlannedYear): Day['happenings'][] {
  const days: { happening: Happening; key: string }[][] = Array.from({ length: year.days }, () => [])
  for (const [i, happening] of year.happenings.entries())
    must(days[Math.max(0, happening.day)], `day ${happening.day}`).push({
      happening,
      key: `happening ${i}: ${happening.kind}`,
    })
  return days
}
