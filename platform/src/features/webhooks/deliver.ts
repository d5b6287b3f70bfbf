import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import type { OutgoingResult } from '../../http/outgoing.ts'
import { defineJob, enqueue } from '../../jobs/define.ts'
import { signedHeaders } from './standardwebhooks.ts'
import * as store from './store.ts'

const second = 1_000
const hour = 3_600 * second
/** Waits between attempts: three days in all. */
export const retryDelaysMs = [
  5 * second,
  300 * second,
  0.5 * hour,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  17 * hour,
  23.4 * hour,
]
const longestRetryAfterMs = 24 * hour

export interface DeliverPayload {
  organisation: string
  delivery: string
}

/** Delivers one message: claim, call, settle. Delivered at least once, always under the same `webhook-id`. */
export const deliverJob = defineJob<DeliverPayload>(
  'webhooks.deliver',
  async (deps, payloads) => {
    for (const payload of payloads) await deliver(deps, payload)
  },
  { concurrency: 16, queue: { retryLimit: 20 } },
)

const longestRestMs = 0.5 * hour

interface Claimed {
  delivery: store.DeliveryRow
  endpoint: store.EndpointRow
}

/** What is to be sent now. To an endpoint that did not answer nothing more goes until it has rested: it would hold up the others. */
async function claim(unit: UnitOfWork, payload: DeliverPayload): Promise<Claimed | undefined> {
  const delivery = await store.lockDelivery(unit.tx, payload.delivery)
  if (!delivery || (delivery.state !== 'pending' && delivery.state !== 'retrying')) return undefined
  const endpoint = await store.findEndpoint(unit.tx, delivery.endpoint_id)
  if (!endpoint?.is_on) {
    await store.updateDelivery(unit.tx, delivery.id, {
      state: 'failed',
      detail: 'The endpoint is off.',
      ended_at: new Date(),
    })
    return undefined
  }
  const rest = (endpoint.rests_until?.getTime() ?? 0) - Date.now()
  if (rest <= 0) return { delivery, endpoint }
  await putOff(unit, payload, rest + Math.random() * second, {
    detail: 'The endpoint did not answer others.',
  })
  return undefined
}

async function putOff(
  unit: UnitOfWork,
  payload: DeliverPayload,
  delayMs: number,
  change: Partial<store.DeliveryRow>,
): Promise<void> {
  const at = new Date(Date.now() + delayMs)
  await store.updateDelivery(unit.tx, payload.delivery, { ...change, state: 'retrying', next_attempt_at: at })
  await enqueue(unit, deliverJob, payload, { after: at })
}

async function deliver(deps: Deps, payload: DeliverPayload): Promise<void> {
  const actor = systemActor(payload.organisation)
  const claimed = await withUnitOfWork(deps, actor, (unit) => claim(unit, payload))
  if (!claimed) return
  const { delivery, endpoint } = claimed
  const secret = deps.keyring.open('webhook-secret', endpoint.secret_sealed).toString()
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'BizQ-Webhooks/1',
    ...signedHeaders(secret, encodeId(idPrefixes.delivery, delivery.id), new Date(), delivery.body),
  }
  const result = await deps.outgoing.call(endpoint.url, { method: 'POST', headers, body: delivery.body })
  await withUnitOfWork(deps, actor, (unit) => settle(unit, payload, result))
}

async function settle(unit: UnitOfWork, payload: DeliverPayload, result: OutgoingResult): Promise<void> {
  const delivery = await store.lockDelivery(unit.tx, payload.delivery)
  if (!delivery || (delivery.state !== 'pending' && delivery.state !== 'retrying')) return
  const attempts = delivery.attempts + 1
  const status = result.isAnswered ? result.status : null
  const response = result.isAnswered ? printable(result.body) : null
  const attempt = { attempts, status, response, attempted_at: new Date() }
  if (status !== null && status >= 200 && status < 300) {
    await end(unit, delivery, { state: 'delivered', ...attempt, detail: null })
    return
  }
  const isFinal = status === 410 || (!result.isAnswered && result.failure.kind === 'forbidden-address')
  const delayMs = isFinal ? undefined : nextDelayMs(attempts, result)
  await followEndpoint(unit, delivery, result, delayMs)
  const detail = result.isAnswered
    ? `It answered ${result.status}.`
    : `${result.failure.kind}: ${result.failure.detail}`
  if (delayMs === undefined) await end(unit, delivery, { state: 'failed', ...attempt, detail })
  else await putOff(unit, payload, delayMs, { ...attempt, detail })
}

const responseShown = 2_000

/** The first of an answer, as text that a database keeps: an answer may hold any bytes. */
function printable(body: string): string {
  return body.replaceAll('\u0000', '\uFFFD').slice(0, responseShown).toWellFormed()
}

function end(
  unit: UnitOfWork,
  delivery: store.DeliveryRow,
  change: Pick<store.DeliveryRow, 'state' | 'attempts' | 'status' | 'detail' | 'response' | 'attempted_at'>,
): Promise<store.DeliveryRow> {
  return store.updateDelivery(unit.tx, delivery.id, {
    ...change,
    next_attempt_at: null,
    ended_at: new Date(),
  })
}

/** What an answer says of the endpoint itself: that it is gone, or that it does not answer at all. */
async function followEndpoint(
  unit: UnitOfWork,
  { endpoint_id: endpoint }: store.DeliveryRow,
  result: OutgoingResult,
  delayMs: number | undefined,
): Promise<void> {
  if (result.isAnswered && result.status === 410)
    await store.updateEndpoint(unit.tx, endpoint, { is_on: false, off_reason: 'It answered 410 Gone.' })
  const isSilent = !result.isAnswered && ['timed-out', 'unreachable'].includes(result.failure.kind)
  if (isSilent) {
    const restMs = Math.min(longestRestMs, delayMs ?? longestRestMs)
    await store.updateEndpoint(unit.tx, endpoint, { rests_until: new Date(Date.now() + restMs) })
  }
}

/** The usual wait, or longer when the endpoint says so in Retry-After. */
export function nextDelayMs(attempts: number, result: OutgoingResult): number | undefined {
  const usual = retryDelaysMs[attempts - 1]
  if (usual === undefined) return undefined
  const header =
    result.isAnswered && [429, 503].includes(result.status) ? result.headers['retry-after'] : undefined
  if (header === undefined) return usual
  const asked = /^\d+$/.test(header) ? Number(header) * second : Date.parse(header) - Date.now()
  return Number.isFinite(asked) ? Math.min(longestRetryAfterMs, Math.max(usual, asked)) : usual
}
