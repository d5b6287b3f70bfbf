import { createRoute, z } from '@hono/zod-openapi'
import { ActionType, idPrefixes, idSchema } from '@bizq/sdk/contract'
import { requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { requireIdempotencyKey } from '../../http/transact.ts'
import * as outbox from './outbox.ts'
import {
  Action,
  ActionId,
  ActionState,
  BulkDecision,
  BulkResult,
  CarryOver,
  Decision,
  Mail,
  Task,
} from './schemas.ts'
import * as service from './service.ts'

const tags = ['actions']
const params = z.object({ action: ActionId })
const many = z
  .union([ActionState, z.array(ActionState)])
  .transform((given) => [given].flat())
  .optional()
const ListQuery = PageQuery.extend({
  state: many.openapi({ description: 'One or more states' }),
  business: idSchema(idPrefixes.business).optional(),
  service: idSchema(idPrefixes.service).optional(),
  subscription: idSchema(idPrefixes.subscription).optional(),
  execution: idSchema(idPrefixes.execution).optional(),
  type: ActionType.optional(),
  sort: z.enum(['money', 'risk', 'newest']).default('newest'),
})

const list = createRoute({
  operationId: 'listActions',
  tags,
  method: 'get',
  path: '/actions',
  summary: 'Actions, most money or risk first, or newest',
  request: { query: ListQuery },
  responses: { 200: ok(listOf(Action)), ...mayFail('invalid-cursor') },
})
const get = createRoute({
  operationId: 'getAction',
  tags,
  method: 'get',
  path: '/actions/{action}',
  summary: 'One action',
  request: { params },
  responses: { 200: ok(Action), ...mayFail('not-found') },
})
const decide = createRoute({
  operationId: 'decideAction',
  tags,
  method: 'post',
  path: '/actions/{action}/decision',
  summary: 'Approve, edit or reject an action, on the version that you saw',
  request: { params, body: json(Decision) },
  responses: {
    200: ok(Action),
    ...mayFail(
      'not-found',
      'forbidden',
      'action-already-decided',
      'stale-card',
      'needs-second-person',
      'idempotency-key-missing',
    ),
  },
})
const decideMany = createRoute({
  operationId: 'decideActions',
  tags,
  method: 'post',
  path: '/decisions',
  summary: 'Decide many at once, with the total that you saw',
  request: { body: json(BulkDecision) },
  responses: {
    200: ok(BulkResult),
    ...mayFail('forbidden', 'expected-total-differs', 'idempotency-key-missing'),
  },
})
const undo = createRoute({
  operationId: 'undoAction',
  tags,
  method: 'post',
  path: '/actions/{action}/undo',
  summary: 'Take a decision or its effect back',
  request: { params },
  responses: {
    200: ok(Action),
    ...mayFail('not-found', 'forbidden', 'cannot-undo', 'undo-conflict', 'idempotency-key-missing'),
  },
})

export const actionRoutes = newRouter()
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'actions:read')
    return c.json(await c.var.transact((unit) => service.listActions(unit, c.req.valid('query'))), 200)
  })
  .openapi(get, async (c) => {
    requireScope(c.var.actor, 'actions:read')
    return c.json(await c.var.transact((unit) => service.getAction(unit, c.req.valid('param').action)), 200)
  })
  .openapi(decide, async (c) => {
    requireScope(c.var.actor, 'actions:decide')
    requireIdempotencyKey(c)
    const { action } = c.req.valid('param')
    return c.json(
      await c.var.transact((unit) => service.decideAction(unit, action, c.req.valid('json'))),
      200,
    )
  })
  .openapi(decideMany, async (c) => {
    requireScope(c.var.actor, 'actions:decide')
    requireIdempotencyKey(c)
    return c.json(await c.var.transact((unit) => service.decideActions(unit, c.req.valid('json'))), 200)
  })
  .openapi(undo, async (c) => {
    requireScope(c.var.actor, 'actions:decide')
    requireIdempotencyKey(c)
    return c.json(await c.var.transact((unit) => service.undoAction(unit, c.req.valid('param').action)), 200)
  })

