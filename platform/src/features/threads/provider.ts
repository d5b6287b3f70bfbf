import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { enqueue } from '../../jobs/define.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { redactByForm } from '../masking/index.ts'
import { requireOwnService } from '../releases/index.ts'
import { numberOf, rowOf } from '../subscriptions/index.ts'
import { whyClosed, writableUntil } from './closed.ts'
import { serviceOf, tellMessageJob } from './jobs.ts'
import * as store from './provider-store.ts'
import type { ProviderMessage, ProviderThread } from './schemas.ts'
import { messagePlace } from './service.ts'
import { findEnd } from './store.ts'

type Keys = Pick<Deps, 'keyring'>

/** Whom a provider writes to: a subscriber by its number, or whoever's execution a line of its own is. */
export type Whom = { subscriber: string } | { service: string; execution: string }

/** The thread with a subscriber of the provider's own, or about a line of its own. Refuses with not-found. */
async function find(unit: UnitOfWork, { keyring }: Keys, whom: Whom): Promise<store.ThreadRow> {
  requireOrganisationKind(unit.actor, 'provider')
  const { organisation } = unit.actor
  if ('subscriber' in whom) {
    const row = await store.findSubscriber(
      unit.tx,
      rowOf(keyring, 'subscriber', organisation, whom.subscriber),
    )
    if (!row) throw new ProblemError('not-found', { detail: 'You have no such subscriber.' })
    return row
  }
  const { id } = await requireOwnService(unit, whom.service)
  const line = rowOf(keyring, 'run', organisation, whom.execution)
  const row = (await store.findConversation(unit.tx, id, line)) ?? (await store.findBegun(unit.tx, id, line))
  if (!row) throw new ProblemError('not-found', { detail: 'The service has no such execution.' })
  return row
}

function toThread(unit: UnitOfWork, { keyring }: Keys, row: store.ThreadRow): ProviderThread {
  const { organisation } = unit.actor
  const { about, about_day: day } = row
  const number =
    about === null
      ? numberOf(keyring, 'subscriber', organisation, row.id)
      : numberOf(keyring, 'run', organisation, about)
  return {
    subscriber: about === null ? number : null,
    about: about === null || day === null ? null : { execution: number, day },
    label: number.slice(-4),
    service: serviceOf(row.service_id),
    unread: row.unread ?? 0,
    whyClosed: whyClosed(standingOf(row)),
    writableUntil: writableUntil(standingOf(row)),
    lastAt: row.last_at?.toISOString() ?? null,
  }
}

const standingOf = (row: store.ThreadRow) => ({
  endedAt: row.until,
  aboutDay: row.about_day,
  closedReason: row.closed_reason,
})

/** Subscribers of a service with whom something was written, the latest first. */
export async function listProviderThreads(unit: UnitOfWork, deps: Keys, service: string, query: PageQuery) {
  requireOrganisationKind(unit.actor, 'provider')
  const { id } = await requireOwnService(unit, service)
  const rows = await store.listThreads(unit.tx, id, decodeCursor(query.cursor, messagePlace), query.limit)
  const page = pageOf(rows, query.limit, (row) => [row.place, row.thread_id])
  return { items: page.items.map((row) => toThread(unit, deps, row)), next: page.next }
}

function toMessage({
  id,
  sender,
  words,
  delivered,
  at,
}: Awaited<ReturnType<typeof store.sendToSubscriber>>): ProviderMessage {
  return { id: encodeId(idPrefixes.message, id), sender, words, delivered, at: at.toISOString() }
}

/** What was written with a subscriber or about an execution, the newest first, and nothing of who it is. */
export async function listProviderMessages(unit: UnitOfWork, deps: Keys, whom: Whom, query: PageQuery) {
  const row = await find(unit, deps, whom)
  const after = decodeCursor(query.cursor, messagePlace)
  const rows = row.thread_id ? await store.listMessages(unit.tx, row.thread_id, after, query.limit) : []
  const page = pageOf(rows, query.limit, (each) => [each.place, each.id])
  return { thread: toThread(unit, deps, row), items: page.items.map(toMessage), next: page.next }
}

/**
 * Writes to a subscriber. Names, addresses and numbers are taken out: neither side is to be reached elsewhere. What is
 * written about an execution reaches whose it was, unless the marketplace closed that thread; which is not told.
 */
export async function writeToSubscriber(
  unit: UnitOfWork,
  deps: Pick<Deps, 'keyring' | 'directory'>,
  whom: Whom,
  words: string,
): Promise<ProviderMessage> {
  requireRole(unit.actor, 'manager')
  const row = await find(unit, deps, whom)
  const { organisation, user } = unit.actor
  const closed = whyClosed(standingOf(row))
  if (closed) throw new ProblemError('thread-closed', { detail: closed })
  const end = await findEnd(deps.directory, organisation, row.id)
  if (!end) throw new ProblemError('not-found', { detail: 'The subscriber is not there any more.' })
  const thread = await store.touchThread(unit.tx, organisation, row)
  const written = { words, delivered: redactByForm(words), user }
  const message = await store.sendToSubscriber(unit.tx, organisation, thread, end.organisation_id, written)
  await audit(unit, 'message.send', { ...whom, message: encodeId(idPrefixes.message, message.id) })
  await enqueue(unit, tellMessageJob, {
    organisation: end.organisation_id,
    to: 'operator',
    subscription: encodeId(idPrefixes.subscription, end.subscription_id),
    service: serviceOf(row.service_id),
  })
  return toMessage(message)
}

export async function readProviderThread(unit: UnitOfWork, deps: Keys, whom: Whom): Promise<void> {
  const { thread_id: thread } = await find(unit, deps, whom)
  if (thread) await store.markRead(unit.tx, thread)
}
