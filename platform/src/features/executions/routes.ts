import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { requireIdempotencyKey } from '../../http/transact.ts'
import { BusinessId } from '../businesses/index.ts'
import { SubscriptionId } from '../subscriptions/index.ts'
import { replayExecution } from './replay.ts'
import { Execution, ExecutionId, Forecast, Receipt, ReplayResult } from './schemas.ts'
import * as service from './service.ts'
import { setLogShared } from './share-log.ts'

const tags = ['executions']
const params = z.object({ execution: ExecutionId })
const ofSubscription = z.object({ subscription: SubscriptionId })

const run = createRoute({
  operationId: 'runSubscription',
  tags,
  method: 'post',
  path: '/subscriptions/{subscription}/executions',
  summary: 'Run a service now',
  request: { params: ofSubscription },
  responses: {
    202: ok(Execution, 'Queued'),
    ...mayFail(
      'not-found',
      'forbidden',
      'subscription-not-active',
      'execution-running',
      'stopped',
      'idempotency-key-missing',
    ),
  },
})
const list = createRoute({
  operationId: 'listExecutions',
  tags,
  method: 'get',
  path: '/subscriptions/{subscription}/executions',
  summary: 'Executions of a subscription, newest first',
  request: { params: ofSubscription, query: PageQuery },
  responses: { 200: ok(listOf(Execution)), ...mayFail('not-found', 'invalid-cursor') },
})
const get = createRoute({
  operationId: 'getExecution',
  tags,
  method: 'get',
  path: '/executions/{execution}',
  summary: 'One execution',
  request: { params },
  responses: { 200: ok(Execution), ...mayFail('not-found') },
})
const receipt = createRoute({
  operationId: 'getReceipt',
  tags,
  method: 'get',
  path: '/executions/{execution}/receipt',
  summary: 'The signed receipt of an execution',
  request: { params },
  responses: { 200: ok(Receipt), ...mayFail('not-found', 'execution-not-finished') },
})
const replay = createRoute({
  operationId: 'replayExecution',
  tags,
  method: 'post',
  path: '/executions/{execution}/replay',
  summary: 'Run it again in a new process and compare, byte for byte',
  request: { params },
  responses: { 200: ok(ReplayResult), ...mayFail('not-found', 'execution-not-finished') },
})
const shareLog = createRoute({
  operationId: 'shareLog',
  tags,
  method: 'put',
  path: '/executions/{execution}/shared-log',
  summary: 'Let the provider read the log of this one execution',
  request: { params },
  responses: {
    200: ok(Execution),
    ...mayFail('not-found', 'forbidden', 'execution-not-finished', 'log-not-shareable'),
  },
})
const takeLogBack = createRoute({
  operationId: 'takeLogBack',
  tags,
  method: 'delete',
  path: '/executions/{execution}/shared-log',
  summary: 'Take the log back: the provider cannot read it any more',
  request: { params },
  responses: { 200: ok(Execution), ...mayFail('not-found', 'forbidden') },
})
const latest = createRoute({
  operationId: 'listLatestMetrics',
  tags,
  method: 'get',
  path: '/businesses/{business}/metrics',
  summary: 'The latest figures of each service for a business',
  request: { params: z.object({ business: BusinessId }) },
  responses: { 200: ok(listOf(Forecast)), ...mayFail('not-found') },
})

export const executionRoutes = newRouter()
  .openapi(run, async (c) => {
    requireScope(c.var.actor, 'executions:run')
    requireIdempotencyKey(c)
    const { subscription } = c.req.valid('param')
    return c.json(
      await c.var.transact((unit) => service.runSubscription(unit, c.var.deps, subscription)),
      202,
    )
  })
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'executions:read')
    const { subscription } = c.req.valid('param')
    return c.json(
      await c.var.transact((unit) =>
        service.listExecutions(unit, c.var.deps, subscription, c.req.valid('query')),
      ),
      200,
    )
  })
  .openapi(get, async (c) => {
    requireScope(c.var.actor, 'executions:read')
    return c.json(
      await c.var.transact((unit) => service.getExecution(unit, c.var.deps, c.req.valid('param').execution)),
      200,
    )
  })
  .openapi(receipt, async (c) => {
    requireScope(c.var.actor, 'executions:read')
    const found = await c.var.transact((unit) => service.getReceipt(unit, c.req.valid('param').execution))
    return c.json(found, 200)
  })
  .openapi(replay, async (c) => {
    requireScope(c.var.actor, 'executions:run')
    const { deps, actor, transact } = c.var
    const replayed = await replayExecution({ deps, actor, transact }, c.req.valid('param').execution)
    return c.json(replayed as z.infer<typeof ReplayResult>, 200)
  })
  .openapi(shareLog, async (c) => {
    requireScope(c.var.actor, 'executions:run')
    const { execution } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => setLogShared(unit, c.var.deps, execution, true)), 200)
  })
  .openapi(takeLogBack, async (c) => {
    requireScope(c.var.actor, 'executions:run')
    const { execution } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => setLogShared(unit, c.var.deps, execution, false)), 200)
  })
  .openapi(latest, async (c) => {
    requireScope(c.var.actor, 'executions:read')
    return c.json(
      await c.var.transact((unit) =>
        service.listLatestMetrics(unit, c.var.deps, c.req.valid('param').business),
      ),
      200,
    )
  })
