import type { CertificationReport } from '@bizq/certification'
import { decodeId, encodeId, idPrefixes, type Manifest } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import type { PublicCertificate, Report, ReviewNote, Submission } from './certificate-schemas.ts'
import * as certificates from './certificate-store.ts'
import { toCertificate } from './certificate.ts'
import { basisOf } from './changes.ts'
import { listDocuments } from './documents.ts'
import { requireProvider, requireRelease, showRelease } from './release.ts'
import type { Release } from './schemas.ts'
import { certifyRelease, handBack } from './settle.ts'
import * as store from './store.ts'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    'release.asked': { release: string; service: string }
    'release.approved': { release: string; service: string; isLast: boolean }
  }
}

const idsOf = (row: store.ReleaseRow) => ({
  release: encodeId(idPrefixes.release, row.id),
  service: encodeId(idPrefixes.service, row.service_id),
})

function toNote(row: Awaited<ReturnType<typeof certificates.listNotes>>[number]): z.infer<typeof ReviewNote> {
  return { kind: row.kind, words: row.words, at: row.at.toISOString() }
}

export async function listReviewNotes(unit: UnitOfWork, release: string) {
  return (await certificates.listNotes(unit.tx, [release])).map(toNote)
}

/** What certification knows of a release of the provider's own. */
export async function getSubmission(
  unit: UnitOfWork,
  service: string,
  id: string,
): Promise<z.infer<typeof Submission>> {
  requireOrganisationKind(unit.actor, 'provider')
  const row = await requireRelease(unit, service, id)
  const certificate = await certificates.findCertificate(unit.tx, row.id)
  return {
    notes: await listReviewNotes(unit, row.id),
    certificate: certificate ? toCertificate(certificate) : null,
    documents: await listDocuments(unit, row.id),
  }
}

type ReportRow = NonNullable<Awaited<ReturnType<typeof certificates.findReport>>>

export function toReport(row: ReportRow): z.infer<typeof Report> {
  const report = JSON.parse(row.report) as Omit<z.infer<typeof Report>, 'id' | 'madeAt'>
  return { id: row.digest, madeAt: row.made_at.toISOString(), ...report }
}

/** The report that was made last of a release of the provider's own. */
export async function getReport(
  unit: UnitOfWork,
  service: string,
  id: string,
): Promise<z.infer<typeof Report>> {
  requireOrganisationKind(unit.actor, 'provider')
  const row = await requireRelease(unit, service, id)
  const report = await certificates.findLatestReport(unit.tx, row.id)
  if (!report) throw new ProblemError('not-found', { detail: 'The release was not checked yet.' })
  return toReport(report)
}

/** Answers a certifier's question; the release goes on waiting for its review. */
export async function answerQuestion(
  unit: UnitOfWork,
  service: string,
  id: string,
  words: string,
): Promise<z.infer<typeof Release>> {
  requireProvider(unit)
  const row = await requireRelease(unit, service, id, true)
  if (!row.asked_at || !row.report_id || row.state !== 'submitted')
    throw new ProblemError('conflict', { detail: 'No question of a certifier’s is open.' })
  await certificates.insertNote(unit.tx, noteIds(unit, row), 'answer', words)
  await certificates.updateReview(unit.tx, row.id, { asked_at: null })
  await audit(unit, 'release.answer', { release: id })
  return showRelease(unit, { ...row, asked_at: null })
}

const noteIds = (unit: UnitOfWork, row: store.ReleaseRow) => ({
  organisation: unit.actor.organisation,
  release: row.id,
  report: row.report_id ?? '',
})

/** A release that waits for certifiers, locked, with the report that a decision is made on. */
export interface WaitingRelease {
  row: store.ReleaseRow
  report: ReportRow
}

/** Locks a release (UUID) of this tenant that waits for certifiers. Refuses one that does not, any more. */
export async function lockWaiting(unit: UnitOfWork, release: string): Promise<WaitingRelease> {
  const row = await store.lockRelease(unit.tx, release)
  const report = row?.report_id ? await certificates.findReport(unit.tx, row.report_id) : undefined
  if (!row || !report) throw new ProblemError('not-found', { detail: 'There is no such submission.' })
  if (row.state !== 'submitted' || !row.review_since)
    throw new ProblemError('conflict', {
      detail: `The release does not wait for review: it is ${row.state}.`,
    })
  return { row, report }
}

