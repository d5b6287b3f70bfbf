import './events.ts'
export { actionRoutes, outboxRoutes } from './routes.ts'
export {
  proposeActions,
  proposeAll,
  type Dropped,
  type Proposal,
  type ProposalResult,
  type ProposalSource,
} from './propose.ts'
export { countWaitingActions, listHeldExecutions } from './service.ts'
export { carryOut } from './carry-out.ts'
export { carryOutJob, expireActionsJob } from './jobs.ts'
export { withdrawOnCancel } from './end.ts'
export { followSource } from './undo.ts'
export { createMailer, type Mailer } from './nodemailer.ts'
export { Action } from './schemas.ts'
