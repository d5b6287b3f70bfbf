import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { ServiceRef } from '../releases/index.ts'
import * as moderation from './moderation.ts'
import * as provider from './provider.ts'
import { takeMessage } from './routes.ts'
import {
  NewMessage,
  ProviderMessage,
  ProviderMessages,
  ProviderThread,
  ReportedThread,
  ReportedThreadDetail,
  RunId,
  SubscriberId,
  ThreadDecision,
  ThreadReportId,
} from './schemas.ts'

const tags = ['messages']
const ofSubscriber = z.object({ subscriber: SubscriberId })
const ofExecution = z.object({ service: ServiceRef, execution: RunId })
const ofReport = z.object({ report: ThreadReportId })

const list = createRoute({
  operationId: 'listProviderThreads',
  tags,
  method: 'get',
  path: '/provider/services/{service}/threads',
  summary: 'Conversations with subscribers, by number, and about executions, the latest first',
  request: { params: z.object({ service: ServiceRef }), query: PageQuery },
  responses: { 200: ok(listOf(ProviderThread)), ...mayFail('not-found', 'forbidden', 'invalid-cursor') },
})
const messages = createRoute({
  operationId: 'listProviderMessages',
  tags,
  method: 'get',
  path: '/provider/subscribers/{subscriber}/messages',
  summary: 'What was written with a subscriber, the newest first',
  request: { params: ofSubscriber, query: PageQuery },
  responses: { 200: ok(ProviderMessages), ...mayFail('not-found', 'forbidden', 'invalid-cursor') },
})
const write = createRoute({
  operationId: 'writeToSubscriber',
  tags,
  method: 'post',
  path: '/provider/subscribers/{subscriber}/messages',
  summary: 'Write to a subscriber; names, addresses and numbers are taken out',
  request: { params: ofSubscriber, body: json(NewMessage) },
  responses: { 201: ok(ProviderMessage), ...mayFail('not-found', 'forbidden', 'thread-closed') },
})
const read = createRoute({
  operationId: 'readProviderThread',
  tags,
  method: 'post',
  path: '/provider/subscribers/{subscriber}/messages/read',
  summary: 'Say that everything was read',
  request: { params: ofSubscriber },
  responses: { 204: { description: 'Done' }, ...mayFail('not-found', 'forbidden') },
})
const aboutPath = '/provider/services/{service}/executions/{execution}/messages'
const aboutMessages = createRoute({
  operationId: 'listMessagesAboutExecution',
  tags,
  method: 'get',
  path: aboutPath,
  summary: 'What was written with the subscriber of an execution, the newest first; whose it was is not told',
  request: { params: ofExecution, query: PageQuery },
  responses: { 200: ok(ProviderMessages), ...mayFail('not-found', 'forbidden', 'invalid-cursor') },
})
const writeAbout = createRoute({
  operationId: 'writeAboutExecution',
  tags,
  method: 'post',
  path: aboutPath,
  summary:
    'Write to the subscriber of an execution, within thirty days of it; names, addresses and numbers are taken out',
  request: { params: ofExecution, body: json(NewMessage) },
  responses: { 201: ok(ProviderMessage), ...mayFail('not-found', 'forbidden', 'thread-closed') },
})
const readAbout = createRoute({
  operationId: 'readMessagesAboutExecution',
  tags,
  method: 'post',
  path: `${aboutPath}/read`,
  summary: 'Say that everything was read',
  request: { params: ofExecution },
  responses: { 204: { description: 'Done' }, ...mayFail('not-found', 'forbidden') },
})
const queue = createRoute({
  operationId: 'listReportedThreads',
  tags,
  method: 'get',
  path: '/admin/threads',
  summary: 'Threads that operators reported, the oldest first; or those that were decided',
  request: { query: PageQuery.extend({ show: z.enum(['waiting', 'decided']).default('waiting') }) },
  responses: { 200: ok(listOf(ReportedThread)), ...mayFail('forbidden', 'invalid-cursor') },
})
const reported = createRoute({
  operationId: 'getReportedThread',
  tags,
  method: 'get',
  path: '/admin/threads/{report}',
  summary: 'A reported thread as it was delivered: no name of either side stands in it',
  request: { params: ofReport },
  responses: { 200: ok(ReportedThreadDetail), ...mayFail('not-found', 'forbidden') },
})
const decide = createRoute({
  operationId: 'decideThread',
  tags,
  method: 'post',
  path: '/admin/threads/{report}/decision',
  summary: 'Close a reported thread for both sides, or dismiss the report, with a reason that is told',
  request: { params: ofReport, body: json(ThreadDecision) },
  responses: { 204: { description: 'Done' }, ...mayFail('not-found', 'forbidden', 'conflict') },
})

export const providerThreadRoutes = newRouter()
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service } = c.req.valid('param')
    const page = c.req.valid('query')
    return c.json(
      await c.var.transact((unit) => provider.listProviderThreads(unit, c.var.deps, service, page)),
      200,
    )
  })
  .openapi(messages, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const whom = c.req.valid('param')
    const page = c.req.valid('query')
    return c.json(
      await c.var.transact((unit) => provider.listProviderMessages(unit, c.var.deps, whom, page)),
      200,
    )
  })
  .openapi(write, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    await takeMessage(c, c.var.actor.organisation)
    const whom = c.req.valid('param')
    const { words } = c.req.valid('json')
    return c.json(
      await c.var.transact((unit) => provider.writeToSubscriber(unit, c.var.deps, whom, words)),
      201,
    )
  })
  .openapi(read, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const whom = c.req.valid('param')
    await c.var.transact((unit) => provider.readProviderThread(unit, c.var.deps, whom))
    return c.body(null, 204)
  })
  .openapi(aboutMessages, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const whom = c.req.valid('param')
    const page = c.req.valid('query')
    return c.json(
      await c.var.transact((unit) => provider.listProviderMessages(unit, c.var.deps, whom, page)),
      200,
    )
  })
  .openapi(writeAbout, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    await takeMessage(c, c.var.actor.organisation)
    const whom = c.req.valid('param')
    const { words } = c.req.valid('json')
    return c.json(
      await c.var.transact((unit) => provider.writeToSubscriber(unit, c.var.deps, whom, words)),
      201,
    )
  })
  .openapi(readAbout, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const whom = c.req.valid('param')
    await c.var.transact((unit) => provider.readProviderThread(unit, c.var.deps, whom))
    return c.body(null, 204)
  })
  .openapi(queue, async (c) => {
    requireScope(c.var.actor, '*')
    const page = c.req.valid('query')
    return c.json(await c.var.transact((unit) => moderation.listReportedThreads(unit, c.var.deps, page)), 200)
  })
  .openapi(reported, async (c) => {
    requireScope(c.var.actor, '*')
    const { report } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => moderation.getReportedThread(unit, c.var.deps, report)), 200)
  })
  .openapi(decide, async (c) => {
    requireScope(c.var.actor, '*')
    const { report } = c.req.valid('param')
    const body = c.req.valid('json')
    await c.var.transact((unit) => moderation.decideThread(unit, c.var.deps, report, body))
    return c.body(null, 204)
  })
