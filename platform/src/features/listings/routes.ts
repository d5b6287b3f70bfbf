import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { ServiceRef } from '../releases/index.ts'
import { getProfile, putProfile } from './profile.ts'
import { getListing, readImage } from './public.ts'
import {
  DraftChange,
  Image,
  ImageId,
  ListingAbout,
  ListingContent,
  ListingVersion,
  NewImage,
  OwnListing,
  ProviderProfile,
  ProviderProfileChange,
  Publication,
} from './schemas.ts'
import * as service from './service.ts'
import { toScreenshot } from './sharp.ts'

const tags = ['listings']
const params = z.object({ service: ServiceRef })
const ofVersion = params.extend({ number: z.coerce.number().int().min(1) })
const own = '/provider/services/{service}/listing'

const getPublic = createRoute({
  operationId: 'getListing',
  tags,
  method: 'get',
  path: '/services/{service}/listing',
  summary:
    'What the provider of a service wrote about it: description, screenshots, support, links, questions',
  request: { params },
  responses: { 200: ok(ListingAbout), ...mayFail('not-found', 'forbidden') },
})
const image = createRoute({
  operationId: 'getListingImage',
  tags,
  method: 'get',
  path: '/listing-images/{image}',
  summary: 'An image of a listing (WebP), as it was made anew here',
  request: { params: z.object({ image: ImageId }) },
  responses: {
    200: {
      description: 'The image',
      content: { 'image/webp': { schema: z.string().openapi({ format: 'binary' }) } },
    },
    ...mayFail('not-found', 'forbidden'),
  },
})
const get = createRoute({
  operationId: 'getOwnListing',
  tags,
  method: 'get',
  path: own,
  summary:
    'The listing of a service of yours: draft, what is published, what the release fixes, and how it looks',
  request: { params },
  responses: { 200: ok(OwnListing), ...mayFail('not-found', 'forbidden') },
})
const putDraft = createRoute({
  operationId: 'putListingDraft',
  tags,
  method: 'put',
  path: `${own}/draft`,
  summary: 'Keep a draft of the listing',
  request: { params, body: json(DraftChange) },
  responses: { 200: ok(OwnListing), ...mayFail('not-found', 'forbidden', 'conflict') },
})
const discard = createRoute({
  operationId: 'discardListingDraft',
  tags,
  method: 'delete',
  path: `${own}/draft`,
  summary: 'Throw the draft away; what is published stays',
  request: { params },
  responses: { 204: { description: 'Discarded' }, ...mayFail('not-found', 'forbidden') },
})
const preview = createRoute({
  operationId: 'previewListing',
  tags,
  method: 'post',
  path: `${own}/preview`,
  summary: 'A text as operators would see it; nothing is kept',
  request: { params, body: json(z.object({ content: ListingContent })) },
  responses: { 200: ok(ListingAbout), ...mayFail('not-found', 'forbidden') },
})
const publish = createRoute({
  operationId: 'publishListing',
  tags,
  method: 'post',
  path: `${own}/publication`,
  summary: 'Publish the draft: operators read it at once',
  request: { params, body: json(Publication) },
  responses: { 201: ok(OwnListing), ...mayFail('not-found', 'forbidden', 'conflict') },
})
const versions = createRoute({
  operationId: 'listListingVersions',
  tags,
  method: 'get',
  path: `${own}/versions`,
  summary: 'Every text that was published, newest first',
  request: { params, query: PageQuery },
  responses: { 200: ok(listOf(ListingVersion)), ...mayFail('not-found', 'forbidden', 'invalid-cursor') },
})
const restore = createRoute({
  operationId: 'restoreListingVersion',
  tags,
  method: 'post',
  path: `${own}/versions/{number}/restore`,
  summary: 'Make an earlier text the draft',
  request: { params: ofVersion },
  responses: { 201: ok(OwnListing), ...mayFail('not-found', 'forbidden') },
})
const addImage = createRoute({
  operationId: 'addListingImage',
  tags,
  method: 'post',
  path: `${own}/images`,
  summary: 'Give an image for the listing; it is made anew here, without what else the file held',
  request: { params, body: json(NewImage) },
  responses: { 201: ok(Image), ...mayFail('not-found', 'forbidden', 'conflict', 'too-large') },
})
const profile = createRoute({
  operationId: 'getProviderProfile',
  tags,
  method: 'get',
  path: '/provider/profile',
  summary: 'Who your provider organisation says to be',
  responses: { 200: ok(ProviderProfile), ...mayFail('forbidden') },
})
const changeProfile = createRoute({
  operationId: 'putProviderProfile',
  tags,
  method: 'put',
  path: '/provider/profile',
  summary: 'Say who your provider organisation is: its name, its country and where subscribers are helped',
  request: { body: json(ProviderProfileChange) },
  responses: { 200: ok(ProviderProfile), ...mayFail('forbidden') },
})

/** What a stranger gave is shown, never run, whatever a browser takes it for. */
const imageHeaders = {
  'content-type': 'image/webp',
  'content-security-policy': "default-src 'none'; sandbox",
  'content-disposition': 'inline; filename="screenshot.webp"',
  'cross-origin-resource-policy': 'same-origin',
}

const publicRoutes = newRouter()
  .openapi(getPublic, async (c) => {
    requireScope(c.var.actor, 'services:read')
    return c.json(await getListing(c.var.deps, c.req.valid('param').service, c.var.actor), 200)
  })
  .openapi(image, async (c) => {
    const { deps, actor } = c.var
    requireScope(actor, 'services:read')
    const { content, isPublished } = await readImage(deps, actor, c.req.valid('param').image)
    const cache = isPublished ? 'private, max-age=31536000, immutable' : 'no-store'
    return c.body(new Uint8Array(content), 200, { ...imageHeaders, 'cache-control': cache })
  })

const ownRoutes = newRouter()
  .openapi(get, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    return c.json(
      await c.var.transact((unit) => service.getOwnListing(unit, c.req.valid('param').service)),
      200,
    )
  })
  .openapi(putDraft, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service: ref } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => service.putDraft(unit, ref, c.req.valid('json'))), 200)
  })
  .openapi(discard, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    await c.var.transact((unit) => service.discardDraft(unit, c.req.valid('param').service))
    return c.body(null, 204)
  })
  .openapi(preview, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service: ref } = c.req.valid('param')
    const { content } = c.req.valid('json')
    return c.json(await c.var.transact((unit) => service.previewListing(unit, ref, content)), 200)
  })
  .openapi(publish, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service: ref } = c.req.valid('param')
    const { version } = c.req.valid('json')
    return c.json(await c.var.transact((unit) => service.publishListing(unit, ref, version)), 201)
  })
  .openapi(versions, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service: ref } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => service.listVersions(unit, ref, c.req.valid('query'))), 200)
  })
  .openapi(restore, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service: ref, number } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => service.restoreVersion(unit, ref, number)), 201)
  })
  .openapi(addImage, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    service.requireMayWrite(c.var.actor)
    const picture = await toScreenshot(Buffer.from(c.req.valid('json').image, 'base64'))
    const { service: ref } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => service.addImage(unit, ref, picture)), 201)
  })
  .openapi(profile, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    return c.json(await c.var.transact(getProfile), 200)
  })
  .openapi(changeProfile, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json(await c.var.transact((unit) => putProfile(unit, c.req.valid('json'))), 200)
  })

export const listingRoutes = newRouter().route('/', publicRoutes).route('/', ownRoutes)
