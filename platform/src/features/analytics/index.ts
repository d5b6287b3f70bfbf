export { analyticsRoutes } from './routes.ts'
export { closeDaysJob } from './jobs.ts'
