import { createRoute, z } from '@hono/zod-openapi'
import { createMiddleware } from 'hono/factory'
import { requireScope } from '../../http/authorise.ts'
import { json, listOf, mayFail, newRouter, ok, type AppEnv } from '../../http/router.ts'
import { SubscriptionId } from '../subscriptions/index.ts'
import { openSetup } from './customer.ts'
import { listOwnCredits } from './granted.ts'
import { OwnCredit } from './offer-schemas.ts'
import { invoiceCsv, invoicePdf } from './documents.ts'
import { previewPlan } from './plan-preview.ts'
import {
  BillingAccount,
  BillingQuery,
  BillingStanding,
  ClockAdvance,
  Cost,
  CostQuery,
  CouponCode,
  Invoice,
  InvoiceId,
  InvoiceQuery,
  InvoiceSummary,
  PlanChoice,
  PlanPreview,
  ReturnTo,
  SetupPage,
  UpcomingInvoice,
  Usage,
  UsageCap,
  UsageQuery,
} from './schemas.ts'
import * as service from './service.ts'
import { getStanding } from './standing.ts'
import * as views from './views.ts'

const tags = ['billing']

/** Who may not do it is told that, whatever they sent. */
const middleware = createMiddleware<AppEnv>(async (c, next) => {
  service.requireBiller(c.var.actor)
  await next()
})
const refusals = mayFail('forbidden', 'conflict')
const account = { 200: ok(BillingAccount), ...refusals }

