import { defineJob } from '../../jobs/define.ts'
import { settleRelease } from './service.ts'

/** Settles a submitted release should the process that took it in not live to. */
export const settleReleaseJob = defineJob<{ organisation: string; release: string }>(
  'release-settle',
  async (deps, payloads) => {
    for (const { organisation, release } of payloads) await settleRelease(deps, organisation, release)
  },
)
