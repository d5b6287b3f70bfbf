import { createRoute, z } from '@hono/zod-openapi'
import { idPrefixes, idSchema } from '@bizq/sdk/contract'
import { createMiddleware } from 'hono/factory'
import { requireAdmin, requireScope } from '../../http/authorise.ts'
import { json, listOf, mayFail, newRouter, ok, type AppEnv } from '../../http/router.ts'
import * as acts from './acts.ts'
import * as featured from './featured.ts'
import { getFigures } from './figures.ts'
import {
  ActId,
  ActQuery,
  AdminFeatured,
  AdminFigures,
  AdminOrganisation,
  AdminOrganisationQuery,
  AdminService,
  AdminServiceQuery,
  FeaturedId,
  FigureQuery,
  NewFeatured,
  OrganisationAct,
  PlatformAct,
  ServiceAct,
  Words,
} from './schemas.ts'
import * as services from './services.ts'

const tags = ['administration']
const serviceParams = z.object({ service: idSchema(idPrefixes.service) })
const organisationParams = z.object({ organisation: idSchema(idPrefixes.organisation) })

const listServices = createRoute({
  operationId: 'listAdminServices',
  tags,
  method: 'get',
  path: '/admin/services',
  summary: 'Every service of every provider, with its state and counts',
  request: { query: AdminServiceQuery },
  responses: { 200: ok(listOf(AdminService)), ...mayFail('forbidden', 'invalid-cursor') },
})
const getService = createRoute({
  operationId: 'getAdminService',
  tags,
  method: 'get',
  path: '/admin/services/{service}',
  summary: 'One service with its state and counts',
  request: { params: serviceParams },
  responses: { 200: ok(AdminService), ...mayFail('forbidden', 'not-found') },
})
const actOnService = createRoute({
  operationId: 'actOnService',
  tags,
  method: 'post',
  path: '/admin/services/{service}/acts',
  summary: 'Hide a service from the catalogue, suspend it for everybody, or take either back, with a reason',
  request: { params: serviceParams, body: json(ServiceAct) },
  responses: { 201: ok(PlatformAct), ...mayFail('forbidden', 'not-found', 'conflict') },
})
const listOrganisations = createRoute({
  operationId: 'listAdminOrganisations',
  tags,
  method: 'get',
  path: '/admin/organisations',
  summary: 'Operators and providers, with counts alone',
  request: { query: AdminOrganisationQuery },
  responses: { 200: ok(listOf(AdminOrganisation)), ...mayFail('forbidden', 'invalid-cursor') },
})
const getOrganisation = createRoute({
  operationId: 'getAdminOrganisation',
  tags,
  method: 'get',
  path: '/admin/organisations/{organisation}',
  summary: 'One organisation, with counts alone',
  request: { params: organisationParams },
  responses: { 200: ok(AdminOrganisation), ...mayFail('forbidden', 'not-found') },
})
const actOnOrganisation = createRoute({
  operationId: 'actOnOrganisation',
  tags,
  method: 'post',
  path: '/admin/organisations/{organisation}/acts',
  summary: 'Stop an organisation, suspend all services of a provider, or take either back, with a reason',
  request: { params: organisationParams, body: json(OrganisationAct) },
  responses: { 201: ok(listOf(PlatformAct)), ...mayFail('forbidden', 'not-found', 'conflict') },
})
const listActs = createRoute({
  operationId: 'listPlatformActs',
  tags,
  method: 'get',
  path: '/admin/acts',
  summary: 'What the platform did, and what was objected, newest first',
  request: { query: ActQuery },
  responses: { 200: ok(listOf(PlatformAct)), ...mayFail('forbidden', 'invalid-cursor') },
})
const answerObjection = createRoute({
  operationId: 'answerObjection',
  tags,
  method: 'post',
  path: '/admin/acts/{act}/answer',
  summary: 'Answer an objection, once',
  request: { params: z.object({ act: ActId }), body: json(Words) },
  responses: { 200: ok(PlatformAct), ...mayFail('forbidden', 'conflict') },
})
const listFeatured = createRoute({
  operationId: 'listAdminFeatured',
  tags,
  method: 'get',
  path: '/admin/featured',
  summary: 'What was, is and will be featured, latest first',
  responses: { 200: ok(listOf(AdminFeatured)), ...mayFail('forbidden') },
})
const feature = createRoute({
  operationId: 'featureService',
  tags,
  method: 'post',
  path: '/admin/featured',
  summary: 'Feature a service on the catalogue page for some days',
  request: { body: json(NewFeatured) },
  responses: { 201: ok(AdminFeatured), ...mayFail('forbidden', 'not-found', 'conflict') },
})
const endFeature = createRoute({
  operationId: 'endFeature',
  tags,
  method: 'delete',
  path: '/admin/featured/{featured}',
  summary: 'Take it from the catalogue page before its last day',
  request: { params: z.object({ featured: FeaturedId }) },
  responses: { 200: ok(AdminFeatured), ...mayFail('forbidden', 'conflict') },
})
const figures = createRoute({
  operationId: 'getMarketplaceFigures',
  tags,
  method: 'get',
  path: '/admin/figures',
  summary: 'What the marketplace comes to, beside the period before, and what waits',
  request: { query: FigureQuery },
  responses: { 200: ok(AdminFigures), ...mayFail('forbidden') },
})

