import { createMiddleware } from 'hono/factory'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { ProblemError } from '../problems.ts'
import type { AppEnv } from './router.ts'

interface Limit {
  points: number
  seconds: number
}

/** At most so many requests in so many seconds for each key, in this process; told in `RateLimit` headers. */
export function rateLimit(
  name: string,
  limit: Limit,
  keyOf: (request: { header(name: string): string | undefined; address: string }) => string,
) {
  const limiter = new RateLimiterMemory({ keyPrefix: name, points: limit.points, duration: limit.seconds })
  return createMiddleware<AppEnv>(async (c, next) => {
    const address = c.env?.incoming?.socket?.remoteAddress ?? 'local'
    let left: RateLimiterRes
    try {
      left = await limiter.consume(keyOf({ header: (header) => c.req.header(header), address }))
    } catch (refused) {
      const seconds = Math.ceil(((refused as RateLimiterRes).msBeforeNext ?? 1_000) / 1_000)
      c.header('retry-after', String(seconds))
      throw new ProblemError('too-many-requests', { detail: `Try again in ${seconds} s.` })
    }
    c.header('ratelimit-policy', `"${name}";q=${limit.points};w=${limit.seconds}`)
    c.header('ratelimit', `"${name}";r=${left.remainingPoints};t=${Math.ceil(left.msBeforeNext / 1_000)}`)
    await next()
  })
}
