import { decodeId, encodeId, idPrefixes, undoOf, type Patch } from '@bizq/sdk/contract'
import type { DomainEvent, DomainEvents, UnitOfWork } from '../../db/unit-of-work.ts'
import { requireRole } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requireBusinessRow } from '../businesses/index.ts'
import { revertPatches, type RecordPatch } from '../data/index.ts'
import { insertDecision, tellProvider } from './decision-store.ts'
import * as effects from './effect-store.ts'
import { eventOf } from './events.ts'
import * as followUps from './follow-up-store.ts'
import * as store from './store.ts'

/** Takes a decision back while nothing was carried out, or takes the effect back if the records still hold what it wrote. */
export async function undoAction(unit: UnitOfWork, id: string): Promise<store.ActionRow> {
  requireRole(unit.actor, 'manager')
  const [action] = await store.lockActions(unit.tx, [decodeId(idPrefixes.action, id)])
  if (!action)
    throw new ProblemError('not-found', { detail: 'There is no such action in your organisation.' })
  const effect = await effects.lockEffect(unit.tx, action.id)
  if (action.state === 'approved' && effect && (effect.state === 'held' || effect.state === 'pending'))
    return takeBack(unit, action, effect)
  if (action.state !== 'applied' || !effect)
    throw new ProblemError('cannot-undo', { detail: `It is ${action.state}.` })
  return undoEffect(unit, action, effect)
}

async function takeBack(
  unit: UnitOfWork,
  action: store.ActionRow,
  effect: effects.EffectRow,
): Promise<store.ActionRow> {
  await effects.updateEffect(unit.tx, effect.id, { state: 'cancelled', ended_at: new Date() })
  const returned = await store.updateAction(unit.tx, action.id, {
    state: 'proposed',
    decision: null,
    decided_by: null,
    decided_at: null,
    decided_version: null,
    first_approver: null,
  })
  await insertDecision(unit.tx, unit.actor.organisation, {
    action: action.id,
    decision: 'take-back',
    byKind: 'person',
    user: unit.actor.user,
    token: unit.actor.token ?? null,
    version: action.decided_version ?? '',
  })
  await audit(unit, 'action.take-back', { action: eventOf(action).action })
  unit.emit('action.returned', { ...eventOf(returned), reason: 'taken-back' })
  return returned
}

async function undoEffect(
  unit: UnitOfWork,
  action: store.ActionRow,
  effect: effects.EffectRow,
): Promise<store.ActionRow> {
  const business = await requireBusinessRow(unit, action.business_id)
  const patches = undoOf(action.type, effect.before ?? [], effect.applied ?? [], business.locale)
  if ('none' in patches) throw new ProblemError('cannot-undo', { detail: patches.none })
  if (effect.state === 'superseded')
    throw new ProblemError('cannot-undo', { detail: 'A later import brought another value, which stands.' })
  if (effect.undo_until && effect.undo_until < new Date()) {
    throw new ProblemError('cannot-undo', {
      detail: `It could be undone until ${effect.undo_until.toISOString()}.`,
    })
  }
  await writeUndo(unit, action, effect, patches)
  await effects.updateEffect(unit.tx, effect.id, { state: 'undone', ended_at: new Date() })
  const undone = await store.updateAction(unit.tx, action.id, { state: 'undone' })
  await takeBackCarryOver(unit, action, effect)
  await tellProvider(unit.tx, { action, outcome: 'undone' })
  await audit(unit, 'action.undo', {
    action: eventOf(action).action,
    effect: encodeId(idPrefixes.effect, effect.id),
  })
  unit.emit('action.undone', { ...eventOf(undone), effect: encodeId(idPrefixes.effect, effect.id) })
  return undone
}

const isRecordPatch = (patch: Patch): patch is RecordPatch => 'set' in patch || 'create' in patch

async function writeUndo(
  unit: UnitOfWork,
  action: store.ActionRow,
  effect: effects.EffectRow,
  undo: readonly Patch[],
): Promise<void> {
  await revertPatches(
    unit,
    action.business_id,
    { applied: (effect.applied ?? []).filter(isRecordPatch), undo: undo.filter(isRecordPatch) },
    { effect: effect.id },
  )
  for (const patch of undo) {
    if ('removeTask' in patch) await followUps.endTask(unit.tx, decodeId('tsk', patch.removeTask), 'removed')
  }
}

/** What nobody did outside yet is dropped; what was done outside has to be taken back there too. */
async function takeBackCarryOver(
  unit: UnitOfWork,
  action: store.ActionRow,
  effect: effects.EffectRow,
): Promise<void> {
  for (const item of await followUps.lockCarryOversOf(unit.tx, effect.id)) {
    if (item.kind !== 'do') continue
    if (item.state === 'open') await followUps.endCarryOver(unit.tx, item.id, 'dropped')
    else if (item.state !== 'dropped') {
      await followUps.insertCarryOver(unit.tx, {
        organisation: unit.actor.organisation,
        business: action.business_id,
        action: action.id,
        effect: effect.id,
        kind: 'take-back',
        sentence: item.sentence,
      })
    }
  }
}

/**
 * What a source says now of a field that an effect wrote. The same: the outside system has followed, and
 * the carry-over item is confirmed. Another value: it stands, and the effect is superseded.
 */
export async function followSource(unit: UnitOfWork, event: DomainEvent): Promise<void> {
  if (event.type !== 'override.superseded' && event.type !== 'override.confirmed') return
  const { effect: id, record, field } = event.payload as DomainEvents['override.superseded']
  const effect = id && (await effects.lockEffectById(unit.tx, decodeId(idPrefixes.effect, id)))
  if (!effect || effect.state !== 'done') return
  const isConfirmed = event.type === 'override.confirmed'
  if (!isConfirmed) {
    await effects.updateEffect(unit.tx, effect.id, { state: 'superseded', ended_at: new Date() })
    await audit(unit, 'effect.supersede', { effect: id, record, field })
  }
  for (const item of await followUps.lockCarryOversOf(unit.tx, effect.id)) {
    if (item.kind === 'do' && item.state === 'open')
      await followUps.endCarryOver(unit.tx, item.id, isConfirmed ? 'confirmed' : 'dropped')
  }
}
