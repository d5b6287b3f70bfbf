import { createRoute, z } from '@hono/zod-openapi'
import { stream } from 'hono/streaming'
import { requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import * as service from './service.ts'
import { verifyAudit } from './verify.ts'

const tags = ['audit']

const Entry = z
  .object({
    sequence: z
      .int()
      .nullable()
      .openapi({ description: 'Its place in the chain; null in the moment before it is sealed.' }),
    id: z.string(),
    at: z.iso.datetime(),
    actor: z.object({ kind: z.string(), id: z.string().nullable() }),
    action: z.string(),
    subject: z.unknown(),
    hash: z.string().nullable(),
  })
  .openapi('AuditEntry')

const Head = z
  .object({ sequence: z.int(), hash: z.string(), at: z.iso.datetime(), jws: z.string() })
  .openapi('AuditHead')

const Verdict = z
  .object({
    isWhole: z.boolean(),
    entries: z.int(),
    heads: z.int(),
    completeAt: z.string().nullable(),
    faults: z.array(z.object({ line: z.int(), fault: z.string(), detail: z.string() })),
  })
  .openapi('AuditVerdict')

const list = createRoute({
  operationId: 'listAudit',
  tags,
  method: 'get',
  path: '/audit',
  summary: 'Who did what, newest first',
  request: {
    query: PageQuery.extend({
      action: z
        .string()
        .max(100)
        .optional()
        .openapi({ description: 'The beginning of the action, e.g. `action.`' }),
      subject: z.string().max(100).optional().openapi({ description: 'An id that the entry is about' }),
    }),
  },
  responses: { 200: ok(listOf(Entry)), ...mayFail('invalid-cursor') },
})
const heads = createRoute({
  operationId: 'listAuditHeads',
  tags,
  method: 'get',
  path: '/audit/heads',
  summary: 'Signed ends of the log: keep one elsewhere',
  responses: { 200: ok(listOf(Head)), ...mayFail() },
})
const exportLog = createRoute({
  operationId: 'exportAudit',
  tags,
  method: 'get',
  path: '/audit/export',
  summary: 'The whole sealed log as JSON lines, verifiable by anyone',
  responses: {
    200: { description: 'JSON lines', content: { 'application/jsonl': { schema: z.string() } } },
    ...mayFail(),
  },
})
const verify = createRoute({
  operationId: 'verifyAudit',
  tags,
  method: 'post',
  path: '/audit/verification',
  summary: 'Check an exported log',
  request: { body: { content: { 'application/jsonl': { schema: z.string() } }, required: true } },
  responses: { 200: ok(Verdict), ...mayFail('too-large') },
})

export const auditRoutes = newRouter()
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'audit:read')
    return c.json(await c.var.transact((unit) => service.listAudit(unit, c.req.valid('query'))), 200)
  })
  .openapi(heads, async (c) => {
    requireScope(c.var.actor, 'audit:read')
    return c.json(await c.var.transact(service.listHeads), 200)
  })
  .openapi(exportLog, (c) => {
    requireScope(c.var.actor, 'audit:read')
    c.header('content-type', 'application/jsonl')
    c.header('content-disposition', 'attachment; filename="bizq-audit.jsonl"')
    return stream(c, async (out) => {
      for await (const line of service.exportAudit(c.var.deps, c.var.actor)) await out.write(line)
    }) as never
  })
  .openapi(verify, async (c) => {
    requireScope(c.var.actor, 'audit:read')
    const keys = await c.var.deps.signer.publicKeys()
    return c.json(await verifyAudit((await c.req.text()).split('\n'), keys), 200)
  })
