import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { defineJob, enqueueAll } from '../../jobs/define.ts'
import { ProblemError } from '../../problems.ts'
import { makeReport } from './service.ts'
import * as store from './store.ts'

interface MakePayload {
  organisation: string
  /** UUID. */
  subscription: string
  month: string
}

/** Makes the report of a month, unless there is one already: it may be run again after a crash. */
export const makeReportJob = defineJob<MakePayload>(
  'reports.make',
  async (deps, payloads) => {
    for (const { organisation, subscription, month } of payloads) {
      const actor = systemActor(organisation)
      const made = await withUnitOfWork(deps, actor, (unit) => store.findReport(unit.tx, subscription, month))
      if (made) continue
      const asked = { subscription: encodeId(idPrefixes.subscription, subscription), month }
      await makeReport(deps, actor, asked).catch((error: unknown) => {
        // It was not subscribed to in that month, or is gone: there is nothing to tell.
        if (!(error instanceof ProblemError)) throw error
      })
    }
  },
  { concurrency: 2 },
)

/** On the second of each month: by then the month before is over everywhere. */
export const reportMonthJob = defineJob<object>(
  'reports.month',
  async (deps) => {
    const month = Temporal.Now.plainDateISO('UTC').toPlainYearMonth().subtract({ months: 1 }).toString()
    const all = Map.groupBy(await store.listSubscriptions(deps.directory), (row) => row.organisation_id)
    for (const [organisation, rows] of all)
      await withUnitOfWork(deps, systemActor(organisation), (unit) =>
        enqueueAll(
          unit,
          makeReportJob,
          rows.map(({ id }) => ({ organisation, subscription: id, month })),
        ),
      )
  },
  { cron: '20 2 2 * *', concurrency: 1, queue: { policy: 'singleton', retryLimit: 0 } },
)
