import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { DatasetName } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'
import { columnsOf, hasMoney, tableOf } from './columns.ts'
import { fromColumns, toColumns, type StoredRecord, type Values } from './values.ts'

type Tx = Transaction<Database>

/** Whose records: UUIDs. */
export interface Scope {
  organisation: string
  business: string
}

export function tableRef(dataset: DatasetName): RawBuilder<unknown> {
  return sql.table(`data.${tableOf(dataset)}`)
}

/** Rows of this business. Row-level security holds the organisation; it is named here for the indexes. */
export function within(scope: Scope): RawBuilder<boolean> {
  return sql<boolean>`t.organisation_id = ${scope.organisation}::uuid and t.business_id = ${scope.business}::uuid`
}

const instant = (column: string) =>
  sql`to_char(${sql.ref(`t.${column}`)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ${sql.ref(column)}`

const selections = new Map<DatasetName, RawBuilder<unknown>>()

/** The select list that `toRecord` reads, of the dataset's table under the alias `t`. */
export function selection(dataset: DatasetName): RawBuilder<unknown> {
  const known = selections.get(dataset)
  if (known) return known
  const fields = columnsOf(dataset).map(({ column, kind }) => {
    if (kind === 'timestamp') return instant(column)
    if (kind === 'quantity' || kind === 'rate')
      return sql`${sql.ref(`t.${column}`)}::float8 as ${sql.ref(column)}`
    return sql.ref(`t.${column}`)
  })
  const needsCurrency = hasMoney(dataset) && !columnsOf(dataset).some(({ column }) => column === 'currency')
  const all = [
    ...['id', 'seq', 'source', 'source_key', 'as_of', 'summed', 'is_stub', 'import_id'].map((name) =>
      sql.ref(`t.${name}`),
    ),
    instant('created_at'),
    instant('updated_at'),
    ...fields,
    ...(needsCurrency ? [sql.ref('t.currency')] : []),
  ]
  const joined = sql.join(all)
  selections.set(dataset, joined)
  return joined
}

type Row = Record<string, unknown>

export function toRecord(dataset: DatasetName, row: Row): StoredRecord {
  return {
    id: row['id'] as string,
    seq: row['seq'] as number,
    values: fromColumns(dataset, row),
    source: row['source'] as string,
    sourceKey: row['source_key'] as string,
    asOf: row['as_of'] as string | null,
    summed: (row['summed'] as string[] | null) ?? [],
    isStub: row['is_stub'] as boolean,
    importId: row['import_id'] as string | null,
    createdAt: row['created_at'] as string,
    updatedAt: row['updated_at'] as string,
  }
}

/** Records by their UUIDs; those that are not there are left out. `lock` holds them until the transaction ends. */
export async function findRecords(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  ids: readonly string[],
  lock = false,
): Promise<StoredRecord[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<Row>`
    select ${selection(dataset)} from ${tableRef(dataset)} t
    where ${within(scope)} and t.id = any(${ids}::uuid[]) order by t.id ${lock ? sql`for update` : sql``}`.execute(
    tx,
  )
  return rows.map((row) => toRecord(dataset, row))
}

/** A record of some business of the organisation. UUIDs. */
export interface RecordPlace {
  business: string
  id: string
}

const among = (places: readonly RecordPlace[]) => sql<boolean>`(t.business_id, t.id) in (
  select * from unnest(${places.map(({ business }) => business)}::uuid[], ${places.map(({ id }) => id)}::uuid[]))`

/** Records of many businesses; those that are not there are left out. */
export async function findRecordsAcross(
  tx: Tx,
  organisation: string,
  dataset: DatasetName,
  places: readonly RecordPlace[],
): Promise<{ business: string; record: StoredRecord }[]> {
  const { rows } = await sql<Row>`
    select t.business_id, ${selection(dataset)} from ${tableRef(dataset)} t
    where t.organisation_id = ${organisation}::uuid and ${among(places)}`.execute(tx)
  return rows.map((row) => ({ business: row['business_id'] as string, record: toRecord(dataset, row) }))
}

/** Which of these records are there. */
export async function findPlaces(
  tx: Tx,
  organisation: string,
  dataset: DatasetName,
  places: readonly RecordPlace[],
): Promise<RecordPlace[]> {
  const { rows } = await sql<RecordPlace>`
    select t.business_id as business, t.id from ${tableRef(dataset)} t
    where t.organisation_id = ${organisation}::uuid and ${among(places)}`.execute(tx)
  return rows
}

/** All records of `dataset` whose reference `by` is this record, oldest first. */
export async function findReferring(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  by: string,
  id: string,
): Promise<StoredRecord[]> {
  const { rows } = await sql<Row>`
    select ${selection(dataset)} from ${tableRef(dataset)} t
    where ${within(scope)} and ${sql.ref(`t.${by}`)} = ${id}::uuid and not t.is_stub order by t.seq`.execute(
    tx,
  )
  return rows.map((row) => toRecord(dataset, row))
}

