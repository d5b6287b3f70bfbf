import { createRoute, z } from '@hono/zod-openapi'
import type { JWK } from 'jose'
import { requireScope } from '../../http/authorise.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { Client, ClientId, Consent, ConsentId, NewClient, NewKeys } from './schemas.ts'
import * as service from './service.ts'

const tags = ['oauth']
const params = z.object({ client: ClientId })

const create = createRoute({
  operationId: 'createClient',
  tags,
  method: 'post',
  path: '/provider/clients',
  summary: 'Register an OAuth client of your organisation by its public keys',
  request: { body: json(NewClient) },
  responses: { 201: ok(Client), ...mayFail('forbidden', 'no-room') },
})
const list = createRoute({
  operationId: 'listClients',
  tags,
  method: 'get',
  path: '/provider/clients',
  summary: 'The OAuth clients of your organisation',
  responses: { 200: ok(listOf(Client)), ...mayFail('forbidden') },
})
const rotate = createRoute({
  operationId: 'rotateClientKeys',
  tags,
  method: 'put',
  path: '/provider/clients/{client}/keys',
  summary: 'Put other public keys in place; send old and new together while you change over',
  request: { params, body: json(NewKeys) },
  responses: { 200: ok(Client), ...mayFail('forbidden', 'not-found') },
})
const remove = createRoute({
  operationId: 'deleteClient',
  tags,
  method: 'delete',
  path: '/provider/clients/{client}',
  summary: 'Delete an OAuth client; its tokens are refused at once',
  request: { params },
  responses: { 204: { description: 'Deleted' }, ...mayFail('forbidden', 'not-found') },
})
const listGiven = createRoute({
  operationId: 'listConsents',
  tags,
  method: 'get',
  path: '/consents',
  summary: 'Programs of others that act in your organisation, and for whom',
  responses: { 200: ok(listOf(Consent)), ...mayFail('forbidden') },
})
const revoke = createRoute({
  operationId: 'revokeConsent',
  tags,
  method: 'delete',
  path: '/consents/{consent}',
  summary: 'Take a consent back; its tokens are refused at once',
  request: { params: z.object({ consent: ConsentId }) },
  responses: { 204: { description: 'Revoked' }, ...mayFail('forbidden', 'not-found') },
})

export const oauthRoutes = newRouter()
  .openapi(create, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json(await c.var.transact((unit) => service.createClient(unit, c.req.valid('json'))), 201)
  })
  .openapi(list, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json({ items: await c.var.transact(service.listClients), next: null }, 200)
  })
  .openapi(rotate, async (c) => {
    requireScope(c.var.actor, '*')
    const { keys } = c.req.valid('json').jwks
    return c.json(
      await c.var.transact((unit) => service.rotateKeys(unit, c.req.valid('param').client, keys as JWK[])),
      200,
    )
  })
  .openapi(remove, async (c) => {
    requireScope(c.var.actor, '*')
    await c.var.transact((unit) => service.deleteClient(unit, c.req.valid('param').client))
    return c.body(null, 204)
  })
  .openapi(listGiven, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json({ items: await c.var.transact(service.listConsents), next: null }, 200)
  })
  .openapi(revoke, async (c) => {
    requireScope(c.var.actor, '*')
    await c.var.transact((unit) => service.revokeConsent(unit, c.req.valid('param').consent))
    return c.body(null, 204)
  })
