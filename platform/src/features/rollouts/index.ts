import './events.ts'
export { rolloutRoutes } from './routes.ts'
export { followTestersJob, followRollouts, judgeJob, returnJob, takeJob } from './jobs.ts'
