import { newRouter } from '../../http/router.ts'
import { importRoutes } from './imports/routes.ts'

export const dataRoutes = newRouter().route('/', importRoutes)
