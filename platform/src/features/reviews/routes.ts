import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { openLimit } from '../../http/rate-limit.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { ServiceRef } from '../releases/index.ts'
import { SubscriptionId } from '../subscriptions/index.ts'
import * as moderation from './moderation.ts'
import * as provider from './provider.ts'
import { reportReview } from './report.ts'
import {
  Answer,
  ModeratedReview,
  Moderation,
  NewReport,
  OwnReview,
  ProviderReview,
  Report,
  Review,
  ReviewHistory,
  ReviewId,
  ReviewPreview,
  ReviewQuery,
  ReviewWords,
} from './schemas.ts'
import * as service from './service.ts'

const tags = ['reviews']
const ofSubscription = z.object({ subscription: SubscriptionId })
const ofReview = z.object({ review: ReviewId })

const list = createRoute({
  operationId: 'listReviews',
  tags,
  method: 'get',
  path: '/services/{service}/reviews',
  summary: 'What subscribers say of a service, with what the platform knows of them: no name is ever shown',
  request: { params: z.object({ service: ServiceRef }), query: ReviewQuery },
  responses: { 200: ok(listOf(Review)), ...mayFail('not-found', 'invalid-cursor', 'forbidden') },
})
const getOwn = createRoute({
  operationId: 'getOwnReview',
  tags,
  method: 'get',
  path: '/subscriptions/{subscription}/review',
  summary: 'The one review of a subscription, or whether it may be written',
  request: { params: ofSubscription },
  responses: { 200: ok(OwnReview), ...mayFail('not-found', 'forbidden') },
})
const preview = createRoute({
  operationId: 'previewReview',
  tags,
  method: 'post',
  path: '/subscriptions/{subscription}/review/preview',
  summary: 'What others would read of a review; nothing is kept',
  request: { params: ofSubscription, body: json(ReviewWords) },
  responses: { 200: ok(ReviewPreview), ...mayFail('not-found', 'forbidden', 'review-not-open') },
})
const save = createRoute({
  operationId: 'saveReview',
  tags,
  method: 'put',
  path: '/subscriptions/{subscription}/review',
  summary: 'Write the review of a subscription, or change it',
  request: { params: ofSubscription, body: json(ReviewWords) },
  responses: { 200: ok(OwnReview), ...mayFail('not-found', 'forbidden', 'review-not-open') },
})
const withdraw = createRoute({
  operationId: 'withdrawReview',
  tags,
  method: 'delete',
  path: '/subscriptions/{subscription}/review',
  summary: 'Take the review back: nobody reads it any more, and it counts for nothing',
  request: { params: ofSubscription },
  responses: { 200: ok(OwnReview), ...mayFail('not-found', 'forbidden') },
})
const report = createRoute({
  operationId: 'reportReview',
  tags,
  method: 'post',
  path: '/reviews/{review}/report',
  summary: 'Report a review to the marketplace, as an operator or as the provider of the service',
  request: { params: ofReview, body: json(NewReport) },
  responses: { 201: ok(Report), ...mayFail('not-found', 'forbidden', 'already-exists') },
})
const listOwn = createRoute({
  operationId: 'listProviderReviews',
  tags,
  method: 'get',
  path: '/provider/services/{service}/reviews',
  summary: 'The reviews of a service of yours, and which of them the marketplace hid',
  request: { params: z.object({ service: ServiceRef }), query: PageQuery },
  responses: { 200: ok(listOf(ProviderReview)), ...mayFail('not-found', 'invalid-cursor', 'forbidden') },
})
const answer = createRoute({
  operationId: 'answerReview',
  tags,
  method: 'put',
  path: '/provider/reviews/{review}/answer',
  summary: 'Answer a review of a service of yours, or change the answer; answers it as it is shown',
  request: { params: ofReview, body: json(Answer) },
  responses: { 200: ok(z.object({ words: z.string() })), ...mayFail('not-found', 'forbidden') },
})
const withdrawAnswer = createRoute({
  operationId: 'withdrawAnswer',
  tags,
  method: 'delete',
  path: '/provider/reviews/{review}/answer',
  summary: 'Take the answer to a review back',
  request: { params: ofReview },
  responses: { 204: { description: 'Done' }, ...mayFail('not-found', 'forbidden') },
})
const queue = createRoute({
  operationId: 'listModeratedReviews',
  tags,
  method: 'get',
  path: '/admin/reviews',
  summary: 'Reviews that wait for a moderator, or all that are hidden',
  request: { query: PageQuery.extend({ show: z.enum(['waiting', 'hidden']).default('waiting') }) },
  responses: { 200: ok(listOf(ModeratedReview)), ...mayFail('invalid-cursor', 'forbidden') },
})
const history = createRoute({
  operationId: 'getModeratedReview',
  tags,
  method: 'get',
  path: '/admin/reviews/{review}',
  summary: 'A review with everything that it ever said in public, and every report of it',
  request: { params: ofReview },
  responses: { 200: ok(ReviewHistory), ...mayFail('not-found', 'forbidden') },
})
const moderate = createRoute({
  operationId: 'moderateReview',
  tags,
  method: 'post',
  path: '/admin/reviews/{review}/decision',
  summary:
    'Hide a review, or keep it, with a reason that its author, the provider and the reporters are told',
  request: { params: ofReview, body: json(Moderation) },
  responses: { 204: { description: 'Done' }, ...mayFail('not-found', 'forbidden') },
})

