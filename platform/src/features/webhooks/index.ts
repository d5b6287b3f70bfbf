export { webhookRoutes } from './routes.ts'
export { forgetDeliveries, sendToEndpoints } from './service.ts'
export { deliverJob } from './deliver.ts'
