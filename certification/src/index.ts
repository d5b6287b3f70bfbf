export type { Check, CheckGroup, Examined, Finding, Severity, Subject, Trial } from './check.ts'
export { certify, checks, type CertificationReport, type CheckResult } from './certify.ts'
