import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { mayFail, newRouter, ok } from '../../http/router.ts'
import { ServiceRef } from '../releases/index.ts'
import { getOwnPrice } from './own-price.ts'
import { OwnPrice, OwnPriceQuery } from './schemas.ts'

const get = createRoute({
  operationId: 'getOwnPrice',
  tags: ['billing'],
  method: 'get',
  path: '/services/{service}/own-price',
  summary: 'About what a service costs in the currency that you are billed in, alone and in bundles',
  request: { params: z.object({ service: ServiceRef }), query: OwnPriceQuery },
  responses: { 200: ok(OwnPrice), ...mayFail('forbidden', 'not-found') },
})

export const ownPriceRoutes = newRouter().openapi(get, async (c) => {
  requireScope(c.var.actor, 'billing:read')
  const { service } = c.req.valid('param')
  return c.json(await getOwnPrice(c.var.deps, c.var.actor, service, c.req.valid('query')), 200)
})
