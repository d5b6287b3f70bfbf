import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '../src/db/postgres.ts'
import type { Router } from '../src/http/router.ts'
import { startStripeSimulator, type SeenRequest, type StripeSimulator } from '../stripe-simulator/index.ts'
import { createJudge } from '../stripe-simulator/test/conforms.ts'
import { openPlatform, test as base, type Platform, type PlatformOptions } from './harness.ts'
import { platformPerson, signUpOperator, type Person } from './people.ts'

export const webhookSecret = 'whsec_of_the_tests'

/** An event as Stripe sends it. */
export function aStripeEvent(type: string, object: { id: string; object: string }) {
  return {
    id: `evt_${randomUUID().replaceAll('-', '')}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: Math.floor(Date.now() / 1_000),
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  }
}

interface Sending {
  secret?: string
  secondsAgo?: number
  /** Signs this instead of what is sent. */
  signed?: string
  /** Sends this instead of a signature. */
  header?: string
}

/** Sends it as Stripe does: signed by its rules, by code that is not the platform's. */
export async function sendWebhook(app: Router, body: string, sending: Sending = {}): Promise<Response> {
  const at = Math.floor(Date.now() / 1_000) - (sending.secondsAgo ?? 0)
  const signature = createHmac('sha256', sending.secret ?? webhookSecret)
    .update(`${at}.${sending.signed ?? body}`)
    .digest('hex')
  return app.request('/stripe/webhooks', {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': sending.header ?? `t=${at},v1=${signature}`,
    },
    body,
  })
}

/** The platform with a simulator of its own, both in this process. */
export interface MoneyPlatform extends Platform {
  simulator: StripeSimulator
  /** Every request that the platform has sent to Stripe, and what was answered. */
  requests: SeenRequest[]
  /** The key that may everything, for what a test does at Stripe itself. */
  secretKey: string
  close(): Promise<void>
}

/** What a test changes of both: with `taxPercent` Stripe works out taxes, with `permissions` the key may these alone. */
export interface MoneyOptions extends Omit<PlatformOptions, 'stripe'> {
  taxPercent?: number
  permissions?: string[]
}

/** A fixture: both, for as long as its scope lasts. */
export const moneyPlatform =
  (options?: MoneyOptions) =>
  // oxlint-disable-next-line eslint/no-empty-pattern -- the runner's own form
  async ({}, use: (platform: MoneyPlatform) => Promise<void>): Promise<void> => {
    const platform = await openMoneyPlatform(options)
    await use(platform)
    await platform.close()
  }

/** Both for each test file; who runs the marketplace and who earns on it for each test that asks for them. */
export const moneyTest = (options?: MoneyOptions) =>
  base.extend<{ platform: MoneyPlatform; admin: Person; provider: Person }>({
    platform: [moneyPlatform(options), { scope: 'file' }],
    admin: async ({ platform }, use) => use(await platformPerson(platform, 'owner')),
    provider: async ({ platform }, use) => use(await signUpOperator(platform.app, 'provider')),
  })

/**
 * Opens both. The simulator's webhooks go nowhere: `deliver` hands the events in, as often and in whatever order a
 * test likes, and reconciliation finds what was not delivered.
 */
export async function openMoneyPlatform({
  taxPercent,
  permissions,
  ...options
}: MoneyOptions = {}): Promise<MoneyPlatform> {
  const secretKey = `sk_test_${randomUUID().replaceAll('-', '')}`
  const restricted = secretKey.replace('sk_', 'rk_')
  const requests: SeenRequest[] = []
  const simulator = await startStripeSimulator({
    port: await findFreePort(),
    secretKey,
    ...(permissions ? { restrictedKeys: [{ key: restricted, permissions }] } : {}),
    seed: secretKey,
    terms: { settlementCurrencies: ['usd', 'eur', 'gbp'], taxPercent: taxPercent ?? 0 },
    onRequest: (seen) => void requests.push(seen),
    ...(options.clock ? { clock: () => options.clock?.().getTime() ?? Date.now() } : {}),
  })
  const platform = await openPlatform({
    ...options,
    stripe: {
      STRIPE_SECRET_KEY: permissions ? restricted : secretKey,
      STRIPE_WEBHOOK_SECRET: webhookSecret,
      STRIPE_API_BASE: simulator.url,
      ...(taxPercent === undefined ? {} : { STRIPE_TAX: '1' }),
    },
  })
  return {
    ...platform,
    simulator,
    secretKey,
    requests,
    close: async () => {
      await platform.close()
      await simulator.close()
      requireConforming(requests)
    },
  }
}

/** Nothing was asked that Stripe's own description does not know, and nothing answered that it does not allow. */
function requireConforming(requests: readonly SeenRequest[]): void {
  const judge = createJudge()
  const problems = requests.flatMap((seen) =>
    seen.status >= 400 ? [] : [...judge.requestProblems(seen), ...judge.conforms(seen.object)],
  )
  if (problems.length > 0)
    throw new Error(`not as Stripe describes it:\n${[...new Set(problems)].slice(0, 20).join('\n')}`)
}

/** Every event that the simulator has, oldest first, of the platform and of these connected accounts. */
export async function listEvents({ deps }: Platform, accounts: string[] = []) {
  const all = []
  for (const account of ['', ...accounts]) {
    const options = account ? { stripeAccount: account } : {}
    for await (const event of deps.stripe.events.list({ limit: 100 }, options)) all.push(event)
  }
  return all.toReversed().sort((a, b) => a.created - b.created)
}

/** Hands events in as signed webhooks, in the order given. */
export async function deliver({ app }: Platform, events: readonly object[]): Promise<void> {
  for (const event of events) {
    const { status } = await sendWebhook(app, JSON.stringify(event))
    if (status !== 200) throw new Error(`a webhook was answered with ${status}`)
  }
}

/** What the simulator alone can be told: a bank disputes a charge, an answer is lost, … */
export async function control(
  { simulator, secretKey }: MoneyPlatform,
  what: string,
  body: object = {},
): Promise<void> {
  const answer = await fetch(`${simulator.url}/_simulator/controls/${what}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secretKey}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`)
}

interface WaitingJob {
  name: string
  handle(deps: Platform['deps'], payloads: object[]): Promise<void>
}

/** Does the waiting jobs of these kinds until none is left, as a worker would; answers how many there were. */
export async function workOff({ deps }: Platform, jobs: readonly WaitingJob[]): Promise<number> {
  let count = 0
  for (let before = -1; before !== count;) {
    before = count
    for (const job of jobs)
      for (const { id, data } of await deps.boss.fetch<object>(job.name, { batchSize: 50 })) {
        await job.handle(deps, [data])
        await deps.boss.complete(job.name, id)
        count++
      }
    if (before !== count) await sleep(1)
  }
  return count
}
