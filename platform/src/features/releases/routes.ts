import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { enqueue } from '../../jobs/define.ts'
import { settleReleaseJob } from './jobs.ts'
import {
  NewRelease,
  NewService,
  ProviderService,
  Release,
  ReleaseChange,
  ReleaseId,
  ServiceChange,
  ServiceRef,
} from './schemas.ts'
import { changeRelease } from './publication.ts'
import * as service from './service.ts'
import * as services from './services.ts'
import { settleRelease } from './settle.ts'
import { submitRelease } from './submission.ts'

const tags = ['releases']
const serviceParams = z.object({ service: ServiceRef })
const releaseParams = z.object({ service: ServiceRef, release: ReleaseId })

const createService = createRoute({
  operationId: 'createService',
  tags,
  method: 'post',
  path: '/provider/services',
  summary: 'Take a name for a service of your organisation',
  request: { body: json(NewService) },
  responses: { 201: ok(ProviderService), ...mayFail('forbidden', 'already-exists', 'no-room') },
})
const listServices = createRoute({
  operationId: 'listProviderServices',
  tags,
  method: 'get',
  path: '/provider/services',
  summary: 'The services of your organisation',
  responses: { 200: ok(listOf(ProviderService)), ...mayFail('forbidden') },
})
const getOne = createRoute({
  operationId: 'getProviderService',
  tags,
  method: 'get',
  path: '/provider/services/{service}',
  summary: 'One service of your organisation',
  request: { params: serviceParams },
  responses: { 200: ok(ProviderService), ...mayFail('forbidden', 'not-found') },
})
const changeOne = createRoute({
  operationId: 'changeProviderService',
  tags,
  method: 'patch',
  path: '/provider/services/{service}',
  summary: 'Say who may find the service',
  request: { params: serviceParams, body: json(ServiceChange) },
  responses: { 200: ok(ProviderService), ...mayFail('forbidden', 'not-found') },
})
const submit = createRoute({
  operationId: 'submitRelease',
  tags,
  method: 'post',
  path: '/provider/services/{service}/releases',
  summary:
    'Submit a release: it is checked at once, and published if nothing failed and no certifier has to look at it',
  description:
    'Answers `published`; `draft` with the checks that failed; or `submitted` with why a certifier looks at it first (`review`). The same version with the same content is the same release.',
  request: { params: serviceParams, body: json(NewRelease) },
  responses: {
    201: ok(Release),
    ...mayFail('forbidden', 'not-found', 'release-invalid', 'already-exists', 'no-room'),
  },
})
const list = createRoute({
  operationId: 'listReleases',
  tags,
  method: 'get',
  path: '/provider/services/{service}/releases',
  summary: 'The releases of a service of yours, newest version first',
  request: { params: serviceParams },
  responses: { 200: ok(listOf(Release)), ...mayFail('forbidden', 'not-found') },
})
const get = createRoute({
  operationId: 'getRelease',
  tags,
  method: 'get',
  path: '/provider/services/{service}/releases/{release}',
  summary: 'One release with its checks',
  request: { params: releaseParams },
  responses: { 200: ok(Release), ...mayFail('forbidden', 'not-found') },
})
const change = createRoute({
  operationId: 'changeRelease',
  tags,
  method: 'patch',
  path: '/provider/services/{service}/releases/{release}',
  summary: 'Stage, publish, deprecate, suspend or withdraw a release',
  request: { params: releaseParams, body: json(ReleaseChange) },
  responses: {
    200: ok(Release),
    ...mayFail('forbidden', 'not-found', 'conflict', 'invalid-request', 'not-certified'),
  },
})

export const releaseRoutes = newRouter()
  .openapi(createService, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    return c.json(
      await c.var.transact((unit) => services.createService(unit, c.req.valid('json').service)),
      201,
    )
  })
  .openapi(listServices, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    return c.json({ items: await c.var.transact(services.listProviderServices), next: null }, 200)
  })
  .openapi(getOne, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service: ref } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => services.getProviderService(unit, ref)), 200)
  })
  .openapi(changeOne, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service: ref } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => services.changeService(unit, ref, c.req.valid('json'))), 200)
  })
  .openapi(submit, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service: ref } = c.req.valid('param')
    const { organisation } = c.var.actor
    const { release } = await c.var.transact(async (unit) => {
      const submitted = await submitRelease(unit, ref, c.req.valid('json'), c.var.deps)
      const after = new Date(Date.now() + 60_000)
      await enqueue(unit, settleReleaseJob, { organisation, ...submitted }, { after })
      return submitted
    })
    await settleRelease(c.var.deps, organisation, release)
    return c.json(await service.readRelease(c.var.deps, c.var.actor, ref, release), 201)
  })
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service: ref } = c.req.valid('param')
    return c.json({ items: await c.var.transact((unit) => service.listReleases(unit, ref)), next: null }, 200)
  })
  .openapi(get, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service: ref, release } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => service.getRelease(unit, ref, release)), 200)
  })
  .openapi(change, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service: ref, release } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => changeRelease(unit, ref, release, c.req.valid('json'))), 200)
  })
