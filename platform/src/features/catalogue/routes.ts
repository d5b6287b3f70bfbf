import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { ServiceRef } from '../releases/index.ts'
import { CategoryCount, Listing, ServiceQuery, ServiceSummary } from './schemas.ts'
import * as service from './service.ts'

const tags = ['catalogue']

const list = createRoute({
  operationId: 'listServices',
  tags,
  method: 'get',
  path: '/services',
  summary: 'The services of the catalogue, by name',
  request: { query: ServiceQuery },
  responses: { 200: ok(listOf(ServiceSummary)), ...mayFail('invalid-cursor', 'forbidden') },
})
const categories = createRoute({
  operationId: 'listCategories',
  tags,
  method: 'get',
  path: '/categories',
  summary: 'The categories that have services, and how many',
  responses: { 200: ok(listOf(CategoryCount)), ...mayFail('forbidden') },
})
const get = createRoute({
  operationId: 'getService',
  tags,
  method: 'get',
  path: '/services/{service}',
  summary:
    'The listing of a service: what it reads and why, what it may propose, what it costs, and its releases',
  request: { params: z.object({ service: ServiceRef }) },
  responses: { 200: ok(Listing), ...mayFail('not-found', 'forbidden') },
})

export const catalogueRoutes = newRouter()
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'services:read')
    return c.json(await service.listServices(c.var.deps, c.req.valid('query')), 200)
  })
  .openapi(categories, async (c) => {
    requireScope(c.var.actor, 'services:read')
    return c.json({ items: await service.listCategories(c.var.deps), next: null }, 200)
  })
  .openapi(get, async (c) => {
    requireScope(c.var.actor, 'services:read')
    return c.json(await service.getService(c.var.deps, c.req.valid('param').service, c.var.actor), 200)
  })