const mailParams = z.object({ mail: idSchema(idPrefixes.mail) })
const listOutbox = createRoute({
  operationId: 'listOutbox',
  tags,
  method: 'get',
  path: '/outbox',
  summary: 'Mails that actions sent, or kept because no mail server is set',
  request: { query: PageQuery },
  responses: { 200: ok(listOf(Mail)), ...mayFail('invalid-cursor') },
})
const sendAgain = createRoute({
  operationId: 'sendMailAgain',
  tags,
  method: 'post',
  path: '/outbox/{mail}/send-again',
  summary: 'Send a mail again that was refused, or of which nobody knows',
  request: { params: mailParams },
  responses: { 200: ok(Mail), ...mayFail('not-found', 'forbidden', 'conflict') },
})
const markArrived = createRoute({
  operationId: 'markMailArrived',
  tags,
  method: 'post',
  path: '/outbox/{mail}/arrived',
  summary: 'Say that a mail arrived of which nobody knew',
  request: { params: mailParams },
  responses: { 200: ok(Mail), ...mayFail('not-found', 'forbidden', 'conflict') },
})
const listCarryOver = createRoute({
  operationId: 'listCarryOver',
  tags,
  method: 'get',
  path: '/carry-over',
  summary: 'What is to be done by hand in an outside system',
  request: {
    query: PageQuery.extend({
      state: z.enum(['open', 'done', 'confirmed', 'dropped']).optional(),
      business: idSchema(idPrefixes.business).optional(),
    }),
  },
  responses: { 200: ok(listOf(CarryOver)), ...mayFail('invalid-cursor') },
})
const tickCarryOver = createRoute({
  operationId: 'tickCarryOver',
  tags,
  method: 'post',
  path: '/carry-over/{carryOver}/tick',
  summary: 'Tick off what was done outside',
  request: { params: z.object({ carryOver: idSchema(idPrefixes.carryOver) }) },
  responses: { 200: ok(CarryOver), ...mayFail('not-found', 'forbidden') },
})
const listTasks = createRoute({
  operationId: 'listTasks',
  tags,
  method: 'get',
  path: '/tasks',
  summary: 'Tasks that actions made',
  request: { query: PageQuery },
  responses: { 200: ok(listOf(Task)), ...mayFail('invalid-cursor') },
})
const finishTask = createRoute({
  operationId: 'finishTask',
  tags,
  method: 'post',
  path: '/tasks/{task}/done',
  summary: 'Tick a task off',
  request: { params: z.object({ task: idSchema('tsk') }) },
  responses: { 204: { description: 'Done' }, ...mayFail('not-found', 'forbidden') },
})

export const outboxRoutes = newRouter()
  .openapi(listOutbox, async (c) => {
    requireScope(c.var.actor, 'actions:read')
    return c.json(await c.var.transact((unit) => outbox.listOutbox(unit, c.req.valid('query'))), 200)
  })
  .openapi(sendAgain, async (c) => {
    requireScope(c.var.actor, 'actions:decide')
    return c.json(await c.var.transact((unit) => outbox.sendAgain(unit, c.req.valid('param').mail)), 200)
  })
  .openapi(markArrived, async (c) => {
    requireScope(c.var.actor, 'actions:decide')
    return c.json(await c.var.transact((unit) => outbox.markArrived(unit, c.req.valid('param').mail)), 200)
  })
  .openapi(listCarryOver, async (c) => {
    requireScope(c.var.actor, 'actions:read')
    return c.json(await c.var.transact((unit) => outbox.listCarryOvers(unit, c.req.valid('query'))), 200)
  })
  .openapi(tickCarryOver, async (c) => {
    requireScope(c.var.actor, 'actions:decide')
    return c.json(
      await c.var.transact((unit) => outbox.tickCarryOver(unit, c.req.valid('param').carryOver)),
      200,
    )
  })
  .openapi(listTasks, async (c) => {
    requireScope(c.var.actor, 'actions:read')
    return c.json(await c.var.transact((unit) => outbox.listTasks(unit, c.req.valid('query'))), 200)
  })
  .openapi(finishTask, async (c) => {
    requireScope(c.var.actor, 'actions:decide')
    await c.var.transact((unit) => outbox.finishTask(unit, c.req.valid('param').task))
    return c.body(null, 204)
  })
