import { createRoute, z } from '@hono/zod-openapi'
import { DatasetName } from '@bizq/sdk/contract'
import { requireScope } from '../../http/authorise.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { ProblemError } from '../../problems.ts'
import { BusinessId } from '../businesses/index.ts'
import * as categories from './categories.ts'
import { templateCsv } from './formats/index.ts'
import { listDatasets } from './freshness.ts'
import { importRoutes } from './imports/routes.ts'
import {
  Category,
  DataRecord,
  DataRecordWithHistory,
  DatasetFreshness,
  DatasetParams,
  RecordParams,
  RecordQuery,
  RecordValues,
} from './schemas.ts'
import * as service from './service.ts'

const tags = ['data']
const ofBusiness = z.object({ business: BusinessId })

const datasets = createRoute({
  operationId: 'listDatasets',
  tags,
  method: 'get',
  path: '/businesses/{business}/datasets',
  summary: 'How much there is of each dataset, and how fresh it is',
  request: { params: ofBusiness },
  responses: { 200: ok(listOf(DatasetFreshness)), ...mayFail('not-found') },
})
const list = createRoute({
  operationId: 'listRecords',
  tags,
  method: 'get',
  path: '/businesses/{business}/data/{dataset}',
  summary: 'Your own records, unmasked',
  description:
    'filter[field]=value keeps what has this value; again for any of several, empty for an empty field.',
  request: { params: DatasetParams, query: RecordQuery },
  responses: { 200: ok(listOf(DataRecord)), ...mayFail('not-found', 'invalid-cursor') },
})
const get = createRoute({
  operationId: 'getRecord',
  tags,
  method: 'get',
  path: '/businesses/{business}/data/{dataset}/{record}',
  summary: 'One record, with what its source said beneath what was set',
  request: { params: RecordParams },
  responses: { 200: ok(DataRecordWithHistory), ...mayFail('not-found') },
})
const create = createRoute({
  operationId: 'createRecord',
  tags,
  method: 'post',
  path: '/businesses/{business}/data/{dataset}',
  summary: 'Enter a record by hand',
  request: { params: DatasetParams, body: json(RecordValues) },
  responses: {
    201: ok(DataRecordWithHistory),
    ...mayFail('not-found', 'forbidden', 'record-invalid', 'already-exists'),
  },
})
const edit = createRoute({
  operationId: 'editRecord',
  tags,
  method: 'patch',
  path: '/businesses/{business}/data/{dataset}/{record}',
  summary: 'Change a record by hand; what its source said stays beneath',
  request: { params: RecordParams, body: json(RecordValues) },
  responses: {
    200: ok(DataRecordWithHistory),
    ...mayFail('not-found', 'forbidden', 'record-invalid', 'conflict'),
  },
})
const remove = createRoute({
  operationId: 'deleteRecord',
  tags,
  method: 'delete',
  path: '/businesses/{business}/data/{dataset}/{record}',
  summary: 'Remove a record that nothing refers to',
  request: { params: RecordParams },
  responses: { 204: { description: 'Removed' }, ...mayFail('not-found', 'forbidden', 'conflict') },
})
const listOfCategories = createRoute({
  operationId: 'listLedgerCategories',
  tags,
  method: 'get',
  path: '/businesses/{business}/categories',
  summary: 'The ledger categories of a business',
  request: { params: ofBusiness },
  responses: { 200: ok(listOf(Category)), ...mayFail('not-found') },
})
const addCategory = createRoute({
  operationId: 'addLedgerCategory',
  tags,
  method: 'post',
  path: '/businesses/{business}/categories',
  summary: 'Add a ledger category',
  request: { params: ofBusiness, body: json(Category) },
  responses: { 201: ok(Category), ...mayFail('not-found', 'forbidden') },
})
const removeCategory = createRoute({
  operationId: 'removeLedgerCategory',
  tags,
  method: 'delete',
  path: '/businesses/{business}/categories/{category}',
  summary: 'Take a category off the list; records keep it',
  request: { params: ofBusiness.extend({ category: z.string().max(120) }) },
  responses: { 204: { description: 'Removed' }, ...mayFail('not-found', 'forbidden') },
})

