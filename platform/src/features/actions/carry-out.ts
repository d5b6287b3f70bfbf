import {
  actionOf,
  decodeId,
  datasetOf,
  encodeId,
  idPrefixes,
  renderCarryOver,
  type LoadedRecords,
  type Patch,
  type RecordBefore,
} from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { audit } from '../audit/index.ts'
import { requireBusinessRow, type BusinessRow } from '../businesses/index.ts'
import { applyPatches, loadRecords, type RecordPatch } from '../data/index.ts'
import { isStopped } from '../identity/index.ts'
import { strictness } from '../policies/index.ts'
import * as effects from './effect-store.ts'
import { eventOf } from './events.ts'
import type { CarryOutPayload } from './jobs.ts'
import { rejudge } from './rejudge.ts'
import { areThere, circumstancesOf, loadSubjects, versionOf } from './records.ts'
import * as store from './store.ts'

/** A mail whose intent is committed and that is to be handed over now. */
interface MailToSend {
  mail: effects.MailRow
}

/**
 * Carries an approved action out: claim, hand the mail over if there is one, settle. BizQ's own
 * records change in one transaction, once; a mail goes at most once by itself.
 */
export async function carryOut(deps: Deps, payload: CarryOutPayload): Promise<void> {
  const actor = systemActor(payload.organisation)
  const toSend = await withUnitOfWork(deps, actor, (unit) => claim(deps, unit, payload))
  if (!toSend || !deps.mailer) return
  const { mail } = toSend
  const sending = await deps.mailer.send({
    messageId: mail.message_id,
    to: mail.recipient,
    subject: mail.subject,
    text: mail.body,
  })
  await withUnitOfWork(deps, actor, (unit) => settleMail(unit, payload, mail.id, sending))
}

interface Claimed {
  action: store.ActionRow
  effect: effects.EffectRow
  business: BusinessRow
  records: LoadedRecords
}

async function claim(
  deps: Deps,
  unit: UnitOfWork,
  payload: CarryOutPayload,
): Promise<MailToSend | undefined> {
  const [action] = await store.lockActions(unit.tx, [payload.action])
  const effect = await effects.lockEffect(unit.tx, payload.action)
  if (!action || effect?.id !== payload.effect || action.state !== 'approved') return undefined
  if (effect.state === 'carrying-out') return resume(unit, action, effect)
  if (effect.state !== 'pending' && effect.state !== 'held') return undefined
  const business = await requireBusinessRow(unit, action.business_id)
  const [records = {}] = await loadSubjects(unit, action.business_id, [action], { lock: true })
  const claimed = { action, effect, business, records }
  const objection = await objectionTo(unit, claimed)
  if (objection) {
    await giveBack(unit, claimed, objection)
    return undefined
  }
  return write(deps, unit, claimed)
}

/** A mail that waits to be sent again is sent; one that was being handed over is nobody's to repeat. */
async function resume(
  unit: UnitOfWork,
  action: store.ActionRow,
  effect: effects.EffectRow,
): Promise<MailToSend | undefined> {
  const mail = effect.mail_id ? await effects.lockMail(unit.tx, effect.mail_id) : undefined
  if (mail?.state === 'queued') {
    await effects.updateMail(unit.tx, mail.id, { state: 'sending' })
    return { mail }
  }
  await settleUnknown(unit, action, effect)
  return undefined
}

/** Why it cannot be carried out as it was decided, if the world has moved since. */
async function objectionTo(
  unit: UnitOfWork,
  { action, business, records }: Claimed,
): Promise<string | undefined> {
  if (!areThere(action, records)) return 'record-gone'
  if (versionOf(action.type, records, action.parameters) !== action.decided_version) return 'card-changed'
  const possible = actionOf(action.type).precondition(records, action.parameters, circumstancesOf(business))
  if (possible !== true) return possible.code
  const isAutomatic = action.decided_by === 'policy'
  if (isAutomatic && (await isStopped(unit))) return 'stopped'
  const verdict = await rejudge(unit, action, business, records, { isAutomatic })
  if (verdict.outcome === 'block') return 'blocked-by-policy'
  return isAutomatic && strictness(verdict.outcome) > strictness('apply-and-tell')
    ? 'policy-asks-now'
    : undefined
}

