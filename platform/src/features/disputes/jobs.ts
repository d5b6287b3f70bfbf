import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import { defineJob } from '../../jobs/define.ts'
import { audit } from '../audit/index.ts'
import * as store from './store.ts'

interface TellPayload {
  organisation: string
  kind: Actor['organisationKind']
  dispute: string
}

const verbs = { open: 'opened', answered: 'answered', decided: 'decided', withdrawn: 'withdrawn' } as const

/** Writes into this side's log and events where the dispute stands, once for each state. */
export async function tellSide(unit: UnitOfWork, dispute: string, facts: object = {}): Promise<void> {
  const told = await store.markTold(unit.tx, dispute)
  if (!told) return
  const ids = {
    dispute: encodeId(idPrefixes.dispute, dispute),
    service: encodeId(idPrefixes.service, told.service_id),
  }
  await audit(unit, `dispute.${verbs[told.state]}`, { ...ids, ...facts })
  unit.emit(`dispute.${verbs[told.state]}`, ids)
}

/** Tells another side of a dispute that it moved. */
export const tellDisputeJob = defineJob<TellPayload>('disputes.tell', async (deps, payloads) => {
  for (const { organisation, kind, dispute } of payloads)
    await withUnitOfWork(deps, systemActor(organisation, kind), (unit) => tellSide(unit, dispute))
})

/** Tells each side, once, that a dispute is past its 48 hours: the platform's administrators are to look at it. */
export const tellLateJob = defineJob<object>(
  'disputes.tell-late',
  async (deps) => {
    for (const { organisation_id: organisation, id, side } of await store.listLate(deps.directory)) {
      const told = withUnitOfWork(deps, systemActor(organisation, side), (unit) => tellLate(unit, id))
      await told.catch((error: unknown) =>
        deps.log.error({ err: error, organisation }, 'telling of a late dispute failed; it is tried again'),
      )
    }
  },
  { cron: '* * * * *', concurrency: 1, queue: { policy: 'singleton', retryLimit: 0 } },
)

async function tellLate(unit: UnitOfWork, dispute: string): Promise<void> {
  const told = await store.markToldLate(unit.tx, dispute)
  if (!told) return
  const ids = {
    dispute: encodeId(idPrefixes.dispute, dispute),
    service: encodeId(idPrefixes.service, told.service_id),
  }
  await audit(unit, 'dispute.late', ids)
  unit.emit('dispute.late', ids)
}
