import { createRoute, z } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { listOf, mayFail, newRouter, ok, type Router } from '../../http/router.ts'
import { ProblemError } from '../../problems.ts'
import { FailedEvent, PaymentsMode, WebhookFigures, WebhookQuery } from './schemas.ts'
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

const failed = createRoute({
  operationId: 'listFailedStripeEvents',
  tags,
  method: 'get',
  path: '/admin/stripe-events/failed',
  summary: 'Events of Stripe’s that could not be followed and were put aside, newest first',
  request: { query: PageQuery },
  responses: { 200: ok(listOf(FailedEvent)), ...mayFail('forbidden', 'invalid-cursor') },
})
const retry = createRoute({
  operationId: 'retryStripeEvent',
  tags,
  method: 'post',
  path: '/admin/stripe-events/{event}/retry',
  summary: 'Put an event that failed in line again',
  request: { params: z.object({ event: z.string().max(255) }) },
  responses: { 204: { description: 'In line' }, ...mayFail('forbidden', 'not-found') },
})

export const paymentRoutes = newRouter()
  .openapi(payments, (c) => c.json(service.getPayments(c.var.deps), 200))
  .openapi(webhooks, async (c) => {
    requireScope(c.var.actor, '*')
    const { days } = c.req.valid('query')
    return c.json(await c.var.transact((unit) => service.getWebhookFigures(unit, days)), 200)
  })
  .openapi(failed, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json(await c.var.transact((unit) => service.listFailedEvents(unit, c.req.valid('query'))), 200)
  })
  .openapi(retry, async (c) => {
    requireScope(c.var.actor, '*')
    await c.var.transact((unit) => service.retryEvent(unit, c.req.valid('param').event))
    return c.body(null, 204)
  })

const tooLarge = () => {
  throw new ProblemError('too-large', { detail: 'An event may have 1 MiB.' })
}
const whyNot = {
  forged: 'The signature is not Stripe’s over these bytes. Check STRIPE_WEBHOOK_SECRET.',
  stale: 'The signature is more than five minutes old, or from the future. Check the clock of this machine.',
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
