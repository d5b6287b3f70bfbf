import { reportDigest, type CertificationReport } from '@bizq/certification'
import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { audit } from '../audit/index.ts'
import * as certificates from './certificate-store.ts'
import { issueCertificate, keepReport } from './certificate.ts'
import { basisOf } from './changes.ts'
import { checkRelease, toChecks } from './checks.ts'
import * as documents from './document-store.ts'
import { loadBeside } from './documents.ts'
import { publishAsChosen } from './publication.ts'
import * as store from './store.ts'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    /** Its checks failed, or a certifier refused it: it is a draft again. */
    'release.handed-back': { release: string; service: string; by: 'checks' | 'certifier' }
    /** It passed the checks; now certifiers look at it. */
    'release.waits-for-review': { release: string; service: string; certifiers: number }
  }
}

type Checked = NonNullable<Awaited<ReturnType<typeof checkStored>>>

const isUnchecked = (row: store.ReleaseRow) => row.state === 'submitted' && row.review_since === null
const idsOf = (row: store.ReleaseRow) => ({
  release: encodeId(idPrefixes.release, row.id),
  service: encodeId(idPrefixes.service, row.service_id),
})

/**
 * Checks a submitted release. What failed is handed back as a draft; what passed is certified and published as its
 * provider chose, or waits for certifiers where the platform's rule wants them. Does nothing to a release that is past
 * this: it may be run again after a crash.
 */
export async function settleRelease(deps: Deps, organisation: string, release: string): Promise<void> {
  const id = decodeId(idPrefixes.release, release)
  const checked = await checkStored(deps, organisation, id, isUnchecked)
  if (!checked) return
  await withUnitOfWork(deps, systemActor(organisation, 'provider'), async (unit) => {
    const row = await store.lockRelease(unit.tx, id)
    if (row && isUnchecked(row) && (await isStill(unit, id, checked)))
      await settle(unit, deps, row, checked.report)
  })
}

async function settle(unit: UnitOfWork, deps: Deps, row: store.ReleaseRow, report: CertificationReport) {
  const kept = { report, id: await keepReport(unit, row, report) }
  const checks = toChecks(report)
  if (report.verdict !== 'passed') {
    await certificates.updateReview(unit.tx, row.id, { report_id: kept.id })
    await handBack(unit, row, checks)
    return
  }
  const before = basisOf(await store.listReleases(unit.tx, row.service_id), row)
  const { reviewers, reasons } = deps.reviewRule({ manifest: row.manifest, before: before?.manifest ?? null })
  const review = { report_id: kept.id, reviewers_needed: reviewers, review_reasons: reasons, asked_at: null }
  await certificates.updateReview(unit.tx, row.id, {
    ...review,
    review_since: reviewers > 0 ? new Date() : null,
  })
  if (reviewers > 0) {
    await store.updateRelease(unit.tx, row.id, { state: 'submitted', checks })
    const codes = reasons.map(({ code }) => code)
    await audit(unit, 'release.wait-for-review', { release: idsOf(row).release, reasons: codes })
    unit.emit('release.waits-for-review', { ...idsOf(row), certifiers: reviewers })
    return
  }
  await store.updateRelease(unit.tx, row.id, { state: 'submitted', checks })
  await certifyRelease(unit, deps, row, kept, 0)
}

/** Makes a release a draft again. */
export async function handBack(
  unit: UnitOfWork,
  row: store.ReleaseRow,
  checks: ReturnType<typeof toChecks> | undefined,
  by: 'checks' | 'certifier' = 'checks',
): Promise<void> {
  await store.updateRelease(unit.tx, row.id, { state: 'draft', ...(checks ? { checks } : {}) })
  await certificates.updateReview(unit.tx, row.id, { review_since: null, asked_at: null })
  await audit(unit, 'release.hand-back', { release: idsOf(row).release, by })
  unit.emit('release.handed-back', { ...idsOf(row), by })
}

/** Certifies a release by its report, and does with it what its provider chose. */
export async function certifyRelease(
  unit: UnitOfWork,
  deps: Pick<Deps, 'signer' | 'config'>,
  row: store.ReleaseRow,
  kept: { report: CertificationReport; id: string },
  reviewers: number,
): Promise<void> {
  await issueCertificate(unit, deps, row, kept, reviewers)
  await certificates.updateReview(unit.tx, row.id, { review_since: null, asked_at: null, recertify_by: null })
  await publishAsChosen(unit, await store.updateRelease(unit.tx, row.id, { state: 'certified' }))
}

/** Runs the suite on a release as it is kept. Undefined where it is not, or not any more, in the state that is meant. */
export async function checkStored(
  deps: Deps,
  organisation: string,
  release: string,
  isMeant: (row: store.ReleaseRow) => boolean,
) {
  const claimed = await withUnitOfWork(deps, systemActor(organisation, 'provider'), async (unit) => {
    const row = await store.findRelease(unit.tx, release)
    if (!row || !isMeant(row)) return undefined
    const bundle = await store.findBundle(unit.tx, row.bundle_digest)
    if (!bundle) return undefined
    const beside = await loadBeside(unit, release)
    const { manifest, service_id: service } = row
    return {
      manifest,
      service,
      bundle: bundle.content.toString(),
      beside,
      files: await filesOf(unit, release),
    }
  })
  if (!claimed) return undefined
  const { files, beside, ...given } = claimed
  return { report: await tryRelease(deps, { ...given, ...beside, organisation }), files }
}

/** Which files lie beside a release, in a line. */
async function filesOf(unit: UnitOfWork, release: string): Promise<string> {
  const rows = await documents.listDocuments(unit.tx, release)
  return rows.map(({ name, digest }) => `${name} ${digest}`).join('\n')
}

/** Whether what lies beside a release is what was checked. */
export async function isStill(unit: UnitOfWork, release: string, checked: Checked): Promise<boolean> {
  return (await filesOf(unit, release)) === checked.files
}

/** Runs the suite on a release where it runs: in the sandbox, or on its provider's own server. */
async function tryRelease(
  deps: Deps,
  claimed: Parameters<typeof checkRelease>[1] & { organisation: string; service: string },
): Promise<CertificationReport> {
  const { manifest, organisation, service } = claimed
  const isRemote = manifest.runtime.kind === 'remote'
  const trial = isRemote ? deps.openTrial?.({ organisation, service, manifest }) : undefined
  try {
    return await checkRelease(deps, { ...claimed, remote: trial?.ground })
  } finally {
    await trial?.close()
  }
}

/** The outcome of a check beside one that is kept: the same where every check ended alike. */
export const isSameOutcome = (report: CertificationReport, digest: string): boolean =>
  reportDigest(report) === digest
