export { catalogueRoutes } from './routes.ts'
export { Price } from './schemas.ts'
export { inWords } from './in-words.ts'
export { priceOf } from './service.ts'