/** Keeps an approval; the last of those that are needed certifies the release. Within the provider's tenant. */
export async function approveWaiting(
  unit: UnitOfWork,
  deps: Pick<Deps, 'signer' | 'config'>,
  { row, report }: WaitingRelease,
  { words, approvals }: { words: string; approvals: number },
): Promise<void> {
  await certificates.insertNote(unit.tx, noteIds(unit, row), 'approval', words)
  const isLast = approvals >= row.reviewers_needed
  await audit(unit, 'release.approve', { release: idsOf(row).release, report: report.digest, isLast })
  unit.emit('release.approved', { ...idsOf(row), isLast })
  if (!isLast) return
  const kept = { id: report.id, report: JSON.parse(report.report) as CertificationReport }
  await certifyRelease(unit, deps, row, kept, approvals)
}

/** Hands a release back to its provider with a certifier's reasons. */
export async function refuseWaiting(
  unit: UnitOfWork,
  { row, report }: WaitingRelease,
  words: string,
): Promise<void> {
  await certificates.insertNote(unit.tx, noteIds(unit, row), 'refusal', words)
  await audit(unit, 'release.refuse', { release: idsOf(row).release, report: report.digest })
  await handBack(unit, row, undefined, 'certifier')
}

/** Asks its provider something; the release waits on. */
export async function askAboutWaiting(
  unit: UnitOfWork,
  { row, report }: WaitingRelease,
  words: string,
): Promise<void> {
  await certificates.insertNote(unit.tx, noteIds(unit, row), 'question', words)
  await certificates.updateReview(unit.tx, row.id, { asked_at: new Date() })
  await audit(unit, 'release.ask', { release: idsOf(row).release, report: report.digest })
  unit.emit('release.asked', idsOf(row))
}

/** All that a certifier looks at. */
export interface SubmittedRelease {
  row: store.ReleaseRow
  report: z.infer<typeof Report>
  manifest: Manifest
  bundle: string
  documents: Awaited<ReturnType<typeof listDocuments>>
  notes: z.infer<typeof ReviewNote>[]
  /** The release that subscribers may have. */
  before: { version: string; manifest: Manifest; bundle: string } | null
}

/** A release (UUID) of this tenant as a certifier sees it. Refuses one that was not checked. */
export async function readSubmitted(unit: UnitOfWork, release: string): Promise<SubmittedRelease> {
  const row = await store.findRelease(unit.tx, release)
  const report = row?.report_id ? await certificates.findReport(unit.tx, row.report_id) : undefined
  if (!row || !report) throw new ProblemError('not-found', { detail: 'There is no such submission.' })
  const before = basisOf(await store.listReleases(unit.tx, row.service_id), row)
  const bundleOf = async ({ bundle_digest: digest }: store.ReleaseRow) =>
    (await store.findBundle(unit.tx, digest))?.content.toString() ?? ''
  return {
    row,
    report: toReport(report),
    manifest: row.manifest,
    bundle: await bundleOf(row),
    documents: await listDocuments(unit, release),
    notes: await listReviewNotes(unit, release),
    before: before
      ? { version: before.version, manifest: before.manifest, bundle: await bundleOf(before) }
      : null,
  }
}

/** The certificate of a once published release, for anybody. */
export async function getPublicCertificate(
  deps: Pick<Deps, 'directory'>,
  release: string,
): Promise<z.infer<typeof PublicCertificate>> {
  const row = await certificates.findPublicCertificate(deps.directory, decodeId(idPrefixes.release, release))
  if (!row) throw new ProblemError('not-found', { detail: 'There is no certificate of such a release.' })
  return {
    release,
    service: encodeId(idPrefixes.service, row.service_id),
    digest: row.digest,
    ...toCertificate(row),
  }
}

/** Refuses a release that the present suite does not pass, once its provider's time to mend it is over. */
export async function requireTakesSubscribers(
  deps: Pick<Deps, 'directory'>,
  release: string,
  now = new Date(),
): Promise<void> {
  const row = await certificates.findPublicCertificate(deps.directory, release)
  if (!row?.recertify_by || row.recertify_by > now) return
  throw new ProblemError('not-certified', {
    detail: `The service takes no new subscribers since ${row.recertify_by.toISOString().slice(0, 10)}: it does not pass the present checks.`,
  })
}
