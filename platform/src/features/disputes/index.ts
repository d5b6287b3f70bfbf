import './events.ts'
export { tellDisputeJob } from './jobs.ts'
export { disputeRoutes } from './routes.ts'
