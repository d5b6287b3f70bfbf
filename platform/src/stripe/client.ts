import { Stripe } from 'stripe'
import type { StripeConfig } from '../config.ts'

/** Whose money it is: real, Stripe's test mode, the local simulator, or nobody's because nothing is set up. */
export type PaymentsMode = 'live' | 'test' | 'simulator' | 'off'

/** stripe-node, and where it leads. Every call that makes something is given an `idempotencyKey`: see `keyOf`. */
export type StripeClient = Stripe & { mode: PaymentsMode }

export type { Stripe }

/** The version that requests are made in and answers are read in, whatever the account's own is. */
const apiVersion = '2026-10-28.endive'

export function modeOf({ secretKey, apiBase }: StripeConfig): PaymentsMode {
  if (apiBase) return 'simulator'
  if (!secretKey) return 'off'
  return /^[sr]k_live_/.test(secretKey) ? 'live' : 'test'
}

/** Opens the client. Nothing is asked of Stripe before the first call; where nothing is set up every call says so. */
export function openStripe(config: StripeConfig): StripeClient {
  const mode = modeOf(config)
  const base = config.apiBase ? new URL(config.apiBase) : undefined
  const client = new Stripe(config.secretKey ?? 'sk_test_none', {
    apiVersion,
    telemetry: false,
    timeout: 30_000,
    maxNetworkRetries: 2,
    ...(base ? { host: base.hostname, port: Number(base.port), protocol: 'http' as const } : {}),
    ...(mode === 'off' ? { httpClient: noClient() } : {}),
  })
  return Object.assign(client, { mode })
}

const offMessage =
  'No payments are set up: set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET, or use `pnpm start`.'

/** Refuses every call before anything leaves: `pnpm start` brings the simulator, other ways of running need a key. */
const noClient = () =>
  Stripe.createFetchHttpClient(() =>
    Promise.resolve(
      Response.json({ error: { type: 'authentication_error', message: offMessage } }, { status: 401 }),
    ),
  )

/**
 * The idempotency key of a call: what causes it, and which of its causes this is. The same decision asks with the
 * same key however often it is carried out; Stripe keeps keys for 24 hours.
 */
export function keyOf(kind: string, cause: string, attempt?: number): string {
  return [kind, cause, ...(attempt === undefined ? [] : [String(attempt)])].join(':')
}

/** For how long a key is surely known to Stripe: after it, look for the object before making it. */
export const keyLifetimeMs = 23 * 3_600_000

/** What Stripe said of a call that it refused; undefined of every other error. */
export function stripeErrorOf(error: unknown): Stripe.errors.StripeError | undefined {
  return error instanceof Stripe.errors.StripeError ? error : undefined
}

/** Whether Stripe says that there is no such object. */
export function isMissing(error: unknown): boolean {
  return stripeErrorOf(error)?.code === 'resource_missing'
}

/** Whether Stripe says that a connected account is gone, or is the platform's no more. */
export function isDisconnected(error: unknown): boolean {
  return stripeErrorOf(error)?.code === 'account_invalid' || isMissing(error)
}

/** Of a webhook: what came, or why it is not believed. */
export type Verified = { event: Stripe.Event } | { refused: 'forged' | 'stale' | 'malformed' }

const toleranceSeconds = 300

/**
 * Checks the signature over the raw bytes, and its age: of the future it may be as little as of the past. Several secrets stand with commas between them: Stripe signs
 * events of connected accounts with another than its own, and an endpoint has two while its secret is rolled.
 */
export function verifyWebhook(body: string, signature: string | undefined, secrets: string): Verified {
  // Without a secret anybody could sign.
  if (!signature || secrets === '') return { refused: 'forged' }
  const answers = secrets.split(',').map((secret) => verifyWith(body, signature, secret))
  const taken = answers.find((answer) => 'event' in answer)
  const known = answers.find((answer) => 'refused' in answer && answer.refused !== 'forged')
  return taken ?? known ?? { refused: 'forged' }
}

function verifyWith(body: string, signature: string, secret: string): Verified {
  try {
    const event = Stripe.webhooks.constructEvent(body, signature, secret, toleranceSeconds)
    if (isAhead(signature)) return { refused: 'stale' }
    return isEvent(event) ? { event } : { refused: 'malformed' }
  } catch (error) {
    if (error instanceof SyntaxError) return { refused: 'malformed' }
    const isStale = error instanceof Error && error.message.includes('tolerance')
    return { refused: isStale ? 'stale' : 'forged' }
  }
}

/** Stripe's library asks only whether a signature is too old. */
function isAhead(signature: string): boolean {
  const signedAt = [...signature.matchAll(/(?:^|,)t=(\d+)/g)].at(-1)?.[1]
  return Number(signedAt) - Date.now() / 1_000 > toleranceSeconds
}

function isEvent(event: unknown): boolean {
  const { id, type, data, created } = (event ?? {}) as Partial<Stripe.Event>
  const isWhole = typeof id === 'string' && typeof type === 'string' && typeof created === 'number'
  return isWhole && typeof data?.object === 'object'
}
