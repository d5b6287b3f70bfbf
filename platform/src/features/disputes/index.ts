import './events.ts'
export { tellDisputeJob, tellLateJob } from './jobs.ts'
export { disputeRoutes } from './routes.ts'
