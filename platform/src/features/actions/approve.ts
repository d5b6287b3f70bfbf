import { actionOf, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { enqueue } from '../../jobs/define.ts'
import { audit } from '../audit/index.ts'
import { insertDecision } from './decision-store.ts'
import { insertEffect } from './effect-store.ts'
import { eventOf } from './events.ts'
import { carryOutJob } from './jobs.ts'
import * as store from './store.ts'

/** What cannot be undone waits so long before it is carried out, so that the Undo on the screen is true. */
export const holdMs = 30_000

export interface Approval {
  kind: 'person' | 'policy'
  version: string
  decision: 'approve' | 'edit'
  parameters?: Record<string, unknown>
}

/** Records an approval with its effect and job: one transaction, so it is never lost and never doubled. */
export async function approve(
  unit: UnitOfWork,
  action: store.ActionRow,
  approval: Approval,
): Promise<store.ActionRow> {
  const { actor, tx } = unit
  const isHeld = actionOf(action.type).undo === 'none'
  const heldUntil = isHeld ? new Date(Date.now() + holdMs) : null
  const decided = await store.updateAction(tx, action.id, {
    state: 'approved',
    decision: approval.decision,
    decided_by: approval.kind,
    decided_at: new Date(),
    decided_version: approval.version,
    note: null,
    ...(approval.parameters ? { parameters: approval.parameters } : {}),
  })
  await insertDecision(tx, actor.organisation, {
    action: action.id,
    decision: approval.decision,
    byKind: approval.kind,
    user: approval.kind === 'person' ? actor.user : null,
    token: approval.kind === 'person' ? (actor.token ?? null) : null,
    version: approval.version,
    parameters: approval.parameters,
  })
  const effect = await insertEffect(tx, {
    organisation: actor.organisation,
    action: action.id,
    business: action.business_id,
    heldUntil,
    isHeld,
  })
  await enqueue(
    unit,
    carryOutJob,
    { organisation: actor.organisation, action: action.id, effect: effect.id },
    heldUntil ? { after: heldUntil } : {},
  )
  await audit(unit, 'action.decide', {
    action: encodeId(idPrefixes.action, action.id),
    decision: approval.decision,
    by: approval.kind,
    version: approval.version,
  })
  unit.emit('action.decided', {
    ...eventOf(decided),
    decision: approval.decision,
    by: approval.kind,
    isTold: approval.kind === 'policy' && decided.outcome === 'apply-and-tell',
  })
  return decided
}
