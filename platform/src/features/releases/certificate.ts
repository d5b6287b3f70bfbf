import {
  CertificateClaims,
  certificateClaims,
  certificateType,
  profilesOf,
  reportDigest,
  suiteVersion,
  verifyCertificate,
  type CertificationReport,
} from '@bizq/certification'
import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { ProblemError } from '../../problems.ts'
import { publicKeysWithin } from '../../signing/index.ts'
import { audit } from '../audit/index.ts'
import * as certificates from './certificate-store.ts'
import type { Certificate } from './certificate-schemas.ts'
import type * as store from './store.ts'

export type CertificateValue = NonNullable<Awaited<ReturnType<typeof certificates.findCertificate>>>

const mostReportCharacters = 4_000_000

/** Keeps what the suite found. Inputs that show a fault are left out of a report that would be too long with them. */
export function keepReport(
  unit: UnitOfWork,
  row: Pick<store.ReleaseRow, 'id'>,
  report: CertificationReport,
): Promise<string> {
  const whole = JSON.stringify(report)
  const text = whole.length <= mostReportCharacters ? whole : JSON.stringify(withoutEvidence(report))
  return certificates.insertReport(unit.tx, {
    organisation: unit.actor.organisation,
    release: row.id,
    digest: reportDigest(report),
    suite: report.suite,
    verdict: report.verdict,
    report: text,
  })
}

function withoutEvidence(report: CertificationReport): CertificationReport {
  const bare = report.results.map((result) => ({
    ...result,
    findings: result.findings.slice(0, 100).map(({ evidence: _evidence, ...finding }) => finding),
  }))
  return { ...report, results: bare }
}

/** Signs what a report found as a certificate of the release, and keeps it with it. */
export async function issueCertificate(
  unit: UnitOfWork,
  { signer, config }: Pick<Deps, 'signer' | 'config'>,
  row: Pick<store.ReleaseRow, 'id'>,
  { report, id }: { report: CertificationReport; id: string },
  reviewers: number,
): Promise<void> {
  const claims = CertificateClaims.parse(
    certificateClaims(report, { issuer: config.publicUrl, now: new Date(), reviewers }),
  )
  const ids = { organisation: unit.actor.organisation, release: row.id, report: id }
  await certificates.insertCertificate(unit.tx, ids, {
    suite: claims.suite,
    profiles: claims.profiles,
    reviewers,
    certificate: await signer.sign(certificateType, claims),
    issued_at: new Date(claims.iat * 1_000),
    expires_at: new Date(claims.exp * 1_000),
  })
  await audit(unit, 'release.certify', {
    release: encodeId(idPrefixes.release, row.id),
    report: claims.report,
    suite: claims.suite,
    reviewers,
  })
}

/**
 * Refuses to offer a release without a certificate of this very digest that one of the platform's keys signed,
 * that is not over, of the suite's present major version, and of every profile that the release asks for.
 */
export async function requireCertified(
  unit: UnitOfWork,
  row: Pick<store.ReleaseRow, 'id' | 'digest' | 'manifest' | 'version'>,
): Promise<void> {
  const kept = await certificates.findCertificate(unit.tx, row.id)
  const verdict =
    kept &&
    (await verifyCertificate(kept.certificate, {
      keys: await publicKeysWithin(unit.tx),
      release: row.digest,
      now: new Date(),
    }))
  if (verdict?.isValid) {
    const lacking = profilesOf(row.manifest).filter((name) => !verdict.claims.profiles.includes(name))
    if (lacking.length === 0) return
    throw refusal(row.version, `it does not cover ${lacking.join(', ')}`)
  }
  throw refusal(row.version, verdict ? verdict.reason : 'there is none')
}

const refusal = (version: string, why: string) =>
  new ProblemError('not-certified', {
    detail: `Version ${version} has no certificate that is good for suite ${suiteVersion}: ${why}. Submit it under a higher version.`,
  })

export function toCertificate(row: CertificateValue): z.infer<typeof Certificate> {
  return {
    certificate: row.certificate,
    suite: row.suite,
    profiles: row.profiles,
    reviewers: row.reviewers,
    issuedAt: row.issued_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }
}
