import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { listNotices, Notice } from './notices.ts'
import { openStream } from './service.ts'

const stream = createRoute({
  operationId: 'streamEvents',
  tags: ['events'],
  method: 'get',
  path: '/events',
  summary: 'Live events of your organisation (server-sent events)',
  description:
    'Resumable: send the last `id` as Last-Event-ID. `reset` means that too much was missed: load anew.',
  request: {
    headers: z.object({ 'last-event-id': z.string().max(50).optional() }),
    query: z.object({
      after: z
        .string()
        .max(50)
        .optional()
        .openapi({ description: 'As Last-Event-ID, for clients that cannot set headers.' }),
    }),
  },
  responses: {
    200: { description: 'The stream', content: { 'text/event-stream': { schema: z.string() } } },
    ...mayFail(),
  },
})

const notices = createRoute({
  operationId: 'listNotices',
  tags: ['events'],
  method: 'get',
  path: '/notices',
  summary: 'What you are told without being asked: what policies applied, and runs of which nothing stood',
  responses: { 200: ok(listOf(Notice)), ...mayFail() },
})

export const notificationRoutes = newRouter()
  .openapi(notices, async (c) => {
    requireScope(c.var.actor, 'actions:read')
    const { deps, transact } = c.var
    return c.json({ items: await transact((unit) => listNotices(unit, deps)), next: null }, 200)
  })
  .openapi(stream, async (c) => {
    requireScope(c.var.actor, 'events:read')
    const last = c.req.valid('header')['last-event-id'] ?? c.req.valid('query').after
    await openStream(c.var.deps, c.var.actor, last, c.env.outgoing)
    return RESPONSE_ALREADY_SENT
  })
