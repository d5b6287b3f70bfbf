import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { enqueue } from '../../jobs/define.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { findBusinessRows } from '../businesses/index.ts'
import { redactForOthers } from '../masking/index.ts'
import { describeReleases } from '../releases/index.ts'
import {
  findSubscriptions,
  openGrant,
  numberOf,
  requireSubscription,
  type SubscriptionRow,
} from '../subscriptions/index.ts'
import { whyClosed, writableUntil } from './closed.ts'
import { serviceOf, tellMessageJob } from './jobs.ts'
import { nameRecords } from './names.ts'
import type { Message, NewOwnMessage, NewThreadReport, Thread } from './schemas.ts'
import * as store from './store.ts'

export const messagePlace = z.tuple([z.string().max(40), z.uuid()])

/** The subscription of a thread, for who may read it. */
async function find(unit: UnitOfWork, id: string, lock = false): Promise<SubscriptionRow> {
  requireOrganisationKind(unit.actor, 'operator')
  return requireSubscription(unit, decodeId(idPrefixes.subscription, id), lock)
}

const standingOf = (row: SubscriptionRow, thread: store.ThreadRow | undefined) => ({
  endedAt: row.cancelled_at,
  aboutDay: null,
  closedReason: thread?.closed_reason ?? null,
})

async function toThreads(
  unit: UnitOfWork,
  deps: Deps,
  subscriptions: readonly SubscriptionRow[],
  threads: ReadonlyMap<string, store.ThreadRow>,
): Promise<Thread[]> {
  const releases = await describeReleases(
    deps,
    subscriptions.map((row) => row.release_id),
  )
  const businesses = await findBusinessRows(
    unit,
    subscriptions.map((row) => row.business_id),
  )
  return subscriptions.flatMap((row) => {
    const release = releases.get(row.release_id)
    if (!release) return []
    const thread = threads.get(row.id)
    return {
      subscription: encodeId(idPrefixes.subscription, row.id),
      business: {
        id: encodeId(idPrefixes.business, row.business_id),
        name: businesses.get(row.business_id)?.name ?? '',
      },
      service: {
        id: serviceOf(row.service_id),
        service: release.slug,
        name: release.manifest.name,
        publisher: release.publisher,
      },
      unread: thread?.unread ?? 0,
      isMuted: thread?.is_muted ?? false,
      isReported: thread?.is_reported ?? false,
      whyClosed: whyClosed(standingOf(row, thread)),
      writableUntil: writableUntil(standingOf(row, thread)),
      lastAt: thread?.last_at.toISOString() ?? null,
    }
  })
}

async function toThread(unit: UnitOfWork, deps: Deps, row: SubscriptionRow): Promise<Thread> {
  const found = await store.findThread(unit.tx, row.id)
  const [thread] = await toThreads(unit, deps, [row], new Map(found ? [[row.id, found]] : []))
  if (!thread) throw new ProblemError('not-found')
  return thread
}

/** The threads of an operator, the latest first, and how many messages wait to be read in all. */
export async function listThreads(unit: UnitOfWork, deps: Deps, query: PageQuery) {
  requireOrganisationKind(unit.actor, 'operator')
  const rows = await store.listThreads(unit.tx, decodeCursor(query.cursor, messagePlace), query.limit)
  const page = pageOf(rows, query.limit, (row) => [row.place, row.subscription_id])
  const found = await findSubscriptions(
    unit,
    page.items.map((row) => row.subscription_id),
  )
  const subscriptions = page.items.flatMap((row) => found.get(row.subscription_id) ?? [])
  const threads = new Map(page.items.map((row) => [row.subscription_id, row]))
  return {
    items: await toThreads(unit, deps, subscriptions, threads),
    next: page.next,
    unread: await store.countUnread(unit.tx),
  }
}

function toMessage(row: store.MessageRow, names: ReadonlyMap<string, string>): Message {
  const { sender, words, delivered, at, conversation, about, about_day: day } = row
  return {
    id: encodeId(idPrefixes.message, row.id),
    sender,
    words,
    delivered,
    names: Object.fromEntries([...names].filter(([pseudonym]) => words.includes(pseudonym))),
    about:
      conversation === null || day === null
        ? null
        : {
            conversation: encodeId(idPrefixes.thread, conversation),
            execution: about === null ? null : encodeId(idPrefixes.execution, about),
            day,
            whyClosed: whyClosed({ endedAt: null, aboutDay: day, closedReason: null }),
          },
    at: at.toISOString(),
  }
}

