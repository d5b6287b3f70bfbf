import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { withUnitOfWork } from '../../db/unit-of-work.ts'
import { documentAnswer, DocumentName, recheckWaiting, ReleaseId, sendDocument } from '../releases/index.ts'
import { answerChecklist, decideSubmission } from './decide.ts'
import {
  CertifierDecision,
  ChecklistAnswers,
  ChecklistLine,
  HistoryQuery,
  NewCertifierDecision,
  QueueQuery,
  SubmissionUnderReview,
  Waiting,
} from './schemas.ts'
import * as service from './service.ts'

const tags = ['certification']
const params = z.object({ release: ReleaseId })
const path = '/certifier/submissions/{release}' as const

const queue = createRoute({
  operationId: 'listSubmissions',
  tags,
  method: 'get',
  path: '/certifier/submissions',
  summary: 'What waits for certifiers',
  request: { query: QueueQuery },
  responses: { 200: ok(listOf(Waiting)), ...mayFail('forbidden') },
})
const get = createRoute({
  operationId: 'getSubmissionUnderReview',
  tags,
  method: 'get',
  path,
  summary: 'A release that waits, with report, manifest, bundle, documents and what was decided',
  request: { params },
  responses: { 200: ok(SubmissionUnderReview), ...mayFail('forbidden', 'not-found') },
})
const document = createRoute({
  operationId: 'getSubmittedDocument',
  tags,
  method: 'get',
  path: `${path}/documents/{name}`,
  summary: 'A document as it was submitted',
  request: { params: params.extend(DocumentName.shape) },
  responses: documentAnswer,
})
const checklist = createRoute({
  operationId: 'answerChecklist',
  tags,
  method: 'put',
  path: `${path}/checklist`,
  summary: 'Keep your answers to what a machine cannot judge',
  request: { params, body: json(ChecklistAnswers) },
  responses: { 200: ok(listOf(ChecklistLine)), ...mayFail('forbidden', 'not-found', 'conflict') },
})
const decide = createRoute({
  operationId: 'decideSubmission',
  tags,
  method: 'post',
  path: `${path}/decision`,
  summary: 'Approve, refuse or ask, with reasons, on the report that you read',
  request: { params, body: json(NewCertifierDecision) },
  responses: {
    200: ok(z.object({ approvals: z.int(), certifiers: z.int() }).openapi('DecidedSubmission')),
    ...mayFail('forbidden', 'not-found', 'conflict', 'stale-card', 'needs-second-person'),
  },
})
const recheck = createRoute({
  operationId: 'recheckSubmission',
  tags,
  method: 'post',
  path: `${path}/recheck`,
  summary: 'Run the suite again; a report that says otherwise voids what was decided on the one before',
  request: { params },
  responses: { 204: { description: 'Done' }, ...mayFail('forbidden', 'not-found') },
})
const history = createRoute({
  operationId: 'listCertifierDecisions',
  tags,
  method: 'get',
  path: '/certifier/decisions',
  summary: 'What certifiers decided, the latest first',
  request: { query: HistoryQuery },
  responses: { 200: ok(listOf(CertifierDecision)), ...mayFail('forbidden', 'invalid-cursor') },
})

export const certificationRoutes = newRouter()
  .openapi(queue, async (c) => {
    requireScope(c.var.actor, '*')
    const { order } = c.req.valid('query')
    const items = await c.var.transact((unit) => service.listWaiting(unit, c.var.deps, order))
    return c.json({ items, next: null }, 200)
  })
  .openapi(get, async (c) => {
    requireScope(c.var.actor, '*')
    const { release } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => service.getSubmission(unit, c.var.deps, release)), 200)
  })
  .openapi(document, async (c) => {
    requireScope(c.var.actor, '*')
    const { release, name } = c.req.valid('param')
    const found = await c.var.transact((unit) => service.getDocument(unit, c.var.deps, release, name))
    return sendDocument(c, found)
  })
  .openapi(checklist, async (c) => {
    requireScope(c.var.actor, '*')
    const { release } = c.req.valid('param')
    const answers = c.req.valid('json')
    const items = await c.var.transact((unit) => answerChecklist(unit, c.var.deps, release, answers))
    return c.json({ items, next: null }, 200)
  })
  .openapi(decide, async (c) => {
    requireScope(c.var.actor, '*')
    const { release } = c.req.valid('param')
    const body = c.req.valid('json')
    return c.json(await c.var.transact((unit) => decideSubmission(unit, c.var.deps, release, body)), 200)
  })
  .openapi(recheck, async (c) => {
    requireScope(c.var.actor, '*')
    service.requireCertifyingPerson(c.var.actor)
    const { release } = c.req.valid('param')
    const found = await service.requireSubmission(c.var.deps, release)
    await recheckWaiting(c.var.deps, found.provider_id, found.id)
    await withUnitOfWork(c.var.deps, c.var.actor, (unit) => service.auditRecheck(unit, release))
    return c.body(null, 204)
  })
  .openapi(history, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json(await c.var.transact((unit) => service.listDecisions(unit, c.req.valid('query'))), 200)
  })
