import type { Deps } from '../deps.ts'
import { isMissing } from './client.ts'

/** Something of which Stripe keeps its own, and what differs between both sides, in words; nothing where they agree. */
export interface StripeComparison {
  name: string
  /** Reads Stripe's lists page by page and ours in one statement. Changes nothing. */
  run(deps: Deps): Promise<string[]>
}

/** How a kind of object is laid beside ours. */
export interface Sides<Ours, Theirs extends { id: string }> {
  /** By Stripe's id. What is given is used up. */
  ours: Map<string, Ours>
  theirs: AsyncIterable<Theirs>
  /** What the two say differently. */
  differ(ours: Ours, theirs: Theirs): string[]
  /** Of an object of Stripe's that is not among ours: what is wrong with it, if anything is. */
  unknown(theirs: Theirs): string[]
  /** How one of ours is called. */
  nameOf(ours: Ours, id: string): string
  /** Asks for one that the list leaves out, as Stripe's do of what lies on a test clock. Undefined where there is none. */
  find?(id: string): Promise<Theirs | undefined>
}

/** Lays all objects of a kind beside each other: each that is on both sides, and each that is on one alone. */
export async function compareSides<Ours, Theirs extends { id: string }>(
  sides: Sides<Ours, Theirs>,
): Promise<string[]> {
  const { ours, find } = sides
  const faults: string[] = []
  for await (const theirs of sides.theirs) {
    const own = ours.get(theirs.id)
    ours.delete(theirs.id)
    faults.push(...(own === undefined ? sides.unknown(theirs) : sides.differ(own, theirs)))
  }
  for (const [id, own] of ours) {
    const theirs = await find?.(id)
    if (theirs) faults.push(...sides.differ(own, theirs))
    else faults.push(`Stripe does not know ${sides.nameOf(own, id)} (${id})`)
  }
  return faults
}

type Fact = string | number | bigint | boolean | null | undefined

/** Says that something is otherwise with Stripe, if it is: `invoice X: its state is paid, but open with Stripe`. */
export function differing(name: string, facts: Record<string, [ours: Fact, theirs: Fact]>): string[] {
  return Object.entries(facts)
    .filter(([, [ours, theirs]]) => ours !== theirs)
    .map(([fact, [ours, theirs]]) => `${name}: its ${fact} is ${say(ours)}, but ${say(theirs)} with Stripe`)
}

const say = (value: Fact): string => (value === null || value === undefined ? 'nothing' : String(value))

/** What was asked for, or undefined where Stripe has no such object. */
export function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
}
