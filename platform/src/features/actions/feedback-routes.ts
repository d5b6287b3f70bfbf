import { createRoute } from '@hono/zod-openapi'
import { idPrefixes, idSchema } from '@bizq/sdk/contract'
import { requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { mayFail, newRouter, ok } from '../../http/router.ts'
import { listFeedback } from './feedback.ts'
import { Feedback } from './schemas.ts'

const list = createRoute({
  operationId: 'listFeedback',
  tags: ['releases'],
  method: 'get',
  path: '/provider/feedback',
  summary:
    'Why proposals of a service of yours were rejected, what others were edited to, and what became of all, up to yesterday',
  request: { query: PageQuery.extend({ service: idSchema(idPrefixes.service) }) },
  responses: { 200: ok(Feedback), ...mayFail('forbidden', 'invalid-cursor') },
})

export const feedbackRoutes = newRouter().openapi(list, async (c) => {
  requireScope(c.var.actor, 'releases:write')
  const { service, ...query } = c.req.valid('query')
  return c.json(await c.var.transact((unit) => listFeedback(unit, service, query)), 200)
})
