import type { Kysely } from 'kysely'
import type { Manifest, StateOf } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'
import type { ServiceVisibility } from './service-store.ts'

declare module '../../db/database.ts' {
  interface Database {
    'directory.releases': PublishedRow
    'directory.services': ListedRow
    'directory.bundles': { release_id: string; digest: string; content: Buffer }
  }
}

/** A release that was once published, as every tenant may read it. */
export interface PublishedRow {
  id: string
  service_id: string
  provider_id: string
  slug: string
  publisher: string
  version: string
  digest: string
  bundle_digest: string
  manifest: Manifest
  category: string
  state: StateOf<'release'>
  notice: string | null
  published_at: Date
  major: number
  minor: number
  patch: number
  is_prerelease: boolean
  /** Whether it was ever offered to everybody; else it runs for some. */
  is_public: boolean
  ends_at: Date | null
  suspended_by: 'provider' | 'platform' | 'canary' | null
}

/** A service by the release that a new subscriber would get. */
interface ListedRow {
  id: string
  provider_id: string
  slug: string
  publisher: string
  release_id: string
  version: string
  manifest: Manifest
  category: string
  state: StateOf<'release'>
  published_at: Date
  listing_text: string
  since: Date
  visibility: ServiceVisibility
}

const publishedColumns = [
  'id',
  'service_id',
  'provider_id',
  'slug',
  'publisher',
  'version',
  'digest',
  'bundle_digest',
  'manifest',
  'category',
  'state',
  'notice',
  'published_at',
  'major',
  'minor',
  'patch',
  'is_prerelease',
  'is_public',
  'ends_at',
  'suspended_by',
] as const

export function findPublished(directory: Kysely<Database>, id: string) {
  return directory
    .selectFrom('directory.releases')
    .select(publishedColumns)
    .where('id', '=', id)
    .executeTakeFirst()
}

export function findManyPublished(directory: Kysely<Database>, ids: readonly string[]) {
  return directory
    .selectFrom('directory.releases')
    .select(publishedColumns)
    .where('id', 'in', [...ids])
    .execute()
}

export function listPublished(directory: Kysely<Database>, service: string) {
  return directory
    .selectFrom('directory.releases')
    .select(publishedColumns)
    .where('service_id', '=', service)
    .where('is_public', '=', true)
    .orderBy('major', 'desc')
    .orderBy('minor', 'desc')
    .orderBy('patch', 'desc')
    .orderBy('published_at', 'desc')
    .execute()
}

/** Services as the catalogue shows them, each with its published release. */
export function selectListed(directory: Kysely<Database>) {
  return directory
    .selectFrom('directory.services')
    .select([
      'id',
      'provider_id',
      'slug',
      'publisher',
      'release_id',
      'version',
      'manifest',
      'category',
      'state',
      'published_at',
      'since',
      'visibility',
    ])
}

export function findListed(directory: Kysely<Database>, ref: { id: string } | { slug: string }) {
  return selectListed(directory)
    .where((eb) => eb.and(ref))
    .executeTakeFirst()
}

export function findPublishedBundle(directory: Kysely<Database>, release: string) {
  return directory
    .selectFrom('directory.bundles')
    .select(['digest', 'content'])
    .where('release_id', '=', release)
    .executeTakeFirst()
}
