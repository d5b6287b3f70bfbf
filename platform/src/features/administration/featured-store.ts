import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    featured_services: {
      organisation_id: string
      id: Generated<string>
      service_id: string
      words: string
      from_day: string
      until_day: string
      user_id: string | null
      created_at: Generated<Date>
      ended_at: Date | null
    }
    'directory.featured_services': {
      id: string
      service_id: string
      words: string
      from_day: string
      until_day: string
    }
  }
}

type Tx = Transaction<Database>
const columns = ['id', 'service_id', 'words', 'from_day', 'until_day', 'ended_at'] as const
export type FeaturedRow = Awaited<ReturnType<typeof listFeatured>>[number]

export interface NewFeaturedRow {
  organisation: string
  service: string
  words: string
  fromDay: string
  untilDay: string
  user: string | null
}

export function insertFeatured(tx: Tx, row: NewFeaturedRow) {
  return tx
    .insertInto('featured_services')
    .values({
      organisation_id: row.organisation,
      service_id: row.service,
      words: row.words,
      from_day: row.fromDay,
      until_day: row.untilDay,
      user_id: row.user,
      ended_at: null,
    })
    .returning(columns)
    .executeTakeFirstOrThrow()
}

export function listFeatured(tx: Tx) {
  return tx
    .selectFrom('featured_services')
    .select(columns)
    .orderBy('from_day', 'desc')
    .orderBy('id', 'desc')
    .limit(200)
    .execute()
}

export function endFeatured(tx: Tx, id: string) {
  return tx
    .updateTable('featured_services')
    .set({ ended_at: new Date() })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .where('until_day', '>=', sql<string>`(now() at time zone 'UTC')::date`)
    .returning(columns)
    .executeTakeFirst()
}

/** What is featured today, newest first. */
export function listShown(directory: Kysely<Database>) {
  return directory
    .selectFrom('directory.featured_services')
    .select(['id', 'service_id', 'words', 'from_day', 'until_day'])
    .orderBy('from_day', 'desc')
    .orderBy('id', 'desc')
    .limit(20)
    .execute()
}

/** Of these services (UUIDs), those that everybody finds in the catalogue. */
export function listFindable(directory: Kysely<Database>, services: readonly string[]) {
  if (services.length === 0) return Promise.resolve([])
  return directory
    .selectFrom('directory.services')
    .select(['id', 'slug', 'publisher', 'category', 'manifest'])
    .where('id', 'in', [...services])
    .where('state', '=', 'published')
    .where('visibility', '=', 'public')
    .execute()
}
