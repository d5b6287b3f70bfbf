import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import type { DomainEvent, DomainEvents, Listener, UnitOfWork } from '../../db/unit-of-work.ts'
import { enqueue } from '../../jobs/define.ts'
import { settleRefundJob } from './jobs.ts'
import * as store from './store.ts'

/** Settles what waited until its invoice was paid, or never will be. */
export const refundOnEvents: Listener = async (unit: UnitOfWork, event: DomainEvent) => {
  if (event.type !== 'invoice.paid' || unit.actor.organisationKind !== 'operator') return
  const { invoice } = event.payload as DomainEvents['invoice.paid']
  const { organisation } = unit.actor
  for (const { id } of await store.listPlanned(unit.tx, decodeId(idPrefixes.invoice, invoice)))
    await enqueue(unit, settleRefundJob, { organisation, refund: id })
}
