import { defineJob } from '../../jobs/define.ts'
import { planTransfers } from './plan.ts'
import { endShortages } from './shortage.ts'
import { askAgain, makeTransfer, reverseTransfer } from './transfer.ts'

/** Asks Stripe for a planned transfer. Ids are UUIDs. */
export const makeTransferJob = defineJob<{ organisation: string; transfer: string }>(
  'payouts.transfer',
  async (deps, payloads) => {
    for (const { organisation, transfer } of payloads)
      await makeTransfer(deps, { organisation, id: transfer })
  },
  { queue: { retryLimit: 20 } },
)

/** Asks Stripe to take a part of a transfer back. */
export const reverseTransferJob = defineJob<{ organisation: string; reversal: string }>(
  'payouts.reverse',
  async (deps, payloads) => {
    for (const { organisation, reversal } of payloads)
      await reverseTransfer(deps, { organisation, id: reversal })
  },
  { queue: { retryLimit: 20 } },
)

/** Each hour: transfers whose time has come, those that were planned and never asked for, and shortages that are over. */
export const planTransfersJob = defineJob<object>(
  'payouts.plan',
  async (deps) => {
    await planTransfers(deps)
    await askAgain(deps)
    await endShortages(deps)
  },
  { cron: '7 * * * *', concurrency: 1, queue: { policy: 'singleton', retryLimit: 2 } },
)
