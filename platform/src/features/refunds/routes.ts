import { createRoute, z } from '@hono/zod-openapi'
import { idPrefixes, idSchema } from '@bizq/sdk/contract'
import { requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { requireIdempotencyKey } from '../../http/transact.ts'
import * as admin from './admin.ts'
import { getRefundable, makeRefund } from './make.ts'
import { getMoneyBack, moneyBack as takeMoneyBack } from './money-back.ts'
import {
  AdminRefund,
  AdminRefundQuery,
  CardDispute,
  MoneyBack,
  MoneyBackOffer,
  NewRefund,
  Refund,
  RefundableLine,
  RefundQuery,
} from './schemas.ts'
import * as service from './service.ts'

const tags = ['refunds']

const list = createRoute({
  operationId: 'listRefunds',
  tags,
  method: 'get',
  path: '/refunds',
  summary: 'What was given back to your organisation, newest first',
  request: { query: RefundQuery },
  responses: { 200: ok(listOf(Refund)), ...mayFail('forbidden', 'invalid-cursor') },
})
const moneyBack = createRoute({
  operationId: 'takeMoneyBack',
  tags,
  method: 'post',
  path: '/subscriptions/{subscription}/money-back',
  summary: 'Within 30 days of the first payment: take back all that was paid for the service, and end it',
  request: { params: z.object({ subscription: idSchema(idPrefixes.subscription) }) },
  responses: {
    200: ok(MoneyBack),
    ...mayFail('forbidden', 'not-found', 'money-back-over', 'payment-disputed', 'idempotency-key-missing'),
  },
})
const moneyBackOffer = createRoute({
  operationId: 'getMoneyBack',
  tags,
  method: 'get',
  path: '/subscriptions/{subscription}/money-back',
  summary: 'Whether the money for a service comes back, until when, and what of it to where',
  request: { params: z.object({ subscription: idSchema(idPrefixes.subscription) }) },
  responses: { 200: ok(MoneyBackOffer), ...mayFail('forbidden', 'not-found') },
})
const listAll = createRoute({
  operationId: 'listAdminRefunds',
  tags,
  method: 'get',
  path: '/admin/refunds',
  summary: 'Refunds of every operator with who bore them, newest first',
  request: { query: AdminRefundQuery },
  responses: { 200: ok(listOf(AdminRefund)), ...mayFail('forbidden', 'invalid-cursor') },
})
const make = createRoute({
  operationId: 'makeRefund',
  tags,
  method: 'post',
  path: '/admin/refunds',
  summary: 'Give a line of an invoice back, or a part of it, with a reason',
  request: { body: json(NewRefund) },
  responses: {
    201: ok(AdminRefund),
    ...mayFail('forbidden', 'not-found', 'conflict', 'payment-disputed', 'idempotency-key-missing'),
  },
})
const refundable = createRoute({
  operationId: 'getRefundableLine',
  tags,
  method: 'get',
  path: '/admin/refunds/lines/{line}',
  summary: 'A line of an invoice, and what of it can still be given back',
  request: { params: z.object({ line: idSchema(idPrefixes.invoiceLine) }) },
  responses: { 200: ok(RefundableLine), ...mayFail('forbidden', 'not-found') },
})
const disputes = createRoute({
  operationId: 'listCardDisputes',
  tags,
  method: 'get',
  path: '/admin/stripe-disputes',
  summary: 'What cardholders’ banks took back or ask about, and the evidence that was handed in',
  request: { query: PageQuery },
  responses: { 200: ok(listOf(CardDispute)), ...mayFail('forbidden', 'invalid-cursor') },
})

export const refundRoutes = newRouter()
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'billing:read')
    return c.json(await c.var.transact((unit) => service.listRefunds(unit, c.req.valid('query'))), 200)
  })
  .openapi(moneyBack, async (c) => {
    requireScope(c.var.actor, 'billing:write')
    requireIdempotencyKey(c)
    const { deps, transact } = c.var
    const { subscription } = c.req.valid('param')
    return c.json(await transact((unit) => takeMoneyBack(unit, deps, subscription)), 200)
  })
  .openapi(moneyBackOffer, async (c) => {
    requireScope(c.var.actor, 'billing:read')
    const { deps, transact } = c.var
    const { subscription } = c.req.valid('param')
    return c.json(await transact((unit) => getMoneyBack(unit, deps, subscription)), 200)
  })
  .openapi(listAll, async (c) => {
    requireScope(c.var.actor, '*')
    const { deps, transact } = c.var
    return c.json(await transact((unit) => admin.listTold(unit, deps, c.req.valid('query'))), 200)
  })
  .openapi(refundable, async (c) => {
    requireScope(c.var.actor, '*')
    const { deps, transact } = c.var
    const { line } = c.req.valid('param')
    return c.json(await transact((unit) => getRefundable(unit, deps, line)), 200)
  })
  .openapi(make, async (c) => {
    requireScope(c.var.actor, '*')
    requireIdempotencyKey(c)
    const { deps, transact } = c.var
    return c.json(await transact((unit) => makeRefund(unit, deps, c.req.valid('json'))), 201)
  })
  .openapi(disputes, async (c) => {
    requireScope(c.var.actor, '*')
    const { deps, transact } = c.var
    return c.json(await transact((unit) => admin.listCardDisputes(unit, deps, c.req.valid('query'))), 200)
  })
