import { createHash, type Hash } from 'node:crypto'
import { createRoute, z } from '@hono/zod-openapi'
import { stream } from 'hono/streaming'
import { requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { ProblemError } from '../../problems.ts'
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
    organisation: z.string().nullable().openapi({ description: 'Whose log it is, by its signed statement' }),
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
  request: {
    query: z.object({
      knownHead: z
        .string()
        .max(10_000)
        .optional()
        .openapi({ description: 'A signed head (JWS) that you kept elsewhere: the file must reach it' }),
    }),
    // Not declared as application/jsonl, which the router would take for JSON and parse; it is taken all the same.
    body: { content: { 'application/x-ndjson': { schema: z.string() } }, required: true },
  },
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
      for await (const line of service.exportAudit(c.var.deps, c.var.actor)) {
        if (out.aborted) return
        await out.write(line)
      }
    }) as never
  })
  .openapi(verify, async (c) => {
    requireScope(c.var.actor, 'audit:read')
    const keys = await c.var.deps.signer.publicKeys()
    const { knownHead } = c.req.valid('query')
    const digest = createHash('sha256').update(`${knownHead ?? ''}\n`)
    const verdict = await verifyAudit(linesOf(c.req.raw.body, digest), keys, knownHead ? { knownHead } : {})
    return c.json(await c.var.transact(async () => verdict, { requestHash: digest.digest('hex') }), 200)
  })

const longestLine = 1024 * 1024

/** The lines of a body as they come: a log may be larger than what fits into memory. */
async function* linesOf(body: ReadableStream<Uint8Array> | null, digest: Hash): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of body ?? []) {
    digest.update(bytes)
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > longestLine)
      throw new ProblemError('too-large', { detail: 'A line is longer than any line of a log.' })
    yield* lines
  }
  yield rest + decoder.decode()
}
