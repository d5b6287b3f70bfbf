import { createHmac, randomUUID } from 'node:crypto'
import type { Router } from '../src/http/router.ts'

export const webhookSecret = 'whsec_of_the_tests'

/** An event as Stripe sends it. */
export function aStripeEvent(type: string, object: { id: string; object: string }) {
  return {
    id: `evt_${randomUUID().replaceAll('-', '')}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: Math.floor(Date.now() / 1_000),
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  }
}

interface Sending {
  secret?: string
  secondsAgo?: number
  /** Signs this instead of what is sent. */
  signed?: string
  /** Sends this instead of a signature. */
  header?: string
}

/** Sends it as Stripe does: signed by its rules, by code that is not the platform's. */
export async function sendWebhook(app: Router, body: string, sending: Sending = {}): Promise<Response> {
  const at = Math.floor(Date.now() / 1_000) - (sending.secondsAgo ?? 0)
  const signature = createHmac('sha256', sending.secret ?? webhookSecret)
    .update(`${at}.${sending.signed ?? body}`)
    .digest('hex')
  return app.request('/stripe/webhooks', {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': sending.header ?? `t=${at},v1=${signature}`,
    },
    body,
  })
}
