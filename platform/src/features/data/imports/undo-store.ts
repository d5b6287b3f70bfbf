import { sql, type Transaction } from 'kysely'
import { datasetNames, datasetOf, type DatasetName } from '@bizq/sdk/contract'
import type { Database } from '../../../db/database.ts'
import { columnsOf, snakeCase } from '../columns.ts'
import type { FieldValue } from '../formats/index.ts'
import { referencesTo, tableRef, within, type Scope } from '../record-store.ts'

type Tx = Transaction<Database>

/** Records of this import that a later one, which still counts, holds too: they become that one's. */
export async function handOver(tx: Tx, scope: Scope, importId: string, dataset: DatasetName): Promise<void> {
  await sql`
    with heirs as (
      select distinct on (t.record_id) t.record_id, t.import_id
      from data.import_sightings t join data.imports i
        on i.organisation_id = t.organisation_id and i.id = t.import_id and i.state <> 'undone'
      where ${within(scope)} and t.dataset = ${dataset} and t.import_id <> ${importId}
      order by t.record_id, i.created_at, i.id),
    inherited as (
      update ${tableRef(dataset)} t set import_id = heirs.import_id from heirs
      where ${within(scope)} and t.id = heirs.record_id and t.import_id = ${importId}::uuid
      returning t.id, t.import_id),
    forgotten as (
      delete from data.import_changes t using inherited
      where ${within(scope)} and t.dataset = ${dataset} and t.record_id = inherited.id
        and t.import_id = inherited.import_id)
    delete from data.import_sightings t using inherited
    where ${within(scope)} and t.dataset = ${dataset} and t.record_id = inherited.id
      and t.import_id = inherited.import_id`.execute(tx)
}

/** No record refers to the row `t` of this dataset. */
function isUnreferenced(dataset: DatasetName) {
  const checks = referencesTo(dataset, datasetNames).map(
    ({
      from,
      column,
    }) => sql`not exists (select 1 from ${tableRef(from)} r where r.organisation_id = t.organisation_id
      and r.business_id = t.business_id and ${sql.ref(`r.${column}`)} = t.id)`,
  )
  return checks.length ? sql.join(checks, sql` and `) : sql`true`
}

async function deleteWhere(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  condition: ReturnType<typeof sql>,
): Promise<void> {
  await sql`
    with gone as (delete from ${tableRef(dataset)} t
      where ${within(scope)} and ${condition} and ${isUnreferenced(dataset)} returning t.id),
    names as (delete from data.record_aliases a using gone
      where a.organisation_id = ${scope.organisation} and a.record_id = gone.id),
    changes as (delete from data.import_changes c using gone
      where c.organisation_id = ${scope.organisation} and c.business_id = ${scope.business}
        and c.dataset = ${dataset} and c.record_id = gone.id),
    sightings as (delete from data.import_sightings s using gone
      where s.organisation_id = ${scope.organisation} and s.business_id = ${scope.business}
        and s.dataset = ${dataset} and s.record_id = gone.id)
    delete from data.overrides o using gone
    where o.organisation_id = ${scope.organisation} and o.business_id = ${scope.business}
      and o.dataset = ${dataset} and o.record_id = gone.id`.execute(tx)
}

/** Removes what the import created and nothing refers to. */
export async function deleteCreated(
  tx: Tx,
  scope: Scope,
  importId: string,
  dataset: DatasetName,
): Promise<void> {
  await deleteWhere(tx, scope, dataset, sql`t.import_id = ${importId}::uuid`)
}

/** Removes stubs that nothing refers to any more. */
export async function deleteOrphanStubs(tx: Tx, scope: Scope, dataset: DatasetName): Promise<void> {
  await deleteWhere(tx, scope, dataset, sql`t.is_stub`)
}

/** What the import created and others refer to stays as a stub: its key, and the fields by which it is known. */
export async function emptyCreated(
  tx: Tx,
  scope: Scope,
  importId: string,
  dataset: DatasetName,
): Promise<void> {
  const shown = new Set(datasetOf(dataset).naturalKey.map(snakeCase))
  const cleared = columnsOf(dataset).flatMap(({ column, kind }) => {
    if (shown.has(column) && kind !== 'money' && kind !== 'reference') return []
    const marks =
      kind === 'text' ? [`${column}_segments`] : kind === 'legalName' ? [`${column}_is_entity`] : []
    return [column, ...marks].map((name) => sql`${sql.ref(name)} = null`)
  })
  await sql`
    with emptied as (
      update ${tableRef(dataset)} t set ${sql.join([sql`is_stub = true`, sql`as_of = null`, sql`summed = null`, ...cleared])}
      where ${within(scope)} and t.import_id = ${importId}::uuid returning t.id)
    delete from data.overrides o using emptied
    where o.organisation_id = ${scope.organisation} and o.business_id = ${scope.business}
      and o.dataset = ${dataset} and o.record_id = emptied.id`.execute(tx)
}

export interface StoredChange {
  record: string
  seq: number
  previous: Record<string, FieldValue>
  overrides: Record<string, string>
  asOf: string | null
}

/** What the import changed of records that are still there, a page of records at a time. */
export async function listChanges(
  tx: Tx,
  scope: Scope,
  importId: string,
  dataset: DatasetName,
  after: string | undefined,
  limit: number,
): Promise<StoredChange[]> {
  const { rows } = await sql<StoredChange>`
    select t.record_id as record, t.seq, t.previous, t.overrides, t.as_of as "asOf" from data.import_changes t
    where ${within(scope)} and t.dataset = ${dataset} and t.import_id = ${importId}
      ${after === undefined ? sql`` : sql`and t.record_id > ${after}::uuid`}
    order by t.record_id limit ${limit}`.execute(tx)
  return rows
}

/** The first change of each of these fields by an import that came later: it takes over what was there before. */
export async function passOn(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  change: StoredChange,
): Promise<Set<string>> {
  const passed = new Set<string>()
  for (const [field, value] of Object.entries(change.previous)) {
    const { rows } = await sql<{ import_id: string }>`
      update data.import_changes t set previous = jsonb_set(t.previous, array[${field}::text], ${JSON.stringify(value)}::jsonb)
      where ${within(scope)} and t.dataset = ${dataset} and t.record_id = ${change.record} and t.seq = (
        select min(l.seq) from data.import_changes l where l.organisation_id = t.organisation_id
          and l.business_id = t.business_id and l.dataset = t.dataset and l.record_id = t.record_id
          and l.seq > ${change.seq} and jsonb_exists(l.previous, ${field}))
      returning t.import_id`.execute(tx)
    if (rows.length > 0) passed.add(field)
  }
  return passed
}

export async function forgetImport(tx: Tx, scope: Scope, importId: string): Promise<void> {
  for (const table of ['import_changes', 'import_sightings', 'import_edges']) {
    await sql`delete from ${sql.table(`data.${table}`)} t where ${within(scope)} and t.import_id = ${importId}`.execute(
      tx,
    )
  }
}