const get = createRoute({
  operationId: 'getBilling',
  tags,
  method: 'get',
  path: '/billing',
  summary: 'Your plan, period, credit, limits and what is open',
  request: { query: BillingQuery },
  responses: account,
})
const standing = createRoute({
  operationId: 'getBillingStanding',
  tags,
  method: 'get',
  path: '/billing/standing',
  summary: 'Whether what you pay for runs, and what would keep it running',
  responses: { 200: ok(BillingStanding), ...mayFail('forbidden') },
})
const preview = createRoute({
  operationId: 'previewPlan',
  tags,
  method: 'post',
  path: '/billing/plan/preview',
  summary: 'What choosing a plan would cost now, and which businesses would rest',
  middleware,
  request: { body: json(PlanChoice) },
  responses: { 200: ok(PlanPreview), ...refusals },
})
const choose = createRoute({
  operationId: 'choosePlan',
  tags,
  method: 'put',
  path: '/billing/plan',
  summary: 'Choose a plan, or change it at once',
  middleware,
  request: { body: json(PlanChoice) },
  responses: account,
})
const cancel = createRoute({
  operationId: 'cancelPlan',
  tags,
  method: 'delete',
  path: '/billing/plan',
  summary: 'End the plan with its period; choosing one again takes that back',
  responses: account,
})
const paymentMethod = createRoute({
  operationId: 'openPaymentMethod',
  tags,
  method: 'post',
  path: '/billing/payment-method',
  summary: 'Where to give the card that is charged: a page of Stripe’s',
  request: { body: json(ReturnTo) },
  responses: { 200: ok(SetupPage), ...mayFail('forbidden', 'unavailable') },
})
const coupon = createRoute({
  operationId: 'redeemCoupon',
  tags,
  method: 'post',
  path: '/billing/coupons',
  summary: 'Redeem a code: it counts from the next invoice on',
  request: { body: json(CouponCode) },
  responses: { ...account, ...mayFail('forbidden', 'not-found', 'already-exists') },
})
const advance = createRoute({
  operationId: 'advanceBillingClock',
  tags,
  method: 'post',
  path: '/billing/test-clock/advance',
  summary: 'Put your billing’s own time ahead, where no real money is moved',
  request: { body: json(ClockAdvance) },
  responses: account,
})
const credits = createRoute({
  operationId: 'listOwnCredits',
  tags,
  method: 'get',
  path: '/billing/credits',
  summary: 'Credit that you were granted, and what is left of it',
  responses: { 200: ok(listOf(OwnCredit)), ...mayFail('forbidden') },
})
const invoices = createRoute({
  operationId: 'listInvoices',
  tags,
  method: 'get',
  path: '/invoices',
  summary: 'Your invoices, newest first',
  request: { query: InvoiceQuery },
  responses: { 200: ok(listOf(InvoiceSummary)), ...mayFail('forbidden', 'invalid-cursor') },
})
const upcoming = createRoute({
  operationId: 'getUpcomingInvoice',
  tags,
  method: 'get',
  path: '/invoices/upcoming',
  summary: 'The next invoice as it would be made now',
  responses: { 200: ok(UpcomingInvoice), ...mayFail('forbidden', 'not-found') },
})
const invoiceParams = z.object({ invoice: InvoiceId })
const invoice = createRoute({
  operationId: 'getInvoice',
  tags,
  method: 'get',
  path: '/invoices/{invoice}',
  summary: 'An invoice, line by line',
  request: { params: invoiceParams },
  responses: { 200: ok(Invoice), ...mayFail('forbidden', 'not-found') },
})
const pay = createRoute({
  operationId: 'payInvoice',
  tags,
  method: 'post',
  path: '/invoices/{invoice}/pay',
  summary: 'Try to charge an open invoice again, now',
  request: { params: invoiceParams },
  responses: { 200: ok(Invoice), ...mayFail('forbidden', 'not-found', 'conflict') },
})
const fileOf = (type: string) => ({
  200: {
    description: 'The file',
    content: { [type]: { schema: z.string().openapi({ format: 'binary' }) } },
  },
  ...mayFail('forbidden', 'not-found'),
})
const pdf = createRoute({
  operationId: 'getInvoicePdf',
  tags,
  method: 'get',
  path: '/invoices/{invoice}/pdf',
  summary: 'An invoice as a PDF',
  request: { params: invoiceParams },
  responses: fileOf('application/pdf'),
})
const csv = createRoute({
  operationId: 'getInvoiceCsv',
  tags,
  method: 'get',
  path: '/invoices/{invoice}/csv',
  summary: 'The lines of an invoice as CSV',
  request: { params: invoiceParams },
  responses: fileOf('text/csv'),
})
const usage = createRoute({
  operationId: 'listUsage',
  tags,
  method: 'get',
  path: '/usage',
  summary: 'What was used in this period, against the cap of each subscription',
  request: { query: UsageQuery },
  responses: { 200: ok(listOf(Usage)), ...mayFail('forbidden') },
})
const cap = createRoute({
  operationId: 'setUsageCap',
  tags,
  method: 'put',
  path: '/subscriptions/{subscription}/usage-cap',
  summary: 'Set the most that use may cost in a period: never more is charged',
  middleware,
  request: { params: z.object({ subscription: SubscriptionId }), body: json(UsageCap) },
  responses: { 200: ok(Usage), ...mayFail('forbidden', 'not-found', 'conflict') },
})
const costs = createRoute({
  operationId: 'listCosts',
  tags,
  method: 'get',
  path: '/billing/costs',
  summary: 'What each service cost and saved, business by business',
  request: { query: CostQuery },
  responses: { 200: ok(listOf(Cost)), ...mayFail('forbidden') },
})

