import './events.ts'
export { providerThreadRoutes } from './provider-routes.ts'
export { threadRoutes } from './routes.ts'
export { tellMessageJob } from './jobs.ts'
