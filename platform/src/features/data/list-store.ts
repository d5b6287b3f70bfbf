import { sql, type RawBuilder, type Transaction } from 'kysely'
import { datasetNames, datasetOf, type DatasetName, type FieldKind } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'
import { columnOf, columnsOf, columnTypes, snakeCase } from './columns.ts'
import { selection, tableRef, toRecord, within, type Scope } from './record-store.ts'
import type { StoredRecord } from './values.ts'

type Tx = Transaction<Database>

export interface Filter {
  field: string
  /** Any of these; null is an empty field. */
  values: (string | number | boolean | null)[]
}

export interface Listing {
  filters: Filter[]
  /** Of the dataset's time field, both inclusive; a day or an instant. */
  from?: string | undefined
  to?: string | undefined
  search?: string | undefined
  /** A field, or null for the order of creation. */
  sort: string | null
  isDescending: boolean
  after?: [value: string | null, seq: number] | undefined
  limit: number
  withStubs: boolean
}

/** A record with the text of what the list is sorted by. */
export type Listed = StoredRecord & { sortValue: string | null }

const searched: ReadonlySet<FieldKind> = new Set([
  'code',
  'category',
  'personName',
  'email',
  'phone',
  'street',
  'place',
  'region',
  'iban',
  'taxNumber',
  'legalName',
  'text',
])

function typed(dataset: DatasetName, field: string, value: unknown): RawBuilder<unknown> {
  return sql`${value}::${sql.raw(columnTypes[columnOf(dataset, field).kind])}`
}

function column(dataset: DatasetName, field: string): RawBuilder<unknown> {
  return sql.ref(`t.${columnOf(dataset, field).column}`)
}

function filterOf(dataset: DatasetName, { field, values }: Filter): RawBuilder<unknown> {
  const given = values.filter((value) => value !== null)
  const parts = given.map((value) => sql`${column(dataset, field)} = ${typed(dataset, field, value)}`)
  if (given.length < values.length) parts.push(sql`${column(dataset, field)} is null`)
  return sql`(${sql.join(parts, sql` or `)})`
}

/** A day as a bound of a time field: from its start, or to its end, in UTC. */
function bound(dataset: DatasetName, side: 'from' | 'to', value: string): RawBuilder<unknown> {
  const { time } = datasetOf(dataset)
  if (time === null) return sql`true`
  const at = typed(dataset, time, value)
  if (side === 'from') return sql`${column(dataset, time)} >= ${at}`
  const isDayOfInstant = columnOf(dataset, time).kind === 'timestamp' && value.length === 10
  return isDayOfInstant
    ? sql`${column(dataset, time)} < ${at} + interval '1 day'`
    : sql`${column(dataset, time)} <= ${at}`
}

function searchOf(dataset: DatasetName, text: string): RawBuilder<unknown> {
  const pattern = `%${text.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`
  const columns = columnsOf(dataset).filter(({ kind }) => searched.has(kind))
  if (columns.length === 0) return sql`false`
  return sql`(${sql.join(
    columns.map(({ column: name }) => sql`${sql.ref(`t.${name}`)} ilike ${pattern}`),
    sql` or `,
  )})`
}

/** What comes after a place: in the sorted field's order with empty fields last, then in that of creation. */
function placeOf(dataset: DatasetName, listing: Listing): RawBuilder<unknown> {
  const { sort, isDescending, after } = listing
  if (!after) return sql`true`
  const [value, seq] = after
  const than = sql.raw(isDescending ? '<' : '>')
  if (sort === null) return sql`t.seq ${than} ${seq}`
  const field = column(dataset, sort)
  if (value === null) return sql`(${field} is null and t.seq ${than} ${seq})`
  const at = typed(dataset, sort, value)
  if (columnOf(dataset, sort).required && !listing.withStubs)
    return sql`(${field}, t.seq) ${than} (${at}, ${seq})`
  return sql`(${field} ${than} ${at} or (${field} = ${at} and t.seq ${than} ${seq}) or ${field} is null)`
}

