import { defineJob } from '../../jobs/define.ts'

/** Every hour: forgets codes, tokens, sessions and proofs that are over. */
export const forgetArtifactsJob = defineJob<object>('oauth.forget', (deps) => deps.oauth.forgetOver(), {
  cron: '17 * * * *',
  concurrency: 1,
  queue: { policy: 'singleton', retryLimit: 0 },
})
