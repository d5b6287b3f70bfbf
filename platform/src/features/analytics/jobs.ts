import { defineJob } from '../../jobs/define.ts'
import { closeAllDays } from './close-days.ts'

/** Every hour, since a day may have failed the hour before; all but the first after midnight find nothing to do. */
export const closeDaysJob = defineJob<object>('analytics.close-days', closeAllDays, {
  cron: '7 * * * *',
  concurrency: 1,
  queue: { policy: 'singleton', retryLimit: 0 },
})
