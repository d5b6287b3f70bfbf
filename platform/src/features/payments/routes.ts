import { createRoute } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { requireScope } from '../../http/authorise.ts'
import { mayFail, newRouter, ok, type Router } from '../../http/router.ts'
import { ProblemError } from '../../problems.ts'
import { PaymentsMode, WebhookFigures, WebhookQuery } from './schemas.ts'
import * as service from './service.ts'

const tags = ['payments']
const mostBytes = 1024 * 1024

const payments = createRoute({
  operationId: 'getPayments',
  tags,
  method: 'get',
  path: '/payments',
  summary: 'Whether money is real here, and what a browser needs to show Stripe’s own pages',
  responses: { 200: ok(PaymentsMode), ...mayFail() },
})
const webhooks = createRoute({
  operationId: 'getWebhookFigures',
  tags,
  method: 'get',
  path: '/admin/webhooks',
  summary: 'What Stripe told, and what claimed to be Stripe and was refused',
  request: { query: WebhookQuery },
  responses: { 200: ok(WebhookFigures), ...mayFail('forbidden') },
})

export const paymentRoutes = newRouter()
  .openapi(payments, (c) => c.json(service.getPayments(c.var.deps), 200))
  .openapi(webhooks, async (c) => {
    requireScope(c.var.actor, '*')
    const { days } = c.req.valid('query')
    return c.json(await c.var.transact((unit) => service.getWebhookFigures(unit, days)), 200)
  })

const tooLarge = () => {
  throw new ProblemError('too-large', { detail: 'An event may have 1 MiB.' })
}
const whyNot = {
  forged: 'The signature is not Stripe’s over these bytes. Check STRIPE_WEBHOOK_SECRET.',
  stale: 'The signature is more than five minutes old. Check the clock of this machine.',
  malformed: 'The body is not an event.',
} as const

/** Where Stripe sends its events: beside the API, since its body is signed byte for byte and nobody signs in. */
export function mountStripeWebhooks(app: Router): void {
  app.post('/stripe/webhooks', bodyLimit({ maxSize: mostBytes, onError: tooLarge }), async (c) => {
    const body = await c.req.text()
    const outcome = await service.receiveWebhook(c.var.deps, body, c.req.header('stripe-signature'))
    if (outcome === 'taken' || outcome === 'repeated') return c.json({ received: true }, 200)
    throw new ProblemError('webhook-refused', { detail: whyNot[outcome] })
  })
}
