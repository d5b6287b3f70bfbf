export { findBusinessRows, requireBusiness, requireBusinessRow, type BusinessRow } from './service.ts'
export { BusinessId } from './schemas.ts'
export { businessRoutes } from './routes.ts'
