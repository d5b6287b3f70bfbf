import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { defineJob } from '../../jobs/define.ts'
import { audit } from '../audit/index.ts'
import * as directory from './directory-store.ts'
import { keepDays } from './figures.ts'
import * as store from './store.ts'
import { tell } from './tell.ts'

interface ActPayload {
  /** The platform's organisation. */
  organisation: string
  act: string
  /** The act that this one lifts. */
  lifted: string | null
}

const batch = 200

/** Tells every operator that subscribed to the service of an act, each in a unit of its own. Run again, it tells nobody twice. */
export const tellSubscribersJob = defineJob<ActPayload>(
  'administration.tell-subscribers',
  async (deps, payloads) => {
    for (const payload of payloads) {
      const { act, lifted } = await withUnitOfWork(
        deps,
        systemActor(payload.organisation, 'platform'),
        async ({ tx }) => ({
          act: await store.findAct(tx, payload.act),
          lifted: payload.lifted === null ? undefined : await store.findAct(tx, payload.lifted),
        }),
      )
      const service = act?.service_id && (await directory.findService(deps.directory, act.service_id))
      if (!act || !service) continue
      const told = {
        act,
        lifted: lifted ?? null,
        service: { id: service.id, slug: service.slug, name: service.name ?? service.slug },
      }
      for (let after: string | undefined; ;) {
        const found = await directory.listSubscribed(deps.directory, service.id, after, batch)
        for (const organisation of found)
          await withUnitOfWork(deps, systemActor(organisation), (unit) => tell(unit, told))
        after = found.at(-1)
        if (found.length < batch) break
      }
    }
  },
)

/** Tells the platform that somebody objects to what it did. */
export const tellObjectionJob = defineJob<Pick<ActPayload, 'organisation' | 'act'>>(
  'administration.tell-objection',
  async (deps, payloads) => {
    for (const { organisation, act } of payloads)
      await withUnitOfWork(deps, systemActor(organisation, 'platform'), async (unit) => {
        const ids = { act: encodeId(idPrefixes.platformAct, act) }
        await audit(unit, 'platform.objection', ids)
        unit.emit('platform.objection', ids)
      })
  },
)

/** Keeps the counts of days. */
export const countDaysJob = defineJob<object>('administration.count-days', (deps) => keepDays(deps), {
  cron: '*/5 * * * *',
  concurrency: 1,
  queue: { policy: 'singleton' },
})
