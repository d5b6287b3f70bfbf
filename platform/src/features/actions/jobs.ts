import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type Listener } from '../../db/unit-of-work.ts'
import { defineJob, enqueue } from '../../jobs/define.ts'
import { carryOut } from './carry-out.ts'
import { expireActions, withdrawWithRelease } from './end.ts'

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

/** Lets go what a release proposed that runs for nobody any more. */
export const withdrawJob = defineJob<{ release: string }>('actions.withdraw', async (deps, payloads) => {
  for (const { release } of payloads)
    await withdrawWithRelease(deps, decodeId(idPrefixes.release, release), (organisation, work) =>
      withUnitOfWork(deps, systemActor(organisation), work),
    )
})

const over: ReadonlySet<string> = new Set(['suspended', 'withdrawn', 'certified'])

/** Hears what becomes of a release, in the transaction that changes it. */
export const followReleaseEnds: Listener = async (unit, { type, payload }) => {
  if (type !== 'release.changed') return
  const { release, state } = payload as { release: string; state: string }
  if (over.has(state)) await enqueue(unit, withdrawJob, { release })
}
