export { checkGroups } from './check.ts'
export type { Check, CheckGroup, CheckInfo, Finding, Severity } from './check.ts'
export { allChecks } from './checks/index.ts'
export { certify, type CertifyOptions, type Progress } from './certify.ts'
export { readImage, type Documents, type ImageFacts } from './documents.ts'
export type { SuppliedCase } from './inputs/case.ts'
export { checksOf, profileNames, profiles, profilesOf, type Profile } from './profiles.ts'
export {
  countResults,
  reportDigest,
  suiteVersion,
  type CertificationReport,
  type CheckResult,
} from './report.ts'
export { toHtml } from './reporters/html.ts'
export { toJson } from './reporters/json.ts'
export { toJunit } from './reporters/junit.ts'
export { toSarif } from './reporters/sarif.ts'
export { toTerminal, type TerminalOptions } from './reporters/terminal.ts'
export {
  CertificateClaims,
  certificateClaims,
  certificateType,
  signCertificate,
  verifyCertificate,
  type CertificateVerdict,
  type Issuing,
  type SigningKey,
  type Verifying,
} from './certificate.ts'
export {
  openRemoteGround,
  type RemoteGround,
  type RemoteGroundOptions,
  type RemotePlatform,
  type RemoteTarget,
  type Sending,
} from './remote/ground.ts'
