import './events.ts'
export { actionRoutes, outboxRoutes } from './routes.ts'
export { proposeActions, proposeAll } from './propose.ts'
export type { Dropped, Proposal, ProposalResult, ProposalSource } from './proposal.ts'
export {
  countDecidedActions,
  countWaitingActions,
  getAction,
  listHeldExecutions,
  listTold,
  listWaitingSubscriptions,
} from './service.ts'
export { carryOut } from './carry-out.ts'
export { carryOutJob, expireActionsJob, followReleaseEnds, withdrawJob } from './jobs.ts'
export { withdrawOnCancel, withdrawOnReturn } from './end.ts'
export { followSource } from './undo.ts'
export { createMailer, type Mailer } from './nodemailer.ts'
export { listProposed } from './history-store.ts'
