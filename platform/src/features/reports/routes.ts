import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { SubscriptionId } from '../subscriptions/index.ts'
import { MonthlyReport, NewMonthlyReport } from './schemas.ts'
import { listReports, makeReport } from './service.ts'

const tags = ['reports']
const params = z.object({ subscription: SubscriptionId })
const path = '/subscriptions/{subscription}/reports'

const list = createRoute({
  operationId: 'listReports',
  tags,
  method: 'get',
  path,
  summary: 'What a subscription came to, month by month',
  request: { params },
  responses: { 200: ok(listOf(MonthlyReport)), ...mayFail('not-found', 'forbidden') },
})
const make = createRoute({
  operationId: 'makeReport',
  tags,
  method: 'post',
  path,
  summary: 'Make the report of a month now; made again, it takes the place of the one before',
  request: { params, body: json(NewMonthlyReport) },
  responses: { 201: ok(MonthlyReport), ...mayFail('not-found', 'forbidden') },
})

export const reportRoutes = newRouter()
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'executions:read')
    const { subscription } = c.req.valid('param')
    return c.json({ items: await c.var.transact((unit) => listReports(unit, subscription)), next: null }, 200)
  })
  .openapi(make, async (c) => {
    const { deps, actor, transact } = c.var
    requireScope(actor, 'executions:run')
    const making = { subscription: c.req.valid('param').subscription, month: c.req.valid('json').month }
    return c.json(await makeReport(deps, actor, making, transact), 201)
  })
