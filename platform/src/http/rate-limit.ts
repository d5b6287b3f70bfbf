import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { ProblemError } from '../problems.ts'
import type { AppEnv } from './router.ts'

interface Limit {
  points: number
  seconds: number
}

/** Counts one request for a key, and refuses it with 429 when there were too many; told in `RateLimit` headers. */
export type Take = (c: Context<AppEnv>, key: string) => Promise<void>

/** At most so many requests in so many seconds for each key, in this process. */
export function openLimit(name: string, limit: Limit): Take {
  const limiter = new RateLimiterMemory({ keyPrefix: name, points: limit.points, duration: limit.seconds })
  return async (c, key) => {
    let left: RateLimiterRes
    try {
      left = await limiter.consume(key)
    } catch (refused) {
      const seconds = Math.ceil(((refused as RateLimiterRes).msBeforeNext ?? 1_000) / 1_000)
      c.header('retry-after', String(seconds))
      throw new ProblemError('too-many-requests', { detail: `Try again in ${seconds} s.` })
    }
    c.header('ratelimit-policy', `"${name}";q=${limit.points};w=${limit.seconds}`)
    c.header('ratelimit', `"${name}";r=${left.remainingPoints};t=${Math.ceil(left.msBeforeNext / 1_000)}`)
  }
}

/** The same for every request of a path, by the address that it comes from. */
export function limitByAddress(name: string, limit: Limit) {
  const take = openLimit(name, limit)
  return createMiddleware<AppEnv>(async (c, next) => {
    await take(c, addressOf(c))
    await next()
  })
}

const loopback = /^(127\.|::1$|::ffff:127\.)/

/** Where a request comes from. Our own pages, and a proxy on this machine, say for whom they ask. */
export function addressOf(c: Context<AppEnv>): string {
  const peer = c.env?.incoming?.socket?.remoteAddress ?? '127.0.0.1'
  const said = loopback.test(peer) ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined
  return said || peer
}
