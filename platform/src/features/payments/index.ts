export { followEventJob, followObjectJob, ratesJob, reconcileJob } from './jobs.ts'
export { rateOf, type ExchangeRate } from './rates.ts'
export { mountStripeWebhooks, paymentRoutes } from './routes.ts'
export { asPlatform } from './service.ts'