/** A page of records and one more. */
export async function listRecords(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  listing: Listing,
): Promise<Listed[]> {
  const direction = sql.raw(listing.isDescending ? 'desc' : 'asc')
  const isNullable = listing.sort !== null && (listing.withStubs || !columnOf(dataset, listing.sort).required)
  const order =
    listing.sort === null
      ? sql`t.seq ${direction}`
      : sql`${column(dataset, listing.sort)} ${direction} ${isNullable ? sql`nulls last` : sql``}, t.seq ${direction}`
  const conditions = [
    within(scope),
    ...(listing.withStubs ? [] : [sql`not t.is_stub`]),
    ...listing.filters.map((filter) => filterOf(dataset, filter)),
    ...(listing.from === undefined ? [] : [bound(dataset, 'from', listing.from)]),
    ...(listing.to === undefined ? [] : [bound(dataset, 'to', listing.to)]),
    ...(listing.search ? [searchOf(dataset, listing.search)] : []),
    placeOf(dataset, listing),
  ]
  const sortValue = listing.sort === null ? sql`null` : sql`${column(dataset, listing.sort)}::text`
  const { rows } = await sql<Record<string, unknown>>`
    select ${selection(dataset)}, ${sortValue} as sort_value from ${tableRef(dataset)} t
    where ${sql.join(conditions, sql` and `)} order by ${order} limit ${listing.limit + 1}`.execute(tx)
  return rows.map((row) => ({
    ...toRecord(dataset, row),
    sortValue: row['sort_value'] as string | null,
  }))
}

/** The fields by which people know a record of a dataset, best first. */
const labels: Partial<Record<DatasetName, readonly string[]>> = {
  customers: ['company', 'name', 'email'],
  suppliers: ['name', 'email'],
  accounts: ['name', 'number'],
  products: ['title', 'sku'],
  orders: ['number'],
  invoices: ['number'],
  bills: ['number'],
  campaigns: ['name'],
}

/** What people call these records, by UUID. */
export async function findLabels(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const fields = labels[dataset]
  if (!fields || ids.length === 0) return new Map()
  const name = sql.join(fields.map((field) => sql`nullif(t.${sql.ref(snakeCase(field))}, '')`))
  const { rows } = await sql<{ id: string; label: string | null }>`
    select t.id, coalesce(${name}, t.source_key) as label from ${tableRef(dataset)} t
    where ${within(scope)} and t.id = any(${ids}::uuid[])`.execute(tx)
  return new Map(rows.map((row) => [row.id, row.label ?? '']))
}

export interface Freshness {
  dataset: DatasetName
  count: number
  stubs: number
  oldest: string | null
  newest: string | null
  importId: string | null
  importedAt: Date | null
}

/** How much there is of each dataset, over which time, and when it last came in. */
export async function listFreshness(tx: Tx, scope: Scope): Promise<Freshness[]> {
  const parts = datasetNames.map((dataset) => {
    const { time } = datasetOf(dataset)
    const edge = (name: 'min' | 'max') =>
      time === null
        ? sql`null::text`
        : columnOf(dataset, time).kind === 'date'
          ? sql`${sql.raw(name)}(${column(dataset, time)})::text`
          : sql`to_char(${sql.raw(name)}(${column(dataset, time)}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
    return sql`select ${dataset} as dataset, (count(*) filter (where not t.is_stub))::int as count,
      (count(*) filter (where t.is_stub))::int as stubs, ${edge('min')} as oldest, ${edge('max')} as newest
      from ${tableRef(dataset)} t where ${within(scope)}`
  })
  const { rows } = await sql<Freshness>`
    select f.*, i.id as "importId", i.finished_at as "importedAt" from (${sql.join(parts, sql` union all `)}) f
    left join lateral (select i.id, i.finished_at from data.imports i
      where i.organisation_id = ${scope.organisation} and i.business_id = ${scope.business}
        and i.state in ('finished', 'failed') and jsonb_exists(i.by_dataset, f.dataset)
      order by i.finished_at desc limit 1) i on true`.execute(tx)
  return rows
}

export async function listCategories(tx: Tx, scope: Scope): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select t.name from data.categories t where ${within(scope)} order by lower(t.name), t.name`.execute(tx)
  return rows.map((row) => row.name)
}

export async function listCategoriesAcross(
  tx: Tx,
  organisation: string,
  businesses: readonly string[],
): Promise<{ business: string; name: string }[]> {
  const { rows } = await sql<{ business: string; name: string }>`
    select t.business_id as business, t.name from data.categories t
    where t.organisation_id = ${organisation}::uuid and t.business_id = any (${businesses}::uuid[])
    order by lower(t.name), t.name`.execute(tx)
  return rows
}

export async function insertCategory(tx: Tx, scope: Scope, name: string): Promise<void> {
  await sql`insert into data.categories (organisation_id, business_id, name)
    values (${scope.organisation}, ${scope.business}, ${name}) on conflict do nothing`.execute(tx)
}

export async function deleteCategory(tx: Tx, scope: Scope, name: string): Promise<boolean> {
  const { numAffectedRows } =
    await sql`delete from data.categories t where ${within(scope)} and t.name = ${name}`.execute(tx)
  return numAffectedRows === 1n
}
