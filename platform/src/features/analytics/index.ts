export { analyticsRoutes } from './routes.ts'
export { closeDaysJob } from './jobs.ts'
export { forgetLines } from './line-store.ts'
