import { randomUUIDv7 } from 'node:crypto'
import { datasetNames, datasetOf, encodeId, idPrefixes, type DatasetName } from '@bizq/sdk/contract'
import { z } from 'zod'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireRole } from '../../http/authorise.ts'
import { decodeCursor, pageOf } from '../../http/pagination.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requireBusiness } from '../businesses/index.ts'
import { columnsOf } from './columns.ts'
import type { FieldValue, SourceKey } from './formats/index.ts'
import { identify } from './formats/records/identity.ts'
import { storedKey } from './imports/resolve.ts'
import { findByKeys, insertAliases } from './imports/resolve-store.ts'
import { invalid, readFilter, readSort } from './list-query.ts'
import * as listing from './list-store.ts'
import * as overrides from './override-store.ts'
import { applyPatches, namesIn, scopeOf } from './patches.ts'
import * as store from './record-store.ts'
import { announceNames, markForRedaction } from './redaction-store.ts'
import type { DataRecord, DataRecordWithHistory, RecordQuery } from './schemas.ts'
import { requireReferences, requireValid } from './validation.ts'
import {
  fromWireValues,
  recordId,
  recordUuid,
  toWireRow,
  toWireValues,
  type StoredRecord,
  type Values,
} from './values.ts'

/** A page of the operator's own records, unmasked. `filters` are the query's `filter[field]` values. */
export async function listRecords(
  unit: UnitOfWork,
  businessId: string,
  dataset: DatasetName,
  query: RecordQuery,
  filters: Record<string, string[]>,
) {
  const business = await requireBusiness(unit, businessId)
  const scope = scopeOf(unit, business.id)
  const { time } = datasetOf(dataset)
  if (time === null && (query.from ?? query.to) !== undefined) {
    throw invalid('/from', `${dataset} has no time field`)
  }
  const { sort, isDescending } = readSort(dataset, query.sort)
  const rows = await listing.listRecords(unit.tx, scope, dataset, {
    ...query,
    sort,
    isDescending,
    filters: Object.entries(filters).map(([field, values]) => readFilter(dataset, field, values)),
    after: decodeCursor(query.cursor, z.tuple([z.string().nullable(), z.int()])),
    withStubs: query.stubs === 'true',
  })
  const page = pageOf(rows, query.limit, (row) => [row.sortValue, row.seq])
  return { items: await describe(unit, scope, dataset, page.items), next: page.next }
}

/** Records with what the operator should know beside their fields. */
async function describe(
  unit: UnitOfWork,
  scope: store.Scope,
  dataset: DatasetName,
  records: readonly StoredRecord[],
): Promise<DataRecord[]> {
  const references = columnsOf(dataset).filter((column) => column.dataset !== undefined)
  const labels = new Map<string, string>()
  for (const target of new Set(references.map((column) => column.dataset as DatasetName))) {
    const ids = references
      .filter((column) => column.dataset === target)
      .flatMap(({ field }) => records.map((record) => record.values[field]))
      .filter((id) => typeof id === 'string')
    for (const [id, label] of await listing.findLabels(unit.tx, scope, target, [...new Set(ids)]))
      labels.set(id, label)
  }
  const ids = records.map((record) => record.id)
  const standing = await overrides.findStanding(unit.tx, scope, dataset, ids)
  return records.map((record) => ({
    ...toWireRow(dataset, record),
    meta: {
      isStub: record.isStub,
      source: record.source,
      import: record.importId && encodeId(idPrefixes.import, record.importId),
      labels: Object.fromEntries(
        references.flatMap(({ field }) => {
          const label = labels.get(record.values[field] as string)
          return label === undefined ? [] : [[field, label]]
        }),
      ),
      overridden: standing.filter((each) => each.record === record.id).map((each) => each.field),
      createdAt: record.createdAt,
      updatedAt: record.updatedAt,
    },
  }))
}

async function requireRecord(
  unit: UnitOfWork,
  scope: store.Scope,
  dataset: DatasetName,
  id: string,
  lock = false,
): Promise<StoredRecord> {
  const missing = new ProblemError('not-found', {
    detail: `There is no such record in ${dataset} of this business.`,
  })
  let uuid: string
  try {
    uuid = recordUuid(dataset, id)
  } catch {
    throw missing
  }
  const [record] = await store.findRecords(unit.tx, scope, dataset, [uuid], lock)
  if (!record) throw missing
  return record
}

/** One record with every override that ever was on it. */
export async function getRecord(
  unit: UnitOfWork,
  businessId: string,
  dataset: DatasetName,
  id: string,
): Promise<DataRecordWithHistory> {
  const business = await requireBusiness(unit, businessId)
  const scope = scopeOf(unit, business.id)
  const record = await requireRecord(unit, scope, dataset, id)
  const [described] = await describe(unit, scope, dataset, [record])
  const history = await overrides.listOverrides(unit.tx, scope, dataset, record.id)
  const wire = (field: string, value: FieldValue) => toWireValues(dataset, { [field]: value })[field]
  return {
    ...(described as DataRecord),
    meta: {
      ...(described as DataRecord).meta,
      overrides: history.map((each) => ({
        field: each.field,
        importedValue: wire(each.field, each.importedValue),
        value: wire(each.field, each.value),
        cause: each.cause,
        effect: each.effect && encodeId(idPrefixes.effect, each.effect),
        state: each.state,
        createdAt: each.createdAt.toISOString(),
        endedAt: each.endedAt?.toISOString() ?? null,
      })),
    },
  }
}

