import './events.ts'
export { countDaysJob, tellObjectionJob, tellSubscribersJob } from './jobs.ts'
export { adminRoutes } from './routes.ts'
export { noticeRoutes } from './notice-routes.ts'