/** What was written with the provider of a subscription's service, the newest first. */
export async function listMessages(unit: UnitOfWork, deps: Deps, id: string, query: PageQuery) {
  const row = await find(unit, id)
  const after = decodeCursor(query.cursor, messagePlace)
  const rows = await store.listMessages(unit.tx, row.id, after, query.limit)
  const page = pageOf(rows, query.limit, (each) => [each.place, each.id])
  const names = await nameRecords(
    unit,
    deps,
    row,
    page.items.map(({ words }) => words),
  )
  return {
    thread: await toThread(unit, deps, row),
    items: page.items.map((each) => toMessage(each, names)),
    next: page.next,
  }
}

/**
 * What the provider reads of words: whose they are is taken out, and records stand as the pseudonyms that it knows.
 * Not so about an execution: one pseudonym in two conversations would tell that they are of one subscriber.
 */
async function deliveredOf(
  unit: UnitOfWork,
  deps: Deps,
  row: SubscriptionRow,
  { words, conversation }: NewOwnMessage,
): Promise<string> {
  const key = conversation === undefined ? (await openGrant(unit, deps, row.id)).key : undefined
  return redactForOthers(unit, row.business_id, words, key)
}

/** What the provider would read. Nothing is kept. */
export async function previewMessage(unit: UnitOfWork, deps: Deps, id: string, written: NewOwnMessage) {
  requireRole(unit.actor, 'manager')
  return { delivered: await deliveredOf(unit, deps, await find(unit, id), written) }
}

async function requireConversation(
  unit: UnitOfWork,
  subscription: string,
  conversation: string | undefined,
): Promise<store.Conversation | undefined> {
  if (conversation === undefined) return undefined
  const found = await store.findConversation(unit.tx, subscription, decodeId(idPrefixes.thread, conversation))
  if (!found) throw new ProblemError('not-found', { detail: 'The subscription has no such conversation.' })
  return found
}

/** Writes to the provider of a subscription’s service. It reads the words redacted, from a row of its own. */
export async function writeToProvider(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  written: NewOwnMessage,
): Promise<Message> {
  requireRole(unit.actor, 'manager')
  const row = await find(unit, id, true)
  const thread = await store.findThread(unit.tx, row.id)
  const of = await requireConversation(unit, row.id, written.conversation)
  const closed =
    whyClosed(standingOf(row, thread)) ??
    (of && whyClosed({ endedAt: null, aboutDay: of.about_day, closedReason: null }))
  if (closed) throw new ProblemError('thread-closed', { detail: closed })
  const { organisation, user } = unit.actor
  const delivered = await deliveredOf(unit, deps, row, written)
  await store.openThread(unit.tx, organisation, row.id)
  const kept = { words: written.words, delivered, user, of }
  const message = await store.sendToProvider(unit.tx, organisation, row.id, kept)
  await audit(unit, 'message.send', { subscription: id, message: encodeId(idPrefixes.message, message.id) })
  await enqueue(unit, tellMessageJob, {
    organisation: row.provider_id,
    to: 'provider',
    ...(of?.conversation
      ? { conversation: of.conversation }
      : { subscriber: numberOf(deps.keyring, 'subscriber', row.provider_id, row.subscriber_id) }),
    service: serviceOf(row.service_id),
  })
  return toMessage(message, new Map())
}

export async function readThread(unit: UnitOfWork, id: string): Promise<void> {
  await store.markRead(unit.tx, (await find(unit, id)).id)
}

/** Mutes a thread, or takes that back: nothing is told of what comes in. The provider does not learn of it. */
export async function changeThread(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  isMuted: boolean,
): Promise<Thread> {
  requireRole(unit.actor, 'manager')
  const row = await find(unit, id)
  await store.openThread(unit.tx, unit.actor.organisation, row.id)
  await store.setMuted(unit.tx, row.id, isMuted)
  await audit(unit, 'thread.change', { subscription: id, isMuted })
  unit.emit('thread.changed', { subscription: id, isMuted })
  return toThread(unit, deps, row)
}

/** Reports a thread: the marketplace may read what was delivered in it, and decides whether it stays open. */
export async function reportThread(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  given: NewThreadReport,
): Promise<Thread> {
  requireRole(unit.actor, 'manager')
  const row = await find(unit, id)
  if (!(await store.findThread(unit.tx, row.id)))
    throw new ProblemError('conflict', { detail: 'Nothing was written here yet.' })
  const made = await store.insertReport(unit.tx, unit.actor.organisation, row.id, {
    reason: given.reason,
    words: given.words ?? null,
  })
  if (!made)
    throw new ProblemError('already-exists', {
      detail: 'You reported it already; the marketplace will look at it.',
    })
  const report = encodeId(idPrefixes.report, made.id)
  await audit(unit, 'thread.report', { report, subscription: id, reason: given.reason })
  unit.emit('thread.reported', { report, subscription: id })
  return toThread(unit, deps, row)
}
