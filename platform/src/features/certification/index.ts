export { levelsJob } from './jobs.ts'
export { certificationRoutes } from './routes.ts'
