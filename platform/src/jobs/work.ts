import type { Deps } from '../deps.ts'
import type { JobDefinition } from './define.ts'

/** Starts working on these jobs in this process. */
export async function workOn(deps: Deps, jobs: readonly JobDefinition[]): Promise<void> {
  for (const job of jobs) {
    await deps.boss.work<object>(
      job.name,
      {
        batchSize: job.batchSize,
        localConcurrency: job.concurrency,
        burstWhenBatchFull: true,
        pollingIntervalSeconds: 1,
        notifyPollingIntervalSeconds: 1,
        includeMetadata: true,
      },
      async (batch) => {
        try {
          await job.handle(
            deps,
            batch.map((item) => item.data),
            batch.map((item) => item.retryCount),
          )
        } catch (error) {
          deps.log.error({ err: error, job: job.name }, 'job failed')
          throw error
        }
      },
    )
    if (job.cron) await deps.boss.schedule(job.name, job.cron, {}, { tz: 'UTC' })
  }
}
