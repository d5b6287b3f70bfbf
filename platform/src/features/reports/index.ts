export { reportRoutes } from './routes.ts'
export { makeReportJob, reportMonthJob } from './jobs.ts'
export { listSavings } from './service.ts'
