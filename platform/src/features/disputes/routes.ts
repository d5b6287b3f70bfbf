import { createRoute, z } from '@hono/zod-openapi'
import { idPrefixes, idSchema } from '@bizq/sdk/contract'
import { requireScope } from '../../http/authorise.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { Dispute, DisputeAnswer, DisputeDecision, DisputeId, DisputeQuery, NewDispute } from './schemas.ts'
import * as service from './service.ts'

const tags = ['disputes']
const params = z.object({ dispute: DisputeId })

const open = createRoute({
  operationId: 'openDispute',
  tags,
  method: 'post',
  path: '/subscriptions/{subscription}/disputes',
  summary: 'Dispute what a service did; its provider has 48 hours to answer, and the platform decides',
  request: {
    params: z.object({ subscription: idSchema(idPrefixes.subscription) }),
    body: json(NewDispute),
  },
  responses: { 201: ok(Dispute), ...mayFail('forbidden', 'not-found', 'already-exists', 'unavailable') },
})
const list = createRoute({
  operationId: 'listDisputes',
  tags,
  method: 'get',
  path: '/disputes',
  summary: 'Disputes as your organisation sees them, newest first',
  request: { query: DisputeQuery },
  responses: { 200: ok(listOf(Dispute)), ...mayFail('forbidden', 'invalid-cursor') },
})
const get = createRoute({
  operationId: 'getDispute',
  tags,
  method: 'get',
  path: '/disputes/{dispute}',
  summary: 'One dispute as your organisation sees it',
  request: { params },
  responses: { 200: ok(Dispute), ...mayFail('forbidden', 'not-found') },
})
const answer = createRoute({
  operationId: 'answerDispute',
  tags,
  method: 'post',
  path: '/disputes/{dispute}/answer',
  summary: 'Answer a dispute about a service of yours, once',
  request: { params, body: json(DisputeAnswer) },
  responses: { 200: ok(Dispute), ...mayFail('forbidden', 'not-found', 'conflict') },
})
const withdraw = createRoute({
  operationId: 'withdrawDispute',
  tags,
  method: 'post',
  path: '/disputes/{dispute}/withdrawal',
  summary: 'Take a dispute of yours back',
  request: { params },
  responses: { 200: ok(Dispute), ...mayFail('forbidden', 'not-found', 'conflict') },
})
const decide = createRoute({
  operationId: 'decideDispute',
  tags,
  method: 'post',
  path: '/disputes/{dispute}/decision',
  summary: 'Decide a dispute, as the platform',
  request: { params, body: json(DisputeDecision) },
  responses: { 200: ok(Dispute), ...mayFail('forbidden', 'not-found', 'conflict') },
})

export const disputeRoutes = newRouter()
  .openapi(open, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    const { deps, transact } = c.var
    const { subscription } = c.req.valid('param')
    return c.json(
      await transact((unit) => service.openDispute(unit, deps, subscription, c.req.valid('json'))),
      201,
    )
  })
  .openapi(list, async (c) => {
    const { deps, transact } = c.var
    return c.json(await transact((unit) => service.listDisputes(unit, deps, c.req.valid('query'))), 200)
  })
  .openapi(get, async (c) => {
    const { deps, transact } = c.var
    return c.json(await transact((unit) => service.getDispute(unit, deps, c.req.valid('param').dispute)), 200)
  })
  .openapi(answer, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { deps, transact } = c.var
    const { dispute } = c.req.valid('param')
    const { words } = c.req.valid('json')
    return c.json(await transact((unit) => service.answerDispute(unit, deps, dispute, words)), 200)
  })
  .openapi(withdraw, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    const { deps, transact } = c.var
    const { dispute } = c.req.valid('param')
    return c.json(await transact((unit) => service.withdrawDispute(unit, deps, dispute)), 200)
  })
  .openapi(decide, async (c) => {
    requireScope(c.var.actor, '*')
    const { deps, transact } = c.var
    const { dispute } = c.req.valid('param')
    return c.json(
      await transact((unit) => service.decideDispute(unit, deps, dispute, c.req.valid('json'))),
      200,
    )
  })
