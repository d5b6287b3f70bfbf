import { sql, type Kysely } from 'kysely'
import type { Database } from '../../db/database.ts'
import { selectListed } from '../releases/index.ts'
import type { ServiceQuery } from './schemas.ts'

declare module '../../db/database.ts' {
  interface Database {
    'directory.service_levels': { service_id: string; level: 'bronze' | 'silver' | 'gold' | 'platinum' }
    'directory.ratings': { service_id: string; count: number; mean: string; stars: number[]; key: string }
  }
}

export interface ServiceFilter extends ServiceQuery {
  after?: [key: string, name: string, id: string] | undefined
}

/** What a service is sorted by: without a review, what five reviews of 3.5 would give it. */
const ratingKey = sql<string>`coalesce((select k.key from directory.ratings k where k.service_id = id), 3.5)`

/** The services of the catalogue by name. Those that their provider deprecated are not offered any more; those that it does not show are found by their link. */
export function listServices(directory: Kysely<Database>, filter: ServiceFilter) {
  const name = sql<string>`manifest ->> 'name'`
  let query = selectListed(directory).where('state', '=', 'published').where('visibility', '=', 'public')
  if (filter.category) {
    const group = `${filter.category.replaceAll(/[%_\\]/g, String.raw`\$&`)}/%`
    query = query.where((eb) =>
      eb.or([eb('category', '=', filter.category ?? ''), eb('category', 'like', group)]),
    )
  }
  if (filter.search) {
    const like = `%${filter.search.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`
    query = query.where(
      sql<boolean>`(to_tsvector('english', listing_text || ' ' || publisher) @@ websearch_to_tsquery('english', ${filter.search})
        or listing_text ilike ${like} or slug ilike ${like})`,
    )
  }
  if (filter.maxMonthly !== undefined) {
    query = query.where(
      sql<boolean>`coalesce((manifest #>> '{pricing,monthly,amount}')::bigint, 0) <= ${filter.maxMonthly}
        and coalesce(manifest #>> '{pricing,monthly,currency}', ${filter.currency}) = ${filter.currency}`,
    )
  }
  const key = filter.sort === 'rating' ? ratingKey : sql<string>`0::numeric`
  if (filter.after) {
    const [before, ...place] = filter.after
    query = query.where(
      sql<boolean>`(${key} < ${before}::numeric or (${key} = ${before}::numeric and (${name}, id) > (${place[0]}, ${place[1]}::uuid)))`,
    )
  }
  return query
    .select(key.as('key'))
    .orderBy(key, 'desc')
    .orderBy(name)
    .orderBy('id')
    .limit(filter.limit + 1)
    .execute()
}

/** What services (UUIDs) are rated; nothing for those without a review. */
export async function findRatings(directory: Kysely<Database>, services: readonly string[]) {
  if (services.length === 0) return new Map<string, { count: number; mean: string; stars: number[] }>()
  const rows = await directory
    .selectFrom('directory.ratings')
    .select(['service_id', 'count', 'mean', 'stars'])
    .where('service_id', 'in', [...services])
    .execute()
  return new Map(rows.map((row) => [row.service_id, row]))
}

/** How far services (UUIDs) have come. */
export async function findLevels(directory: Kysely<Database>, services: readonly string[]) {
  if (services.length === 0) return new Map<string, 'bronze' | 'silver' | 'gold' | 'platinum'>()
  const rows = await directory
    .selectFrom('directory.service_levels')
    .select(['service_id', 'level'])
    .where('service_id', 'in', [...services])
    .execute()
  return new Map(rows.map(({ service_id, level }) => [service_id, level]))
}

export function countCategories(directory: Kysely<Database>) {
  return directory
    .selectFrom('directory.services')
    .select((eb) => ['category', eb.fn.countAll<number>().as('services')])
    .where('state', '=', 'published')
    .where('visibility', '=', 'public')
    .groupBy('category')
    .orderBy('category')
    .execute()
}
