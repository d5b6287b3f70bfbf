import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { mayFail, newRouter, ok } from '../../http/router.ts'
import { ReleaseId, ServiceRef } from '../releases/index.ts'
import { Rollout } from './schemas.ts'
import { getRollout } from './service.ts'

const get = createRoute({
  operationId: 'getRollout',
  tags: ['releases'],
  method: 'get',
  path: '/provider/services/{service}/releases/{release}/rollout',
  summary: 'The canary of a release: how far it is, what both sides did, and why it went back',
  request: { params: z.object({ service: ServiceRef, release: ReleaseId }) },
  responses: { 200: ok(Rollout), ...mayFail('forbidden', 'not-found') },
})

export const rolloutRoutes = newRouter().openapi(get, async (c) => {
  requireScope(c.var.actor, 'releases:write')
  const { service, release } = c.req.valid('param')
  return c.json(await c.var.transact((unit) => getRollout(unit, service, release)), 200)
})
