/** What an event's way to the platform is like. Shares lie between 0 and 1. */
export interface Disorder {
  /** How often each event is sent. */
  times: number
  isShuffled: boolean
  /** For each event, how likely a forged one is sent besides. */
  forged: number
  /** How likely an event comes days later. */
  late: number
  mostDaysLate: number
  /** How likely it never comes: reconciliation must find it. */
  lost: number
  /** How many are under way at once. */
  atOnce: number
}

const disorder: Disorder = {
  times: 5,
  isShuffled: true,
  forged: 0.1,
  late: 0.05,
  mostDaysLate: 6,
  lost: 0.01,
  atOnce: 4,
}

/** Each event once, in the order in which it happened. */
const inOrder: Disorder = {
  times: 1,
  isShuffled: false,
  forged: 0,
  late: 0,
  mostDaysLate: 0,
  lost: 0,
  atOnce: 1,
}

export interface EventGround {
  /** Its webhooks are held, and its own endpoint is the platform's. */
  simulator: { url: string }
  secretKey: string
  /** Draws from the seed of the run: at least 0, less than 1. */
  random(): number
  /** Resolves when the platform serves, after it was killed. */
  untilServing(): Promise<void>
}

export interface EventCounts {
  /** Deliveries that the platform took. */
  sent: number
  /** Deliveries that nobody answered, since the platform was killed over them: each was sent again. */
  unanswered: number
  forged: number
  /** Of the forged: those that were answered with 400. */
  refused: number
  /** Events that came a day late or more, and that never came. */
  late: number
  lost: number
}

export interface EventSender {
  /**
   * Sends what waits on this day of the simulation (a number that grows), and what was held back until it. May be called
   * several times a day. With `isLast` nothing is held back any more, but what is lost stays lost.
   */
  send(day: number, isLast?: boolean): Promise<void>
  readonly counts: EventCounts
}

const forgeries = ['secret', 'payload', 'stale', 'unsigned'] as const
type Forgery = (typeof forgeries)[number]
/** A true event that is answered with 500 comes again so often. */
const mostTries = 20

interface Delivery {
  event: string
  forged?: Forgery
  tries?: number
}

/** Sends what the simulator holds. Throws when a true event is refused, or a forged one is answered with anything but 400. */
export function openEvents(
  ground: EventGround,
  { isChaotic, way = isChaotic ? disorder : inOrder }: { isChaotic: boolean; way?: Disorder },
): EventSender {
  const counts: EventCounts = { sent: 0, unanswered: 0, forged: 0, refused: 0, late: 0, lost: 0 }
  const dayOf = new Map<string, number>()

  const decide = (day: number): number => {
    const drawn = ground.random()
    if (drawn < way.lost) {
      counts.lost++
      return Infinity
    }
    if (drawn >= way.lost + way.late) return day
    counts.late++
    return day + 1 + Math.floor(ground.random() * way.mostDaysLate)
  }
  const isDue = (event: string, day: number, isLast: boolean): boolean => {
    const on = dayOf.get(event) ?? day
    return on <= day || (isLast && on !== Infinity)
  }
  return {
    counts,
    send: async (day, isLast = false) => {
      const { waiting } = await ask<{ waiting: { event: string }[] }>(ground, 'webhooks/waiting')
      const events = [...new Set(waiting.map(({ event }) => event))]
      for (const event of events) if (!dayOf.has(event)) dayOf.set(event, decide(day))
      const due = events.filter((event) => isDue(event, day, isLast))
      await deliverAll(ground, inWay(due, way, ground.random), way.atOnce, counts)
      for (const event of due) dayOf.delete(event)
    },
  }
}

/** The deliveries of these events, in the order in which they go out. */
export function inWay(events: readonly string[], way: Disorder, random: () => number): Delivery[] {
  const all: Delivery[] = []
  for (let round = 0; round < way.times; round++) all.push(...events.map((event) => ({ event })))
  for (const event of events)
    if (random() < way.forged)
      all.push({ event, forged: forgeries[Math.floor(random() * forgeries.length)] ?? 'secret' })
  return way.isShuffled ? shuffle(all, random) : all
}

function shuffle<T>(all: T[], random: () => number): T[] {
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const [one, other] = [all[i] as T, all[j] as T]
    all[i] = other
    all[j] = one
  }
  return all
}

async function deliverAll(
  ground: EventGround,
  deliveries: Delivery[],
  atOnce: number,
  counts: EventCounts,
): Promise<void> {
  const open = deliveries.toReversed()
  const work = async (): Promise<void> => {
    for (let next = takeNext(open); next.length > 0; next = takeNext(open)) {
      const statuses = await sendNext(ground, next)
      const again = next.filter((each, i) => mustComeAgain(each, statuses[i] ?? 0, counts))
      open.push(...again.toReversed())
      if (statuses.includes(0)) await ground.untilServing()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

/** One request to the simulator sends so many. */
const mostTogether = 16

/** A forged one by itself, or several true ones that follow each other. */
function takeNext(open: Delivery[]): Delivery[] {
  const taken: Delivery[] = []
  while (taken.length < mostTogether) {
    const next = open.at(-1)
    if (!next || (next.forged && taken.length > 0)) break
    open.pop()
    taken.push(next)
    if (next.forged) break
  }
  return taken
}

function sendNext(ground: EventGround, next: readonly Delivery[]): Promise<number[]> {
  const [first] = next
  return first?.forged
    ? forge(ground, first.event, first.forged).then((status) => [status])
    : sendTrue(
        ground,
        next.map(({ event }) => event),
      )
}

/** Counts what a delivery was answered with. True of one that nobody answered, or that the platform could not take. */
function mustComeAgain(delivery: Delivery, status: number, counts: EventCounts): boolean {
  const { event, forged, tries = 0 } = delivery
  if (status === 0) {
    counts.unanswered++
    return true
  }
  if (forged) {
    counts.forged++
    if (status !== 400) throw new Error(`a forged event (${forged}) was answered with ${status}`)
    counts.refused++
    return false
  }
  if (status >= 500 && tries < mostTries) {
    delivery.tries = tries + 1
    return true
  }
  if (status >= 300) throw new Error(`a true event was answered with ${status}: ${event}`)
  counts.sent++
  return false
}

/** What each was answered with, in order; there is one endpoint. */
async function sendTrue(ground: EventGround, events: string[]): Promise<number[]> {
  const { sent } = await ask<{ sent: { status: number }[] }>(ground, 'webhooks/send', { events })
  if (sent.length !== events.length)
    throw new Error(`of ${events.length} events the simulator sent ${sent.length}`)
  return sent.map(({ status }) => status)
}

async function forge(ground: EventGround, event: string, kind: Forgery): Promise<number> {
  const { statuses } = await ask<{ statuses: number[] }>(ground, 'webhooks/forge', { event, kind })
  return statuses.find((status) => status !== 400) ?? 400
}

async function ask<T>({ simulator, secretKey }: EventGround, control: string, body: object = {}): Promise<T> {
  const answer = await fetch(`${simulator.url}/_simulator/controls/${control}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`the simulator's ${control}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

/**
 * What is not right about the forged events: `counted` is what the platform counted as refused. It may have counted
 * one and died before it answered, so it may be more than were answered, and never more than were sent.
 */
export function checkRefusals(counts: EventCounts, counted: number): string[] {
  if (counted >= counts.refused && counted <= counts.forged + counts.unanswered) return []
  return [`${counts.refused} forged events were refused, but the platform counted ${counted}`]
}
