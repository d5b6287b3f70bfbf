import { z } from 'zod'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { enqueue } from '../../jobs/define.ts'
import { ProblemError } from '../../problems.ts'
import { verifyWebhook, type Stripe } from '../../stripe/client.ts'
import { audit } from '../audit/index.ts'
import { ensurePlatform } from '../identity/index.ts'
import { followEventJob } from './jobs.ts'
import type { FailedEvent, PaymentsMode, WebhookFigures } from './schemas.ts'
import * as store from './store.ts'

/** Money is done by the platform's organisation, whoever asked. */
export async function asPlatform<T>(deps: Deps, work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
  return withUnitOfWork(deps, systemActor(await ensurePlatform(deps), 'platform'), work)
}

/** Keeps an event, and puts it in line where something follows from its kind of object. Known ones are counted. */
export async function takeEvent(
  unit: UnitOfWork,
  { stripeSyncs }: Pick<Deps, 'stripeSyncs'>,
  event: Stripe.Event,
  body: string,
  source: 'webhook' | 'reconciliation',
): Promise<boolean> {
  const about = event.data.object as { id?: unknown; object?: unknown }
  const isFollowed = stripeSyncs.some(({ object }) => object === about.object)
  const { isNew } = await store.keepEvent(unit.tx, {
    organisation_id: unit.actor.organisation,
    id: event.id,
    type: event.type,
    object: typeof about.object === 'string' ? about.object : 'unknown',
    object_id: typeof about.id === 'string' ? about.id : null,
    account: event.account ?? '',
    api_version: event.api_version ?? null,
    is_live: event.livemode,
    happened_at: new Date(event.created * 1_000),
    source,
    body,
    state: isFollowed ? 'received' : 'ignored',
    done_at: isFollowed ? null : unit.clock(),
  })
  if (isNew && isFollowed) await enqueue(unit, followEventJob, { event: event.id })
  return isNew
}

/**
 * Takes what was sent to the webhook's address: verified over its raw bytes, kept, and acknowledged before anything
 * follows from it. What is not believed is counted and not kept.
 */
export async function receiveWebhook(
  deps: Deps,
  body: string,
  signature: string | undefined,
): Promise<'taken' | 'repeated' | store.Refusal> {
  const verified = verifyWebhook(body, signature, deps.config.stripe.webhookSecret ?? '')
  const outcome =
    'refused' in verified
      ? await asPlatform(deps, async ({ tx, actor }) => {
          await store.countRefusal(tx, actor.organisation, verified.refused)
          return verified.refused
        })
      : (await asPlatform(deps, (unit) => takeEvent(unit, deps, verified.event, body, 'webhook')))
        ? ('taken' as const)
        : ('repeated' as const)
  deps.metrics.stripeWebhooks.inc({ outcome })
  return outcome
}

/** Whose money this installation moves. */
export function getPayments({ stripe, config }: Pick<Deps, 'stripe' | 'config'>): PaymentsMode {
  return { mode: stripe.mode, publishableKey: config.stripe.publishableKey ?? null }
}

const Place = z.tuple([z.iso.datetime(), z.string()])

/** Events that were tried as often as makes sense and put aside, the newest first. */
export async function listFailedEvents(unit: UnitOfWork, query: PageQuery) {
  requireAdmin(unit.actor)
  const rows = await store.listFailedEvents(unit.tx, {
    after: decodeCursor(query.cursor, Place),
    limit: query.limit,
  })
  const failedAt = (row: (typeof rows)[number]) => row.failed_at?.toISOString() ?? ''
  const page = pageOf(rows, query.limit, (row) => [failedAt(row), row.id])
  const items = page.items.map((row): FailedEvent => ({
    id: row.id,
    type: row.type,
    object: row.object,
    objectId: row.object_id,
    account: row.account || null,
    happenedAt: row.happened_at.toISOString(),
    failedAt: failedAt(row),
    attempts: row.attempts,
    error: row.error,
  }))
  return { items, next: page.next }
}

/** Puts one that was put aside in line again, as if it had just come. */
export async function retryEvent(unit: UnitOfWork, id: string): Promise<void> {
  requireAdmin(unit.actor)
  if (!(await store.resumeEvent(unit.tx, id)))
    throw new ProblemError('not-found', {
      detail: 'No event of this id was put aside: it may have been followed, or be in line again.',
    })
  await enqueue(unit, followEventJob, { event: id })
  await audit(unit, 'stripe-event.retry', { event: id })
}

export async function getWebhookFigures(unit: UnitOfWork, days: number): Promise<WebhookFigures> {
  requireAdmin(unit.actor)
  const [types, refused, read] = [
    await store.countEvents(unit.tx, days),
    await store.listRefusals(unit.tx, days),
    await store.lastReadAt(unit.tx),
  ]
  return {
    types,
    refused: refused.map(({ last_at, ...row }) => ({ ...row, lastAt: last_at.toISOString() })),
    reconciledAt: read?.read_at?.toISOString() ?? null,
  }
}
