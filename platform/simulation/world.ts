import type { StripeSimulator } from '../stripe-simulator/index.ts'
import type { Deps } from '../src/deps.ts'

/** A marketplace whose time is told by hand, while it is simulated. */
export interface World {
  /** The platform's adapters in the driver's own process, at the simulated present: to look with, nothing is changed through them. */
  deps: Deps
  /** The superuser's address of the database. */
  adminUrl: string
  /** Where the platform takes requests; it is down while it is killed and started again. */
  url: string
  simulator: StripeSimulator
  secretKey: string
  webhookSecret: string
  /** Draws from the seed of the run: at least 0, less than 1. */
  random(): number
  /** The simulated present. */
  clock(): Date
  /** Resolves when the platform serves, after it was killed. */
  untilServing(): Promise<void>
}

/**
 * How Stripe's events come to the platform: `openEvents(world, { isChaotic })` of `events.ts`. The simulator sends
 * nothing by itself (its webhooks are held from the start; its endpoint is the platform's).
 */
export interface EventSender {
  /**
   * Sends what waits on this day of the simulation, and again what the platform was killed over. Several times each, shuffled,
   * with forgeries and with some held back, or never sent, where it is chaotic; else once and in order.
   * May be called several times a day. With `isLast` nothing is held back any more.
   */
  send(day: number, isLast?: boolean): Promise<void>
  readonly counts: EventCounts
}

export interface EventCounts {
  /** Deliveries that the platform took. */
  sent: number
  forged: number
  /** Of the forged: those that were answered with 400. */
  refused: number
  /** Events that came a day late or more, and that never came. */
  late: number
  lost: number
}
