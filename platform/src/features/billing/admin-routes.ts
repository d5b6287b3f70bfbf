import { createRoute, z } from '@hono/zod-openapi'
import { createMiddleware } from 'hono/factory'
import { requireAdmin, requireScope } from '../../http/authorise.ts'
import { json, listOf, mayFail, newRouter, ok, type AppEnv } from '../../http/router.ts'
import { PageQuery } from '../../http/pagination.ts'
import { requireIdempotencyKey } from '../../http/transact.ts'
import { getMoney, grantCredit } from './admin-money.ts'
import {
  Bundle,
  BundleId,
  Coupon,
  CouponId,
  CreditGrant,
  GrantedCredit,
  MoneyFigures,
  MoneyQuery,
  NewBundle,
  NewCoupon,
  NewCredit,
} from './offer-schemas.ts'
import { listGrants } from './granted.ts'
import * as offers from './offers.ts'

const tags = ['administration']

/** Who may not do it is told that, whatever they sent. */
const middleware = createMiddleware<AppEnv>(async (c, next) => {
  requireAdmin(c.var.actor)
  await next()
})

const coupons = createRoute({
  operationId: 'listCoupons',
  tags,
  method: 'get',
  path: '/admin/coupons',
  summary: 'Every coupon, newest first',
  responses: { 200: ok(listOf(Coupon)), ...mayFail('forbidden') },
})
const addCoupon = createRoute({
  operationId: 'addCoupon',
  tags,
  method: 'post',
  path: '/admin/coupons',
  summary: 'Make a code that takes something off invoices',
  middleware,
  request: { body: json(NewCoupon) },
  responses: { 201: ok(Coupon), ...mayFail('forbidden', 'already-exists') },
})
const endCoupon = createRoute({
  operationId: 'endCoupon',
  tags,
  method: 'delete',
  path: '/admin/coupons/{coupon}',
  summary: 'End a coupon: nobody can redeem it any more',
  request: { params: z.object({ coupon: CouponId }) },
  responses: { 200: ok(Coupon), ...mayFail('forbidden', 'not-found') },
})
const bundles = createRoute({
  operationId: 'listBundles',
  tags,
  method: 'get',
  path: '/admin/bundles',
  summary: 'Every bundle of services, newest first',
  responses: { 200: ok(listOf(Bundle)), ...mayFail('forbidden') },
})
const addBundle = createRoute({
  operationId: 'addBundle',
  tags,
  method: 'post',
  path: '/admin/bundles',
  summary: 'Let services cost less together, where one business has them all',
  middleware,
  request: { body: json(NewBundle) },
  responses: { 201: ok(Bundle), ...mayFail('forbidden', 'already-exists') },
})
const endBundle = createRoute({
  operationId: 'endBundle',
  tags,
  method: 'delete',
  path: '/admin/bundles/{bundle}',
  summary: 'End a bundle, from the next invoices on',
  request: { params: z.object({ bundle: BundleId }) },
  responses: { 200: ok(Bundle), ...mayFail('forbidden', 'not-found') },
})

const figures = createRoute({
  operationId: 'getMoney',
  tags,
  method: 'get',
  path: '/admin/money',
  summary: 'What was sold, what the platform keeps of it, and what it owes',
  request: { query: MoneyQuery },
  responses: { 200: ok(MoneyFigures), ...mayFail('forbidden') },
})
const grants = createRoute({
  operationId: 'listCreditGrants',
  tags,
  method: 'get',
  path: '/admin/credits',
  summary: 'What credit was granted, to whom, why and by whom, newest first',
  request: { query: PageQuery },
  responses: { 200: ok(listOf(CreditGrant)), ...mayFail('forbidden', 'invalid-cursor') },
})
const credit = createRoute({
  operationId: 'grantCredit',
  tags,
  method: 'post',
  path: '/admin/credits',
  summary: 'Grant an operator credit that the platform pays',
  middleware,
  request: { body: json(NewCredit) },
  responses: { 201: ok(GrantedCredit), ...mayFail('forbidden', 'not-found', 'idempotency-key-missing') },
})

export const offerRoutes = newRouter()
  .openapi(grants, async (c) => {
    requireScope(c.var.actor, '*')
    const { deps, transact } = c.var
    return c.json(await transact((unit) => listGrants(unit, deps, c.req.valid('query'))), 200)
  })
  .openapi(figures, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json(await c.var.transact((unit) => getMoney(unit, c.req.valid('query').days)), 200)
  })
  .openapi(credit, async (c) => {
    requireScope(c.var.actor, '*')
    requireIdempotencyKey(c)
    return c.json(await c.var.transact((unit) => grantCredit(unit, c.req.valid('json'))), 201)
  })
  .openapi(coupons, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json({ items: await c.var.transact(offers.listCoupons), next: null }, 200)
  })
  .openapi(addCoupon, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json(await c.var.transact((unit) => offers.addCoupon(unit, c.req.valid('json'))), 201)
  })
  .openapi(endCoupon, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json(await c.var.transact((unit) => offers.endCoupon(unit, c.req.valid('param').coupon)), 200)
  })
  .openapi(bundles, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json({ items: await c.var.transact(offers.listBundles), next: null }, 200)
  })
  .openapi(addBundle, async (c) => {
    requireScope(c.var.actor, '*')
    const body = c.req.valid('json')
    return c.json(await c.var.transact((unit) => offers.addBundle(unit, c.var.deps, body)), 201)
  })
  .openapi(endBundle, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json(await c.var.transact((unit) => offers.endBundle(unit, c.req.valid('param').bundle)), 200)
  })
