import { createHash, randomUUIDv7 } from 'node:crypto'
import {
  canonicalJson,
  encodeId,
  idPrefixes,
  type DatasetName,
  type Patch,
  type RecordBefore,
} from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { ProblemError } from '../../problems.ts'
import type { FieldValue } from './formats/index.ts'
import { keepOverrides } from './keep-overrides.ts'
import * as store from './record-store.ts'
import { announceNames, markForRedaction } from './redaction-store.ts'
import { requireValid, requireReferences } from './validation.ts'
import {
  fromWireValues,
  isSame,
  recordId,
  recordUuid,
  toWireRow,
  type Values,
  type WireRow,
} from './values.ts'

/** A change of records: the patches that this feature carries out. */
export type RecordPatch = Extract<Patch, { set: unknown } | { create: unknown }>

/** Why records change: an effect (its UUID), or a person's own hand (the unit's actor). */
export type Cause = { effect: string } | 'hand'

export interface Applied {
  /** The patches as carried out, with the ids of what they created. */
  applied: RecordPatch[]
  /** The records that were set, as they were before. */
  before: RecordBefore[]
}

export interface Conflict {
  dataset: DatasetName
  id: string
  field: string
  written: unknown
  present: unknown
}

export function scopeOf(unit: Pick<UnitOfWork, 'actor'>, business: string): store.Scope {
  return { organisation: unit.actor.organisation, business }
}

/**
 * Records of one business in the contract's form, by their ids on the wire; what is not there is left
 * out. `business` is a UUID. With `lock`, nobody else changes them until the unit ends.
 */
export async function loadRecords(
  unit: UnitOfWork,
  business: string,
  dataset: DatasetName,
  ids: readonly string[],
  options: { lock?: boolean } = {},
): Promise<Map<string, WireRow>> {
  const uuids = ids.map((id) => recordUuid(dataset, id))
  const found = await store.findRecords(unit.tx, scopeOf(unit, business), dataset, uuids, options.lock)
  return new Map(found.map((record) => [recordId(dataset, record.id), toWireRow(dataset, record)]))
}

/** The same over many businesses in one query; the key of each is `placeKey`. */
export async function loadRecordsAcross(
  unit: UnitOfWork,
  dataset: DatasetName,
  wanted: readonly { business: string; id: string }[],
): Promise<Map<string, WireRow>> {
  const places = wanted.map(({ business, id }) => ({ business, id: recordUuid(dataset, id) }))
  const found = await store.findRecordsAcross(unit.tx, unit.actor.organisation, dataset, places)
  return new Map(
    found.map(({ business, record }) => [
      placeKey(business, recordId(dataset, record.id)),
      toWireRow(dataset, record),
    ]),
  )
}

/** One text for a record of a business. */
export function placeKey(business: string, id: string): string {
  return `${business} ${id}`
}

/** Of these records (UUIDs), the `placeKey`s of those that are there. */
export async function findThere(
  unit: UnitOfWork,
  dataset: DatasetName,
  places: readonly store.RecordPlace[],
): Promise<Set<string>> {
  const found = await store.findPlaces(unit.tx, unit.actor.organisation, dataset, places)
  return new Set(found.map(({ business, id }) => placeKey(business, id)))
}

/** All records of `dataset` whose field `by` refers to the record `id` of another dataset, oldest first. */
export async function loadReferring(
  unit: UnitOfWork,
  business: string,
  dataset: DatasetName,
  by: { column: string; dataset: DatasetName },
  id: string,
): Promise<WireRow[]> {
  const uuid = recordUuid(by.dataset, id)
  const found = await store.findReferring(unit.tx, scopeOf(unit, business), dataset, by.column, uuid)
  return found.map((record) => toWireRow(dataset, record))
}

/** A fingerprint of records as they stand: equal if and only if their values are. */
export function recordsVersion(rows: readonly Readonly<Record<string, unknown>>[]): string {
  return createHash('sha256').update(canonicalJson(rows)).digest('base64url')
}

/**
 * Carries patches out in the unit: all of them or none. A value that a source gave is kept beneath the
 * override. `business` is a UUID. Refuses with `not-found` a record that is not there and with
 * `record-invalid` values that the dataset does not allow.
 */
export async function applyPatches(
  unit: UnitOfWork,
  business: string,
  patches: readonly RecordPatch[],
  cause: Cause,
): Promise<Applied> {
  return write(unit, business, patches, cause, 'replaced')
}

/**
 * Takes patches back: carries `undo` out if every record still holds what `applied` wrote, and lets what
 * stood beneath stand again. Refuses with `undo-conflict` and the conflicts otherwise.
 */
export async function revertPatches(
  unit: UnitOfWork,
  business: string,
  patches: { applied: readonly RecordPatch[]; undo: readonly RecordPatch[] },
  cause: Cause,
): Promise<Applied> {
  const conflicts = await findConflicts(unit, business, patches.applied)
  if (conflicts.length > 0) {
    const fields = conflicts.map(({ dataset, field }) => `${dataset}.${field}`).join(', ')
    throw new ProblemError('undo-conflict', {
      detail: `Changed since: ${fields}. Look at the record and set what it should hold.`,
      extra: { conflicts },
    })
  }
  return write(unit, business, patches.undo, cause, 'reverted')
}

