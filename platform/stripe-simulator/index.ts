export { startStripeSimulator, type SimulatorOptions, type StripeSimulator } from './start.ts'
export type { SeenRequest } from './http.ts'