/** Enters a record by hand. A later import that names the same thing meets it. */
export async function createRecord(
  unit: UnitOfWork,
  businessId: string,
  dataset: DatasetName,
  body: Record<string, unknown>,
): Promise<DataRecordWithHistory> {
  requireRole(unit.actor, 'manager')
  const business = await requireBusiness(unit, businessId)
  const scope = scopeOf(unit, business.id)
  const values = fromWireValues(
    dataset,
    requireValid(dataset, requireValid(dataset, body as Values), 'whole'),
  )
  await requireReferences(unit.tx, scope, dataset, values)
  const uuid = randomUUIDv7()
  const { key, aliases } = manualKeys(dataset, values, uuid)
  const [known] = await findByKeys(unit.tx, scope, dataset, [key])
  if (known) {
    throw new ProblemError('already-exists', {
      detail: 'A record with the same key is there already. Edit that one.',
      extra: { record: recordId(dataset, known.id) },
    })
  }
  const names = namesIn([{ create: { dataset, values } }])
  const mustMark = names.length > 0 && (await announceNames(unit.tx, scope))
  await store.insertRecords(unit.tx, scope, dataset, [{ id: uuid, values, ...key }])
  if (mustMark) await markForRedaction(unit.tx, scope, names)
  await insertAliases(
    unit.tx,
    scope,
    aliases.map((alias) => ({ ...alias, dataset, record: uuid })),
  )
  await keepCategory(unit, scope, dataset, values)
  const id = recordId(dataset, uuid)
  await audit(unit, 'record.create', { business: businessId, dataset, record: id })
  unit.emit('record.changed', { business: businessId, dataset, records: [id], cause: 'hand' })
  return getRecord(unit, businessId, dataset, id)
}

function manualKeys(dataset: DatasetName, values: Values, uuid: string) {
  const identity = identify({ dataset, fields: values, references: {}, origin: 'manual' })
  const isNamed = identity !== undefined && 'sourceId' in identity.key
  return {
    key: isNamed ? storedKey(identity.key as SourceKey) : { source: 'manual', sourceKey: uuid },
    aliases: (isNamed ? identity.aliases : []).map(storedKey),
  }
}

const withLedgerCategory: ReadonlySet<DatasetName> = new Set(['transactions', 'bills', 'invoices'])

async function keepCategory(
  unit: UnitOfWork,
  scope: store.Scope,
  dataset: DatasetName,
  values: Values,
): Promise<void> {
  const name = withLedgerCategory.has(dataset) ? values['category'] : undefined
  if (typeof name === 'string') await listing.insertCategory(unit.tx, scope, name)
}

/** Changes a record by hand: what its source said stays beneath. */
export async function editRecord(
  unit: UnitOfWork,
  businessId: string,
  dataset: DatasetName,
  id: string,
  body: Record<string, unknown>,
): Promise<DataRecordWithHistory> {
  requireRole(unit.actor, 'manager')
  const business = await requireBusiness(unit, businessId)
  const scope = scopeOf(unit, business.id)
  const record = await requireRecord(unit, scope, dataset, id)
  if (record.isStub) {
    throw new ProblemError('conflict', {
      detail: 'This record is only referred to; nothing is known of it yet. Import or enter it first.',
    })
  }
  await applyPatches(unit, business.id, [{ dataset, id, set: body }], 'hand')
  await keepCategory(unit, scope, dataset, body as Values)
  await audit(unit, 'record.edit', { business: businessId, dataset, record: id, fields: Object.keys(body) })
  return getRecord(unit, businessId, dataset, id)
}

/** Removes a record by hand. Refuses while others refer to it. */
export async function deleteRecord(
  unit: UnitOfWork,
  businessId: string,
  dataset: DatasetName,
  id: string,
): Promise<void> {
  requireRole(unit.actor, 'manager')
  const business = await requireBusiness(unit, businessId)
  const scope = scopeOf(unit, business.id)
  const record = await requireRecord(unit, scope, dataset, id, true)
  const referenced = await store.findReferenced(unit.tx, scope, dataset, [record.id], datasetNames)
  if (referenced.size > 0) {
    throw new ProblemError('conflict', { detail: 'Other records refer to this one. Remove those first.' })
  }
  await overrides.deleteOverrides(unit.tx, scope, dataset, [record.id])
  await store.deleteRecords(unit.tx, scope, dataset, [record.id])
  await audit(unit, 'record.delete', { business: businessId, dataset, record: id })
  unit.emit('record.changed', { business: businessId, dataset, records: [id], cause: 'hand' })
}
