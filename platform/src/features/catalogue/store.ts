import { sql, type Kysely } from 'kysely'
import type { Database } from '../../db/database.ts'
import { selectListed } from '../releases/index.ts'
import type { ServiceQuery } from './schemas.ts'

export interface ServiceFilter extends ServiceQuery {
  after?: [string, string] | undefined
}

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
  if (filter.after) {
    query = query.where(sql<boolean>`(${name}, id) > (${filter.after[0]}, ${filter.after[1]}::uuid)`)
  }
  return query
    .orderBy(name)
    .orderBy('id')
    .limit(filter.limit + 1)
    .execute()
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
