import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { systemActor, withUnitOfWork } from '../src/db/unit-of-work.ts'
import { closeDays } from '../src/features/analytics/close-days.ts'
import { asAdmin } from './executions.ts'
import type { Platform } from './harness.ts'
import { signUpOperator, type Answer, type Person } from './people.ts'
import { publish } from './services.ts'

/** A provider with a published service, and what tests put into its rows as the platform does. */
export interface Market {
  provider: Person
  service: string
  /** UUIDs. */
  ids: { provider: string; service: string; release: string }
  /** Lines of executions of days ago, each of a subscriber by number. */
  ran(
    lines: { by: number; daysAgo: number; outcome?: string; ms?: number; release?: string }[],
  ): Promise<void>
  decided(
    rows: { by: number; daysAgo: number; outcome: string; code?: string; type?: string }[],
  ): Promise<void>
  left(
    rows: { by: number; daysAgo: number; code?: string; words?: string; inTrial?: boolean }[],
  ): Promise<void>
  subscribed(rows: { by: number; daysAgo: number; state?: string; release?: string }[]): Promise<void>
  /** What the platform does once a day. */
  close(): Promise<void>
  /** Publishes another release; its UUID. */
  release(version: string): Promise<string>
}

export const subscriberUuid = (by: number) => `00000000-0000-7000-8000-${String(by).padStart(12, '0')}`

export async function openMarket(platform: Platform): Promise<Market> {
  const provider = await signUpOperator(platform.app, 'provider')
  const published = await publish(provider)
  const { items } = (await provider.get('/v1/provider/services')).body
  const ids = {
    provider: decodeId('org', provider.organisation),
    service: decodeId('svc', items[0].id),
    release: decodeId('rel', published.release),
  }
  const insert = (statement: string, rows: object[]) =>
    asAdmin(platform, statement, [ids.provider, ids.service, ids.release, JSON.stringify(rows)])
  const from = (shape: string) => `from jsonb_to_recordset($4::jsonb) as r (${shape})`
  return {
    provider,
    service: published.service,
    ids,
    ran: (lines) =>
      insert(
        `insert into bizq.provider_executions (organisation_id, id, subscriber_id, service_id, release_id, outcome, wall_ms, error_name, day, proposal_count)
         select $1, uuidv7(), r.by, $2, coalesce(r.release, $3::uuid), r.outcome, r.ms, case when r.outcome = 'failed' then 'TypeError' end, current_date - r.ago, 2
         ${from('"by" uuid, ago int, outcome text, ms float8, release uuid')}`,
        lines.map(({ by, daysAgo, outcome = 'succeeded', ms = 100, release }) => ({
          by: subscriberUuid(by),
          ago: daysAgo,
          outcome,
          ms,
          release,
        })),
      ),
    decided: (rows) =>
      insert(
        `insert into bizq.provider_outcomes (organisation_id, subscriber_id, service_id, release_id, proposal, type, outcome, reason_code, reason_text, day)
         select $1, r.by, $2, $3, gen_random_uuid(), r.type, r.outcome, r.code, case when r.code is not null then 'Not with [supplier]' end, current_date - r.ago
         ${from('"by" uuid, ago int, outcome text, code text, type text')}`,
        rows.map(({ by, daysAgo, outcome, code, type = 'bill.reschedule' }) => ({
          by: subscriberUuid(by),
          ago: daysAgo,
          outcome,
          code: code ?? null,
          type,
        })),
      ),
    left: (rows) =>
      insert(
        `insert into bizq.provider_endings (organisation_id, subscriber_id, service_id, release_id, was_trial, reason_code, reason_text, day)
         select $1, r.by, $2, $3, r.trial, r.code, r.words, current_date - r.ago
         ${from('"by" uuid, ago int, trial boolean, code text, words text')}`,
        rows.map(({ by, daysAgo, code, words, inTrial = false }) => ({
          by: subscriberUuid(by),
          ago: daysAgo,
          trial: inTrial,
          code: code ?? null,
          words: words ?? null,
        })),
      ),
    subscribed: (rows) =>
      insert(
        `insert into bizq.subscribers (organisation_id, id, service_id, release_id, state, price, since, until)
         select $1, r.by, $2, coalesce(r.release, $3::uuid), r.state, '{"monthly":{"amount":500,"currency":"USD"},"usage":[],"trialDays":0}',
           now() - r.ago * interval '1 day', case when r.state = 'cancelled' then now() - interval '1 day' end
         ${from('"by" uuid, ago int, state text, release uuid')}`,
        rows.map(({ by, daysAgo, state = 'active', release }) => ({
          by: subscriberUuid(by),
          ago: daysAgo,
          state,
          release,
        })),
      ),
    close: () =>
      withUnitOfWork(platform.deps, systemActor(ids.provider, 'provider'), (unit) =>
        closeDays(unit, ids.service),
      ),
    release: async (version) =>
      decodeId('rel', (await publish(provider, { service: published.service, version })).release),
  }
}

/** Asks until another file's transaction no longer holds the newest lines back. */
export async function linesOf(provider: Person, path: string, least = 1) {
  let body: Answer['body']
  await expect
    .poll(
      async () => {
        body = (await provider.get(path)).body
        return body.items.length
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThanOrEqual(least)
  return body
}

/** Numbers from one to this one. */
export const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)
