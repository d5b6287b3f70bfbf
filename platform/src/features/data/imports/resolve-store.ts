import { sql, type Transaction } from 'kysely'
import type { DatasetName } from '@bizq/sdk/contract'
import type { Database } from '../../../db/database.ts'
import { tableRef, within, type Scope } from '../record-store.ts'

type Tx = Transaction<Database>

/** A key as it is kept. */
export interface StoredKey {
  source: string
  sourceKey: string
}

/** Records of a dataset that have one of these keys as their own, and those that have it as another name. */
export async function findByKeys(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  keys: readonly StoredKey[],
): Promise<(StoredKey & { id: string; isAlias: boolean })[]> {
  if (keys.length === 0) return []
  const wanted = sql`unnest(${keys.map((key) => key.source)}::text[], ${keys.map((key) => key.sourceKey)}::text[]) k(source, source_key)`
  const { rows } = await sql<{ source: string; source_key: string; id: string; is_alias: boolean }>`
    select t.source, t.source_key, t.id, false as is_alias from ${wanted}
    join ${tableRef(dataset)} t on ${within(scope)} and t.source = k.source and t.source_key = k.source_key
    union all
    select t.source, t.source_key, t.record_id, true from ${wanted}
    join data.record_aliases t
      on ${within(scope)} and t.dataset = ${dataset} and t.source = k.source and t.source_key = k.source_key`.execute(
    tx,
  )
  return rows.map((row) => ({
    source: row.source,
    sourceKey: row.source_key,
    id: row.id,
    isAlias: row.is_alias,
  }))
}

/** Every key that these records have. */
export async function findKeysOf(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  ids: readonly string[],
): Promise<(StoredKey & { id: string })[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<{ source: string; source_key: string; id: string }>`
    select t.source, t.source_key, t.id from ${tableRef(dataset)} t where ${within(scope)} and t.id = any(${ids}::uuid[])
    union all
    select t.source, t.source_key, t.record_id from data.record_aliases t
    where ${within(scope)} and t.dataset = ${dataset} and t.record_id = any(${ids}::uuid[])`.execute(tx)
  return rows.map((row) => ({ source: row.source, sourceKey: row.source_key, id: row.id }))
}

export interface NewAlias extends StoredKey {
  dataset: DatasetName
  record: string
}

export async function insertAliases(tx: Tx, scope: Scope, aliases: readonly NewAlias[]): Promise<void> {
  if (aliases.length === 0) return
  await sql`
    insert into data.record_aliases (organisation_id, business_id, dataset, source, source_key, record_id)
    select ${scope.organisation}::uuid, ${scope.business}::uuid, a.dataset, a.source, a.source_key, a.record_id
    from unnest(${aliases.map((a) => a.dataset)}::text[], ${aliases.map((a) => a.source)}::text[],
      ${aliases.map((a) => a.sourceKey)}::text[], ${aliases.map((a) => a.record)}::uuid[])
      a(dataset, source, source_key, record_id)
    on conflict do nothing`.execute(tx)
}
