import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { listShown } from './featured.ts'
import { listNotices, object } from './notices.ts'
import { Featured, NoticeId, NoticeQuery, PlatformNotice, Words } from './schemas.ts'

const list = createRoute({
  operationId: 'listPlatformNotices',
  tags: ['notices'],
  method: 'get',
  path: '/platform-notices',
  summary: 'What the platform did to services that you offer or use, and to your organisation, and why',
  request: { query: NoticeQuery },
  responses: { 200: ok(listOf(PlatformNotice)), ...mayFail('forbidden', 'invalid-cursor') },
})
const objectTo = createRoute({
  operationId: 'objectToNotice',
  tags: ['notices'],
  method: 'post',
  path: '/platform-notices/{notice}/objection',
  summary: 'Object, once, to what the platform did to your organisation or a service of yours',
  request: { params: z.object({ notice: NoticeId }), body: json(Words) },
  responses: { 200: ok(PlatformNotice), ...mayFail('forbidden', 'not-found', 'conflict') },
})
const featured = createRoute({
  operationId: 'listFeatured',
  tags: ['catalogue'],
  method: 'get',
  path: '/featured',
  summary: 'What the catalogue features today',
  responses: { 200: ok(listOf(Featured)), ...mayFail('forbidden') },
})

export const noticeRoutes = newRouter()
  .openapi(list, async (c) =>
    c.json(await c.var.transact((unit) => listNotices(unit, c.req.valid('query'))), 200),
  )
  .openapi(objectTo, async (c) => {
    requireScope(c.var.actor, '*')
    const { deps, transact } = c.var
    const { notice } = c.req.valid('param')
    const { words } = c.req.valid('json')
    return c.json(await transact((unit) => object(unit, deps, notice, words)), 200)
  })
  .openapi(featured, async (c) => {
    requireScope(c.var.actor, 'services:read')
    return c.json({ items: await listShown(c.var.deps), next: null }, 200)
  })
