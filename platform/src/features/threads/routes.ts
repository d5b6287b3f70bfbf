import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { openLimit } from '../../http/rate-limit.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { SubscriptionId } from '../subscriptions/index.ts'
import {
  Delivered,
  Message,
  Messages,
  NewOwnMessage,
  NewThreadReport,
  Thread,
  ThreadChange,
} from './schemas.ts'
import * as service from './service.ts'

const tags = ['messages']
const params = z.object({ subscription: SubscriptionId })

const list = createRoute({
  operationId: 'listThreads',
  tags,
  method: 'get',
  path: '/threads',
  summary: 'What was written with providers, the latest first, and how much of it waits to be read',
  request: { query: PageQuery },
  responses: {
    200: ok(listOf(Thread).extend({ unread: z.int() })),
    ...mayFail('forbidden', 'invalid-cursor'),
  },
})
const messages = createRoute({
  operationId: 'listMessages',
  tags,
  method: 'get',
  path: '/subscriptions/{subscription}/messages',
  summary: 'What was written with the provider of a subscription’s service, the newest first',
  request: { params, query: PageQuery },
  responses: { 200: ok(Messages), ...mayFail('not-found', 'forbidden', 'invalid-cursor') },
})
const write = createRoute({
  operationId: 'writeToProvider',
  tags,
  method: 'post',
  path: '/subscriptions/{subscription}/messages',
  summary: 'Write to the provider, who reads the words redacted and does not learn who you are',
  request: { params, body: json(NewOwnMessage) },
  responses: { 201: ok(Message), ...mayFail('not-found', 'forbidden', 'thread-closed') },
})
const preview = createRoute({
  operationId: 'previewMessage',
  tags,
  method: 'post',
  path: '/subscriptions/{subscription}/messages/preview',
  summary: 'What the provider would read; nothing is kept',
  request: { params, body: json(NewOwnMessage) },
  responses: { 200: ok(Delivered), ...mayFail('not-found', 'forbidden') },
})
const read = createRoute({
  operationId: 'readThread',
  tags,
  method: 'post',
  path: '/subscriptions/{subscription}/messages/read',
  summary: 'Say that everything was read',
  request: { params },
  responses: { 204: { description: 'Done' }, ...mayFail('not-found', 'forbidden') },
})
const change = createRoute({
  operationId: 'changeThread',
  tags,
  method: 'patch',
  path: '/subscriptions/{subscription}/thread',
  summary: 'Mute what the provider writes, or take that back; the provider does not learn of it',
  request: { params, body: json(ThreadChange) },
  responses: { 200: ok(Thread), ...mayFail('not-found', 'forbidden') },
})
const report = createRoute({
  operationId: 'reportThread',
  tags,
  method: 'post',
  path: '/subscriptions/{subscription}/thread/report',
  summary: 'Report what the provider writes to the marketplace, which then may read it as it was delivered',
  request: { params, body: json(NewThreadReport) },
  responses: { 201: ok(Thread), ...mayFail('not-found', 'forbidden', 'conflict', 'already-exists') },
})

/** What one organisation writes, in this process. */
export const takeMessage = openLimit('messages', { points: 60, seconds: 600 })

export const threadRoutes = newRouter()
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'services:read')
    const page = c.req.valid('query')
    return c.json(await c.var.transact((unit) => service.listThreads(unit, c.var.deps, page)), 200)
  })
  .openapi(messages, async (c) => {
    requireScope(c.var.actor, 'services:read')
    const { subscription } = c.req.valid('param')
    const page = c.req.valid('query')
    return c.json(
      await c.var.transact((unit) => service.listMessages(unit, c.var.deps, subscription, page)),
      200,
    )
  })
  .openapi(write, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    await takeMessage(c, c.var.actor.organisation)
    const { subscription } = c.req.valid('param')
    const written = c.req.valid('json')
    return c.json(
      await c.var.transact((unit) => service.writeToProvider(unit, c.var.deps, subscription, written)),
      201,
    )
  })
  .openapi(preview, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    await takeMessage(c, c.var.actor.organisation)
    const { subscription } = c.req.valid('param')
    const written = c.req.valid('json')
    return c.json(
      await c.var.transact((unit) => service.previewMessage(unit, c.var.deps, subscription, written)),
      200,
    )
  })
  .openapi(read, async (c) => {
    requireScope(c.var.actor, 'services:read')
    const { subscription } = c.req.valid('param')
    await c.var.transact((unit) => service.readThread(unit, subscription))
    return c.body(null, 204)
  })
  .openapi(change, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    const { subscription } = c.req.valid('param')
    const { isMuted } = c.req.valid('json')
    return c.json(
      await c.var.transact((unit) => service.changeThread(unit, c.var.deps, subscription, isMuted)),
      200,
    )
  })
  .openapi(report, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    await takeMessage(c, c.var.actor.organisation)
    const { subscription } = c.req.valid('param')
    const body = c.req.valid('json')
    return c.json(
      await c.var.transact((unit) => service.reportThread(unit, c.var.deps, subscription, body)),
      201,
    )
  })