/** Whoever does not administer the marketplace is refused before anything is looked at. */
const onlyAdmins = createMiddleware<AppEnv>(async (c, next) => {
  requireScope(c.var.actor, '*')
  requireAdmin(c.var.actor)
  await next()
})

const router = newRouter()
router.use('/admin/services/*', onlyAdmins)
router.use('/admin/organisations/*', onlyAdmins)
router.use('/admin/acts/*', onlyAdmins)
router.use('/admin/featured/*', onlyAdmins)
router.use('/admin/figures/*', onlyAdmins)

export const adminRoutes = router
  .openapi(listServices, async (c) =>
    c.json(await services.listServices(c.var.deps, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(getService, async (c) =>
    c.json(await services.getService(c.var.deps, c.var.actor, c.req.valid('param').service), 200),
  )
  .openapi(actOnService, async (c) => {
    const { deps, transact } = c.var
    const { service } = c.req.valid('param')
    return c.json(await transact((unit) => acts.actOnService(unit, deps, service, c.req.valid('json'))), 201)
  })
  .openapi(listOrganisations, async (c) =>
    c.json(await services.listOrganisations(c.var.deps, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(getOrganisation, async (c) =>
    c.json(await services.getOrganisation(c.var.deps, c.var.actor, c.req.valid('param').organisation), 200),
  )
  .openapi(actOnOrganisation, async (c) => {
    const { deps, transact } = c.var
    const { organisation } = c.req.valid('param')
    const items = await transact((unit) =>
      acts.actOnOrganisation(unit, deps, organisation, c.req.valid('json')),
    )
    return c.json({ items, next: null }, 201)
  })
  .openapi(listActs, async (c) => {
    const { deps, transact } = c.var
    return c.json(await transact((unit) => acts.listActs(unit, deps, c.req.valid('query'))), 200)
  })
  .openapi(answerObjection, async (c) => {
    const { deps, transact } = c.var
    const { act } = c.req.valid('param')
    const { words } = c.req.valid('json')
    return c.json(await transact((unit) => acts.answerObjection(unit, deps, act, words)), 200)
  })
  .openapi(listFeatured, async (c) => {
    const { deps, transact } = c.var
    return c.json({ items: await transact((unit) => featured.listFeatured(unit, deps)), next: null }, 200)
  })
  .openapi(feature, async (c) => {
    const { deps, transact } = c.var
    return c.json(await transact((unit) => featured.feature(unit, deps, c.req.valid('json'))), 201)
  })
  .openapi(endFeature, async (c) => {
    const { deps, transact } = c.var
    const { featured: id } = c.req.valid('param')
    return c.json(await transact((unit) => featured.endFeature(unit, deps, id)), 200)
  })
  .openapi(figures, async (c) => {
    const { deps, transact } = c.var
    const { days } = c.req.valid('query')
    return c.json(await transact((unit) => getFigures(unit, deps, Number(days))), 200)
  })
