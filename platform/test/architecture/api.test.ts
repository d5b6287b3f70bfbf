import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { apiInfo, createApi } from '../../src/app.ts'

const file = join(import.meta.dirname, '../../openapi.json')
const document = createApi().getOpenAPI31Document({ ...apiInfo, security: [{ token: [] }, { session: [] }] })

interface Operation {
  operationId?: string
  summary?: string
  parameters?: { name: string }[]
  responses: Record<string, { content?: Record<string, unknown> }>
}
const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({
    path,
    method,
    operation,
  })),
)

test('the committed API document is what the routes say', () => {
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(document)))
})

test('every operation has a name of its own and says in words what it does', () => {
  const names = operations.map(({ operation }) => operation.operationId)
  expect(names.filter((name, at) => !name || names.indexOf(name) !== at)).toEqual([])
  expect(operations.filter(({ operation }) => !operation.summary)).toEqual([])
})

test('every error is a problem', () => {
  const wrong = operations.flatMap(({ path, method, operation }) =>
    Object.entries(operation.responses)
      .filter(
        ([status, response]) => Number(status) >= 400 && !response.content?.['application/problem+json'],
      )
      .map(([status]) => `${method} ${path} ${status}`),
  )
  expect(wrong).toEqual([])
})

test('the names that others script against hold', () => {
  const found = new Map(
    operations.map(({ path, method, operation }) => [operation.operationId, `${method} ${path}`]),
  )
  const promised = {
    listBusinesses: 'get /businesses',
    createBusiness: 'post /businesses',
    getBusiness: 'get /businesses/{business}',
    importFile: 'post /businesses/{business}/imports',
    getImport: 'get /imports/{import}',
    undoImport: 'post /imports/{import}/undo',
    listRecords: 'get /businesses/{business}/data/{dataset}',
    listServices: 'get /services',
    getService: 'get /services/{service}',
    previewGrant: 'post /services/{service}/preview',
    createSubscription: 'post /subscriptions',
    getSubscription: 'get /subscriptions/{subscription}',
    cancelSubscription: 'delete /subscriptions/{subscription}',
    readGrantedData: 'get /grants/{grant}/data/{dataset}',
    runSubscription: 'post /subscriptions/{subscription}/executions',
    listExecutions: 'get /subscriptions/{subscription}/executions',
    getExecution: 'get /executions/{execution}',
    getReceipt: 'get /executions/{execution}/receipt',
    replayExecution: 'post /executions/{execution}/replay',
    listActions: 'get /actions',
    getAction: 'get /actions/{action}',
    decideAction: 'post /actions/{action}/decision',
    decideActions: 'post /decisions',
    undoAction: 'post /actions/{action}/undo',
    listPolicies: 'get /policies',
    putPolicy: 'put /policies/{policy}',
    tryPolicy: 'post /policies/{policy}/try',
    stopEverything: 'post /stop',
    listAudit: 'get /audit',
    exportAudit: 'get /audit/export',
    streamEvents: 'get /events',
  }
  expect(Object.fromEntries(Object.keys(promised).map((name) => [name, found.get(name)]))).toEqual(promised)
})

test('every POST says that it takes an Idempotency-Key', () => {
  const silent = operations.filter(
    ({ method, operation }) =>
      method === 'post' && !operation.parameters?.some(({ name }) => name === 'idempotency-key'),
  )
  expect(silent.map(({ path }) => path)).toEqual([])
})

test('no named schema is null by itself, and none is narrowed to null where it is used', () => {
  const wrong: string[] = []
  const hasNull = (schema: unknown) => {
    const { type, enum: values } = (schema ?? {}) as { type?: unknown; enum?: unknown[] }
    return (Array.isArray(type) && type.includes('null')) || values?.includes(null)
  }
  const walk = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) return
    const { allOf } = value as { allOf?: unknown[] }
    if (allOf?.some(hasNull)) wrong.push(path)
    for (const [name, inner] of Object.entries(value)) walk(inner, `${path}/${name}`)
  }
  const schemas = document.components?.schemas ?? {}
  for (const [name, schema] of Object.entries(schemas)) if (hasNull(schema)) wrong.push(name)
  walk(document, '')
  expect(wrong).toEqual([])
})
