import { createRoute, z } from '@hono/zod-openapi'
import { DatasetName } from '@bizq/sdk/contract'
import { requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { requireIdempotencyKey } from '../../http/transact.ts'
import { BusinessId } from '../businesses/index.ts'
import * as disclosures from './disclosures.ts'
import { listFences, setDatasetFence } from './fences.ts'
import { getPersonalConsent, withdrawPersonal } from './withdraw.ts'
import { draftGrant, showPreview } from './preview.ts'
import {
  Cancellation,
  ConsentToRelease,
  Disclosure,
  Fence,
  Grant,
  NewPreview,
  NewSubscription,
  PersonalConsent,
  PersonalWithdrawal,
  Preview,
  previewParams,
  Subscription,
  SubscriptionChange,
  SubscriptionId,
  SubscriptionQuery,
} from './schemas.ts'
import * as service from './service.ts'

const tags = ['subscriptions']
const params = z.object({ subscription: SubscriptionId })
const one = { 200: ok(Subscription), ...mayFail('forbidden', 'not-found', 'subscription-not-active') }

const preview = createRoute({
  operationId: 'previewGrant',
  tags,
  method: 'post',
  path: '/services/{service}/preview',
  summary: 'See your own rows exactly as the service would, before you consent',
  request: { params: previewParams, body: json(NewPreview) },
  responses: {
    200: ok(Preview),
    ...mayFail(
      'forbidden',
      'not-found',
      'consent-invalid',
      'conflict',
      'not-certified',
      'grant-not-active',
      'stopped',
    ),
  },
})
const create = createRoute({
  operationId: 'createSubscription',
  tags,
  method: 'post',
  path: '/subscriptions',
  summary: 'Subscribe: consent to exactly what a preview showed',
  request: { body: json(NewSubscription) },
  responses: {
    201: ok(Subscription),
    ...mayFail(
      'forbidden',
      'not-found',
      'preview-expired',
      'already-subscribed',
      'consent-invalid',
      'conflict',
      'not-certified',
      'personal-consent-needed',
      'idempotency-key-missing',
    ),
  },
})
const list = createRoute({
  operationId: 'listSubscriptions',
  tags,
  method: 'get',
  path: '/subscriptions',
  summary: 'Your subscriptions, newest first',
  request: { query: SubscriptionQuery },
  responses: { 200: ok(listOf(Subscription)), ...mayFail('invalid-cursor', 'forbidden') },
})
const get = createRoute({
  operationId: 'getSubscription',
  tags,
  method: 'get',
  path: '/subscriptions/{subscription}',
  summary: 'One subscription',
  request: { params },
  responses: { 200: ok(Subscription), ...mayFail('not-found', 'forbidden') },
})
const change = createRoute({
  operationId: 'changeSubscription',
  tags,
  method: 'patch',
  path: '/subscriptions/{subscription}',
  summary: 'Change settings or the read allowance',
  request: { params, body: json(SubscriptionChange) },
  responses: one,
})
const pause = createRoute({
  operationId: 'pauseSubscription',
  tags,
  method: 'post',
  path: '/subscriptions/{subscription}/pause',
  summary: 'Pause: nothing is read or run until it is resumed',
  request: { params },
  responses: one,
})
const resume = createRoute({
  operationId: 'resumeSubscription',
  tags,
  method: 'post',
  path: '/subscriptions/{subscription}/resume',
  summary: 'Resume',
  request: { params },
  responses: {
    200: ok(Subscription),
    ...mayFail('forbidden', 'not-found', 'subscription-not-active', 'consent-invalid'),
  },
})
const personal = createRoute({
  operationId: 'getPersonalConsent',
  tags,
  method: 'get',
  path: '/subscriptions/{subscription}/personal',
  summary: 'The consent to personal data: what is asked for, what was agreed to, by whom and when',
  request: { params },
  responses: { 200: ok(PersonalConsent), ...mayFail('not-found', 'forbidden') },
})
const withdraw = createRoute({
  operationId: 'withdrawPersonalConsent',
  tags,
  method: 'post',
  path: '/subscriptions/{subscription}/personal/withdrawal',
  summary: 'Take a consent to personal data back, whole or for some fields',
  description:
    'At once: the next execution gets null in its place, what was kept as input is erased, and what is under way is called off. A service that cannot do without is paused.',
  request: { params, body: json(PersonalWithdrawal) },
  responses: {
    200: ok(PersonalConsent),
    ...mayFail('forbidden', 'not-found', 'consent-invalid', 'subscription-not-active'),
  },
})
const consent = createRoute({
  operationId: 'consentToRelease',
  tags,
  method: 'post',
  path: '/subscriptions/{subscription}/consent',
  summary: 'Consent to another release, or anew to the present one',
  request: { params, body: json(ConsentToRelease) },
  responses: {
    200: ok(Subscription),
    ...mayFail(
      'forbidden',
      'not-found',
      'preview-expired',
      'consent-invalid',
      'subscription-not-active',
      'conflict',
      'personal-consent-needed',
      'idempotency-key-missing',
    ),
  },
})
const cancel = createRoute({
  operationId: 'cancelSubscription',
  tags,
  method: 'delete',
  path: '/subscriptions/{subscription}',
  summary: 'Cancel: the grant ends at once, and what was kept as input is deleted',
  request: { params },
  responses: { 200: ok(Subscription), ...mayFail('forbidden', 'not-found') },
})
const cancelWithReason = createRoute({
  operationId: 'cancelWithReason',
  tags,
  method: 'post',
  path: '/subscriptions/{subscription}/cancellation',
  summary: 'Cancel, and say why if you like',
  description:
    'The provider reads the reason only among those of five who left or more, and the words only after names were taken out of them.',
  request: { params, body: json(Cancellation) },
  responses: { 200: ok(Subscription), ...mayFail('forbidden', 'not-found') },
})
const left = createRoute({
  operationId: 'listDisclosures',
  tags,
  method: 'get',
  path: '/subscriptions/{subscription}/disclosures',
  summary: 'What left: for each execution the datasets, fields, window, rows and bytes',
  request: { params, query: PageQuery },
  responses: { 200: ok(listOf(Disclosure)), ...mayFail('not-found', 'invalid-cursor', 'forbidden') },
})
const consents = createRoute({
  operationId: 'listGrants',
  tags,
  method: 'get',
  path: '/subscriptions/{subscription}/grants',
  summary: 'Every consent that was given, newest first',
  request: { params },
  responses: { 200: ok(listOf(Grant)), ...mayFail('not-found', 'forbidden') },
})
const fences = createRoute({
  operationId: 'listFences',
  tags: ['businesses'],
  method: 'get',
  path: '/businesses/{business}/fences',
  summary: 'Which datasets are fenced off from every provider',
  request: { params: z.object({ business: BusinessId }) },
  responses: { 200: ok(listOf(Fence)), ...mayFail('not-found', 'forbidden') },
})
const fence = createRoute({
  operationId: 'fenceDataset',
  tags: ['businesses'],
  method: 'put',
  path: '/businesses/{business}/fences/{dataset}',
  summary: 'Fence a dataset off from every provider, or take the fence away',
  request: {
    params: z.object({ business: BusinessId, dataset: DatasetName }),
    body: json(z.object({ isFenced: z.boolean() })),
  },
  responses: { 200: ok(Fence), ...mayFail('not-found', 'forbidden') },
})

export const subscriptionRoutes = newRouter()
  .openapi(preview, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    const { service: ref } = c.req.valid('param')
    const { deps, actor } = c.var
    const { grant } = await c.var.transact((unit) => draftGrant(unit, deps, ref, c.req.valid('json')))
    return c.json(await showPreview(deps, actor, grant), 200)
  })
  .openapi(create, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    requireIdempotencyKey(c)
    return c.json(
      await c.var.transact((unit) => service.createSubscription(unit, c.var.deps, c.req.valid('json'))),
      201,
    )
  })
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'services:read')
    return c.json(
      await c.var.transact((unit) => service.listSubscriptions(unit, c.var.deps, c.req.valid('query'))),
      200,
    )
  })
  .openapi(get, async (c) => {
    requireScope(c.var.actor, 'services:read')
    const { subscription } = c.req.valid('param')
    return c.json(
      await c.var.transact((unit) => service.getSubscription(unit, c.var.deps, subscription)),
      200,
    )
  })
  .openapi(change, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    const { subscription } = c.req.valid('param')
    const body = c.req.valid('json')
    return c.json(
      await c.var.transact((unit) => service.changeSubscription(unit, c.var.deps, subscription, body)),
      200,
    )
  })
  .openapi(pause, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    const { subscription } = c.req.valid('param')
    return c.json(
      await c.var.transact((unit) => service.pauseSubscription(unit, c.var.deps, subscription)),
      200,
    )
  })
  .openapi(resume, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    const { subscription } = c.req.valid('param')
    return c.json(
      await c.var.transact((unit) => service.resumeSubscription(unit, c.var.deps, subscription)),
      200,
    )
  })
  .openapi(personal, async (c) => {
    requireScope(c.var.actor, 'services:read')
    const { subscription } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => getPersonalConsent(unit, c.var.deps, subscription)), 200)
  })
  .openapi(withdraw, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    const { subscription } = c.req.valid('param')
    const body = c.req.valid('json')
    return c.json(await c.var.transact((unit) => withdrawPersonal(unit, c.var.deps, subscription, body)), 200)
  })
  .openapi(consent, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    requireIdempotencyKey(c)
    const { subscription } = c.req.valid('param')
    const body = c.req.valid('json')
    return c.json(
      await c.var.transact((unit) => service.consentToRelease(unit, c.var.deps, subscription, body)),
      200,
    )
  })
  .openapi(cancel, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    const { subscription } = c.req.valid('param')
    return c.json(
      await c.var.transact((unit) => service.cancelSubscription(unit, c.var.deps, subscription)),
      200,
    )
  })
  .openapi(cancelWithReason, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    const { subscription } = c.req.valid('param')
    const { reason } = c.req.valid('json')
    return c.json(
      await c.var.transact((unit) => service.cancelSubscription(unit, c.var.deps, subscription, reason)),
      200,
    )
  })
  .openapi(left, async (c) => {
    requireScope(c.var.actor, 'services:read')
    const { subscription } = c.req.valid('param')
    const page = c.req.valid('query')
    return c.json(
      await c.var.transact((unit) => disclosures.listDisclosures(unit, c.var.deps, subscription, page)),
      200,
    )
  })
  .openapi(consents, async (c) => {
    requireScope(c.var.actor, 'services:read')
    const { subscription } = c.req.valid('param')
    const items = await c.var.transact((unit) => disclosures.listGrants(unit, c.var.deps, subscription))
    return c.json({ items, next: null }, 200)
  })
  .openapi(fences, async (c) => {
    requireScope(c.var.actor, 'businesses:read')
    const items = await c.var.transact((unit) => listFences(unit, c.req.valid('param').business))
    return c.json({ items, next: null }, 200)
  })
  .openapi(fence, async (c) => {
    requireScope(c.var.actor, 'businesses:write')
    const { business, dataset } = c.req.valid('param')
    const { isFenced } = c.req.valid('json')
    return c.json(await c.var.transact((unit) => setDatasetFence(unit, business, dataset, isFenced)), 200)
  })
