import type { DomainEvent, UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import { audit } from '../audit/index.ts'
import { lockEffect, updateEffect } from './effect-store.ts'
import { eventOf } from './events.ts'
import * as store from './store.ts'

const batchSize = 500

/** Lets proposals go whose time is over. Returns how many. */
export async function expireActions(
  deps: Deps,
  inUnit: (organisation: string, work: (unit: UnitOfWork) => Promise<void>) => Promise<void>,
): Promise<number> {
  const over = await store.listOver(deps.directory, batchSize)
  const byOrganisation = Map.groupBy(over, (row) => row.organisation_id)
  for (const [organisation, rows] of byOrganisation) {
    await inUnit(organisation, async (unit) => {
      const actions = await store.lockActions(
        unit.tx,
        rows.map((row) => row.id),
      )
      for (const action of actions) {
        if (action.state !== 'proposed' && action.state !== 'awaiting-second') continue
        const expired = await store.updateAction(unit.tx, action.id, { state: 'expired' })
        await store.tellProvider(unit.tx, { action, outcome: 'expired' })
        await audit(unit, 'action.expire', { action: eventOf(action).action })
        unit.emit('action.expired', eventOf(expired))
      }
    })
  }
  return over.length
}

/** When a subscription ends, what it proposed and nobody decided goes, and what is approved and not yet carried out is not carried out. */
export async function withdrawOnCancel(unit: UnitOfWork, event: DomainEvent): Promise<void> {
  if ((event.type as string) !== 'subscription.cancelled') return
  const { subscription } = event.payload as { subscription?: string }
  if (!subscription) return
  const ids = await store.listUndecidedOf(unit.tx, decodeId(idPrefixes.subscription, subscription))
  for (const action of await store.lockActions(unit.tx, ids)) {
    const effect = action.state === 'approved' ? await lockEffect(unit.tx, action.id) : undefined
    if (effect && effect.state !== 'held' && effect.state !== 'pending') continue
    if (effect) await updateEffect(unit.tx, effect.id, { state: 'cancelled', ended_at: new Date() })
    const withdrawn = await store.updateAction(unit.tx, action.id, { state: 'withdrawn' })
    await audit(unit, 'action.withdraw', { action: eventOf(action).action })
    unit.emit('action.withdrawn', eventOf(withdrawn))
  }
}
