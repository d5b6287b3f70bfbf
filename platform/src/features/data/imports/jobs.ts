import { defineJob } from '../../../jobs/define.ts'
import { runImport, type ImportJob } from './run.ts'

/** One import of a business at a time, in the order in which they came. */
export const importJob = defineJob<ImportJob>(
  'data.import',
  async (deps, payloads) => {
    for (const payload of payloads) await runImport(deps, payload)
  },
  { queue: { policy: 'key_strict_fifo', retryLimit: 20, retryDelayMax: 10, expireInSeconds: 4 * 3_600 } },
)