/** What one organisation writes for others to read, in this process. */
const takeWords = openLimit('reviews', { points: 60, seconds: 600 })

export const reviewRoutes = newRouter()
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'services:read')
    const { deps, actor } = c.var
    const { service: ref } = c.req.valid('param')
    return c.json(await service.listReviews(deps, actor, ref, c.req.valid('query')), 200)
  })
  .openapi(getOwn, async (c) => {
    requireScope(c.var.actor, 'services:read')
    const { subscription } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => service.getOwnReview(unit, subscription)), 200)
  })
  .openapi(preview, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    await takeWords(c, c.var.actor.organisation)
    const { subscription } = c.req.valid('param')
    const body = c.req.valid('json')
    return c.json(await c.var.transact((unit) => service.previewReview(unit, subscription, body)), 200)
  })
  .openapi(save, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    await takeWords(c, c.var.actor.organisation)
    const { subscription } = c.req.valid('param')
    const body = c.req.valid('json')
    return c.json(await c.var.transact((unit) => service.saveReview(unit, subscription, body)), 200)
  })
  .openapi(withdraw, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    const { subscription } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => service.withdrawReview(unit, subscription)), 200)
  })
  .openapi(report, async (c) => {
    requireScope(
      c.var.actor,
      c.var.actor.organisationKind === 'provider' ? 'releases:write' : 'subscriptions:write',
    )
    await takeWords(c, c.var.actor.organisation)
    const { review } = c.req.valid('param')
    const body = c.req.valid('json')
    return c.json(await c.var.transact((unit) => reportReview(unit, c.var.deps, review, body)), 201)
  })
  .openapi(listOwn, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service: ref } = c.req.valid('param')
    const page = c.req.valid('query')
    return c.json(await c.var.transact((unit) => provider.listProviderReviews(unit, ref, page)), 200)
  })
  .openapi(answer, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    await takeWords(c, c.var.actor.organisation)
    const { review } = c.req.valid('param')
    const { words } = c.req.valid('json')
    const shown = await c.var.transact((unit) => provider.answerReview(unit, c.var.deps, review, words))
    return c.json({ words: shown?.words ?? '' }, 200)
  })
  .openapi(withdrawAnswer, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { review } = c.req.valid('param')
    await c.var.transact((unit) => provider.answerReview(unit, c.var.deps, review, null))
    return c.body(null, 204)
  })
  .openapi(queue, async (c) => {
    requireScope(c.var.actor, '*')
    const page = c.req.valid('query')
    return c.json(
      await c.var.transact((unit) => moderation.listModeratedReviews(unit, c.var.deps, page)),
      200,
    )
  })
  .openapi(history, async (c) => {
    requireScope(c.var.actor, '*')
    const { review } = c.req.valid('param')
    return c.json(
      await c.var.transact((unit) => moderation.getModeratedReview(unit, c.var.deps, review)),
      200,
    )
  })
  .openapi(moderate, async (c) => {
    requireScope(c.var.actor, '*')
    const { review } = c.req.valid('param')
    const body = c.req.valid('json')
    await c.var.transact((unit) => moderation.moderateReview(unit, c.var.deps, review, body))
    return c.body(null, 204)
  })
