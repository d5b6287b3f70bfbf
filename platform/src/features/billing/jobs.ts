import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { defineJob, enqueue } from '../../jobs/define.ts'
import { listDue } from './account-store.ts'
import { bringClocks } from './stripe-clock.ts'
import { writeToOwners, type TellPayload } from './tell.ts'
import { turnAccount } from './turn.ts'

/** Does what an account is due for. */
export const turnJob = defineJob<{ organisation: string }>(
  'billing.turn',
  async (deps, payloads) => {
    for (const { organisation } of payloads) await turnAccount(deps, organisation)
  },
  { concurrency: 4, queue: { policy: 'short', retryLimit: 10 } },
)

const batch = 500

/** Every minute: whose turn it is. */
export const billingTickJob = defineJob<object>(
  'billing.tick',
  async (deps) => {
    for (const organisation of await listDue(deps.directory, deps.clock(), batch))
      await withUnitOfWork(deps, systemActor(organisation), (unit) =>
        enqueue(unit, turnJob, { organisation }, { key: organisation }),
      )
  },
  { cron: '* * * * *', concurrency: 1, queue: { policy: 'singleton', retryLimit: 0 } },
)

/** A few times a day: Stripe's test clocks go along with their accounts. */
export const clocksJob = defineJob<object>('billing.clocks', (deps) => bringClocks(deps), {
  cron: '23 */6 * * *',
  concurrency: 1,
  queue: { policy: 'singleton', retryLimit: 0 },
})

/** Writes to the owners of an organisation that something is not paid, or paused. */
export const tellJob = defineJob<TellPayload>(
  'billing.tell',
  async (deps, payloads) => {
    for (const payload of payloads) await writeToOwners(deps, payload)
  },
  { concurrency: 1 },
)
