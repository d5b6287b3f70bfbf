import { createRoute, z } from '@hono/zod-openapi'
import { idPrefixes, idSchema } from '@bizq/sdk/contract'
import { requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { ServiceRef } from '../releases/index.ts'
import { getAnalytics } from './analytics.ts'
import { listFeedback } from './feedback.ts'
import { getLine, listLines } from './lines.ts'
import { listOverview } from './overview.ts'
import { getQuality } from './quality.ts'
import {
  Analytics,
  AnalyticsQuery,
  Feedback,
  LineQuery,
  MeasuredQuality,
  ProviderLineDetail,
  ProviderLines,
  RunId,
  ServiceOverview,
  Subscribers,
} from './schemas.ts'
import { listSubscribers } from './subscribers.ts'

const tags = ['analytics']
const params = z.object({ service: ServiceRef })
const mayRefuse = mayFail('forbidden', 'not-found', 'invalid-cursor')

const overview = createRoute({
  operationId: 'getProviderOverview',
  tags,
  method: 'get',
  path: '/provider/overview',
  summary: 'All your services: how they do, and what of them needs attention',
  responses: { 200: ok(listOf(ServiceOverview)), ...mayFail('forbidden') },
})
const lines = createRoute({
  operationId: 'listProviderExecutions',
  tags,
  method: 'get',
  path: '/provider/services/{service}/executions',
  summary:
    'The executions of a service of yours, the newest first: outcome, time, class and place of an error',
  request: { params, query: LineQuery },
  responses: { 200: ok(ProviderLines), ...mayRefuse },
})
const line = createRoute({
  operationId: 'getProviderExecution',
  tags,
  method: 'get',
  path: '/provider/services/{service}/executions/{run}',
  summary: 'One execution, its error beside the code of your bundle',
  request: { params: params.extend({ run: RunId }) },
  responses: { 200: ok(ProviderLineDetail), ...mayRefuse },
})
const subscribers = createRoute({
  operationId: 'listSubscribers',
  tags,
  method: 'get',
  path: '/provider/services/{service}/subscribers',
  summary: 'Who subscribes to a service of yours, by number; nothing below five',
  request: { params, query: PageQuery },
  responses: { 200: ok(Subscribers), ...mayRefuse },
})
const analytics = createRoute({
  operationId: 'getAnalytics',
  tags,
  method: 'get',
  path: '/provider/services/{service}/analytics',
  summary: 'What became of a service of yours over 7, 30 or 90 days that are over, beside as many before',
  request: { params, query: AnalyticsQuery },
  responses: { 200: ok(Analytics), ...mayRefuse },
})
const feedback = createRoute({
  operationId: 'listFeedback',
  tags,
  method: 'get',
  path: '/provider/feedback',
  summary:
    'Why proposals of a service of yours were rejected, what others were edited to, and what became of all, up to yesterday',
  request: { query: PageQuery.extend({ service: idSchema(idPrefixes.service) }) },
  responses: { 200: ok(Feedback), ...mayFail('forbidden', 'invalid-cursor') },
})
const quality = createRoute({
  operationId: 'getQuality',
  tags: ['catalogue'],
  method: 'get',
  path: '/services/{service}/quality',
  summary: 'What was measured of a service over its subscribers in 90 days',
  request: { params },
  responses: { 200: ok(MeasuredQuality), ...mayFail('not-found', 'forbidden') },
})

export const analyticsRoutes = newRouter()
  .openapi(overview, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    return c.json({ items: await c.var.transact(listOverview), next: null }, 200)
  })
  .openapi(lines, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service } = c.req.valid('param')
    const query = c.req.valid('query')
    return c.json(await c.var.transact((unit) => listLines(unit, c.var.deps, service, query)), 200)
  })
  .openapi(line, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service, run } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => getLine(unit, c.var.deps, service, run)), 200)
  })
  .openapi(subscribers, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service } = c.req.valid('param')
    const query = c.req.valid('query')
    return c.json(await c.var.transact((unit) => listSubscribers(unit, c.var.deps, service, query)), 200)
  })
  .openapi(analytics, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => getAnalytics(unit, service, c.req.valid('query'))), 200)
  })
  .openapi(feedback, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service, ...query } = c.req.valid('query')
    return c.json(await c.var.transact((unit) => listFeedback(unit, service, query)), 200)
  })
  .openapi(quality, async (c) => {
    requireScope(c.var.actor, 'services:read')
    const { service } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => getQuality(unit, c.var.deps, service)), 200)
  })