/** The values of every `filter[field]` of a query. */
function filtersOf(queries: Record<string, string[]>): Record<string, string[]> {
  const named = Object.entries(queries).map(
    ([name, values]) => [/^filter\[(\w+)\]$/.exec(name)?.[1], values] as const,
  )
  return Object.fromEntries(
    named.flatMap(([field, values]) => (field === undefined ? [] : [[field, values]])),
  )
}

const recordRoutes = newRouter()
  .openapi(datasets, async (c) => {
    requireScope(c.var.actor, 'data:read')
    return c.json(await c.var.transact((unit) => listDatasets(unit, c.req.valid('param').business)), 200)
  })
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'data:read')
    const { business, dataset } = c.req.valid('param')
    const filters = filtersOf(c.req.queries())
    return c.json(
      await c.var.transact((unit) =>
        service.listRecords(unit, business, dataset, c.req.valid('query'), filters),
      ),
      200,
    )
  })
  .openapi(get, async (c) => {
    requireScope(c.var.actor, 'data:read')
    const { business, dataset, record } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => service.getRecord(unit, business, dataset, record)), 200)
  })
  .openapi(create, async (c) => {
    requireScope(c.var.actor, 'data:write')
    const { business, dataset } = c.req.valid('param')
    const body = c.req.valid('json')
    return c.json(await c.var.transact((unit) => service.createRecord(unit, business, dataset, body)), 201)
  })
  .openapi(edit, async (c) => {
    requireScope(c.var.actor, 'data:write')
    const { business, dataset, record } = c.req.valid('param')
    const body = c.req.valid('json')
    return c.json(
      await c.var.transact((unit) => service.editRecord(unit, business, dataset, record, body)),
      200,
    )
  })
  .openapi(remove, async (c) => {
    requireScope(c.var.actor, 'data:write')
    const { business, dataset, record } = c.req.valid('param')
    await c.var.transact((unit) => service.deleteRecord(unit, business, dataset, record))
    return c.body(null, 204)
  })

const categoryRoutes = newRouter()
  .openapi(listOfCategories, async (c) => {
    requireScope(c.var.actor, 'data:read')
    return c.json(
      await c.var.transact((unit) => categories.listCategories(unit, c.req.valid('param').business)),
      200,
    )
  })
  .openapi(addCategory, async (c) => {
    requireScope(c.var.actor, 'data:write')
    const { business } = c.req.valid('param')
    const { name } = c.req.valid('json')
    return c.json(await c.var.transact((unit) => categories.addCategory(unit, business, name)), 201)
  })
  .openapi(removeCategory, async (c) => {
    requireScope(c.var.actor, 'data:write')
    const { business, category } = c.req.valid('param')
    await c.var.transact((unit) => categories.removeCategory(unit, business, category))
    return c.body(null, 204)
  })

const templateRoutes = newRouter()
templateRoutes.openAPIRegistry.registerPath({
  operationId: 'getTemplate',
  tags,
  method: 'get',
  path: '/templates/{dataset}.csv',
  summary: 'A CSV of a dataset to fill in, with one example row',
  request: { params: z.object({ dataset: DatasetName }) },
  responses: {
    200: { description: 'The template', content: { 'text/csv': { schema: z.string() } } },
    ...mayFail('not-found'),
  },
})
// The path ends within a segment, which a declared route cannot say.
templateRoutes.get('/templates/:file{\\w+\\.csv}', (c) => {
  const dataset = DatasetName.safeParse(c.req.param('file').replace(/\.csv$/, ''))
  if (!dataset.success)
    throw new ProblemError('not-found', { detail: 'There is a template for each dataset.' })
  return c.body(templateCsv(dataset.data), 200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${dataset.data}.csv"`,
  })
})

export const dataRoutes = newRouter()
  .route('/', importRoutes)
  .route('/', recordRoutes)
  .route('/', categoryRoutes)
  .route('/', templateRoutes)
