import { hash } from 'node:crypto'
import { datasetNames, type DatasetName } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../../db/unit-of-work.ts'
import { columnsOf } from '../columns.ts'
import type { FieldValue, Reference } from '../formats/index.ts'
import * as overrides from '../override-store.ts'
import { findRecords, type Scope } from '../record-store.ts'
import { fieldProblems } from '../validation.ts'
import type { Values } from '../values.ts'
import type { ImportRun } from './import-run.ts'
import type { Incoming } from './merge.ts'
import type { KeyedRecord } from './numbering.ts'
import { storedKey, type Wanted } from './resolve.ts'

/** One record as the batch will leave it. */
export interface Work {
  dataset: DatasetName
  id: string
  source: string
  sourceKey: string
  isNew: boolean
  isStub: boolean
  importId: string | null
  values: Values
  asOf: string | null
  summed: string[]
  isChanged: boolean
  previous: Values
  previousAsOf: string | null
  ended: { state: 'superseded' | 'confirmed'; override: overrides.Override }[]
  overrides: Map<string, overrides.Override>
}

interface Draft {
  work: Work
  incoming: Incoming
  line: number
}

/** The records that a batch speaks of, as they stand, with what it says of each, in the order of the file. */
export async function openWorks(unit: UnitOfWork, run: ImportRun, keyed: readonly KeyedRecord[]) {
  const own = keyed.map(({ record, source, sourceKey }): Wanted => ({
    dataset: record.dataset,
    key: { source, sourceKey },
    aliases: record.aliases.map(storedKey),
  }))
  const referred = distinctReferences(keyed)
  const opened = await run.resolver.open(unit.tx, [...own, ...referred.values()])
  const byId = new Map<string, Work>()
  const draftWorks = own.map((wanted) => {
    const found = opened.resolve(wanted)
    const known = byId.get(found.id) ?? newWork(run, wanted, found.id, found.isNew)
    byId.set(found.id, known)
    return known
  })
  const ids = new Map<string, string>()
  const idOf = (to: Reference) => {
    const name = nameOf(to)
    const wanted = referred.get(name)
    const known = ids.get(name)
    if (known !== undefined || !wanted) return known ?? null
    const found = opened.resolve(wanted)
    if (found.isNew && !byId.has(found.id)) byId.set(found.id, stubOf(run, wanted, found.id, to))
    ids.set(name, found.id)
    return found.id
  }
  const drafts = keyed.map(({ record }, index): Draft => {
    const values = clean(run, record.dataset, record.fields)
    for (const [field, to] of Object.entries(record.references)) values[field] = idOf(to)
    return { work: draftWorks[index] as Work, incoming: { ...record, values }, line: record.line }
  })
  await loadWorks(unit, run, byId)
  return { byId, drafts, aliases: opened.aliases }
}

const nameOf = ({ dataset, key }: Reference) => `${dataset} ${key.source}\n${key.sourceId}`

/** What a batch refers to, each once, with every name that it is given. */
function distinctReferences(keyed: readonly KeyedRecord[]): Map<string, Wanted> {
  const found = new Map<string, Wanted>()
  for (const { record } of keyed) {
    for (const to of Object.values(record.references)) {
      const name = nameOf(to)
      const known = found.get(name)
      if (!known) found.set(name, wantedOf(to))
      else if (known.aliases.length < to.aliases.length) known.aliases = to.aliases.map(storedKey)
    }
  }
  return found
}

function wantedOf({ dataset, key, aliases }: Reference): Wanted {
  return { dataset, key: storedKey(key), aliases: aliases.map(storedKey) }
}

function newWork(run: ImportRun, { dataset, key }: Wanted, id: string, isNew: boolean): Work {
  return {
    dataset,
    id,
    ...key,
    isNew,
    isStub: true,
    importId: run.id,
    values: {},
    asOf: null,
    summed: [],
    isChanged: false,
    previous: {},
    previousAsOf: null,
    ended: [],
    overrides: new Map(),
  }
}

function stubOf(run: ImportRun, wanted: Wanted, id: string, to: Reference): Work {
  const shown = clean(run, wanted.dataset, to.fields)
  const values = fieldProblems(wanted.dataset, shown).length === 0 ? shown : {}
  return { ...newWork(run, wanted, id, true), values }
}

/** Values as they are kept; null in a required field says nothing. */
function clean(run: ImportRun, dataset: DatasetName, fields: Record<string, FieldValue>): Values {
  const values: Values = {}
  for (const { field, kind, required } of columnsOf(dataset)) {
    const value = fields[field]
    if (value === undefined || (required && value === null)) continue
    if (kind === 'counterparty' && typeof value === 'string') values[field] = counterpartyId(run.scope, value)
    else if (kind === 'timestamp' && typeof value === 'string') values[field] = new Date(value).toISOString()
    else values[field] = value === '' ? null : value
  }
  return values
}

/** The same other side of a bank row has the same id within a business, and another elsewhere. */
function counterpartyId(scope: Scope, key: string): string {
  const hex = hash('sha256', `${scope.organisation} ${scope.business} ${key}`)
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Fills in what stands of the records that are known. */
async function loadWorks(unit: UnitOfWork, run: ImportRun, byId: ReadonlyMap<string, Work>): Promise<void> {
  for (const dataset of datasetNames) {
    const known = [...byId.values()]
      .filter((work) => work.dataset === dataset && !work.isNew)
      .map((work) => work.id)
    for (const record of await findRecords(unit.tx, run.scope, dataset, known, true)) {
      Object.assign(byId.get(record.id) as Work, {
        values: record.values,
        asOf: record.asOf,
        previousAsOf: record.asOf,
        summed: record.summed,
        isStub: record.isStub,
        importId: record.importId,
      })
    }
    for (const override of await overrides.findStanding(unit.tx, run.scope, dataset, known)) {
      byId.get(override.record)?.overrides.set(override.field, override)
    }
  }
}
