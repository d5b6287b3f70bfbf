import { z } from 'zod'
import { Instant } from './dates.ts'
import { ExecutionOutcome } from './execution.ts'

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be SHA-256 in lower-case hex')

/** What a receipt states of one execution; signed as a JWS (RFC 7515) with the platform's key. */
export const ReceiptClaims = z.strictObject({
  iss: z.string(),
  /** The execution, `exe_…`. */
  sub: z.string(),
  /** Seconds since the epoch (RFC 7519). */
  iat: z.int(),
  service: z.string(),
  version: z.string(),
  /** SHA-256 of the release: see `releaseDigest`. */
  release: Sha256,
  grant: z.string(),
  input: Sha256,
  /** The personal fields that its grant agreed to, as `customers.email`; left out where there are none. */
  personal: z.array(z.string()).min(1).optional(),
  settings: Sha256,
  state: Sha256,
  /** Null where the execution gave no output. */
  output: Sha256.nullable(),
  /** Hexadecimal. */
  seed: z.string().regex(/^([0-9a-f]{2})+$/),
  frozenAt: Instant,
  timeZone: z.string(),
  locale: z.string(),
  limits: z.record(z.string(), z.int()),
  versions: z.strictObject({
    sandbox: z.string(),
    node: z.string(),
    v8: z.string(),
    icu: z.string(),
    tz: z.string(),
  }),
  startedAt: Instant,
  endedAt: Instant,
  outcome: ExecutionOutcome,
})
export type ReceiptClaims = z.infer<typeof ReceiptClaims>

/** What a replay of an execution says. */
export const ReplayVerdict = z.enum(['REPRODUCED', 'DIVERGED', 'INPUT-EXPIRED', 'NOT-REPLAYABLE'])
export type ReplayVerdict = z.infer<typeof ReplayVerdict>

export const Replay = z.strictObject({
  verdict: ReplayVerdict,
  differences: z.array(
    z.strictObject({ pointer: z.string(), expected: z.json().optional(), actual: z.json().optional() }),
  ),
})
export type Replay = z.infer<typeof Replay>
