import './events.ts'
export { reviewRoutes } from './routes.ts'
export { tellReviewJob } from './jobs.ts'
