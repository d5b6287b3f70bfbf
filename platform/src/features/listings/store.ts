import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { ListingContent } from './schemas.ts'

interface ImageColumns {
  id: Generated<string>
  service_id: string
  width: number
  height: number
  content: Buffer
}

declare module '../../db/database.ts' {
  interface Database {
    listing_drafts: {
      organisation_id: string
      service_id: string
      version: Generated<number>
      content: ListingContent
      changed_at: Generated<Date>
    }
    listing_versions: {
      organisation_id: string
      service_id: string
      number: number
      content: ListingContent
      published_at: Generated<Date>
    }
    listing_images: ImageColumns & {
      organisation_id: string
      digest: string
      created_at: Generated<Date>
      published_at: Date | null
    }
    provider_profiles: {
      organisation_id: string
      country: string
      support: string
      changed_at: Generated<Date>
    }
    'directory.listings': { service_id: string; number: number; content: ListingContent; published_at: Date }
    'directory.listing_images': ImageColumns
    'directory.provider_profiles': { provider_id: string; country: string; support: string }
  }
}

type Tx = Transaction<Database>

export function findDraft(tx: Tx, service: string) {
  return tx
    .selectFrom('listing_drafts')
    .select(['version', 'content', 'changed_at'])
    .where('service_id', '=', service)
    .executeTakeFirst()
}

/** One after the other: who changes a listing waits for who is changing it. */
export async function lockListing(tx: Tx, service: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`listing:${service}`}, 0))`.execute(tx)
}

export function saveDraft(tx: Tx, organisation: string, service: string, content: ListingContent) {
  const text = JSON.stringify(content) as unknown as ListingContent
  return tx
    .insertInto('listing_drafts')
    .values({ organisation_id: organisation, service_id: service, content: text })
    .onConflict((oc) =>
      oc.columns(['organisation_id', 'service_id']).doUpdateSet((eb) => ({
        content: text,
        version: eb('listing_drafts.version', '+', 1),
        changed_at: new Date(),
      })),
    )
    .returning(['version', 'content', 'changed_at'])
    .executeTakeFirstOrThrow()
}

export async function deleteDraft(tx: Tx, service: string): Promise<boolean> {
  const result = await tx.deleteFrom('listing_drafts').where('service_id', '=', service).executeTakeFirst()
  return result.numDeletedRows === 1n
}

const versionColumns = ['number', 'content', 'published_at'] as const

export function findNewestVersion(tx: Tx, service: string) {
  return tx
    .selectFrom('listing_versions')
    .select(versionColumns)
    .where('service_id', '=', service)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
}

export function findVersion(tx: Tx, service: string, number: number) {
  return tx
    .selectFrom('listing_versions')
    .select(versionColumns)
    .where('service_id', '=', service)
    .where('number', '=', number)
    .executeTakeFirst()
}

export function listVersions(tx: Tx, service: string, before: number | undefined, limit: number) {
  let query = tx.selectFrom('listing_versions').select(versionColumns).where('service_id', '=', service)
  if (before !== undefined) query = query.where('number', '<', before)
  return query
    .orderBy('number', 'desc')
    .limit(limit + 1)
    .execute()
}

export function insertVersion(
  tx: Tx,
  row: { organisation: string; service: string; number: number; content: ListingContent },
) {
  return tx
    .insertInto('listing_versions')
    .values({
      organisation_id: row.organisation,
      service_id: row.service,
      number: row.number,
      content: JSON.stringify(row.content) as unknown as ListingContent,
    })
    .returning(versionColumns)
    .executeTakeFirstOrThrow()
}

const imageColumns = ['id', 'width', 'height', sql<number>`octet_length(content)`.as('bytes')] as const
export interface ImageRow {
  id: string
  width: number
  height: number
  bytes: number
}

export function listImages(tx: Tx, service: string, ids: readonly string[]): Promise<ImageRow[]> {
  if (ids.length === 0) return Promise.resolve([])
  return tx
    .selectFrom('listing_images')
    .select(imageColumns)
    .where('service_id', '=', service)
    .where('id', 'in', [...ids])
    .execute()
}

/** Keeps an image; the same picture twice is kept once. */
export function insertImage(
  tx: Tx,
  row: {
    organisation: string
    service: string
    digest: string
    width: number
    height: number
    content: Buffer
  },
): Promise<ImageRow> {
  return tx
    .insertInto('listing_images')
    .values({
      organisation_id: row.organisation,
      service_id: row.service,
      digest: row.digest,
      width: row.width,
      height: row.height,
      content: row.content,
      published_at: null,
    })
    .onConflict((oc) =>
      oc.columns(['organisation_id', 'service_id', 'digest']).doUpdateSet({ digest: row.digest }),
    )
    .returning(imageColumns)
    .executeTakeFirstOrThrow()
}

/** Forgets images that nobody published and no draft shows, a day after they came; answers how many are left unpublished. */
export async function forgetUnused(tx: Tx, service: string, used: readonly string[]): Promise<number> {
  let unused = tx
    .deleteFrom('listing_images')
    .where('service_id', '=', service)
    .where('published_at', 'is', null)
    .where(sql<boolean>`created_at < now() - interval '1 day'`)
  if (used.length > 0) unused = unused.where('id', 'not in', [...used])
  await unused.execute()
  const { left } = await tx
    .selectFrom('listing_images')
    .select((eb) => eb.fn.countAll<string>().as('left'))
    .where('service_id', '=', service)
    .where('published_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(left)
}

export async function publishImages(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx
    .updateTable('listing_images')
    .set({ published_at: new Date() })
    .where('id', 'in', [...ids])
    .where('published_at', 'is', null)
    .execute()
}

export function findOwnImage(tx: Tx, id: string) {
  return tx.selectFrom('listing_images').select('content').where('id', '=', id).executeTakeFirst()
}

export function findPublishedImage(directory: Kysely<Database>, id: string) {
  return directory
    .selectFrom('directory.listing_images')
    .select('content')
    .where('id', '=', id)
    .executeTakeFirst()
}

export function listPublishedImages(
  directory: Kysely<Database>,
  service: string,
  ids: readonly string[],
): Promise<ImageRow[]> {
  if (ids.length === 0) return Promise.resolve([])
  return directory
    .selectFrom('directory.listing_images')
    .select(imageColumns)
    .where('service_id', '=', service)
    .where('id', 'in', [...ids])
    .execute()
}

export function findPublishedListing(directory: Kysely<Database>, service: string) {
  return directory
    .selectFrom('directory.listings')
    .select(versionColumns)
    .where('service_id', '=', service)
    .executeTakeFirst()
}

export function findPublicProfile(directory: Kysely<Database>, provider: string) {
  return directory
    .selectFrom('directory.provider_profiles')
    .select(['country', 'support'])
    .where('provider_id', '=', provider)
    .executeTakeFirst()
}

export function findProfile(tx: Tx) {
  return tx.selectFrom('provider_profiles').select(['country', 'support', 'changed_at']).executeTakeFirst()
}

export function saveProfile(tx: Tx, organisation: string, values: { country: string; support: string }) {
  const changed = { ...values, changed_at: new Date() }
  return tx
    .insertInto('provider_profiles')
    .values({ organisation_id: organisation, ...changed })
    .onConflict((oc) => oc.column('organisation_id').doUpdateSet(changed))
    .returning(['country', 'support', 'changed_at'])
    .executeTakeFirstOrThrow()
}
