import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { Business, BusinessChange, BusinessId, NewBusiness } from './schemas.ts'
import * as service from './service.ts'

const tags = ['businesses']
const params = z.object({ business: BusinessId })
const ListQuery = PageQuery.extend({ tag: z.string().optional(), search: z.string().max(100).optional() })

const list = createRoute({
  operationId: 'listBusinesses',
  tags,
  method: 'get',
  path: '/businesses',
  summary: 'Your businesses, by name',
  request: { query: ListQuery },
  responses: { 200: ok(listOf(Business)), ...mayFail('invalid-cursor') },
})
const create = createRoute({
  operationId: 'createBusiness',
  tags,
  method: 'post',
  path: '/businesses',
  summary: 'Add a business',
  request: { body: json(NewBusiness) },
  responses: { 201: ok(Business), ...mayFail('forbidden') },
})
const get = createRoute({
  operationId: 'getBusiness',
  tags,
  method: 'get',
  path: '/businesses/{business}',
  summary: 'One business',
  request: { params },
  responses: { 200: ok(Business), ...mayFail('not-found') },
})
const change = createRoute({
  operationId: 'changeBusiness',
  tags,
  method: 'patch',
  path: '/businesses/{business}',
  summary: 'Change a business',
  request: { params, body: json(BusinessChange) },
  responses: { 200: ok(Business), ...mayFail('not-found', 'forbidden') },
})
const fence = createRoute({
  operationId: 'fenceBusiness',
  tags,
  method: 'put',
  path: '/businesses/{business}/fence',
  summary: 'Fence a business off from every provider, or take the fence away',
  request: { params, body: json(z.object({ isFenced: z.boolean() })) },
  responses: { 200: ok(Business), ...mayFail('not-found', 'forbidden') },
})

export const businessRoutes = newRouter()
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'businesses:read')
    return c.json(await c.var.transact((unit) => service.listBusinesses(unit, c.req.valid('query'))), 200)
  })
  .openapi(create, async (c) => {
    requireScope(c.var.actor, 'businesses:write')
    return c.json(await c.var.transact((unit) => service.createBusiness(unit, c.req.valid('json'))), 201)
  })
  .openapi(get, async (c) => {
    requireScope(c.var.actor, 'businesses:read')
    return c.json(
      await c.var.transact((unit) => service.getBusiness(unit, c.req.valid('param').business)),
      200,
    )
  })
  .openapi(change, async (c) => {
    requireScope(c.var.actor, 'businesses:write')
    const { business } = c.req.valid('param')
    return c.json(
      await c.var.transact((unit) => service.changeBusiness(unit, business, c.req.valid('json'))),
      200,
    )
  })
  .openapi(fence, async (c) => {
    requireScope(c.var.actor, 'businesses:write')
    const { business } = c.req.valid('param')
    const { isFenced } = c.req.valid('json')
    return c.json(await c.var.transact((unit) => service.setBusinessFence(unit, business, isFenced)), 200)
  })
