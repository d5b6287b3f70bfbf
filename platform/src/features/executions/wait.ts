import type { ExecutionOutcome } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { enqueue } from '../../jobs/define.ts'
import { eventOf } from './events.ts'
import { runJob } from './jobs.ts'
import * as store from './store.ts'

/** Said of an execution that waits for the stop to be taken back. */
export const stoppedReason = 'Everything is stopped.'

/** Puts an execution off; it is tried again at its time. */
export async function waitFor(
  unit: UnitOfWork,
  row: store.ExecutionRow,
  wait: { reason: string; untilMs: number; outcome?: ExecutionOutcome },
): Promise<void> {
  const at = new Date(Date.now() + wait.untilMs)
  const waiting = await store.updateExecution(unit.tx, row.id, {
    state: 'waiting',
    next_attempt_at: at,
    reason: wait.reason,
    outcome: wait.outcome ?? null,
  })
  await enqueue(unit, runJob, { organisation: unit.actor.organisation, execution: row.id }, { after: at })
  unit.emit('execution.waits', eventOf(waiting))
}
