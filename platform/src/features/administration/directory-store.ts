import { sql, type Kysely } from 'kysely'
import type { StateOf } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'
import type { AdminServiceState } from './schemas.ts'

declare module '../../db/database.ts' {
  interface Database {
    'directory.admin_services': {
      id: string
      provider_id: string
      publisher: string
      slug: string
      created_at: Date
      name: string | null
      category: string | null
      version: string | null
      state: StateOf<'release'> | null
      published_at: Date | null
      subscribers: number
      complaints: number
      open_disputes: number
      is_hidden: boolean
      is_suspended: boolean
    }
    'directory.subscribed_organisations': { service_id: string; organisation_id: string }
  }
}

type Directory = Kysely<Database>

const serviceColumns = [
  'id',
  'provider_id',
  'publisher',
  'slug',
  'created_at',
  'name',
  'category',
  'version',
  'state',
  'published_at',
  'subscribers',
  'complaints',
  'open_disputes',
  'is_hidden',
  'is_suspended',
] as const
export type ServiceRow = NonNullable<Awaited<ReturnType<typeof findService>>>

export function findService(directory: Directory, id: string) {
  return directory
    .selectFrom('directory.admin_services')
    .select(serviceColumns)
    .where('id', '=', id)
    .executeTakeFirst()
}

const isOffered = sql<boolean>`coalesce(state in ('published', 'deprecated', 'staged'), false)`
const conditions: Record<AdminServiceState, ReturnType<typeof sql<boolean>>> = {
  suspended: sql<boolean>`is_suspended`,
  hidden: sql<boolean>`is_hidden and not is_suspended`,
  live: sql<boolean>`not is_hidden and not is_suspended and ${isOffered}`,
  'not-published': sql<boolean>`not is_hidden and not is_suspended and not ${isOffered}`,
}

export interface ServiceFilter {
  search?: string | undefined
  state?: AdminServiceState | undefined
  provider?: string | undefined
  after?: [slug: string] | undefined
  limit: number
}

const likeOf = (text: string) => `%${text.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`

export function listServices(directory: Directory, filter: ServiceFilter) {
  let query = directory.selectFrom('directory.admin_services').select(serviceColumns)
  if (filter.state) query = query.where(conditions[filter.state])
  if (filter.provider) query = query.where('provider_id', '=', filter.provider)
  if (filter.search) {
    const like = likeOf(filter.search)
    query = query.where(sql<boolean>`(slug ilike ${like} or name ilike ${like} or publisher ilike ${like})`)
  }
  if (filter.after) query = query.where('slug', '>', filter.after[0])
  return query
    .orderBy('slug')
    .limit(filter.limit + 1)
    .execute()
}

export function listLevels(directory: Directory, ids: readonly string[]) {
  if (ids.length === 0) return Promise.resolve([])
  return directory
    .selectFrom('directory.service_levels')
    .select(['service_id', 'level'])
    .where('service_id', 'in', [...ids])
    .execute()
}

const organisationColumns = [
  'id',
  'kind',
  'name',
  'created_at',
  'stopped_at',
  'stopped_by_platform',
  'members',
  'businesses',
  'services',
  'subscriptions',
  'open_disputes',
] as const
export type OrganisationRow = NonNullable<Awaited<ReturnType<typeof findOrganisation>>>

export function findOrganisation(directory: Directory, id: string) {
  return directory
    .selectFrom('directory.admin_organisations')
    .select(organisationColumns)
    .where('id', '=', id)
    .executeTakeFirst()
}

export interface OrganisationFilter {
  search?: string | undefined
  kind?: 'operator' | 'provider' | undefined
  after?: [name: string, id: string] | undefined
  limit: number
}

export function listOrganisations(directory: Directory, filter: OrganisationFilter) {
  let query = directory
    .selectFrom('directory.admin_organisations')
    .select(organisationColumns)
    .where('kind', '<>', 'platform')
  if (filter.kind) query = query.where('kind', '=', filter.kind)
  if (filter.search) query = query.where('name', 'ilike', likeOf(filter.search))
  if (filter.after)
    query = query.where(sql<boolean>`(name, id) > (${filter.after[0]}, ${filter.after[1]}::uuid)`)
  return query
    .orderBy('name')
    .orderBy('id')
    .limit(filter.limit + 1)
    .execute()
}

export function listNames(directory: Directory, ids: readonly string[]) {
  if (ids.length === 0) return Promise.resolve([])
  return directory
    .selectFrom('directory.admin_organisations')
    .select(['id', 'name'])
    .where('id', 'in', [...ids])
    .execute()
}

export function listServiceNames(directory: Directory, ids: readonly string[]) {
  if (ids.length === 0) return Promise.resolve([])
  return directory
    .selectFrom('directory.admin_services')
    .select(['id', 'slug', 'name'])
    .where('id', 'in', [...ids])
    .execute()
}

/** The organisations with a subscription to a service that is not cancelled, in the order of their ids. */
export async function listSubscribed(
  directory: Directory,
  service: string,
  after: string | undefined,
  limit: number,
): Promise<string[]> {
  let query = directory
    .selectFrom('directory.subscribed_organisations')
    .select('organisation_id')
    .where('service_id', '=', service)
  if (after) query = query.where('organisation_id', '>', after)
  const rows = await query.orderBy('organisation_id').limit(limit).execute()
  return rows.map((row) => row.organisation_id)
}

export function findPlatform(directory: Directory) {
  return directory.selectFrom('directory.platform').select('organisation_id').executeTakeFirst()
}
