export {
  findBusinessRows,
  requireBusiness,
  requireBusinessRow,
  toBusiness,
  type BusinessRow,
} from './service.ts'
export { Business, BusinessId } from './schemas.ts'
export { businessRoutes } from './routes.ts'
