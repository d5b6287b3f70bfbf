import { sql, type Generated, type Transaction } from 'kysely'
import type { DatasetName } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'
import type { FieldValue } from './formats/index.ts'
import type { Scope } from './record-store.ts'

declare module '../../db/database.ts' {
  interface Database {
    'data.overrides': {
      organisation_id: string
      business_id: string
      id: Generated<string>
      dataset: string
      record_id: string
      field: string
      /** JSON of what the source says. */
      imported_value: unknown
      /** JSON of what stands instead. */
      value: unknown
      cause: 'effect' | 'hand'
      effect_id: string | null
      actor_id: string | null
      state: 'standing' | 'superseded' | 'confirmed' | 'replaced' | 'reverted'
      created_at: Generated<Date>
      ended_at: Date | null
    }
  }
}

type Tx = Transaction<Database>

export interface Override {
  id: string
  record: string
  field: string
  importedValue: FieldValue
  value: FieldValue
  cause: 'effect' | 'hand'
  /** UUIDs. */
  effect: string | null
  actor: string | null
  state: 'standing' | 'superseded' | 'confirmed' | 'replaced' | 'reverted'
  createdAt: Date
  endedAt: Date | null
}

const columns = [
  'id',
  'record_id as record',
  'field',
  'imported_value as importedValue',
  'value',
  'cause',
  'effect_id as effect',
  'actor_id as actor',
  'state',
  'created_at as createdAt',
  'ended_at as endedAt',
] as const

function overridesOf(tx: Tx, scope: Scope, dataset: DatasetName) {
  return tx
    .selectFrom('data.overrides')
    .select(columns)
    .where('organisation_id', '=', scope.organisation)
    .where('business_id', '=', scope.business)
    .where('dataset', '=', dataset)
}

/** The overrides that stand on these records. */
export async function findStanding(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  records: readonly string[],
): Promise<Override[]> {
  if (records.length === 0) return []
  return (await overridesOf(tx, scope, dataset)
    .where(sql<boolean>`record_id = any(${records}::uuid[])`)
    .where('state', '=', 'standing')
    .execute()) as Override[]
}

/** Every override that ever was on a record, newest first. */
export async function listOverrides(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  record: string,
): Promise<Override[]> {
  return (await overridesOf(tx, scope, dataset)
    .where('record_id', '=', record)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(200)
    .execute()) as Override[]
}

export async function endOverrides(
  tx: Tx,
  scope: Scope,
  ids: readonly string[],
  state: 'superseded' | 'confirmed' | 'replaced' | 'reverted',
): Promise<void> {
  if (ids.length === 0) return
  await sql`update data.overrides t set state = ${state}, ended_at = now()
    where t.organisation_id = ${scope.organisation} and t.business_id = ${scope.business} and t.id = any(${ids}::uuid[])`.execute(
    tx,
  )
}

/** Lets an override stand again, over what the source says now. */
export async function resumeOverride(
  tx: Tx,
  scope: Scope,
  id: string,
  importedValue: FieldValue,
): Promise<void> {
  await tx
    .updateTable('data.overrides')
    .set({ state: 'standing', ended_at: null, imported_value: JSON.stringify(importedValue) })
    .where('organisation_id', '=', scope.organisation)
    .where('business_id', '=', scope.business)
    .where('id', '=', id)
    .execute()
}

/** What the source says under a standing override. */
export async function setImportedValue(
  tx: Tx,
  scope: Scope,
  id: string,
  importedValue: FieldValue,
): Promise<void> {
  await tx
    .updateTable('data.overrides')
    .set({ imported_value: JSON.stringify(importedValue) })
    .where('organisation_id', '=', scope.organisation)
    .where('business_id', '=', scope.business)
    .where('id', '=', id)
    .execute()
}

export interface NewOverride {
  dataset: DatasetName
  record: string
  field: string
  importedValue: FieldValue
  value: FieldValue
  effect: string | null
  actor: string | null
}

export async function insertOverrides(
  tx: Tx,
  scope: Scope,
  overrides: readonly NewOverride[],
): Promise<void> {
  if (overrides.length === 0) return
  await tx
    .insertInto('data.overrides')
    .values(
      overrides.map((each) => ({
        organisation_id: scope.organisation,
        business_id: scope.business,
        dataset: each.dataset,
        record_id: each.record,
        field: each.field,
        imported_value: JSON.stringify(each.importedValue),
        value: JSON.stringify(each.value),
        cause: each.effect === null ? ('hand' as const) : ('effect' as const),
        effect_id: each.effect,
        actor_id: each.actor,
        state: 'standing' as const,
        ended_at: null,
      })),
    )
    .execute()
}

export async function deleteOverrides(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  records: readonly string[],
): Promise<void> {
  if (records.length === 0) return
  await sql`delete from data.overrides t where t.organisation_id = ${scope.organisation}
    and t.business_id = ${scope.business} and t.dataset = ${dataset} and t.record_id = any(${records}::uuid[])`.execute(
    tx,
  )
}

/** What an override says. Throws if it is not there. */
export async function requireValue(tx: Tx, scope: Scope, id: string): Promise<FieldValue> {
  const row = await tx
    .selectFrom('data.overrides')
    .select('value')
    .where('organisation_id', '=', scope.organisation)
    .where('business_id', '=', scope.business)
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return row.value as FieldValue
}
