import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type DomainEvent, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { defineJob, enqueue } from '../../jobs/define.ts'
import { listHeldExecutions } from '../actions/index.ts'
import { audit } from '../audit/index.ts'
import { runExecutions } from './bulk.ts'
import { eventOf } from './events.ts'
import { runDue } from './queue.ts'
import { runExecution, type RunPayload } from './run.ts'
import * as inputs from './input-store.ts'
import * as schedules from './schedule-store.ts'
import * as store from './store.ts'

/** Runs executions, as many together as are waiting. */
export const runJob = defineJob<RunPayload>(
  'executions.run',
  (deps, payloads, retries) =>
    runExecutions(
      deps,
      payloads.map((payload, i) => ({ ...payload, isHandedOutAgain: (retries?.[i] ?? 0) > 0 })),
    ),
  { batchSize: 100, concurrency: 2 },
)

/** Runs executions on their providers' own servers: many wait at once, and none holds up those of the sandbox. */
export const runRemoteJob = defineJob<RunPayload>(
  'executions.run-remote',
  async (deps, payloads, retries) => {
    for (const [i, payload] of payloads.entries())
      await runExecution(deps, payload, { mayCallOut: true, isHandedOutAgain: (retries?.[i] ?? 0) > 0 })
  },
  { concurrency: 24 },
)

const batch = 500

/** What goes wrong for one is logged and tried again the next time; it holds up no other. */
async function tryInUnit(
  deps: Deps,
  organisation: string,
  work: (unit: UnitOfWork) => Promise<void>,
): Promise<void> {
  try {
    await withUnitOfWork(deps, systemActor(organisation), work)
  } catch (error) {
    deps.log.error({ err: error, organisation }, 'a part of a job failed; it is tried again')
  }
}

/** Every minute: queues what is due by its schedule, and takes up what a dead process left. */
export const tickJob = defineJob<object>(
  'executions.tick',
  async (deps) => {
    for (const due of await schedules.listDue(deps.directory, batch)) {
      await tryInUnit(deps, due.organisation_id, (unit) => runDue(unit, deps, due.subscription_id))
    }
    for (const left of await store.listLeft(deps.directory, batch)) {
      await tryInUnit(deps, left.organisation_id, (unit) =>
        enqueue(unit, runJob, { organisation: left.organisation_id, execution: left.id }),
      )
    }
  },
  { cron: '* * * * *', concurrency: 1, queue: { policy: 'singleton', retryLimit: 0 } },
)

/** Forgets inputs after their 30 days, unless an action that came of them is undecided or can still be undone. */
export const forgetInputsJob = defineJob<object>(
  'executions.forget-inputs',
  async (deps: Deps) => {
    for (const over of await inputs.listOverInputs(deps.directory, batch)) {
      await tryInUnit(deps, over.organisation_id, async (unit) => {
        const { subscription_id: subscription, digest } = over
        const executions = await inputs.listExecutionsWith(unit.tx, subscription, digest)
        const isHeld = (await listHeldExecutions(unit, executions)).length > 0
        if (isHeld) await inputs.keepInput(unit.tx, subscription, digest, new Date(Date.now() + 86_400_000))
        else await inputs.deleteInputs(unit.tx, subscription, [digest])
      })
    }
  },
  { cron: '41 * * * *', concurrency: 1, queue: { policy: 'singleton', retryLimit: 0 } },
)

/** When a subscription ends, what was delivered to it is deleted, and what is open is called off. */
export async function forgetOnCancel(unit: UnitOfWork, event: DomainEvent): Promise<void> {
  if (event.type !== 'subscription.cancelled') return
  const { subscription } = event.payload as { subscription: string }
  const id = decodeId(idPrefixes.subscription, subscription)
  for (const row of await store.listOpenOf(unit.tx, id)) {
    const ended = await store.updateExecution(unit.tx, row.id, {
      state: 'cancelled',
      reason: 'The subscription was cancelled.',
      finished_at: new Date(),
    })
    unit.emit('execution.finished', { ...eventOf(ended), actions: 0, dropped: 0 })
  }
  await schedules.saveSchedule(unit.tx, unit.actor.organisation, id, null)
  await schedules.saveKeptState(unit.tx, id, null)
  const count = await inputs.deleteInputs(unit.tx, id)
  await audit(unit, 'execution-inputs.delete', { subscription, inputs: count })
}
