export { insightRoutes } from './routes.ts'
export { refreshInsightsJob, refreshOnChange } from './service.ts'
