import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import type { Listener } from '../../db/unit-of-work.ts'
import { defineJob, enqueue } from '../../jobs/define.ts'
import { followTesters, returnLeft, returnSubscriptions, takeSubscriptions } from './places.ts'
import { judgeRollouts } from './service.ts'
import * as store from './store.ts'

interface OfRelease {
  release: string
}

/** Takes to a staged release whom it is for. */
export const takeJob = defineJob<OfRelease>('rollouts-take', async (deps, payloads) => {
  for (const { release } of payloads) await takeSubscriptions(deps, decodeId(idPrefixes.release, release))
})

/** Takes subscriptions back from a release that ran for some. */
export const returnJob = defineJob<OfRelease>('rollouts-return', async (deps, payloads) => {
  for (const { release } of payloads) await returnSubscriptions(deps, decodeId(idPrefixes.release, release))
})

/** Follows who tests a service. */
export const followTestersJob = defineJob<{ service: string }>('rollouts-testers', async (deps, payloads) => {
  for (const { service } of payloads) await followTesters(deps, decodeId(idPrefixes.service, service))
})

/** Looks at the canaries that run, and at what is still to go back. */
export const judgeJob = defineJob(
  'rollouts-judge',
  async (deps) => {
    await judgeRollouts(deps)
    await returnLeft(deps)
  },
  { cron: '* * * * *' },
)

interface Staged extends OfRelease {
  service: string
  canary: { percent: number; hours: number } | null
}

/** Hears what becomes of a release, in the transaction that changes it. */
export const followRollouts: Listener = async (unit, { type, payload }) => {
  if (type === 'release.staged') {
    const { release, service, canary } = payload as Staged
    if (canary)
      await store.startRollout(unit.tx, {
        organisation: unit.actor.organisation,
        release: decodeId(idPrefixes.release, release),
        service: decodeId(idPrefixes.service, service),
        ...canary,
      })
    await enqueue(unit, takeJob, { release })
  } else if (type === 'release.published') {
    const { release } = payload as OfRelease
    await store.endRollout(unit.tx, decodeId(idPrefixes.release, release), 'finished')
  } else if (type === 'release.changed') {
    const { release, by } = payload as OfRelease & { by?: string }
    if (by === 'platform') return
    if (by !== 'canary') await store.endRollout(unit.tx, decodeId(idPrefixes.release, release), 'stopped')
    await enqueue(unit, returnJob, { release })
  } else if (type === 'service.invitation-revoked' || type === 'service.invitation-accepted') {
    const { service, kind } = payload as { service: string; kind: string }
    if (kind === 'test') await enqueue(unit, followTestersJob, { service })
  }
}
