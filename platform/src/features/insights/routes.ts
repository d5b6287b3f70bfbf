import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { BusinessId } from '../businesses/index.ts'
import * as service from './service.ts'

const tags = ['insights']
const amount = z.int().openapi({ description: 'Minor units of the currency' })
const Ageing = z.array(
  z.object({ bucket: z.enum(['current', '1-30', '31-60', '61-90', 'over-90']), amount, count: z.int() }),
)

const Insight = z
  .object({
    currency: z.string(),
    basis: z.enum(['accrual', 'cash']),
    months: z.array(z.object({ month: z.string(), income: amount, cost: amount, profit: amount })),
    lines: z.array(
      z.object({
        kind: z.enum(['income', 'cost']),
        category: z.string(),
        total: amount,
        byMonth: z.array(amount),
      }),
    ),
    revenue: amount,
    margin: z.number().nullable(),
    growth: z.number().nullable(),
    cash: amount.nullable(),
    weeklyCash: z.array(z.object({ week: z.string(), net: amount })),
    runwayWeeks: z.number().nullable(),
    ageing: z.object({ receivable: Ageing, payable: Ageing }),
    health: z.int().min(1).max(100).nullable(),
  })
  .openapi('Insight')

const PortfolioRow = z
  .object({
    business: BusinessId,
    computedAt: z.iso.datetime(),
    currency: z.string(),
    revenue: amount,
    margin: z.number().nullable(),
    growth: z.number().nullable(),
    cash: amount.nullable(),
    runwayWeeks: z.number().nullable(),
    health: z.int().nullable(),
    openActions: z.int(),
    months: z.array(z.object({ month: z.string(), income: amount, profit: amount })),
  })
  .openapi('PortfolioRow')

const portfolio = createRoute({
  operationId: 'listPortfolio',
  tags,
  method: 'get',
  path: '/portfolio',
  summary: 'Revenue, margin, runway, growth and health of every business',
  responses: { 200: ok(listOf(PortfolioRow)), ...mayFail() },
})
const insight = createRoute({
  operationId: 'getInsight',
  tags,
  method: 'get',
  path: '/businesses/{business}/insight',
  summary: 'Profit and loss, cash and ageing of a business',
  request: { params: z.object({ business: BusinessId }) },
  responses: { 200: ok(Insight), ...mayFail('not-found') },
})

const CashForecast = z
  .object({
    currency: z.string(),
    execution: z.string().nullable().openapi({ description: 'The execution that the weeks ahead come from' }),
    asOf: z.iso.datetime().nullable(),
    past: z.array(z.object({ week: z.string(), cash: amount })),
    weeks: z.array(z.object({ week: z.string(), low: amount, mid: amount, high: amount })),
  })
  .openapi('CashForecast')

const forecast = createRoute({
  operationId: 'getCashForecast',
  tags,
  method: 'get',
  path: '/businesses/{business}/cash-forecast',
  summary: 'Cash behind and ahead, with its band at 10, 50 and 90 per cent',
  request: { params: z.object({ business: BusinessId }) },
  responses: { 200: ok(CashForecast), ...mayFail('not-found') },
})

export const insightRoutes = newRouter()
  .openapi(portfolio, async (c) => {
    requireScope(c.var.actor, 'data:read')
    return c.json(await c.var.transact(service.listPortfolio), 200)
  })
  .openapi(insight, async (c) => {
    requireScope(c.var.actor, 'data:read')
    return c.json(
      await c.var.transact((unit) => service.getInsight(unit, c.req.valid('param').business)),
      200,
    )
  })
  .openapi(forecast, async (c) => {
    requireScope(c.var.actor, 'data:read')
    return c.json(
      await c.var.transact((unit) => service.getCashForecast(unit, c.req.valid('param').business)),
      200,
    )
  })
