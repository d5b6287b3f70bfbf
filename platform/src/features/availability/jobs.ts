import { defineJob } from '../../jobs/define.ts'
import { measureAvailability } from './measuring.ts'

/** Every hour: what the calls since the last time say of each service. */
export const measureAvailabilityJob = defineJob<object>('availability.measure', measureAvailability, {
  cron: '11 * * * *',
  concurrency: 1,
  queue: { policy: 'singleton', retryLimit: 0 },
})
