import {
  actionOf,
  encodeId,
  idPrefixes,
  renderCarryOver,
  type LoadedRecords,
  type Patch,
  type RecordBefore,
} from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { audit } from '../audit/index.ts'
import { requireBusinessRow, type BusinessRow } from '../businesses/index.ts'
import { applyPatches, loadRecords, type RecordPatch } from '../data/index.ts'
import { tellProvider } from './decision-store.ts'
import * as effects from './effect-store.ts'
import { eventOf } from './events.ts'
import * as followUps from './follow-up-store.ts'
import { loadSubjects } from './records.ts'
import * as store from './store.ts'

/** An approved action with everything that carrying it out needs. */
export interface Claimed {
  action: store.ActionRow
  effect: effects.EffectRow
  business: BusinessRow
  records: LoadedRecords
}

/** Writes the records and tasks, keeps what undo needs, and makes the carry-over item. */
export async function settle(unit: UnitOfWork, claimed: Claimed, patches: readonly Patch[]): Promise<void> {
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
  await tellProvider(unit.tx, {
    action,
    outcome: action.decision === 'edit' ? 'edited' : 'accepted',
    edited: effect.masked_edit,
  })
  const sentence = renderCarryOver(business.locale, action.type, records, action.parameters, business.name)
  if (sentence) {
    await followUps.insertCarryOver(unit.tx, {
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
    const id = await followUps.insertTask(unit.tx, {
      organisation: unit.actor.organisation,
      business: action.business_id,
      action: action.id,
      body: patch.task,
    })
    others.push({ ...patch, id: encodeId('tsk', id) })
  }
  return { applied: [...written.applied, ...others], before: written.before }
}

/** The mail has gone (or the operator says that it arrived): now the records change, as far as they are still there. */
export async function settleSent(
  unit: UnitOfWork,
  action: store.ActionRow,
  effect: effects.EffectRow,
): Promise<void> {
  const business = await requireBusinessRow(unit, action.business_id)
  const [records = {}] = await loadSubjects(unit, action.business_id, [action], { lock: true })
  const patches: Patch[] = []
  for (const patch of effect.applied ?? []) {
    const isGone =
      'set' in patch &&
      !(await loadRecords(unit, action.business_id, patch.dataset, [patch.id])).has(patch.id)
    if (!isGone) patches.push(patch)
  }
  await settle(unit, { action, effect, business, records }, patches)
}
