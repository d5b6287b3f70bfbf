import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import { ProblemError } from '../problems.ts'
import type { AppEnv } from './router.ts'

const mebibyte = 1024 * 1024
const usual = mebibyte
/** Bodies that may be larger, or that their route reads as a stream and bounds itself. */
const others: readonly (readonly [RegExp, number | null])[] = [
  [/^\/v1\/businesses\/[^/]+\/imports$/, null],
  [/^\/v1\/audit\/verification$/, null],
  [/^\/v1\/provider\/services\/[^/]+\/releases$/, 16 * mebibyte],
  [/^\/v1\/provider\/services\/[^/]+\/listing\/images$/, 16 * mebibyte],
]

const limitTo = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: () => {
      throw new ProblemError('too-large', { detail: `A body may have ${maxSize / mebibyte} MiB here.` })
    },
  })
const limits = new Map([usual, 16 * mebibyte].map((size) => [size, limitTo(size)]))

/** Refuses a body that is larger than its route takes, before it is in memory. */
export const limitBody = createMiddleware<AppEnv>(async (c, next) => {
  const found = others.find(([path]) => path.test(c.req.path))
  const limit = found ? found[1] : usual
  const apply = limit === null ? undefined : limits.get(limit)
  if (!apply) return next()
  if (!c.req.raw.headers.has('content-length')) c.req.raw = asPlain(c.req.raw)
  return apply(c, next)
})

/** Where no length is told the check reads the body and copies the request, which a server's own request does not bear. */
function asPlain({ url, method, headers, body, signal }: Request): Request {
  return new Request(url, { method, headers, signal, ...(body ? { body, duplex: 'half' } : {}) })
}
