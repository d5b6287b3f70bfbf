import { createRoute, z } from '@hono/zod-openapi'
import { idPrefixes, idSchema } from '@bizq/sdk/contract'
import { requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { Delivery, Endpoint, EndpointId, MadeEndpoint, NewEndpoint, WholeDelivery } from './schemas.ts'
import * as service from './service.ts'

const tags = ['webhooks']
const params = z.object({ endpoint: EndpointId })

const list = createRoute({
  operationId: 'listWebhookEndpoints',
  tags,
  method: 'get',
  path: '/webhook-endpoints',
  summary: 'Where effects are sent to',
  responses: { 200: ok(listOf(Endpoint)), ...mayFail() },
})
const create = createRoute({
  operationId: 'createWebhookEndpoint',
  tags,
  method: 'post',
  path: '/webhook-endpoints',
  summary: 'Register an endpoint (Standard Webhooks); its secret is shown once',
  request: { body: json(NewEndpoint) },
  responses: { 201: ok(MadeEndpoint), ...mayFail('forbidden', 'no-room') },
})
const change = createRoute({
  operationId: 'switchWebhookEndpoint',
  tags,
  method: 'patch',
  path: '/webhook-endpoints/{endpoint}',
  summary: 'Switch an endpoint on or off',
  request: { params, body: json(z.object({ isOn: z.boolean() })) },
  responses: { 200: ok(Endpoint), ...mayFail('not-found', 'forbidden') },
})
const remove = createRoute({
  operationId: 'deleteWebhookEndpoint',
  tags,
  method: 'delete',
  path: '/webhook-endpoints/{endpoint}',
  summary: 'Remove an endpoint and its deliveries',
  request: { params },
  responses: { 204: { description: 'Removed' }, ...mayFail('not-found', 'forbidden') },
})
const deliveries = createRoute({
  operationId: 'listWebhookDeliveries',
  tags,
  method: 'get',
  path: '/webhook-endpoints/{endpoint}/deliveries',
  summary: 'What was sent to an endpoint, newest first',
  request: { params, query: PageQuery },
  responses: { 200: ok(listOf(Delivery)), ...mayFail('not-found', 'invalid-cursor') },
})
const getDelivery = createRoute({
  operationId: 'getWebhookDelivery',
  tags,
  method: 'get',
  path: '/webhook-deliveries/{delivery}',
  summary: 'One delivery: what was sent, and what the endpoint answered last',
  request: { params: z.object({ delivery: idSchema(idPrefixes.delivery) }) },
  responses: { 200: ok(WholeDelivery), ...mayFail('not-found', 'forbidden') },
})
const tryEndpoint = createRoute({
  operationId: 'tryWebhookEndpoint',
  tags,
  method: 'post',
  path: '/webhook-endpoints/{endpoint}/try',
  summary: 'Send an endpoint a message of the type endpoint.tried, to see that it arrives',
  request: { params },
  responses: { 201: ok(Delivery), ...mayFail('not-found', 'forbidden', 'conflict') },
})
const redeliver = createRoute({
  operationId: 'redeliverWebhook',
  tags,
  method: 'post',
  path: '/webhook-deliveries/{delivery}/redeliver',
  summary: 'Send a delivery again that is over, arrived or not, under the same id',
  request: { params: z.object({ delivery: idSchema(idPrefixes.delivery) }) },
  responses: { 200: ok(Delivery), ...mayFail('not-found', 'forbidden', 'conflict') },
})

export const webhookRoutes = newRouter()
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'webhooks:write')
    return c.json(await c.var.transact(service.listEndpoints), 200)
  })
  .openapi(create, async (c) => {
    requireScope(c.var.actor, 'webhooks:write')
    const made = await c.var.transact(
      (unit) => service.createEndpoint(c.var.deps, unit, c.req.valid('json')),
      {
        kept: (result) => ({ ...result, secret: null }),
      },
    )
    return c.json(made, 201)
  })
  .openapi(change, async (c) => {
    requireScope(c.var.actor, 'webhooks:write')
    const { endpoint } = c.req.valid('param')
    return c.json(
      await c.var.transact((unit) => service.switchEndpoint(unit, endpoint, c.req.valid('json').isOn)),
      200,
    )
  })
  .openapi(remove, async (c) => {
    requireScope(c.var.actor, 'webhooks:write')
    await c.var.transact((unit) => service.deleteEndpoint(unit, c.req.valid('param').endpoint))
    return c.body(null, 204)
  })
  .openapi(deliveries, async (c) => {
    requireScope(c.var.actor, 'webhooks:write')
    const { endpoint } = c.req.valid('param')
    return c.json(
      await c.var.transact((unit) => service.listDeliveries(unit, endpoint, c.req.valid('query'))),
      200,
    )
  })
  .openapi(redeliver, async (c) => {
    requireScope(c.var.actor, 'webhooks:write')
    return c.json(await c.var.transact((unit) => service.redeliver(unit, c.req.valid('param').delivery)), 200)
  })
  .openapi(getDelivery, async (c) => {
    requireScope(c.var.actor, 'webhooks:write')
    const { delivery } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => service.getDelivery(unit, delivery)), 200)
  })
  .openapi(tryEndpoint, async (c) => {
    requireScope(c.var.actor, 'webhooks:write')
    const { endpoint } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => service.tryEndpoint(unit, endpoint)), 201)
  })
