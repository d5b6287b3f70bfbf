import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireRole } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { enqueue } from '../../jobs/define.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { findBusinessRows, requireBusiness, type BusinessRow } from '../businesses/index.ts'
import * as effects from './effect-store.ts'
import * as followUps from './follow-up-store.ts'
import { carryOutJob } from './jobs.ts'
import type { CarryOver, Mail, Task } from './schemas.ts'
import { settleSent } from './settle.ts'
import * as store from './store.ts'

const place = z.tuple([z.uuid()])

type Named = ReadonlyMap<string, Pick<BusinessRow, 'name'>>

const businessesOf = (unit: UnitOfWork, rows: readonly { business_id: string }[]): Promise<Named> =>
  findBusinessRows(unit, [...new Set(rows.map((row) => row.business_id))])

function nameOf(businesses: Named, id: string): { id: string; name: string } {
  return { id: encodeId(idPrefixes.business, id), name: businesses.get(id)?.name ?? '' }
}

function toMail(row: effects.MailRow, businesses: Named): z.infer<typeof Mail> {
  return {
    id: encodeId(idPrefixes.mail, row.id),
    to: row.recipient,
    subject: row.subject,
    body: row.body,
    state: row.state,
    action: encodeId(idPrefixes.action, row.action_id),
    business: nameOf(businesses, row.business_id),
    createdAt: row.created_at.toISOString(),
    sentAt: row.sent_at?.toISOString() ?? null,
    detail: row.detail,
  }
}

/** Mails that effects sent, or kept because no mail server is set; newest first. */
export async function listOutbox(unit: UnitOfWork, query: PageQuery) {
  const before = decodeCursor(query.cursor, place)?.[0]
  const page = pageOf(await effects.listMails(unit.tx, before, query.limit), query.limit, (row) => [row.id])
  const businesses = await businessesOf(unit, page.items)
  return { items: page.items.map((row) => toMail(row, businesses)), next: page.next }
}

/** Locks in the order of the carrying out: the action, its effect, its mail. */
async function lockActionOf(unit: UnitOfWork, mail: string): Promise<store.ActionRow> {
  const found = await effects.findActionOfMail(unit.tx, mail)
  const [action] = found === undefined ? [] : await store.lockActions(unit.tx, [found])
  if (!action) throw new ProblemError('not-found')
  return action
}

async function lockUnknown(unit: UnitOfWork, id: string, states: readonly effects.MailRow['state'][]) {
  requireRole(unit.actor, 'manager')
  const uuid = decodeId(idPrefixes.mail, id)
  const action = await lockActionOf(unit, uuid)
  const effect = await effects.lockEffect(unit.tx, action.id)
  const mail = await effects.lockMail(unit.tx, uuid)
  if (!mail || !effect) throw new ProblemError('not-found')
  if (!states.includes(mail.state))
    throw new ProblemError('conflict', { detail: `The mail is ${mail.state}.` })
  return { mail, action, effect }
}

/** Hands a mail over once more, on the operator's word: one that was refused, or one of which nobody knows. The Message-ID stays. */
export async function sendAgain(unit: UnitOfWork, id: string): Promise<z.infer<typeof Mail>> {
  const { mail, action, effect } = await lockUnknown(unit, id, ['unknown', 'failed'])
  await effects.updateMail(unit.tx, mail.id, { state: 'queued', detail: null })
  await effects.updateEffect(unit.tx, effect.id, { state: 'carrying-out', detail: null })
  await store.updateAction(unit.tx, action.id, { state: 'approved', note: null })
  await enqueue(unit, carryOutJob, {
    organisation: unit.actor.organisation,
    action: action.id,
    effect: effect.id,
  })
  await audit(unit, 'mail.send-again', { mail: id })
  return toMail({ ...mail, state: 'queued', detail: null }, await businessesOf(unit, [mail]))
}

/** The operator knows that it arrived: the effect is settled as done. */
export async function markArrived(unit: UnitOfWork, id: string): Promise<z.infer<typeof Mail>> {
  const { mail, action, effect } = await lockUnknown(unit, id, ['unknown'])
  const sentAt = new Date()
  await effects.updateMail(unit.tx, mail.id, {
    state: 'sent',
    sent_at: sentAt,
    detail: 'The operator says that it arrived.',
  })
  await settleSent(unit, action, effect)
  await audit(unit, 'mail.mark-arrived', { mail: id })
  return toMail({ ...mail, state: 'sent', sent_at: sentAt }, await businessesOf(unit, [mail]))
}

function toCarryOver(row: followUps.CarryOverRow, businesses: Named): z.infer<typeof CarryOver> {
  return {
    id: encodeId(idPrefixes.carryOver, row.id),
    action: encodeId(idPrefixes.action, row.action_id),
    business: nameOf(businesses, row.business_id),
    kind: row.kind,
    sentence: row.sentence,
    state: row.state,
    createdAt: row.created_at.toISOString(),
  }
}

export interface CarryOverQuery extends PageQuery {
  state?: followUps.CarryOverRow['state'] | undefined
  business?: string | undefined
}

/** What is to be done by hand in an outside system, newest first. */
export async function listCarryOvers(unit: UnitOfWork, query: CarryOverQuery) {
  const before = decodeCursor(query.cursor, place)?.[0]
  const business = query.business ? (await requireBusiness(unit, query.business)).id : undefined
  const rows = await followUps.listCarryOvers(unit.tx, {
    state: query.state,
    business,
    before,
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, (row) => [row.id])
  const businesses = await businessesOf(unit, page.items)
  return { items: page.items.map((row) => toCarryOver(row, businesses)), next: page.next }
}

/** Ticks an item off: somebody did it outside. */
export async function tickCarryOver(unit: UnitOfWork, id: string): Promise<z.infer<typeof CarryOver>> {
  requireRole(unit.actor, 'manager')
  const row = await followUps.endCarryOver(unit.tx, decodeId(idPrefixes.carryOver, id), 'done')
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such open item.' })
  await audit(unit, 'carry-over.tick', { carryOver: id })
  return toCarryOver(row, await businessesOf(unit, [row]))
}

/** Tasks that actions made, newest first. */
export async function listTasks(unit: UnitOfWork, query: PageQuery) {
  const before = decodeCursor(query.cursor, place)?.[0]
  const page = pageOf(await followUps.listTasks(unit.tx, before, query.limit), query.limit, (row) => [row.id])
  const businesses = await businessesOf(unit, page.items)
  const items = page.items.map((row): z.infer<typeof Task> => ({
    id: encodeId('tsk', row.id),
    action: encodeId(idPrefixes.action, row.action_id),
    business: nameOf(businesses, row.business_id),
    body: row.body as Record<string, unknown>,
    state: row.state,
    createdAt: row.created_at.toISOString(),
  }))
  return { items, next: page.next }
}

export async function finishTask(unit: UnitOfWork, id: string): Promise<void> {
  requireRole(unit.actor, 'manager')
  if (!(await followUps.endTask(unit.tx, decodeId('tsk', id), 'done'))) throw new ProblemError('not-found')
  await audit(unit, 'task.finish', { task: id })
}
