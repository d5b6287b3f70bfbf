import type { Deps } from '../src/deps.ts'
import { billingTickJob, tellJob, turnJob } from '../src/features/billing/index.ts'
import { followEventJob, followObjectJob, ratesJob, reconcileJob } from '../src/features/payments/index.ts'
import { makeTransferJob, planTransfersJob, reverseTransferJob } from '../src/features/payouts/index.ts'
import { evidenceJob, settleRefundJob, sweepRefundsJob, takeBackJob } from '../src/features/refunds/index.ts'

export interface Work {
  /** With what comes only every now and then. */
  isWhole: boolean
  /** UUIDs of providers, first come first. */
  providers: string[]
}

export interface Worked {
  /** How many jobs were done. */
  count: number
  /** Jobs that threw, and in what words; they are tried again. */
  failed: string[]
}

interface Job {
  name: string
  handle(deps: Deps, payloads: object[]): Promise<void>
}

const atOnce = 6

/**
 * Everything about money that the worker's clock and queues would do at this moment, until nothing is left, in the order of
 * what depends on what: what Stripe tells, what goes back, what is due, and in the end what providers are paid.
 */
export async function workAll(deps: Deps, { isWhole, providers }: Work): Promise<Worked> {
  const worked: Worked = { count: 0, failed: [] }
  const comes = async (job: Job) => {
    await job.handle(deps, [{}]).catch((error: unknown) => noteFailure(worked, job, error))
  }
  const off = (...jobs: Job[]) => workOff(deps, jobs, worked)
  if (isWhole) for (const job of [ratesJob, reconcileJob]) await comes(job)
  for (let before = -1; before !== worked.count;) {
    before = worked.count
    await off(followEventJob, followObjectJob)
    await off(settleRefundJob)
    await comes(takeBackJob)
    await off(settleRefundJob)
    await comes(billingTickJob)
    await off(turnJob)
    await off(evidenceJob, tellJob, reverseTransferJob)
  }
  if (isWhole) {
    for (const job of [sweepRefundsJob, planTransfersJob]) await comes(job)
    await payInOrder(deps, providers, worked)
    await off(reverseTransferJob)
  }
  return worked
}

function noteFailure(worked: Worked, job: Job, error: unknown): void {
  worked.failed.push(`${job.name}: ${error instanceof Error ? error.message : String(error)}`)
}

/** The waiting jobs of these kinds until none is left: several at once, each as the worker does it. */
async function workOff(deps: Deps, jobs: readonly Job[], worked: Worked): Promise<void> {
  for (let before = -1; before !== worked.count;) {
    before = worked.count
    for (const job of jobs) {
      const open = await deps.boss.fetch<object>(job.name, { batchSize: 200 })
      const lane = async () => {
        for (let next = open.pop(); next; next = open.pop()) await doOne(deps, job, next, worked)
      }
      await Promise.all(Array.from({ length: Math.min(atOnce, open.length) }, lane))
    }
  }
}

/**
 * One transfer after the other, by who joined first: where Stripe's balance is not enough for all, it is the same ones that
 * are paid. After one that has to be tried again the others wait for it.
 */
async function payInOrder(deps: Deps, providers: readonly string[], worked: Worked): Promise<void> {
  const open = await deps.boss.fetch<{ organisation: string }>(makeTransferJob.name, { batchSize: 1_000 })
  const place = ({ data }: (typeof open)[number]) => providers.indexOf(data.organisation)
  open.sort((a, b) => place(a) - place(b))
  let isStuck = false
  for (const next of open)
    if (isStuck) await deps.boss.fail(makeTransferJob.name, next.id)
    else isStuck = !(await doOne(deps, makeTransferJob, next, worked))
}

async function doOne(
  deps: Deps,
  job: Job,
  { id, data }: { id: string; data: object },
  worked: Worked,
): Promise<boolean> {
  try {
    await job.handle(deps, [data])
    await deps.boss.complete(job.name, id)
    worked.count++
    return true
  } catch (error) {
    noteFailure(worked, job, error)
    await deps.boss.fail(job.name, id)
    return false
  }
}
