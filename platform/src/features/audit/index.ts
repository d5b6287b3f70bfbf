export { audit, auditAll, listAuditAbout } from './service.ts'
export { auditRoutes } from './routes.ts'
export { sealAudit, signHeads, startSealer } from './seal.ts'
export { verifyAudit } from './verify.ts'
