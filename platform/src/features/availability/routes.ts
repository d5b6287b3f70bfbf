import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { ServiceRef } from '../releases/index.ts'
import { Availability, AvailabilityQuery, ServiceAvailability } from './schemas.ts'
import * as service from './service.ts'

const params = z.object({ service: ServiceRef })

const get = createRoute({
  operationId: 'getAvailability',
  tags: ['catalogue'],
  method: 'get',
  path: '/services/{service}/availability',
  summary: 'How available a service was, month by month, and what is given back for a month below 99.9 %',
  request: { params },
  responses: { 200: ok(Availability), ...mayFail('not-found', 'forbidden') },
})
const getOwn = createRoute({
  operationId: 'getOwnAvailability',
  tags: ['analytics'],
  method: 'get',
  path: '/provider/services/{service}/availability',
  summary: 'How available a service of yours was, month by month; null below five subscribers',
  request: { params },
  responses: { 200: ok(Availability), ...mayFail('not-found', 'forbidden') },
})
const list = createRoute({
  operationId: 'listAvailability',
  tags: ['administration'],
  method: 'get',
  path: '/admin/availability',
  summary: 'How available all services were in a month, the least available first',
  request: { query: AvailabilityQuery },
  responses: { 200: ok(listOf(ServiceAvailability)), ...mayFail('forbidden', 'invalid-cursor') },
})

export const availabilityRoutes = newRouter()
  .openapi(get, async (c) => {
    requireScope(c.var.actor, 'services:read')
    const { deps, transact } = c.var
    const { service: ref } = c.req.valid('param')
    return c.json(await transact((unit) => service.getAvailability(unit, deps, ref)), 200)
  })
  .openapi(getOwn, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { deps, transact } = c.var
    const { service: ref } = c.req.valid('param')
    return c.json(await transact((unit) => service.getOwnAvailability(unit, deps, ref)), 200)
  })
  .openapi(list, async (c) => {
    requireScope(c.var.actor, '*')
    const { deps, transact } = c.var
    return c.json(await transact((unit) => service.listAvailability(unit, deps, c.req.valid('query'))), 200)
  })
