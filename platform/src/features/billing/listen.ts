import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import type { DomainEvent, DomainEvents, UnitOfWork } from '../../db/unit-of-work.ts'
import { enqueue } from '../../jobs/define.ts'
import { requireSubscription } from '../subscriptions/index.ts'
import { accountNow, ensureAccount, lockAccount } from './account.ts'
import * as charges from './charge-store.ts'
import { followPrice, openCharge, reopenCharge, suspendCharge } from './charges.ts'
import { turnJob } from './jobs.ts'
import { requireRoomFor } from './limits.ts'
import { takeBackEnded } from './take-backs.ts'
import { meter, unmeter } from './usage.ts'

type EventName = keyof DomainEvents
const subscriptionEvents: ReadonlySet<EventName> = new Set([
  'subscription.created',
  'subscription.upgraded',
  'subscription.returned',
  'subscription.cancelled',
  'subscription.release-changed',
])

/** What is owed begins, changes and ends with what it is owed for, in the same transaction. */
export const followForBilling = {
  all: async (unit: UnitOfWork, events: readonly DomainEvent[]): Promise<void> => {
    if (unit.actor.organisationKind !== 'operator') return
    for (const event of events) if (subscriptionEvents.has(event.type)) await followSubscription(unit, event)
    await meterExecutions(unit, events)
    await meterActions(unit, events)
  },
}

async function followSubscription(unit: UnitOfWork, event: DomainEvent): Promise<void> {
  const { subscription } = event.payload as { subscription: string }
  const id = decodeId(idPrefixes.subscription, subscription)
  const account = await ensureAccount(unit)
  const now = accountNow(unit, account)
  if (event.type === 'subscription.cancelled') {
    await charges.endCharges(unit.tx, [id], now, 'cancelled')
    await takeBackEnded(unit, [id], now, 'cancelled')
    const { organisation } = unit.actor
    return enqueue(unit, turnJob, { organisation }, { key: organisation })
  }
  if (event.type === 'subscription.release-changed') {
    const { state } = event.payload as DomainEvents['subscription.release-changed']
    const isClosed = state === 'suspended' || state === 'withdrawn'
    return isClosed ? suspendCharge(unit, id, now) : reopenCharge(unit, account, id, now)
  }
  const row = await requireSubscription(unit, id)
  if (event.type !== 'subscription.created') {
    await reopenCharge(unit, account, id, now)
    return followPrice(unit, row, now)
  }
  // Locked: two businesses that come at one moment do not both take the last place.
  await requireRoomFor(unit, await lockAccount(unit), row.business_id)
  await openCharge(unit, row, now)
}

async function meterExecutions(unit: UnitOfWork, events: readonly DomainEvent[]): Promise<void> {
  const ended = events
    .filter((event): event is DomainEvent<'execution.finished'> => event.type === 'execution.finished')
    .filter(({ payload }) => payload.state === 'succeeded')
  const causes = ended.map(({ payload }) => ({
    id: decodeId(idPrefixes.execution, payload.execution),
    subscription: decodeId(idPrefixes.subscription, payload.subscription),
  }))
  await meter(unit, 'execution', causes)
}

async function meterActions(unit: UnitOfWork, events: readonly DomainEvent[]): Promise<void> {
  for (const event of events) {
    if (event.type === 'action.applied') {
      const { action, subscription, type } = event.payload as DomainEvents['action.applied']
      const cause = {
        id: decodeId(idPrefixes.action, action),
        subscription: decodeId(idPrefixes.subscription, subscription),
      }
      await meter(unit, type, [cause])
    }
    if (event.type === 'action.undone') await unmeter(unit, (event.payload as { action: string }).action)
  }
}
