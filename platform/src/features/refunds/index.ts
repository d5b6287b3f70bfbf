import './events.ts'
export { creditDowntime } from './downtime.ts'
export { refundChecks, refundComparisons } from './beside.ts'
export {
  creditDowntimeJob,
  disputeSync,
  evidenceJob,
  refundSync,
  settleRefundJob,
  sweepRefundsJob,
  takeBackJob,
} from './jobs.ts'
export { refundOnEvents } from './listen.ts'
export { refundRoutes } from './routes.ts'
export { takenBack } from './taken-back.ts'
