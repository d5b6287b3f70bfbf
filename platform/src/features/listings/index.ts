export { describeService } from './public.ts'
export { listingRoutes } from './routes.ts'