/** Back to the queue: the decision was made on something else than what is there now. */
async function giveBack(unit: UnitOfWork, { action, effect }: Claimed, reason: string): Promise<void> {
  await effects.updateEffect(unit.tx, effect.id, { state: 'cancelled', detail: reason, ended_at: new Date() })
  const returned = await store.updateAction(unit.tx, action.id, {
    state: 'proposed',
    note: reason,
    decision: null,
    decided_by: null,
    decided_at: null,
    decided_version: null,
    first_approver: null,
    outcome: 'ask',
  })
  await audit(unit, 'action.return', { action: eventOf(action).action, reason })
  unit.emit('action.returned', { ...eventOf(returned), reason })
}

async function write(deps: Deps, unit: UnitOfWork, claimed: Claimed): Promise<MailToSend | undefined> {
  const { action, effect, business, records } = claimed
  const patches = actionOf(action.type).effect(records, action.parameters, circumstancesOf(business))
  const mail = patches.find((patch) => 'mail' in patch)
  if (!mail) {
    await settle(unit, claimed, patches)
    return undefined
  }
  const { to, subject, text } = mail.mail
  const address = (await loadRecords(unit, action.business_id, to.dataset, [to.id])).get(to.id)?.['email']
  if (typeof address !== 'string') {
    await giveBack(unit, claimed, 'no-email-address')
    return undefined
  }
  const isKept = deps.mailer === null
  const row = await effects.insertMail(unit.tx, {
    organisation: unit.actor.organisation,
    business: action.business_id,
    action: action.id,
    effect: effect.id,
    messageId: `<${effect.id}@${mailDomain(deps.config.mailFrom)}>`,
    recipient: address,
    subject,
    body: text,
    state: isKept ? 'kept' : 'sending',
  })
  await effects.updateEffect(unit.tx, effect.id, { mail_id: row.id })
  if (isKept) {
    await settle(unit, claimed, patches)
    return undefined
  }
  await effects.updateEffect(unit.tx, effect.id, { state: 'carrying-out', applied: patches })
  return { mail: row }
}

function mailDomain(from: string): string {
  return /@([\w.-]+)/.exec(from)?.[1] ?? 'bizq.localhost'
}

/** Writes the records and tasks, keeps what undo needs, and makes the carry-over item. */
async function settle(
  unit: UnitOfWork,
  claimed: Pick<Claimed, 'action' | 'effect' | 'business' | 'records'>,
  patches: readonly Patch[],
): Promise<void> {
  const { action, effect, business, records } = claimed
  const { applied, before } = await writePatches(unit, action, effect.id, patches)
  const { undo, undoWithin } = actionOf(action.type)
  const undoUntil =
    undo === 'none' || undoWithin === null
      ? null
      : new Date(Temporal.Now.zonedDateTimeISO('UTC').add(undoWithin).epochMilliseconds)
  await effects.updateEffect(unit.tx, effect.id, {
    state: 'done',
    applied,
    before,
    undo_until: undoUntil,
    carried_out_at: new Date(),
  })
  const carriedOut = await store.updateAction(unit.tx, action.id, { state: 'applied' })
  const sentence = renderCarryOver(business.locale, action.type, records, action.parameters)
  if (sentence) {
    await effects.insertCarryOver(unit.tx, {
      organisation: unit.actor.organisation,
      business: action.business_id,
      action: action.id,
      effect: effect.id,
      kind: 'do',
      sentence,
    })
  }
  await audit(unit, 'action.apply', {
    action: eventOf(action).action,
    effect: encodeId(idPrefixes.effect, effect.id),
  })
  unit.emit('action.applied', { ...eventOf(carriedOut), effect: encodeId(idPrefixes.effect, effect.id) })
}