export const billingRoutes = newRouter()
  .openapi(get, async (c) => {
    requireScope(c.var.actor, 'billing:read')
    return c.json(await service.getBilling(c.var.deps, c.var.actor, c.req.valid('query').currency), 200)
  })
  .openapi(standing, async (c) => {
    requireScope(c.var.actor, 'billing:read')
    return c.json(await getStanding(c.var.deps, c.var.actor), 200)
  })
  .openapi(preview, async (c) => {
    requireScope(c.var.actor, 'billing:read')
    return c.json(await previewPlan(c.var.deps, c.var.actor, c.req.valid('json')), 200)
  })
  .openapi(choose, async (c) => {
    requireScope(c.var.actor, 'billing:write')
    await c.var.transact((unit) => service.choosePlan(unit, c.req.valid('json')))
    return c.json(await service.getBilling(c.var.deps, c.var.actor), 200)
  })
  .openapi(cancel, async (c) => {
    requireScope(c.var.actor, 'billing:write')
    await c.var.transact((unit) => service.cancelPlan(unit))
    return c.json(await service.getBilling(c.var.deps, c.var.actor), 200)
  })
  .openapi(paymentMethod, async (c) => {
    requireScope(c.var.actor, '*')
    service.requireBiller(c.var.actor)
    const { returnTo } = c.req.valid('json')
    return c.json({ url: await openSetup(c.var.deps, c.var.actor.organisation, returnTo) }, 200)
  })
  .openapi(coupon, async (c) => {
    requireScope(c.var.actor, 'billing:write')
    const { code } = c.req.valid('json')
    await c.var.transact((unit) => service.redeemCoupon(unit, c.var.deps, code))
    return c.json(await service.getBilling(c.var.deps, c.var.actor), 200)
  })
  .openapi(advance, async (c) => {
    requireScope(c.var.actor, '*')
    await service.advanceClock(c.var.deps, c.var.actor, c.req.valid('json').days)
    return c.json(await service.getBilling(c.var.deps, c.var.actor), 200)
  })
  .openapi(credits, async (c) => {
    requireScope(c.var.actor, 'billing:read')
    return c.json({ items: await c.var.transact(listOwnCredits), next: null }, 200)
  })
  .openapi(invoices, async (c) => {
    requireScope(c.var.actor, 'billing:read')
    return c.json(await c.var.transact((unit) => views.listInvoices(unit, c.req.valid('query'))), 200)
  })
  .openapi(upcoming, async (c) => {
    requireScope(c.var.actor, 'billing:read')
    return c.json(await views.getUpcoming(c.var.deps, c.var.actor), 200)
  })
  .openapi(invoice, async (c) => {
    requireScope(c.var.actor, 'billing:read')
    const { invoice: id } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => views.getInvoice(unit, c.var.deps, id)), 200)
  })
  .openapi(pay, async (c) => {
    requireScope(c.var.actor, 'billing:write')
    const { invoice: id } = c.req.valid('param')
    await c.var.transact((unit) => service.askForPayment(unit, id))
    return c.json(await c.var.transact((unit) => views.getInvoice(unit, c.var.deps, id)), 200)
  })
  .openapi(pdf, async (c) => {
    requireScope(c.var.actor, 'billing:read')
    const { invoice: id } = c.req.valid('param')
    const [found, name] = await c.var.transact(
      async (unit) =>
        [await views.getInvoice(unit, c.var.deps, id), await service.organisationName(unit)] as const,
    )
    const bytes = await invoicePdf(found, name, service.noteOf(c.var.deps))
    return c.body(new Uint8Array(bytes), 200, {
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="${found.number ?? found.id}.pdf"`,
    })
  })
  .openapi(csv, async (c) => {
    requireScope(c.var.actor, 'billing:read')
    const { invoice: id } = c.req.valid('param')
    const found = await c.var.transact((unit) => views.getInvoice(unit, c.var.deps, id))
    return c.body(invoiceCsv(found), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${found.number ?? found.id}.csv"`,
    })
  })
  .openapi(usage, async (c) => {
    requireScope(c.var.actor, 'billing:read')
    const { subscription } = c.req.valid('query')
    const items = await c.var.transact((unit) => views.listUsage(unit, c.var.deps, subscription))
    return c.json({ items, next: null }, 200)
  })
  .openapi(cap, async (c) => {
    requireScope(c.var.actor, 'billing:write')
    const { subscription } = c.req.valid('param')
    const body = c.req.valid('json')
    return c.json(
      await c.var.transact((unit) => views.setUsageCap(unit, c.var.deps, subscription, body)),
      200,
    )
  })
  .openapi(costs, async (c) => {
    requireScope(c.var.actor, 'billing:read')
    const { months } = c.req.valid('query')
    const items = await c.var.transact((unit) => views.listCosts(unit, c.var.deps, months))
    return c.json({ items, next: null }, 200)
  })
