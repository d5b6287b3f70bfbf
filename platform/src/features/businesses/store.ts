import { sql, type Generated, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    businesses: {
      organisation_id: string
      id: Generated<string>
      name: string
      legal_name: string | null
      tax_number: string | null
      iban: string | null
      domains: string[]
      currency: string
      country: string
      time_zone: string
      locale: string
      tags: string[]
      fenced_at: Date | null
      archived_at: Date | null
      created_at: Generated<Date>
      updated_at: Generated<Date>
    }
  }
}

type Tx = Transaction<Database>
const columns = [
  'organisation_id',
  'id',
  'name',
  'legal_name',
  'tax_number',
  'iban',
  'domains',
  'currency',
  'country',
  'time_zone',
  'locale',
  'tags',
  'fenced_at',
  'archived_at',
  'created_at',
  'updated_at',
] as const
export type BusinessRow = Awaited<ReturnType<typeof findBusiness>> & object

export interface BusinessValues {
  name: string
  legal_name: string | null
  tax_number: string | null
  iban: string | null
  domains: string[]
  currency: string
  country: string
  time_zone: string
  locale: string
  tags: string[]
}

export function insertBusiness(tx: Tx, organisation: string, values: BusinessValues) {
  return tx
    .insertInto('businesses')
    .values({ organisation_id: organisation, ...values, fenced_at: null, archived_at: null })
    .returning(columns)
    .executeTakeFirstOrThrow()
}

export function findBusiness(tx: Tx, id: string) {
  return tx.selectFrom('businesses').select(columns).where('id', '=', id).executeTakeFirst()
}

export function findBusinesses(tx: Tx, ids: readonly string[]) {
  return tx
    .selectFrom('businesses')
    .select(columns)
    .where(sql<boolean>`id = any (${ids}::uuid[])`)
    .execute()
}

export interface BusinessFilter {
  after?: [string, string] | undefined
  limit: number
  tag?: string | undefined
  search?: string | undefined
}

export function listBusinesses(tx: Tx, filter: BusinessFilter) {
  let query = tx.selectFrom('businesses').select(columns).where('archived_at', 'is', null)
  if (filter.tag) query = query.where(sql<boolean>`tags @> array[${filter.tag}]::text[]`)
  if (filter.search)
    query = query.where('name', 'ilike', `%${filter.search.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`)
  if (filter.after) {
    const [name, id] = filter.after
    query = query.where((eb) => eb(eb.refTuple('name', 'id'), '>', eb.tuple(name, id)))
  }
  return query
    .orderBy('name')
    .orderBy('id')
    .limit(filter.limit + 1)
    .execute()
}

export function updateBusiness(
  tx: Tx,
  id: string,
  values: Partial<BusinessValues> & { fenced_at?: Date | null; archived_at?: Date | null },
) {
  return tx
    .updateTable('businesses')
    .set({ ...values, updated_at: new Date() })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirst()
}
