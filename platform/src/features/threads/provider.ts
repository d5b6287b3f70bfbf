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
import { whyClosed } from './closed.ts'
import { serviceOf, tellMessageJob } from './jobs.ts'
import * as store from './provider-store.ts'
import type { ProviderMessage, ProviderThread } from './schemas.ts'
import { messagePlace } from './service.ts'
import { findEnd } from './store.ts'

type Keys = Pick<Deps, 'keyring'>

const notFound = () => new ProblemError('not-found', { detail: 'You have no such subscriber.' })

/** A subscriber of the provider's own by its number. Refuses with not-found. */
async function find(unit: UnitOfWork, { keyring }: Keys, number: string): Promise<store.SubscriberRow> {
  requireOrganisationKind(unit.actor, 'provider')
  const row = await store.findSubscriber(
    unit.tx,
    rowOf(keyring, 'subscriber', unit.actor.organisation, number),
  )
  if (!row) throw notFound()
  return row
}

function toThread(unit: UnitOfWork, { keyring }: Keys, row: store.SubscriberRow): ProviderThread {
  const subscriber = numberOf(keyring, 'subscriber', unit.actor.organisation, row.id)
  return {
    subscriber,
    label: subscriber.slice(-4),
    service: serviceOf(row.service_id),
    unread: row.unread ?? 0,
    whyClosed: whyClosed(row.state, row.closed_reason),
    lastAt: row.last_at?.toISOString() ?? null,
  }
}

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

/** What was written with a subscriber, the newest first, and nothing of who it is. */
export async function listProviderMessages(
  unit: UnitOfWork,
  deps: Keys,
  subscriber: string,
  query: PageQuery,
) {
  const row = await find(unit, deps, subscriber)
  const after = decodeCursor(query.cursor, messagePlace)
  const rows = row.thread_id ? await store.listMessages(unit.tx, row.thread_id, after, query.limit) : []
  const page = pageOf(rows, query.limit, (each) => [each.place, each.id])
  return { thread: toThread(unit, deps, row), items: page.items.map(toMessage), next: page.next }
}

/** Writes to a subscriber. Names, addresses and numbers are taken out: neither side is to be reached elsewhere. */
export async function writeToSubscriber(
  unit: UnitOfWork,
  deps: Pick<Deps, 'keyring' | 'directory'>,
  subscriber: string,
  words: string,
): Promise<ProviderMessage> {
  requireRole(unit.actor, 'manager')
  const row = await find(unit, deps, subscriber)
  const { organisation, user } = unit.actor
  const closed = whyClosed(row.state, row.closed_reason)
  if (closed) throw new ProblemError('thread-closed', { detail: closed })
  const end = await findEnd(deps.directory, organisation, row.id)
  if (!end) throw notFound()
  const thread = await store.touchThread(unit.tx, organisation, row)
  const written = { words, delivered: redactByForm(words), user }
  const message = await store.sendToSubscriber(unit.tx, organisation, thread, end.organisation_id, written)
  await audit(unit, 'message.send', { subscriber, message: encodeId(idPrefixes.message, message.id) })
  await enqueue(unit, tellMessageJob, {
    organisation: end.organisation_id,
    to: 'operator',
    subscription: encodeId(idPrefixes.subscription, end.subscription_id),
    service: serviceOf(row.service_id),
  })
  return toMessage(message)
}

export async function readProviderThread(unit: UnitOfWork, deps: Keys, subscriber: string): Promise<void> {
  await store.markRead(unit.tx, (await find(unit, deps, subscriber)).id)
}
