import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Deps } from './deps.ts'
import { actionRoutes, outboxRoutes } from './features/actions/index.ts'
import { analyticsRoutes } from './features/analytics/index.ts'
import { adminRoutes, noticeRoutes } from './features/administration/index.ts'
import { auditRoutes } from './features/audit/index.ts'
import { availabilityRoutes } from './features/availability/index.ts'
import { billingRoutes, offerRoutes, ownPriceRoutes } from './features/billing/index.ts'
import { businessRoutes } from './features/businesses/index.ts'
import { catalogueRoutes } from './features/catalogue/index.ts'
import { certificationRoutes } from './features/certification/index.ts'
import { dataRoutes } from './features/data/index.ts'
import { disputeRoutes } from './features/disputes/index.ts'
import { executionRoutes, readDelivered, remoteRoutes } from './features/executions/index.ts'
import { identityRoutes, openIdentityRoutes } from './features/identity/index.ts'
import { insightRoutes } from './features/insights/index.ts'
import { ledgerRoutes } from './features/ledger/index.ts'
import { listingRoutes } from './features/listings/index.ts'
import { notificationRoutes } from './features/notifications/index.ts'
import { mountOAuth, oauthRoutes } from './features/oauth/index.ts'
import { mountStripeWebhooks, paymentRoutes } from './features/payments/index.ts'
import { payoutRoutes } from './features/payouts/index.ts'
import { policyRoutes } from './features/policies/index.ts'
import { refundRoutes } from './features/refunds/index.ts'
import { rolloutRoutes } from './features/rollouts/index.ts'
import { reviewRoutes } from './features/reviews/index.ts'
import { providerThreadRoutes, threadRoutes } from './features/threads/index.ts'
import {
  certificateRoutes,
  invitationRoutes,
  openCertificateRoutes,
  releaseRoutes,
} from './features/releases/index.ts'
import { reportRoutes } from './features/reports/index.ts'
import { grantRoutes, subscriptionRoutes } from './features/subscriptions/index.ts'
import { webhookRoutes } from './features/webhooks/index.ts'
import { authenticate } from './http/authenticate.ts'
import { limitBody } from './http/body-limit.ts'
import { mountDocs } from './http/docs.ts'
import { problemOfAuth, problemResponse } from './http/problem-response.ts'
import { limitByAddress } from './http/rate-limit.ts'
import { newRouter, Problem, type Router } from './http/router.ts'
import { ProblemError } from './problems.ts'

export const apiInfo = {
  openapi: '3.1.0',
  info: {
    title: 'BizQ Marketplace',
    version: '1.0.0',
    description:
      'Micro-services that run parts of a business on masked data; every action is decided by its operator.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/v1' }],
}

/** The whole API: middleware in order, then the features. */
export function createApp(deps: Deps): Router {
  const app = newRouter()
  app.onError(problemResponse)
  app.notFound((c) =>
    problemResponse(new ProblemError('not-found', { detail: `There is nothing at ${c.req.path}.` }), c),
  )
  observe(app, deps)
  mountAuth(app, deps)
  mountOperations(app, deps)
  mountOAuth(app)
  mountStripeWebhooks(app)
  app.route('/v1', createApi())
  mountDocs(app)
  return app
}

/** Everything under /v1. Built without deps, so that openapi.json can be written without a database. */
export function createApi(): Router {
  const api = newRouter()
  api.openAPIRegistry.register('Problem', Problem)
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  api.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'bizq.session_token',
  })
  api.doc31('/openapi.json', { ...apiInfo, security: [{ token: [] }, { session: [] }] })
  api.use('*', limitBody)
  api.route('/', openIdentityRoutes)
  api.route('/', openCertificateRoutes)
  api.use('*', authenticate)
  api.route('/', identityRoutes)
  api.route('/', businessRoutes)
  api.route('/', dataRoutes)
  api.route('/', auditRoutes)
  api.route('/', notificationRoutes)
  api.route('/', insightRoutes)
  api.route('/', policyRoutes)
  api.route('/', actionRoutes)
  api.route('/', outboxRoutes)
  api.route('/', webhookRoutes)
  api.route('/', releaseRoutes)
  api.route('/', invitationRoutes)
  api.route('/', certificateRoutes)
  api.route('/', catalogueRoutes)
  api.route('/', subscriptionRoutes)
  api.route('/', grantRoutes(readDelivered))
  api.route('/', executionRoutes)
  api.route('/', remoteRoutes)
  api.route('/', oauthRoutes)
  api.route('/', rolloutRoutes)
  api.route('/', certificationRoutes)
  api.route('/', analyticsRoutes)
  api.route('/', availabilityRoutes)
  api.route('/', reviewRoutes)
  api.route('/', threadRoutes)
  api.route('/', providerThreadRoutes)
  api.route('/', paymentRoutes)
  api.route('/', refundRoutes)
  api.route('/', disputeRoutes)
  api.route('/', adminRoutes)
  api.route('/', noticeRoutes)
  api.route('/', listingRoutes)
  api.route('/', ledgerRoutes)
  api.route('/', payoutRoutes)
  api.route('/', reportRoutes)
  api.route('/', billingRoutes)
  api.route('/', ownPriceRoutes)
  api.route('/', offerRoutes)
  return api
}

function observe(app: Router, deps: Deps): void {
  app.use('*', async (c, next) => {
    const given = c.req.header('x-request-id')
    const requestId = given && /^[\w-]{8,100}$/.test(given) ? given : randomUUID()
    const startedAt = performance.now()
    c.set('deps', deps)
    c.set('requestId', requestId)
    c.set('log', deps.log)
    c.header('x-request-id', requestId)
    c.header('x-content-type-options', 'nosniff')
    await next()
    const seconds = (performance.now() - startedAt) / 1_000
    const labels = { method: c.req.method, route: c.req.routePath, status: String(c.res.status) }
    deps.metrics.requests.observe(labels, seconds)
    deps.log.debug(
      { requestId, method: c.req.method, path: c.req.path, status: c.res.status, seconds },
      'request',
    )
  })
}

function mountAuth(app: Router, deps: Deps): void {
  const signIn = limitByAddress('sign-in', { points: deps.config.signInsPerMinute, seconds: 60 })
  app.use('/auth/sign-in/*', signIn)
  app.use('/auth/sign-up/*', signIn)
  app.on(['GET', 'POST'], '/auth/*', async (c) => problemOfAuth(await deps.auth.handle(c.req.raw), c))
}

function mountOperations(app: Router, deps: Deps): void {
  app.get('/.well-known/jwks.json', async (c) =>
    c.json(await deps.signer.publicKeys(), 200, { 'cache-control': 'public, max-age=300' }),
  )
  app.get('/healthz', (c) => c.json({ status: 'alive' }))
  app.get('/readyz', async (c) => {
    try {
      await sql`select 1`.execute(deps.db)
      return c.json({ status: 'ready' })
    } catch (error) {
      deps.log.warn({ err: error }, 'not ready')
      throw new ProblemError('unavailable', { detail: 'The database does not answer.' })
    }
  })
  app.get('/metrics', async (c) =>
    c.body(await deps.metrics.registry.metrics(), 200, { 'content-type': deps.metrics.registry.contentType }),
  )
}
