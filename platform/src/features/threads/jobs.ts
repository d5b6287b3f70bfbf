import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { defineJob } from '../../jobs/define.ts'
import { numberOf } from '../subscriptions/index.ts'
import { findLineOf } from './provider-store.ts'
import { findThread } from './store.ts'

/** Ids on the wire, but for the organisation (UUID). */
type Telling =
  | { organisation: string; to: 'provider'; subscriber: string; service: string }
  /** The conversation is about an execution; by its UUID. */
  | { organisation: string; to: 'provider'; conversation: string; service: string }
  | { organisation: string; to: 'operator'; subscription: string; service: string }

/** Tells the other side that something was written, as an event of its own organisation; not of what it muted. */
export const tellMessageJob = defineJob<Telling>('threads-tell', async (deps, tellings) => {
  for (const telling of tellings) {
    const actor = systemActor(telling.organisation, telling.to)
    await withUnitOfWork(deps, actor, async (unit) => {
      const { service } = telling
      if (telling.to === 'provider') {
        if ('subscriber' in telling)
          return unit.emit('message.from-subscriber', { subscriber: telling.subscriber, service })
        const line = await findLineOf(unit.tx, telling.conversation)
        const execution = line && numberOf(deps.keyring, 'run', telling.organisation, line)
        return execution && unit.emit('message.from-subscriber', { execution, service })
      }
      const thread = await findThread(unit.tx, decodeId(idPrefixes.subscription, telling.subscription))
      if (thread && !thread.is_muted && thread.closed_reason === null)
        unit.emit('message.from-provider', { subscription: telling.subscription, service })
    })
  }
})

/** The service (UUID) of a message, on the wire. */
export const serviceOf = (service: string): string => encodeId(idPrefixes.service, service)
