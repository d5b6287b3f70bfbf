import { randomUUIDv7 } from 'node:crypto'
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { canonicalJson, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { withUnitOfWork } from '../../../db/unit-of-work.ts'
import { requireScope } from '../../../http/authorise.ts'
import { PageQuery } from '../../../http/pagination.ts'
import { IdempotencyHeader, json, listOf, mayFail, newRouter, ok, type AppEnv } from '../../../http/router.ts'
import { ProblemError } from '../../../problems.ts'
import { BusinessId } from '../../businesses/index.ts'
import { fileFormats } from '../formats/index.ts'
import { previewImport } from './preview.ts'
import { Import, ImportId, ImportPreview, ImportState, MappingBody } from './schemas.ts'
import * as service from './service.ts'
import { receiveUpload } from './upload.ts'

const tags = ['imports']
const ofBusiness = z.object({ business: BusinessId })
const ofImport = z.object({ import: ImportId })

const list = createRoute({
  operationId: 'listImports',
  tags,
  method: 'get',
  path: '/businesses/{business}/imports',
  summary: 'The imports of a business, newest first',
  request: { params: ofBusiness, query: PageQuery.extend({ state: ImportState.optional() }) },
  responses: { 200: ok(listOf(Import)), ...mayFail('not-found', 'invalid-cursor') },
})
const get = createRoute({
  operationId: 'getImport',
  tags,
  method: 'get',
  path: '/imports/{import}',
  summary: 'One import: its state, counts and errors',
  request: { params: ofImport },
  responses: { 200: ok(Import), ...mayFail('not-found') },
})
const preview = createRoute({
  operationId: 'previewImport',
  tags,
  method: 'get',
  path: '/imports/{import}/preview',
  summary: 'The guessed mapping, and the first 20 rows as it reads them',
  request: { params: ofImport },
  responses: { 200: ok(ImportPreview), ...mayFail('not-found', 'conflict') },
})
const tryMapping = createRoute({
  operationId: 'tryMapping',
  tags,
  method: 'post',
  path: '/imports/{import}/preview',
  summary: 'The first 20 rows as another mapping reads them',
  request: { params: ofImport, body: json(MappingBody) },
  responses: { 200: ok(ImportPreview), ...mayFail('not-found', 'conflict', 'mapping-invalid') },
})
const confirm = createRoute({
  operationId: 'confirmMapping',
  tags,
  method: 'post',
  path: '/imports/{import}/mapping',
  summary: 'Say what the columns mean; the import runs',
  request: { params: ofImport, body: json(MappingBody) },
  responses: { 202: ok(Import), ...mayFail('not-found', 'forbidden', 'conflict', 'mapping-invalid') },
})
const undo = createRoute({
  operationId: 'undoImport',
  tags,
  method: 'post',
  path: '/imports/{import}/undo',
  summary: 'Take a whole import back',
  request: { params: ofImport },
  responses: { 200: ok(Import), ...mayFail('not-found', 'forbidden', 'conflict') },
})

/** Takes the file in as it comes, before anything is known of it; what is refused leaves nothing behind. */
async function receive(c: Context<AppEnv>): Promise<Import> {
  const params = ofBusiness.safeParse(c.req.param())
  if (!params.success) throw new ProblemError('not-found')
  const { business } = params.data
  const { deps, actor, transact } = c.var
  const id = randomUUIDv7()
  await withUnitOfWork(deps, actor, (unit) => service.requireMayImport(unit, business))
  const drop = () => withUnitOfWork(deps, actor, (unit) => service.dropPieces(unit, id))
  try {
    const upload = await receiveUpload(c.req.raw.body, c.req.header('content-type'), (n, bytes) =>
      withUnitOfWork(deps, actor, (unit) => service.keepPiece(unit, id, n, bytes)),
    )
    const requestHash = canonicalJson({ file: upload.sha256, fields: upload.fields })
    const result = await transact((unit) => service.importFile(unit, business, id, upload), { requestHash })
    if (result.id !== encodeId(idPrefixes.import, id)) await drop()
    return result
  } catch (error) {
    await drop()
    throw error
  }
}

export const importRoutes = newRouter()
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'data:read')
    const { business } = c.req.valid('param')
    return c.json(
      await c.var.transact((unit) => service.listImports(unit, business, c.req.valid('query'))),
      200,
    )
  })
  .openapi(get, async (c) => {
    requireScope(c.var.actor, 'data:read')
    return c.json(await c.var.transact((unit) => service.getImport(unit, c.req.valid('param').import)), 200)
  })
  .openapi(preview, async (c) => {
    requireScope(c.var.actor, 'data:read')
    return c.json(await c.var.transact((unit) => previewImport(unit, c.req.valid('param').import)), 200)
  })
  .openapi(tryMapping, async (c) => {
    requireScope(c.var.actor, 'data:read')
    const { import: id } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => previewImport(unit, id, c.req.valid('json'))), 200)
  })
  .openapi(confirm, async (c) => {
    requireScope(c.var.actor, 'data:write')
    const { import: id } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => service.confirmMapping(unit, id, c.req.valid('json'))), 202)
  })
  .openapi(undo, async (c) => {
    requireScope(c.var.actor, 'data:write')
    return c.json(await c.var.transact((unit) => service.undoImport(unit, c.req.valid('param').import)), 200)
  })

importRoutes.openAPIRegistry.registerPath({
  operationId: 'importFile',
  tags,
  method: 'post',
  path: '/businesses/{business}/imports',
  summary: 'Import a file: a bank statement, invoices, a shop’s export, or any CSV',
  description:
    'The format is told from the content. A CSV of no known layout waits in the state needs-mapping for its mapping, unless one is sent along.',
  request: {
    params: ofBusiness,
    headers: IdempotencyHeader,
    body: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: z.object({
            file: z.string().openapi({ format: 'binary' }),
            format: z.enum(fileFormats).optional(),
            mapping: z.string().optional().openapi({ description: 'A Mapping as JSON.' }),
            role: z.enum(['buyer', 'seller']).optional().openapi({
              description: 'Whose e-invoices these are, where the names on them do not tell.',
            }),
          }),
        },
      },
    },
  },
  responses: {
    202: ok(Import),
    ...mayFail(
      'not-found',
      'forbidden',
      'import-not-understood',
      'import-too-large',
      'mapping-invalid',
      'unsupported-media-type',
    ),
  },
})
// The form is read as it comes: a declared body would be parsed into memory whole.
importRoutes.post('/businesses/:business/imports', async (c) => {
  requireScope(c.var.actor, 'data:write')
  return c.json(await receive(c), 202)
})