async function writePatches(
  unit: UnitOfWork,
  action: store.ActionRow,
  effect: string,
  patches: readonly Patch[],
): Promise<{ applied: Patch[]; before: RecordBefore[] }> {
  const recordPatches = patches.filter((patch): patch is RecordPatch => 'set' in patch || 'create' in patch)
  const written = await applyPatches(unit, action.business_id, recordPatches, { effect })
  const others: Patch[] = []
  for (const patch of patches) {
    if ('mail' in patch) others.push(patch)
    if (!('task' in patch)) continue
    const id = await effects.insertTask(unit.tx, {
      organisation: unit.actor.organisation,
      business: action.business_id,
      action: action.id,
      body: patch.task,
    })
    others.push({ ...patch, id: encodeId('tsk', id) })
  }
  return { applied: [...written.applied, ...others], before: written.before }
}

/** A process died between handing the mail over and writing it down: nobody knows whether it arrived. */
async function settleUnknown(
  unit: UnitOfWork,
  action: store.ActionRow,
  effect: effects.EffectRow,
): Promise<void> {
  if (effect.mail_id)
    await effects.updateMail(unit.tx, effect.mail_id, { state: 'unknown', detail: 'interrupted' })
  await effects.updateEffect(unit.tx, effect.id, {
    state: 'unknown',
    detail: 'The mail was being handed over when the process ended. It may have arrived.',
  })
  await audit(unit, 'effect.unknown', {
    action: eventOf(action).action,
    effect: encodeId(idPrefixes.effect, effect.id),
  })
  unit.emit('action.failed', { ...eventOf(action), effect: encodeId(idPrefixes.effect, effect.id) })
}

async function settleMail(
  unit: UnitOfWork,
  payload: CarryOutPayload,
  mail: string,
  sending: { result: 'sent' | 'refused' | 'unknown'; detail?: string },
): Promise<void> {
  const [action] = await store.lockActions(unit.tx, [payload.action])
  const effect = await effects.lockEffect(unit.tx, payload.action)
  if (!action || effect?.id !== payload.effect || effect.state !== 'carrying-out') return
  if (sending.result === 'sent') {
    await effects.updateMail(unit.tx, mail, { state: 'sent', sent_at: new Date(), detail: null })
    await settleSent(unit, action, effect)
    return
  }
  if (sending.result === 'unknown') {
    await settleUnknown(unit, action, effect)
    return
  }
  const detail = `The mail server did not take it: ${sending.detail ?? ''}. Nothing was sent.`
  await effects.updateMail(unit.tx, mail, { state: 'failed', detail })
  await effects.updateEffect(unit.tx, effect.id, { state: 'failed', detail })
  const failed = await store.updateAction(unit.tx, action.id, { state: 'failed', note: 'mail-refused' })
  await audit(unit, 'effect.fail', {
    action: eventOf(action).action,
    effect: encodeId(idPrefixes.effect, effect.id),
  })
  unit.emit('action.failed', { ...eventOf(failed), effect: encodeId(idPrefixes.effect, effect.id) })
}

/** The mail has gone (or the operator says that it arrived): now the records change. */
export async function settleSent(
  unit: UnitOfWork,
  action: store.ActionRow,
  effect: effects.EffectRow,
): Promise<void> {
  const business = await requireBusinessRow(unit, action.business_id)
  const [records = {}] = await loadSubjects(unit, action.business_id, [action])
  await settle(unit, { action, effect, business, records }, effect.applied ?? [])
}

/** The fields of a record that an effect wrote, and whether the record still holds them. */
export async function holdsWhatWasWritten(
  unit: UnitOfWork,
  effect: effects.EffectRow,
  record: string,
  field: string,
): Promise<boolean> {
  for (const patch of effect.applied ?? []) {
    if (!('set' in patch) || patch.id !== record || !(field in patch.set)) continue
    const present = (await loadRecords(unit, effect.business_id, patch.dataset, [record])).get(record)
    return JSON.stringify(present?.[field] ?? null) === JSON.stringify(patch.set[field] ?? null)
  }
  return false
}

/** What a record is called among people: its name, title, number, or what it is. */
export function labelOf(
  dataset: Parameters<typeof datasetOf>[0],
  row: Readonly<Record<string, unknown>>,
): string | null {
  for (const field of ['name', 'company', 'title', 'number', 'subject', 'description', 'counterpartyText']) {
    const value = row[field]
    if (typeof value === 'string' && value !== '') return value
  }
  return datasetOf(dataset).singular
}

export const effectUuid = (id: string): string => decodeId(idPrefixes.effect, id)
