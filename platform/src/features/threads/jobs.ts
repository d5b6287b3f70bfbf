import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { defineJob } from '../../jobs/define.ts'
import { findThread } from './store.ts'

/** Ids on the wire, but for the organisation (UUID). */
type Telling =
  | { organisation: string; to: 'provider'; subscriber: string; service: string }
  | { organisation: string; to: 'operator'; subscription: string; service: string }

/** Tells the other side that something was written, as an event of its own organisation; not of what it muted. */
export const tellMessageJob = defineJob<Telling>('threads-tell', async (deps, tellings) => {
  for (const telling of tellings) {
    const actor = systemActor(telling.organisation, telling.to)
    await withUnitOfWork(deps, actor, async (unit) => {
      const { service } = telling
      if (telling.to === 'provider')
        return unit.emit('message.from-subscriber', { subscriber: telling.subscriber, service })
      const thread = await findThread(unit.tx, decodeId(idPrefixes.subscription, telling.subscription))
      if (thread && !thread.is_muted)
        unit.emit('message.from-provider', { subscription: telling.subscription, service })
    })
  }
})

/** The service (UUID) of a message, on the wire. */
export const serviceOf = (service: string): string => encodeId(idPrefixes.service, service)
