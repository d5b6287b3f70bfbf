export { followEventJob, followObjectJob, ratesJob, reconcileJob } from './jobs.ts'
export { rateOf } from './rates.ts'
export { mountStripeWebhooks, paymentRoutes } from './routes.ts'
export { asPlatform } from './service.ts'
