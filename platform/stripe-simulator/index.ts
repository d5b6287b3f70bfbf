export { startStripeSimulator, type SimulatorOptions, type StripeSimulator } from './start.ts'
export { apiVersion, type Terms } from './world.ts'
export type { SeenRequest } from './http.ts'
