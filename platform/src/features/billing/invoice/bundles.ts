import { divideHalfEven, type Period } from '../../ledger/index.ts'
import type { Bundle, OfferedLine } from './offers.ts'

/** A service that a business paid for by the month, and from when to when. */
export interface Had {
  service: string
  from: Date
  to: Date
}

/** Lines that a bundle is for, and how much of each: minor units of its gross. */
export interface Bundled {
  bundle: Bundle
  places: number[]
  amounts: bigint[]
}

/** For each business what a bundle is for, the larger percentage first; what is in one bundle is in no other. */
export function bundled(lines: readonly OfferedLine[], bundles: readonly Bundle[]): Bundled[] {
  const businesses = new Set(lines.flatMap(({ of }) => (of ? [of.business] : [])))
  const best = bundles.toSorted((a, b) => b.percent - a.percent)
  return [...businesses].flatMap((business) => [
    ...ahead(lines, business, best),
    ...behind(lines, business, best),
  ])
}

/** Of the month ahead: where all of a bundle is on the invoice. */
function ahead(lines: readonly OfferedLine[], business: string, bundles: readonly Bundle[]): Bundled[] {
  const taken = new Set<number>()
  return bundles.flatMap((bundle) => {
    const places = placesOf(lines, 'monthly', business, bundle).filter((place) => !taken.has(place))
    const has = new Set(places.map((place) => lines[place]?.of?.service))
    if (!bundle.services.every((service) => has.has(service))) return []
    for (const place of places) taken.add(place)
    return [{ bundle, places, amounts: places.map((place) => lines[place]?.gross ?? 0n) }]
  })
}

/** Of the days behind: that part of each line which falls on days on which the business had all of a bundle. */
function behind(lines: readonly OfferedLine[], business: string, bundles: readonly Bundle[]): Bundled[] {
  const had = lines.find(({ kind, of }) => kind === 'catch-up' && of?.business === business)?.had ?? []
  const left = new Map(had.map(({ service }) => [service, timesOf(had, service)]))
  return bundles.flatMap((bundle) => {
    const [first = [], ...others] = bundle.services.map((service) => left.get(service) ?? [])
    const together = others.reduce(inBoth, first)
    for (const service of bundle.services) left.set(service, without(left.get(service) ?? [], together))
    const places = placesOf(lines, 'catch-up', business, bundle)
    return [{ bundle, places, amounts: places.map((place) => partWithin(lines[place], together)) }]
  })
}

function placesOf(
  lines: readonly OfferedLine[],
  asked: OfferedLine['kind'],
  business: string,
  bundle: Bundle,
): number[] {
  return lines.flatMap(({ kind, of }, i) =>
    kind === asked && of?.business === business && bundle.services.includes(of.service) ? [i] : [],
  )
}

function partWithin(line: OfferedLine | undefined, times: readonly Time[]): bigint {
  if (!line?.span) return 0n
  const own = timeOf(line.span)
  const lengthOf = (all: readonly Time[]) => all.reduce((sum, [from, to]) => sum + to - from, 0)
  return divideHalfEven(
    line.gross * BigInt(lengthOf(inBoth([own], times))),
    BigInt(Math.max(1, lengthOf([own]))),
  )
}

/** From and to, in milliseconds. */
type Time = readonly [number, number]

const timeOf = ({ from, to }: Period): Time => [from.getTime(), to.getTime()]

/** When a service was had, each moment once: where a price changed, one charge ends as the next begins. */
function timesOf(had: readonly Had[], asked: string): Time[] {
  const times: Time[] = []
  for (const each of had)
    if (each.service === asked && each.from < each.to) times.push(...without([timeOf(each)], times))
  return times
}

const inBoth = (some: readonly Time[], others: readonly Time[]): Time[] =>
  some.flatMap(([from, to]) =>
    others.flatMap(([begin, end]): Time[] => {
      const both = [Math.max(from, begin), Math.min(to, end)] as const
      return both[0] < both[1] ? [both] : []
    }),
  )

const without = (some: readonly Time[], gone: readonly Time[]): Time[] =>
  gone.reduce<Time[]>(
    (left, [begin, end]) =>
      left.flatMap(([from, to]): Time[] =>
        [[from, Math.min(to, begin)] as const, [Math.max(from, end), to] as const].filter(([a, b]) => a < b),
      ),
    [...some],
  )
