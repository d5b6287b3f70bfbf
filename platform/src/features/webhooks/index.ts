export { webhookRoutes } from './routes.ts'
export { sendToEndpoints } from './service.ts'
export { deliverJob } from './deliver.ts'
