import { defineJob } from '../../jobs/define.ts'
import { endReleases } from './ending.ts'
import { recertifyDue } from './recertify.ts'
import { settleRelease } from './settle.ts'

/** Settles a submitted release should the process that took it in not live to. */
export const settleReleaseJob = defineJob<{ organisation: string; release: string }>(
  'release-settle',
  async (deps, payloads) => {
    for (const { organisation, release } of payloads) await settleRelease(deps, organisation, release)
  },
)

/** Certifies releases on offer anew when the suite's major version rose, or their certificate ends soon. */
export const recertifyJob = defineJob(
  'releases-recertify',
  async (deps) => {
    await recertifyDue(deps)
  },
  { cron: '23 * * * *', concurrency: 1 },
)

/** Ends deprecated releases whose notice is over. */
export const endReleasesJob = defineJob('releases-end', endReleases, { cron: '*/10 * * * *' })
