import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { json, mayFail, newRouter, ok } from '../../http/router.ts'
import { Answer, PublicCertificate, Report, Submission } from './certificate-schemas.ts'
import { documentAnswer, DocumentName, sendDocument } from './document-response.ts'
import { requireOwnDocument } from './documents.ts'
import * as review from './review.ts'
import { Release, ReleaseId, ServiceRef } from './schemas.ts'

const tags = ['releases']
const params = z.object({ service: ServiceRef, release: ReleaseId })
const path = '/provider/services/{service}/releases/{release}' as const

const submission = createRoute({
  operationId: 'getSubmission',
  tags,
  method: 'get',
  path: `${path}/submission`,
  summary: 'The certificate of a release, what certifiers said of it, and its documents',
  request: { params },
  responses: { 200: ok(Submission), ...mayFail('forbidden', 'not-found') },
})
const report = createRoute({
  operationId: 'getReport',
  tags,
  method: 'get',
  path: `${path}/report`,
  summary: 'The whole report of the checks that were made last',
  request: { params },
  responses: { 200: ok(Report), ...mayFail('forbidden', 'not-found') },
})
const document = createRoute({
  operationId: 'getDocument',
  tags,
  method: 'get',
  path: `${path}/documents/{name}`,
  summary: 'A document as it was submitted',
  request: { params: params.extend(DocumentName.shape) },
  responses: documentAnswer,
})
const answer = createRoute({
  operationId: 'answerCertifier',
  tags,
  method: 'post',
  path: `${path}/answer`,
  summary: 'Answer a certifier’s question',
  request: { params, body: json(Answer) },
  responses: { 200: ok(Release), ...mayFail('forbidden', 'not-found', 'conflict') },
})

export const certificateRoutes = newRouter()
  .openapi(submission, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service, release } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => review.getSubmission(unit, service, release)), 200)
  })
  .openapi(report, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service, release } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => review.getReport(unit, service, release)), 200)
  })
  .openapi(document, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service, release, name } = c.req.valid('param')
    return sendDocument(c, await c.var.transact((unit) => requireOwnDocument(unit, service, release, name)))
  })
  .openapi(answer, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service, release } = c.req.valid('param')
    const { words } = c.req.valid('json')
    return c.json(await c.var.transact((unit) => review.answerQuestion(unit, service, release, words)), 200)
  })

const certificate = createRoute({
  operationId: 'getCertificate',
  tags,
  method: 'get',
  path: '/certificates/{release}',
  summary: 'The certificate of a published release, for anybody: `bizq verify` checks it',
  security: [],
  request: { params: z.object({ release: ReleaseId }) },
  responses: { 200: ok(PublicCertificate), ...mayFail('not-found') },
})

/** What needs no sign-in. */
export const openCertificateRoutes = newRouter().openapi(certificate, async (c) =>
  c.json(await review.getPublicCertificate(c.var.deps, c.req.valid('param').release), 200),
)
