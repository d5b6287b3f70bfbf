import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { defineJob } from '../../jobs/define.ts'
import { carryOut } from './carry-out.ts'
import { expireActions } from './end.ts'

export interface CarryOutPayload {
  organisation: string
  action: string
  effect: string
}

/** Carries an approved action out. Run twice, it does it once. */
export const carryOutJob = defineJob<CarryOutPayload>(
  'actions.carry-out',
  async (deps, payloads) => {
    for (const payload of payloads) await carryOut(deps, payload)
  },
  { concurrency: 4 },
)

/** Lets proposals go whose time is over. */
export const expireActionsJob = defineJob<object>(
  'actions.expire',
  async (deps) => {
    await expireActions(deps, (organisation, work) => withUnitOfWork(deps, systemActor(organisation), work))
  },
  { cron: '* * * * *', concurrency: 1, queue: { policy: 'singleton', retryLimit: 0 } },
)
