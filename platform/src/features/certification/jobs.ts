import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { defineJob } from '../../jobs/define.ts'
import { audit } from '../audit/index.ts'
import { levelsOf, type Level } from './levels.ts'
import { listStandings, setLevel } from './level-store.ts'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    'service.level-changed': { service: string; level: Level }
  }
}

/** Reckons the level of each service anew. */
export const levelsJob = defineJob(
  'service-levels',
  async (deps) => {
    const changed = levelsOf(await listStandings(deps.directory)).filter(
      ({ standing, level }) => standing.level !== level,
    )
    for (const { standing, level } of changed) {
      await withUnitOfWork(deps, systemActor(standing.provider_id, 'provider'), async (unit) => {
        const service = encodeId(idPrefixes.service, standing.service_id)
        await setLevel(unit.tx, standing.service_id, level)
        await audit(unit, 'service.change-level', { service, level })
        unit.emit('service.level-changed', { service, level })
      })
    }
  },
  { cron: '41 4 * * *', concurrency: 1 },
)
