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

export const disorder: Disorder = {
  times: 5,
  isShuffled: true,
  forged: 0.1,
  late: 0.05,
  mostDaysLate: 6,
  lost: 0.01,
  atOnce: 4,
}

/** Each event once, in the order in which it happened. */
export const inOrder: Disorder = {
  times: 1,
  isShuffled: false,
  forged: 0,
  late: 0,
  mostDaysLate: 0,
  lost: 0,
  atOnce: 1,
}

export interface EventGround {
  /** Of a simulator that was started with the platform's webhook address and secret. */
  simulator: { url: string; secretKey: string }
  /** From 0 to below 1, the same row of numbers for the same seed. */
  random: () => number
  /** Resolves when the platform answers again: asked after a delivery that nobody answered. */
  untilUp?: () => Promise<void>
}

export interface EventTotals {
  /** Different events that were sent at least once, and how often any was sent. */
  events: number
  sent: number
  /** Deliveries that nobody answered: the process was dead, or died with them. Each was sent again. */
  unanswered: number
  forged: number
  /** Forged ones that were answered with 400. */
  refused: number
  late: number
  lost: number
}

export interface Post {
  /** Sends what waits on this day (a number that grows), and what was held back until it. Resolves when all of it was taken. */
  send(day: number): Promise<void>
  /** Sends what is still held back; what is lost stays lost. */
  flush(): Promise<void>
  readonly totals: Readonly<EventTotals>
}

const forgeries = ['secret', 'payload', 'stale', 'unsigned'] as const
type Forgery = (typeof forgeries)[number]
type Delivery = { event: string; forged?: Forgery }

/** Takes the simulator's events into its hands from now on. Throws when a true event is refused or a forged one is taken. */
export async function openPost(ground: EventGround, way: Disorder): Promise<Post> {
  const totals: EventTotals = { events: 0, sent: 0, unanswered: 0, forged: 0, refused: 0, late: 0, lost: 0 }
  const dayOf = new Map<string, number>()
  await ask(ground, 'webhooks/hold', { held: true })

  const decide = (day: number): number => {
    const drawn = ground.random()
    if (drawn < way.lost) {
      totals.lost++
      return Infinity
    }
    if (drawn >= way.lost + way.late) return day
    totals.late++
    return day + 1 + Math.floor(ground.random() * way.mostDaysLate)
  }
  const send = async (day: number): Promise<void> => {
    const { waiting } = await ask<{ waiting: { event: string }[] }>(ground, 'webhooks/waiting')
    for (const { event } of waiting) if (!dayOf.has(event)) dayOf.set(event, decide(day))
    const due = waiting.map(({ event }) => event).filter((event) => (dayOf.get(event) ?? 0) <= day)
    totals.events += due.length
    await deliverAll(ground, inWay(due, way, ground.random), way.atOnce, totals)
    for (const event of due) dayOf.delete(event)
  }
  return { send, flush: () => send(Number.MAX_SAFE_INTEGER), totals }
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
  totals: EventTotals,
): Promise<void> {
  const open = deliveries.toReversed()
  const work = async (): Promise<void> => {
    for (let next = open.pop(); next; next = open.pop()) {
      const status = await (next.forged
        ? forge(ground, next.event, next.forged)
        : sendOne(ground, next.event))
      if (status === 0) {
        totals.unanswered++
        open.push(next)
        await ground.untilUp?.()
      } else if (next.forged) {
        totals.forged++
        if (status !== 400) throw new Error(`a forged event (${next.forged}) was answered with ${status}`)
        totals.refused++
      } else {
        totals.sent++
        if (status >= 500) open.push(next)
        else if (status >= 300) throw new Error(`a true event was answered with ${status}: ${next.event}`)
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

async function sendOne(ground: EventGround, event: string): Promise<number> {
  const { sent } = await ask<{ sent: { status: number }[] }>(ground, 'webhooks/send', { events: [event] })
  return Math.max(0, ...sent.map(({ status }) => status))
}

async function forge(ground: EventGround, event: string, kind: Forgery): Promise<number> {
  const { statuses } = await ask<{ statuses: number[] }>(ground, 'webhooks/forge', { event, kind })
  return statuses.find((status) => status !== 400) ?? 400
}

async function ask<T>({ simulator }: EventGround, control: string, body: object = {}): Promise<T> {
  const answer = await fetch(`${simulator.url}/_simulator/controls/${control}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${simulator.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`the simulator's ${control}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

/**
 * What is not right about the forged events: `counted` is what the platform counted as refused. It may have counted
 * one and died before it answered, so it may be more than were answered, and never more than were sent.
 */
export function checkRefusals(totals: EventTotals, counted: number): string[] {
  if (counted >= totals.refused && counted <= totals.forged + totals.unanswered) return []
  return [`${totals.refused} forged events were refused, but the platform counted ${counted}`]
}
