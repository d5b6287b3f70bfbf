import type { Profile } from '@bizq/certification'
import type { Generated, Kysely, Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { ReviewReason } from './review-rule.ts'

declare module '../../db/database.ts' {
  interface Database {
    release_reports: {
      organisation_id: string
      id: Generated<string>
      release_id: string
      digest: string
      suite: string
      verdict: 'passed' | 'failed'
      report: string
      made_at: Generated<Date>
    }
    certificates: {
      organisation_id: string
      id: Generated<string>
      release_id: string
      report_id: string
    } & CertificateRow
    review_notes: {
      organisation_id: string
      id: Generated<string>
      release_id: string
      report_id: string
      kind: NoteKind
      words: string
      at: Generated<Date>
    }
    'directory.certificates': {
      release_id: string
      service_id: string
      digest: string
      recertify_by: Date | null
    } & CertificateRow
    'directory.submissions': SubmissionRow
    'directory.standing_releases': StandingRow
  }
}

export type NoteKind = 'question' | 'answer' | 'approval' | 'refusal'

interface CertificateRow {
  suite: string
  profiles: Profile[]
  reviewers: number
  /** The JWS. */
  certificate: string
  issued_at: Date
  expires_at: Date
}

/** A release that waits for a certifier. */
export interface SubmissionRow {
  id: string
  provider_id: string
  service_id: string
  slug: string
  publisher: string
  version: string
  name: string
  category: string
  review_since: Date
  review_reasons: ReviewReason[]
  reviewers_needed: number
  asked_at: Date | null
  report_id: string
}

/** The release of a service that is offered, and what it was certified by. */
export interface StandingRow {
  id: string
  provider_id: string
  service_id: string
  recertify_by: Date | null
  suite: string | null
  expires_at: Date | null
  checked_at: Date | null
}

type Tx = Transaction<Database>
const certificateColumns = [
  'suite',
  'profiles',
  'reviewers',
  'certificate',
  'issued_at',
  'expires_at',
] as const

export interface NewReport {
  organisation: string
  release: string
  digest: string
  suite: string
  verdict: 'passed' | 'failed'
  report: string
}

export async function insertReport(tx: Tx, row: NewReport): Promise<string> {
  const { organisation, release, ...values } = row
  const { id } = await tx
    .insertInto('release_reports')
    .values({ organisation_id: organisation, release_id: release, ...values })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export function findReport(tx: Tx, id: string) {
  return tx
    .selectFrom('release_reports')
    .select(['id', 'release_id', 'digest', 'suite', 'verdict', 'report', 'made_at'])
    .where('id', '=', id)
    .executeTakeFirst()
}

/** The report that was made last, whatever came of it. */
export function findLatestReport(tx: Tx, release: string) {
  return tx
    .selectFrom('release_reports')
    .select(['id', 'release_id', 'digest', 'suite', 'verdict', 'report', 'made_at'])
    .where('release_id', '=', release)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

export async function insertCertificate(
  tx: Tx,
  ids: { organisation: string; release: string; report: string },
  row: CertificateRow,
): Promise<void> {
  await tx
    .insertInto('certificates')
    .values({ organisation_id: ids.organisation, release_id: ids.release, report_id: ids.report, ...row })
    .execute()
}

export function findCertificate(tx: Tx, release: string) {
  return tx
    .selectFrom('certificates')
    .select(certificateColumns)
    .where('release_id', '=', release)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

export function findPublicCertificate(directory: Kysely<Database>, release: string) {
  return directory
    .selectFrom('directory.certificates')
    .select(['release_id', 'service_id', 'digest', 'recertify_by', ...certificateColumns])
    .where('release_id', '=', release)
    .executeTakeFirst()
}

export interface ReviewChange {
  report_id?: string
  reviewers_needed?: number
  review_reasons?: readonly ReviewReason[]
  review_since?: Date | null
  asked_at?: Date | null
  recertify_by?: Date | null
}

export async function updateReview(tx: Tx, id: string, change: ReviewChange): Promise<void> {
  const { review_reasons, ...rest } = change
  const reasons = review_reasons && (JSON.stringify(review_reasons) as unknown as ReviewReason[])
  await tx
    .updateTable('releases')
    .set({ ...rest, ...(reasons ? { review_reasons: reasons } : {}) })
    .where('id', '=', id)
    .execute()
}

export async function insertNote(
  tx: Tx,
  ids: { organisation: string; release: string; report: string },
  kind: NoteKind,
  words: string,
): Promise<void> {
  await tx
    .insertInto('review_notes')
    .values({
      organisation_id: ids.organisation,
      release_id: ids.release,
      report_id: ids.report,
      kind,
      words,
    })
    .execute()
}

export function listNotes(tx: Tx, releases: readonly string[]) {
  return tx
    .selectFrom('review_notes')
    .select(['id', 'release_id', 'kind', 'words', 'at'])
    .where('release_id', 'in', [...releases])
    .orderBy('id')
    .execute()
}

const submissionColumns = [
  'id',
  'provider_id',
  'service_id',
  'slug',
  'publisher',
  'version',
  'name',
  'category',
  'review_since',
  'review_reasons',
  'reviewers_needed',
  'asked_at',
  'report_id',
] as const

/** What waits for certifiers, the oldest first. */
export function listSubmissions(directory: Kysely<Database>, limit: number) {
  return directory
    .selectFrom('directory.submissions')
    .select(submissionColumns)
    .orderBy('review_since')
    .orderBy('id')
    .limit(limit)
    .execute()
}

export function findSubmission(directory: Kysely<Database>, release: string) {
  return directory
    .selectFrom('directory.submissions')
    .select(submissionColumns)
    .where('id', '=', release)
    .executeTakeFirst()
}

/** Releases on offer that the suite of this major version has not certified, or not for longer than until `expiresBefore`. */
export function listDue(
  directory: Kysely<Database>,
  major: number,
  expiresBefore: Date,
  checkedBefore: Date,
) {
  return directory
    .selectFrom('directory.standing_releases')
    .select(['id', 'provider_id', 'service_id', 'recertify_by', 'suite', 'expires_at', 'checked_at'])
    .where((eb) =>
      eb.or([
        eb('suite', 'is', null),
        eb('suite', 'not like', `${major}.%`),
        eb('expires_at', '<', expiresBefore),
      ]),
    )
    .where((eb) => eb.or([eb('checked_at', 'is', null), eb('checked_at', '<', checkedBefore)]))
    .execute()
}