/** Where records no longer hold what these patches wrote. */
async function findConflicts(
  unit: UnitOfWork,
  business: string,
  applied: readonly RecordPatch[],
): Promise<Conflict[]> {
  const conflicts: Conflict[] = []
  const last = new Map<string, { dataset: DatasetName; id: string; values: Record<string, unknown> }>()
  for (const patch of applied) {
    const { dataset, id, values } =
      'set' in patch
        ? { dataset: patch.dataset, id: patch.id, values: patch.set }
        : { dataset: patch.create.dataset, id: patch.id ?? '', values: patch.create.values }
    last.set(id, { dataset, id, values: { ...last.get(id)?.values, ...values } })
  }
  for (const { dataset, id, values } of last.values()) {
    const rows = await loadRecords(unit, business, dataset, [id], { lock: true })
    const row = rows.get(id)
    for (const [field, written] of Object.entries(values)) {
      const present = row?.[field] ?? null
      if (!row || !isSame(present, written as FieldValue))
        conflicts.push({ dataset, id, field, written, present })
    }
  }
  return conflicts
}

async function write(
  unit: UnitOfWork,
  business: string,
  patches: readonly RecordPatch[],
  cause: Cause,
  ended: 'replaced' | 'reverted',
): Promise<Applied> {
  const scope = scopeOf(unit, business)
  const names = namesIn(patches)
  const mustMark = names.length > 0 && (await announceNames(unit.tx, scope))
  const result: Applied = { applied: [], before: [] }
  const touched = new Map<DatasetName, Set<string>>()
  for (const patch of patches) {
    const done =
      'set' in patch
        ? await setFields(unit, business, patch, cause, ended)
        : await createOne(unit, business, patch, cause)
    result.applied.push(done.patch)
    if (done.before) result.before.push(done.before)
    const ids = touched.get(done.dataset) ?? new Set()
    touched.set(done.dataset, ids.add(done.id))
  }
  if (mustMark) await markForRedaction(unit.tx, scope, names)
  for (const [dataset, ids] of touched) {
    unit.emit('record.changed', {
      business: encodeId(idPrefixes.business, business),
      dataset,
      records: [...ids],
      cause: cause === 'hand' ? 'hand' : 'effect',
    })
  }
  return result
}

/** Names of customers and suppliers that patches write: texts that hold them must be redacted anew. */
export function namesIn(patches: readonly RecordPatch[]): string[] {
  return patches.flatMap((patch) => {
    const { dataset, values } = 'set' in patch ? { dataset: patch.dataset, values: patch.set } : patch.create
    if (dataset !== 'customers' && dataset !== 'suppliers') return []
    return [values['name'], values['company']].filter((name) => typeof name === 'string')
  })
}

interface Done {
  dataset: DatasetName
  id: string
  patch: RecordPatch
  before?: RecordBefore
}

type SetPatch = Extract<RecordPatch, { set: unknown }>
type CreatePatch = Extract<RecordPatch, { create: unknown }>

async function setFields(
  unit: UnitOfWork,
  business: string,
  patch: SetPatch,
  cause: Cause,
  ended: 'replaced' | 'reverted',
): Promise<Done> {
  const { dataset, id } = patch
  const scope = scopeOf(unit, business)
  const uuid = recordUuid(dataset, id)
  const [record] = await store.findRecords(unit.tx, scope, dataset, [uuid], true)
  if (!record) throw new ProblemError('not-found', { detail: `There is no ${id} in ${dataset}.` })
  const set = fromWireValues(dataset, requireValid(dataset, patch.set as Values))
  const values = { ...record.values, ...set }
  requireValid(dataset, values, 'whole')
  await requireReferences(unit.tx, scope, dataset, set)
  await store.updateRecords(unit.tx, scope, dataset, [{ ...record, values }])
  await keepOverrides(unit, scope, dataset, record, set, cause, ended)
  return { dataset, id, patch, before: { dataset, row: toWireRow(dataset, record) } }
}

async function createOne(
  unit: UnitOfWork,
  business: string,
  patch: CreatePatch,
  cause: Cause,
): Promise<Done> {
  const { dataset } = patch.create
  const scope = scopeOf(unit, business)
  const given = requireValid(dataset, patch.create.values as Values)
  const values = fromWireValues(dataset, requireValid(dataset, given, 'whole'))
  await requireReferences(unit.tx, scope, dataset, values)
  const uuid = randomUUIDv7()
  const source = cause === 'hand' ? 'manual' : 'effect'
  await store.insertRecords(unit.tx, scope, dataset, [{ id: uuid, values, source, sourceKey: uuid }])
  const id = recordId(dataset, uuid)
  return { dataset, id, patch: { ...patch, id } }
}
