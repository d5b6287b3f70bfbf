import { encodeId, idPrefixes, type ExecutionTrigger, type ImportEvent } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import { decodeId } from '@bizq/sdk/contract'
import type { DomainEvent, UnitOfWork } from '../../db/unit-of-work.ts'
import { enqueue } from '../../jobs/define.ts'
import { audit } from '../audit/index.ts'
import { requireBusinessRow } from '../businesses/index.ts'
import { isStopped } from '../identity/index.ts'
import { listActiveSubscriptions, requireSubscription, type SubscriptionRow } from '../subscriptions/index.ts'
import type { Deps } from '../../deps.ts'
import { findClosed } from './closed.ts'
import { eventOf } from './events.ts'
import { findHeldBack, heldReasons } from './held.ts'
import { runJob } from './jobs.ts'
import { stoppedReason } from './wait.ts'
import * as schedules from './schedule-store.ts'
import * as store from './store.ts'

/** Queues an execution of a subscription. Nothing when one is open already: there is one at a time. */
export async function queueExecution(
  unit: UnitOfWork,
  subscription: SubscriptionRow,
  trigger: ExecutionTrigger,
): Promise<store.ExecutionRow | undefined> {
  const row = await store.insertExecution(unit.tx, unit.actor.organisation, {
    business_id: subscription.business_id,
    subscription_id: subscription.id,
    grant_id: subscription.grant_id,
    service_id: subscription.service_id,
    provider_id: subscription.provider_id,
    release_id: subscription.release_id,
    subscriber_id: subscription.subscriber_id,
    trigger,
  })
  if (!row) return undefined
  await enqueue(unit, runJob, { organisation: unit.actor.organisation, execution: row.id })
  await audit(unit, 'execution.queue', {
    execution: encodeId(idPrefixes.execution, row.id),
    subscription: encodeId(idPrefixes.subscription, subscription.id),
    trigger,
  })
  unit.emit('execution.queued', eventOf(row))
  return row
}

/** When a schedule comes next: early in the morning of the business, each subscription at a minute of its own. */
export function nextRun(
  schedule: 'hourly' | 'daily' | 'weekly' | 'monthly',
  timeZone: string,
  subscription: string,
  after: Temporal.Instant,
): Temporal.Instant {
  const spread = Number.parseInt(subscription.replaceAll('-', '').slice(-6), 16)
  const minute = spread % 60
  const now = after.toZonedDateTimeISO(timeZone)
  if (schedule === 'hourly') {
    const next = now.with({ minute, second: 0, millisecond: 0, microsecond: 0, nanosecond: 0 })
    return (Temporal.ZonedDateTime.compare(next, now) > 0 ? next : next.add({ hours: 1 })).toInstant()
  }
  const at = now.startOfDay().with({ hour: 4 + (spread % 2), minute })
  const step = { daily: { days: 1 }, weekly: { weeks: 1 }, monthly: { months: 1 } }[schedule]
  const first =
    schedule === 'weekly'
      ? at.add({ days: (8 - at.dayOfWeek) % 7 })
      : schedule === 'monthly'
        ? at.with({ day: 1 })
        : at
  let next = first
  while (Temporal.ZonedDateTime.compare(next, now) <= 0) next = next.add(step)
  return next.toInstant()
}

/** Sets when a subscription runs next by its schedule. */
export async function scheduleNext(unit: UnitOfWork, subscription: SubscriptionRow): Promise<void> {
  const { schedule } = subscription.schedule
  const business = await requireBusinessRow(unit, subscription.business_id)
  const isOver = subscription.state === 'cancelled'
  const next =
    schedule && !isOver
      ? nextRun(schedule, business.time_zone, subscription.id, Temporal.Now.instant())
      : null
  await schedules.saveSchedule(
    unit.tx,
    unit.actor.organisation,
    subscription.id,
    next ? new Date(next.epochMilliseconds) : null,
  )
}

/** Runs a due subscription and sets its next time; passes over one that is paused or whose release is suspended, or while everything is stopped. */
export async function runDue(unit: UnitOfWork, deps: Pick<Deps, 'directory'>, id: string): Promise<void> {
  const subscription = await requireSubscription(unit, id)
  await scheduleNext(unit, subscription)
  if (subscription.state !== 'active' || (await isStopped(unit))) return
  if ((await findClosed(deps, [subscription.release_id])).size > 0) return
  if ((await findHeldBack(unit, [subscription])).size > 0) return
  if (subscription.schedule.on) await runOnData(unit, subscription)
  else await queueExecution(unit, subscription, 'schedule')
}

const lookAgainMs = 60_000

/** Runs a service that waits for data. One that is open may have read before the data came: then it is run once more. */
async function runOnData(unit: UnitOfWork, subscription: SubscriptionRow): Promise<void> {
  if (await queueExecution(unit, subscription, 'new-data')) return
  const open = await store.findOpenOf(unit.tx, subscription.id)
  if (open?.state === 'queued') return
  const at = new Date(Date.now() + lookAgainMs)
  await schedules.saveSchedule(unit.tx, unit.actor.organisation, subscription.id, at)
}

type ImportEventName = z.infer<typeof ImportEvent>

/** A new subscription runs at once; one that waits for data runs when an import brought some. */
export async function runOnEvents(unit: UnitOfWork, event: DomainEvent): Promise<void> {
  if (event.type === 'subscription.created' || event.type === 'subscription.resumed') {
    const { subscription: id } = event.payload as { subscription: string }
    const subscription = await requireSubscription(unit, decodeId(idPrefixes.subscription, id))
    await scheduleNext(unit, subscription)
    await queueExecution(unit, subscription, event.type === 'subscription.created' ? 'hand' : 'schedule')
  }
  if (event.type === 'subscription.upgraded') {
    const { subscription: id } = event.payload as { subscription: string }
    await scheduleNext(unit, await requireSubscription(unit, decodeId(idPrefixes.subscription, id)))
  }
  if (event.type === 'organisation.resumed' || event.type === 'billing.resumed') {
    const reasons = event.type === 'billing.resumed' ? Object.values(heldReasons) : [stoppedReason]
    for (const execution of await store.hurryWaiting(unit.tx, reasons))
      await enqueue(unit, runJob, { organisation: unit.actor.organisation, execution })
  }
  if (event.type === 'import.finished') {
    const { business, datasets } = event.payload as {
      business: string
      datasets: Record<string, { created: number; updated: number }>
    }
    const brought = Object.entries(datasets).flatMap(([name, counts]) =>
      counts.created + counts.updated > 0 ? [`${name}.imported` as ImportEventName] : [],
    )
    if (brought.length === 0 || (await isStopped(unit))) return
    for (const subscription of await listActiveSubscriptions(unit, decodeId(idPrefixes.business, business))) {
      if (subscription.schedule.on?.some((name) => brought.includes(name)))
        await runOnData(unit, subscription)
    }
  }
}