export interface NewRecord {
  id: string
  values: Values
  source: string
  sourceKey: string
  asOf?: string | null
  summed?: readonly string[]
  isStub?: boolean
  importId?: string | null
}

function fieldColumns(dataset: DatasetName): string[] {
  const columns = columnsOf(dataset).map(({ column }) => column)
  return hasMoney(dataset) && !columns.includes('currency') ? [...columns, 'currency'] : columns
}

/** Adds records in one statement, in the order given; each must be new by id and by source key. Answers how many. */
export async function insertRecords(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  records: readonly NewRecord[],
): Promise<void> {
  if (records.length === 0) return
  const rows = records.map((record) => ({
    ...toColumns(dataset, record.values),
    id: record.id,
    source: record.source,
    source_key: record.sourceKey,
    as_of: record.asOf ?? null,
    summed: record.summed?.length ? record.summed : null,
    is_stub: record.isStub ?? false,
    import_id: record.importId ?? null,
  }))
  const columns = sql.join(
    [...fieldColumns(dataset), 'id', 'source', 'source_key', 'as_of', 'summed', 'is_stub', 'import_id'].map(
      (name) => sql.ref(name),
    ),
  )
  await sql`
    insert into ${tableRef(dataset)} (organisation_id, business_id, ${columns})
    select ${scope.organisation}::uuid, ${scope.business}::uuid, ${columns}
    from json_populate_recordset(null::${tableRef(dataset)}, ${JSON.stringify(rows)}::json)`.execute(tx)
}

export interface ChangedRecord {
  id: string
  /** All of its values, changed or not. */
  values: Values
  asOf: string | null
  summed: readonly string[]
  isStub: boolean
  importId: string | null
}

/** Writes whole records over what stands. A text that changes loses its redaction and is withheld until it has a new one. */
export async function updateRecords(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  records: readonly ChangedRecord[],
): Promise<void> {
  if (records.length === 0) return
  const rows = records.map((record) => ({
    ...toColumns(dataset, record.values),
    id: record.id,
    as_of: record.asOf,
    summed: record.summed.length ? record.summed : null,
    is_stub: record.isStub,
    import_id: record.importId,
  }))
  const plain = [...fieldColumns(dataset), 'as_of', 'summed', 'is_stub', 'import_id'].map(
    (name) => sql`${sql.ref(name)} = s.${sql.ref(name)}`,
  )
  const marks = columnsOf(dataset).flatMap(({ column, kind }) => {
    const mark =
      kind === 'text' ? `${column}_segments` : kind === 'legalName' ? `${column}_is_entity` : undefined
    if (mark === undefined) return []
    return [
      sql`${sql.ref(mark)} = case when t.${sql.ref(column)} is distinct from s.${sql.ref(column)} then null else t.${sql.ref(mark)} end`,
    ]
  })
  await sql`
    update ${tableRef(dataset)} t set ${sql.join([...plain, ...marks, sql`updated_at = now()`])}
    from json_populate_recordset(null::${tableRef(dataset)}, ${JSON.stringify(rows)}::json) s
    where ${within(scope)} and t.id = s.id`.execute(tx)
}

/** The places that refer to a dataset: which dataset, by which column. */
export function referencesTo(
  dataset: DatasetName,
  all: readonly DatasetName[],
): { from: DatasetName; column: string }[] {
  return all.flatMap((from) =>
    columnsOf(from)
      .filter((column) => column.dataset === dataset)
      .map(({ column }) => ({ from, column })),
  )
}

/** Of these records, the ones that some record refers to. */
export async function findReferenced(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  ids: readonly string[],
  all: readonly DatasetName[],
): Promise<Set<string>> {
  const places = referencesTo(dataset, all)
  if (places.length === 0 || ids.length === 0) return new Set()
  const parts = places.map(
    ({ from, column }) =>
      sql`select distinct ${sql.ref(`t.${column}`)} as id from ${tableRef(from)} t where ${within(scope)} and ${sql.ref(`t.${column}`)} = any(${ids}::uuid[])`,
  )
  const { rows } = await sql<{ id: string }>`${sql.join(parts, sql` union `)}`.execute(tx)
  return new Set(rows.map((row) => row.id))
}

/** Removes records that nothing refers to, with their other names. */
export async function deleteRecords(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  await sql`delete from ${tableRef(dataset)} t where ${within(scope)} and t.id = any(${ids}::uuid[])`.execute(
    tx,
  )
  await sql`delete from data.record_aliases t
    where ${within(scope)} and t.dataset = ${dataset} and t.record_id = any(${ids}::uuid[])`.execute(tx)
}
