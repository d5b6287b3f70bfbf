import { defineJob } from '../../jobs/define.ts'
import type { SubmittedBeside } from './schemas.ts'
import { settleRelease } from './service.ts'

/** Settles a submitted release should the process that took it in not live to. */
export const settleReleaseJob = defineJob<{
  organisation: string
  release: string
  beside?: SubmittedBeside
}>('release-settle', async (deps, payloads) => {
  for (const { organisation, release, beside } of payloads)
    await settleRelease(deps, organisation, release, beside)
})
