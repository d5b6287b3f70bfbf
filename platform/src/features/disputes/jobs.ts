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
