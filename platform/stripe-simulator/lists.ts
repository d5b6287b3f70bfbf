import type { Call } from './call.ts'
import type { Params } from './params.ts'
import { invalid, missing } from './refusal.ts'
import type { List } from './wire.ts'

interface Listed {
  id: string
}

export interface Page {
  limit: number
  after: string | undefined
  before: string | undefined
}

export function readPage(params: Params): Page {
  const limit = params.whole('limit') ?? 10
  if (limit < 1 || limit > 100)
    throw invalid('Invalid integer: limit must be between 1 and 100', { param: 'limit' })
  return { limit, after: params.text('starting_after'), before: params.text('ending_before') }
}

/** `created=…` or `created[gte]=…`: whether a time is within. */
export function readRange(params: Params, name: string): (at: number) => boolean {
  if (!params.has(name)) return () => true
  let range: Params | undefined
  try {
    range = params.group(name)
  } catch {
    const exact = params.needWhole(name)
    return (at) => at === exact
  }
  const [gt, gte, lt, lte] = ['gt', 'gte', 'lt', 'lte'].map((each) => range?.whole(each))
  return (at) =>
    (gt === undefined || at > gt) &&
    (gte === undefined || at >= gte) &&
    (lt === undefined || at < lt) &&
    (lte === undefined || at <= lte)
}

/** A page of what is given in the order of creation; answers are newest first, as Stripe's are. */
export function listed<T extends Listed>(
  page: Page,
  oldestFirst: T[],
  url: string,
  isNewestFirst = true,
): List<T> {
  const all = isNewestFirst ? oldestFirst.toReversed() : oldestFirst
  const cursor = page.after ?? page.before
  const at = cursor === undefined ? -1 : all.findIndex((each) => each.id === cursor)
  if (cursor !== undefined && at < 0)
    throw missing('object', cursor, page.after ? 'starting_after' : 'ending_before')
  const from = page.before === undefined ? at + 1 : Math.max(0, at - page.limit)
  const to = page.before === undefined ? from + page.limit : at
  const hasMore = page.before === undefined ? to < all.length : from > 0
  return { object: 'list', data: all.slice(from, to), has_more: hasMore, url }
}

/** A list that filters by what the query says. */
export function answerList<T extends Listed & { created?: number }>(
  call: Call,
  url: string,
  oldestFirst: T[],
  filters: (params: Params) => (each: T) => boolean = () => () => true,
): List<T> {
  const page = readPage(call.params)
  const isWithin = readRange(call.params, 'created')
  const fits = filters(call.params)
  return listed(
    page,
    oldestFirst.filter((each) => isWithin(each.created ?? 0) && fits(each)),
    url,
  )
}

/** The list that stands within another object: its first ten. */
export const within = <T>(all: T[], url: string, limit = 10): List<T> => ({
  object: 'list',
  data: all.slice(0, limit),
  has_more: all.length > limit,
  url,
})

/** A filter of one parameter: passes all if it is not given. */
export function equals<T>(params: Params, name: string, read: (each: T) => unknown): (each: T) => boolean {
  const wanted = params.text(name)
  return (each) => wanted === undefined || read(each) === wanted
}

export const both =
  <T>(...filters: ((each: T) => boolean)[]) =>
  (each: T): boolean =>
    filters.every((fits) => fits(each))
