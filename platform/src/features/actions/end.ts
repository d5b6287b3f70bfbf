import type { DomainEvent, UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import { audit } from '../audit/index.ts'
import { describeReleases } from '../releases/index.ts'
import { tellProvider } from './decision-store.ts'
import { lockEffect, updateEffect } from './effect-store.ts'
import { eventOf } from './events.ts'
import * as store from './store.ts'

const batchSize = 500

/** Lets proposals go whose time is over. What goes wrong for one organisation holds up no other. */
export async function expireActions(
  deps: Deps,
  inUnit: (organisation: string, work: (unit: UnitOfWork) => Promise<void>) => Promise<void>,
): Promise<void> {
  const failing = new Set<string>()
  for (;;) {
    const over = await store.listOver(deps.directory, [...failing], batchSize)
    for (const [organisation, rows] of Map.groupBy(over, (row) => row.organisation_id)) {
      const ids = rows.map((row) => row.id)
      await inUnit(organisation, (unit) => expire(unit, ids)).catch((error: unknown) => {
        failing.add(organisation)
        deps.log.error({ err: error }, 'letting proposals go failed; it is tried again')
      })
    }
    if (over.length < batchSize) return
  }
}

async function expire(unit: UnitOfWork, ids: readonly string[]): Promise<void> {
  for (const action of await store.lockActions(unit.tx, ids)) {
    if (action.state !== 'proposed' && action.state !== 'awaiting-second') continue
    if (action.expires_at > new Date()) continue
    const expired = await store.updateAction(unit.tx, action.id, { state: 'expired' })
    await tellProvider(unit.tx, { action, outcome: 'expired' })
    await audit(unit, 'action.expire', { action: eventOf(action).action })
    unit.emit('action.expired', eventOf(expired))
  }
}

/** When a subscription ends, what it proposed and nobody decided goes, and what is approved and not yet carried out is not carried out. */
export async function withdrawOnCancel(unit: UnitOfWork, event: DomainEvent): Promise<void> {
  if (event.type !== 'subscription.cancelled') return
  const { subscription } = event.payload as { subscription: string }
  for (const action of await store.lockOpenOf(unit.tx, decodeId(idPrefixes.subscription, subscription))) {
    const effect = action.state === 'approved' ? await lockEffect(unit.tx, action.id) : undefined
    if (effect && effect.state !== 'held' && effect.state !== 'pending') continue
    if (effect) await updateEffect(unit.tx, effect.id, { state: 'cancelled', ended_at: new Date() })
    await withdraw(unit, action)
  }
}

async function withdraw(unit: UnitOfWork, action: store.ActionRow, note?: store.WhyWithdrawn): Promise<void> {
  const withdrawn = await store.updateAction(unit.tx, action.id, {
    state: 'withdrawn',
    ...(note ? { note } : {}),
  })
  await audit(unit, 'action.withdraw', { action: eventOf(action).action, ...(note ? { why: note } : {}) })
  unit.emit('action.withdrawn', eventOf(withdrawn))
}

/** What a release proposed and nobody decided goes with it; what was decided stays as it is. UUIDs. May be run again. */
async function withdrawOf(
  unit: UnitOfWork,
  of: { release: string; subscription?: string },
  note: store.WhyWithdrawn,
): Promise<void> {
  for (const action of await store.lockUndecidedOf(unit.tx, of)) await withdraw(unit, action, note)
}

/** Lets go what a release (UUID) proposed to anybody, if it still runs for nobody. Each organisation in a unit of its own. */
export async function withdrawWithRelease(
  deps: Pick<Deps, 'directory'>,
  release: string,
  inUnit: (organisation: string, work: (unit: UnitOfWork) => Promise<void>) => Promise<void>,
): Promise<void> {
  const { state, suspendedBy } = (await describeReleases(deps, [release])).get(release) ?? {}
  const isTakenBack = state === 'certified' || (state === 'suspended' && suspendedBy === 'canary')
  if (!isTakenBack && state !== 'suspended' && state !== 'withdrawn') return
  const note = isTakenBack ? 'release-taken-back' : (`release-${state}` as const)
  for (const organisation of await store.listUndecidedOf(deps.directory, release))
    await inUnit(organisation, (unit) => withdrawOf(unit, { release }, note))
}

/** When a subscription goes back to the release that it had before, what the other proposed goes. */
export async function withdrawOnReturn(unit: UnitOfWork, event: DomainEvent): Promise<void> {
  if (event.type !== 'subscription.returned') return
  const { subscription, from } = event.payload as { subscription: string; from: string }
  const of = {
    release: decodeId(idPrefixes.release, from),
    subscription: decodeId(idPrefixes.subscription, subscription),
  }
  await withdrawOf(unit, of, 'release-taken-back')
}
