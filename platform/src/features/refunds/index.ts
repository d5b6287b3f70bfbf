import './events.ts'
export { creditDowntime } from './downtime.ts'
export {
  disputeSync,
  evidenceJob,
  refundSync,
  settleRefundJob,
  sweepRefundsJob,
  takeBackJob,
} from './jobs.ts'
export { refundOnEvents } from './listen.ts'
export { refundRoutes } from './routes.ts'
