import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin } from '../../http/authorise.ts'
import * as directory from './directory-store.ts'
import * as store from './figures-store.ts'
import type { DayCount } from './figures-store.ts'
import type { AdminFigures, MarketplaceFigures } from './schemas.ts'

const dayMs = 86_400_000
/** The longest period and the one before it. */
const mostDays = 180
/** So long a day may still change after it is over: executions that ran over midnight, clocks that are late. */
const settlesAfterDays = 1
/** Days that may still change are counted by a job; what it counted is told for so long. */
const freshMs = 15 * 60_000
/** Fewer executions are counted whenever somebody looks. */
const mostCountedNow = 10_000

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
const shift = (day: string, by: number): string => dayOf(Date.parse(day) + by * dayMs)

interface Counted {
  counts: DayCount[]
  at: Date
}

/** The counts of these days: those that are kept, and counted now what is not, or not lately. */
async function countDays(unit: UnitOfWork, deps: Deps, from: string, until: string): Promise<Counted> {
  const last = await store.findLastKept(unit.tx)
  if (last?.day === until && last.at.getTime() > Date.now() - freshMs) {
    const counts = await store.listKept(unit.tx, from, until)
    if (isMuch(counts, openFrom(until))) return { counts, at: last.at }
  }
  const open = last ? openFrom(last.day) : from
  const firstOpen = open > from ? open : from
  const kept = firstOpen > from ? await store.listKept(unit.tx, from, shift(firstOpen, -1)) : []
  return { counts: [...kept, ...(await store.countDays(deps.directory, firstOpen, until))], at: new Date() }
}

/** Whether counting the days from this one on takes long enough to be noticed. */
function isMuch(counts: readonly DayCount[], from: string): boolean {
  const executions = counts.filter(({ day, what }) => day >= from && what.startsWith('executions:'))
  return executions.reduce((sum, { count }) => sum + count, 0) > mostCountedNow
}

/** The first day that may have changed since this one was the last to be counted. */
const openFrom = (lastKept: string): string => shift(lastKept, -settlesAfterDays)

/** Keeps the counts of every day, and makes anew those of days that may have changed. Run again, it changes nothing else. */
export async function keepDays(deps: Deps): Promise<void> {
  const platform = await directory.findPlatform(deps.directory)
  if (!platform) return
  const actor = systemActor(platform.organisation_id, 'platform')
  const at = new Date()
  const until = dayOf(at.getTime())
  await withUnitOfWork(deps, actor, async (unit) => {
    const last = await store.findLastKept(unit.tx)
    const from = last ? openFrom(last.day) : shift(until, -mostDays)
    const counts = await store.countDays(deps.directory, from, until)
    // A day on which nothing happened is kept too: by when it was looked at, in seconds.
    const looked = { day: until, what: store.counted, count: Math.floor(at.getTime() / 1_000) }
    await store.keepDayCounts(unit.tx, actor.organisation, from, [...counts, looked])
  })
}

/**
 * The value below which a share of what was counted lies, of counts by eighths of an octave: the upper end of its
 * bucket, at most nine per cent above the true value. Null where nothing was counted.
 */
export function percentileOf(buckets: ReadonlyMap<number, number>, share: number): number | null {
  const sorted = [...buckets].sort(([a], [b]) => a - b)
  const all = sorted.reduce((sum, [, count]) => sum + count, 0)
  let seen = 0
  for (const [bucket, count] of sorted) {
    seen += count
    if (seen >= all * share) return 2 ** ((bucket + 1) / 8)
  }
  return null
}

type Sums = ReadonlyMap<string, number>

function sumOf(counts: readonly DayCount[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { what, count } of counts) sums.set(what, (sums.get(what) ?? 0) + count)
  return sums
}

function bucketsOf(sums: Sums, prefix: string): Map<number, number> {
  const found = [...sums].filter(([what]) => what.startsWith(prefix))
  return new Map(found.map(([what, count]) => [Number(what.slice(prefix.length)), count]))
}

/** What a period comes to: `now` is what there is, `since` what came and went after the period. */
export function figuresOf(now: Sums, since: Sums, period: Sums): MarketplaceFigures {
  const of = (what: string) => period.get(what) ?? 0
  const then = (what: string, came: string, went?: string) =>
    (now.get(what) ?? 0) - (since.get(came) ?? 0) + (went === undefined ? 0 : (since.get(went) ?? 0))
  const [succeeded, failed] = [of('executions:succeeded'), of('executions:failed')]
  const latency = percentileOf(bucketsOf(period, 'latency:'), 0.95)
  const certified = bucketsOf(period, 'certified:')
  const minutes = percentileOf(certified, 0.5)
  return {
    operators: then('organisations:operator', 'organisations:operator'),
    providers: then('organisations:provider', 'organisations:provider'),
    businesses: then('businesses', 'businesses', 'businesses:archived'),
    subscriptions: then('subscriptions', 'subscriptions:new', 'subscriptions:ended'),
    newSubscriptions: of('subscriptions:new'),
    endedSubscriptions: of('subscriptions:ended'),
    executions: succeeded + failed,
    successRate: succeeded + failed > 0 ? succeeded / (succeeded + failed) : null,
    latencyP95Ms: latency === null ? null : Math.round(latency),
    actionsDecided: of('actions:decided'),
    actionsAccepted: of('actions:accepted'),
    actionsUndone: of('actions:undone'),
    submissions: of('releases:submitted'),
    certified: [...certified.values()].reduce((sum, count) => sum + count, 0),
    reviewHoursMedian: minutes === null ? null : Math.round((minutes / 60) * 100) / 100,
    complaints: of('disputes'),
  }
}

function dailyOf(day: string, counts: readonly DayCount[]): AdminFigures['daily'][number] {
  const sums = sumOf(counts)
  const of = (what: string) => sums.get(what) ?? 0
  return {
    day,
    succeeded: of('executions:succeeded'),
    failed: of('executions:failed'),
    accepted: of('actions:accepted'),
    otherwiseDecided: Math.max(0, of('actions:decided') - of('actions:accepted')),
    newSubscriptions: of('subscriptions:new'),
    endedSubscriptions: of('subscriptions:ended'),
  }
}

/** What the marketplace came to in so many days, beside as many before, and what waits for somebody now. */
export async function getFigures(unit: UnitOfWork, deps: Deps, days: number): Promise<AdminFigures> {
  requireAdmin(unit.actor)
  const until = dayOf(Date.now())
  const from = shift(until, 1 - days)
  const start = shift(from, -days)
  const { counts, at } = await countDays(unit, deps, start, until)
  const inPeriod = counts.filter(({ day }) => day >= from)
  const period = sumOf(inPeriod)
  const previous = sumOf(counts.filter(({ day }) => day < from))
  const now = await store.countNow(deps.directory)
  const byDay = Map.groupBy(inPeriod, ({ day }) => day)
  return {
    days,
    from,
    until,
    countedAt: at.toISOString(),
    period: figuresOf(now, new Map(), period),
    before: figuresOf(now, period, previous),
    daily: Array.from({ length: days }, (_, i) => shift(from, i)).map((day) =>
      dailyOf(day, byDay.get(day) ?? []),
    ),
    waiting: await store.countWaiting(unit.tx, deps.directory),
  }
}
