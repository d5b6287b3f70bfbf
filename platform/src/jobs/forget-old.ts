import type { Kysely } from 'kysely'
import type { Database } from '../db/database.ts'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../db/unit-of-work.ts'
import { forgetLines } from '../features/analytics/index.ts'
import { forgetEvents } from '../features/notifications/index.ts'
import { forgetDeliveries } from '../features/webhooks/index.ts'
import { forgetAnswers } from '../http/transact.ts'
import { defineJob } from './define.ts'

type What = 'events' | 'answers' | 'deliveries' | 'lines'

declare module '../db/database.ts' {
  interface Database {
    'directory.over_and_done': { organisation_id: string; what: What }
  }
}

const forget: Record<What, (unit: UnitOfWork) => Promise<void>> = {
  events: forgetEvents,
  answers: forgetAnswers,
  deliveries: forgetDeliveries,
  lines: forgetLines,
}

const listOver = (directory: Kysely<Database>) =>
  directory.selectFrom('directory.over_and_done').select(['organisation_id', 'what']).execute()

/**
 * Every night: forgets events and answers kept under an Idempotency-Key after seven days, and deliveries
 * that came to their end after thirty, and what providers read of executions after a hundred. What fails for one organisation is tried again the next night.
 */
export const forgetOldJob = defineJob<object>(
  'forget-old',
  async (deps) => {
    for (const { organisation_id: organisation, what } of await listOver(deps.directory)) {
      await withUnitOfWork(deps, systemActor(organisation), forget[what]).catch((error: unknown) =>
        deps.log.error({ err: error, organisation, what }, 'forgetting failed; it is tried again'),
      )
    }
  },
  { cron: '23 3 * * *', concurrency: 1, queue: { policy: 'singleton', retryLimit: 0 } },
)
