import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Manifest, StateOf } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'
import type { ReviewReason } from './review-rule.ts'
import type { Check, Publication } from './schemas.ts'

declare module '../../db/database.ts' {
  interface Database {
    bundles: { organisation_id: string; digest: string; content: Buffer; created_at: Generated<Date> }
    releases: ReleaseTable
    'directory.ending_releases': { organisation_id: string; id: string }
  }
}

interface ReleaseTable {
  organisation_id: string
  id: Generated<string>
  service_id: string
  version: string
  major: number
  minor: number
  patch: number
  is_prerelease: boolean
  digest: string
  bundle_digest: string
  manifest: Manifest
  listing_text: string
  category: string
  state: StateOf<'release'>
  checks: Check[]
  notice: string | null
  created_at: Generated<Date>
  published_at: Date | null
  state_changed_at: Generated<Date>
  /** The report that its state rests on. */
  report_id: string | null
  reviewers_needed: Generated<number>
  review_reasons: Generated<ReviewReason[]>
  /** Since when it waits for certifiers; null where it does not, or its checks still run. */
  review_since: Date | null
  /** Since when a question of a certifier's is open. */
  asked_at: Date | null
  /** Until when a release that the present suite does not pass may still take new subscribers. */
  recertify_by: Date | null
  /** What is done with it once it is certified. */
  publication: Generated<Publication>
  staged_at: Date | null
  /** When a deprecated one stops. */
  ends_at: Date | null
  suspended_by: 'provider' | 'platform' | 'canary' | null
  /** What it was before the platform held its service. */
  held_state: HeldState | null
}

export type HeldState = 'staged' | 'published' | 'deprecated'

type Tx = Transaction<Database>

export interface NewReleaseRow {
  organisation: string
  service: string
  manifest: Manifest
  digest: string
  bundleDigest: string
  numbers: { major: number; minor: number; patch: number; isPrerelease: boolean }
  listingText: string
  publication: Publication
}

const releaseColumns = [
  'id',
  'service_id',
  'version',
  'digest',
  'bundle_digest',
  'manifest',
  'state',
  'checks',
  'notice',
  'created_at',
  'published_at',
  'report_id',
  'reviewers_needed',
  'review_reasons',
  'review_since',
  'asked_at',
  'recertify_by',
  'publication',
  'staged_at',
  'ends_at',
  'suspended_by',
  'held_state',
] as const

export function insertRelease(tx: Tx, row: NewReleaseRow) {
  return tx
    .insertInto('releases')
    .values({
      organisation_id: row.organisation,
      service_id: row.service,
      version: row.manifest.version,
      major: row.numbers.major,
      minor: row.numbers.minor,
      patch: row.numbers.patch,
      is_prerelease: row.numbers.isPrerelease,
      digest: row.digest,
      bundle_digest: row.bundleDigest,
      manifest: JSON.stringify(row.manifest) as unknown as Manifest,
      listing_text: row.listingText,
      publication: JSON.stringify(row.publication) as unknown as Publication,
      category: row.manifest.category,
      state: 'submitted',
      checks: '[]' as unknown as Check[],
      notice: null,
      published_at: null,
    })
    .onConflict((oc) => oc.columns(['organisation_id', 'service_id', 'version']).doNothing())
    .returning(releaseColumns)
    .executeTakeFirst()
}

export type ReleaseRow = NonNullable<Awaited<ReturnType<typeof findRelease>>>

export function findRelease(tx: Tx, id: string) {
  return tx.selectFrom('releases').select(releaseColumns).where('id', '=', id).executeTakeFirst()
}

export function lockRelease(tx: Tx, id: string) {
  return tx.selectFrom('releases').select(releaseColumns).where('id', '=', id).forUpdate().executeTakeFirst()
}

export function findVersion(tx: Tx, service: string, version: string) {
  return tx
    .selectFrom('releases')
    .select(releaseColumns)
    .where('service_id', '=', service)
    .where('version', '=', version)
    .executeTakeFirst()
}

export function listReleases(tx: Tx, service: string) {
  return tx
    .selectFrom('releases')
    .select(releaseColumns)
    .where('service_id', '=', service)
    .orderBy('major', 'desc')
    .orderBy('minor', 'desc')
    .orderBy('patch', 'desc')
    .orderBy('created_at', 'desc')
    .execute()
}

export type NewestRelease = Awaited<ReturnType<typeof listNewest>>[number]

/** The releases of every service without their manifests, newest version first. */
export function listNewest(tx: Tx) {
  return tx
    .selectFrom('releases')
    .select(['id', 'service_id', 'version', 'state', 'is_prerelease'])
    .select(sql<string>`manifest ->> 'name'`.as('name'))
    .orderBy('major', 'desc')
    .orderBy('minor', 'desc')
    .orderBy('patch', 'desc')
    .orderBy('created_at', 'desc')
    .execute()
}

/** How many releases of a provider wait for their checks to end, and how many came within 24 hours. */
export async function countSubmitted(tx: Tx): Promise<{ unchecked: number; today: number }> {
  const { rows } = await sql<{ unchecked: number; today: number }>`
    select count(*) filter (where state = 'submitted' and review_since is null)::int as unchecked,
      count(*) filter (where created_at > now() - interval '24 hours')::int as today
    from bizq.releases`.execute(tx)
  return rows[0] ?? { unchecked: 0, today: 0 }
}

export interface ReleaseStateChange {
  state: StateOf<'release'>
  notice?: string | null
  checks?: readonly Check[]
  publishedAt?: Date
  stagedAt?: Date
  endsAt?: Date | null
  suspendedBy?: ReleaseRow['suspended_by']
  heldState?: HeldState | null
}

export function updateRelease(tx: Tx, id: string, change: ReleaseStateChange) {
  return tx
    .updateTable('releases')
    .set({
      state: change.state,
      state_changed_at: new Date(),
      ...(change.notice === undefined ? {} : { notice: change.notice }),
      ...(change.checks === undefined ? {} : { checks: JSON.stringify(change.checks) as unknown as Check[] }),
      ...(change.publishedAt === undefined ? {} : { published_at: change.publishedAt }),
      ...(change.stagedAt === undefined ? {} : { staged_at: change.stagedAt }),
      ...(change.endsAt === undefined ? {} : { ends_at: change.endsAt }),
      ...(change.suspendedBy === undefined ? {} : { suspended_by: change.suspendedBy }),
      ...(change.heldState === undefined ? {} : { held_state: change.heldState }),
    })
    .where('id', '=', id)
    .returning(releaseColumns)
    .executeTakeFirstOrThrow()
}

export function lockReleases(tx: Tx, service: string) {
  return tx
    .selectFrom('releases')
    .select(releaseColumns)
    .where('service_id', '=', service)
    .orderBy('id')
    .forUpdate()
    .execute()
}

export function listEnding(directory: Kysely<Database>) {
  return directory.selectFrom('directory.ending_releases').select(['organisation_id', 'id']).execute()
}

export async function insertBundle(tx: Tx, organisation: string, digest: string, content: Buffer) {
  await tx
    .insertInto('bundles')
    .values({ organisation_id: organisation, digest, content })
    .onConflict((oc) => oc.columns(['organisation_id', 'digest']).doNothing())
    .execute()
}

export function findBundle(tx: Tx, digest: string) {
  return tx.selectFrom('bundles').select('content').where('digest', '=', digest).executeTakeFirst()
}
