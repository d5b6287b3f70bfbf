import { datasetNames, encodeId, idPrefixes, type DatasetName } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../../db/unit-of-work.ts'
import type { DatasetCounts } from '../events.ts'
import type { ParsedError, ParsedItem } from '../formats/index.ts'
import * as overrides from '../override-store.ts'
import { insertRecords, updateRecords } from '../record-store.ts'
import { announceNames, markForRedaction } from '../redaction-store.ts'
import { fieldProblems, wholeProblems } from '../validation.ts'
import { recordId } from '../values.ts'
import { openGroupMemory } from './group-memory.ts'
import type { ImportRun } from './import-run.ts'
import * as store from './land-store.ts'
import { merge, type Incoming } from './merge.ts'
import type { KeyedRecord } from './numbering.ts'
import { insertAliases } from './resolve-store.ts'
import { openWorks, type Work } from './work.ts'

/** How many errors of an import are kept in words; all are counted. */
export const mostErrors = 1_000

type Problem = Pick<ParsedError, 'line' | 'field' | 'reason'>

/**
 * Lands one batch of a file in the unit: finds what is known, lays the file's values over it, writes what
 * is new or changed, makes stubs of what is only referred to, and counts.
 */
export async function landBatch(
  unit: UnitOfWork,
  run: ImportRun,
  items: readonly ParsedItem[],
  isLast: boolean,
): Promise<void> {
  const errors = items.filter((item) => item.kind === 'error')
  run.counts.rejected += errors.filter((error) => error.isRejected).length
  const problems: Problem[] = [...errors]
  const keyed = await numberBatch(unit, run, items, isLast)
  const mustMark = keyed.some(namesParty) && (await announceNames(unit.tx, run.scope))
  const works = await openWorks(unit, run, keyed)
  for (const { work, incoming, line } of works.drafts) {
    const problem = lay(run, work, incoming)
    if (problem) problems.push({ line, ...problem })
  }
  await writeWorks(unit, run, [...works.byId.values()])
  if (mustMark) await markForRedaction(unit.tx, run.scope, freshNames([...works.byId.values()]))
  await insertAliases(unit.tx, run.scope, works.aliases)
  await keepErrors(unit, run, problems)
  run.counts.read = run.counts.created + run.counts.updated + run.counts.unchanged + run.counts.rejected
}

const parties: ReadonlySet<DatasetName> = new Set(['customers', 'suppliers'])

/** Whether a record is, or refers to, a customer or supplier, whose name texts may hold. */
function namesParty({ record }: KeyedRecord): boolean {
  return (
    parties.has(record.dataset) ||
    Object.values(record.references).some(({ dataset }) => parties.has(dataset))
  )
}

function freshNames(works: readonly Work[]): string[] {
  return works
    .filter((work) => parties.has(work.dataset) && (work.isNew || work.isChanged))
    .flatMap(({ values }) => [values['name'], values['company']])
    .filter((name) => typeof name === 'string')
}

/** Numbers a batch without landing it: when an import goes on after a crash, for the batches that had landed. */
export async function numberBatch(
  unit: UnitOfWork,
  run: ImportRun,
  items: readonly ParsedItem[],
  isLast: boolean,
): Promise<KeyedRecord[]> {
  const records = items.filter((item) => item.kind === 'record')
  const memory = openGroupMemory(unit.tx, run.scope, run.id, run.edges)
  const keyed = await run.numbering.number(records, isLast, memory)
  await memory.save()
  return keyed
}

/** Lays what the file says over one record and counts what came of it; answers why not, if it cannot be. */
function lay(run: ImportRun, work: Work, incoming: Incoming): Omit<Problem, 'line'> | undefined {
  const merged = merge(work.dataset, work, incoming)
  const [problem] = [
    ...fieldProblems(work.dataset, incoming.values),
    ...wholeProblems(work.dataset, merged.values),
  ]
  if (problem) {
    run.counts.rejected++
    return problem
  }
  const isCreated = work.isStub
  const changed = Object.keys(merged.previous).length > 0
  work.isChanged ||= changed || isCreated || merged.asOf !== work.asOf
  work.values = merged.values
  work.asOf = merged.asOf
  work.previous = { ...merged.previous, ...work.previous }
  for (const state of ['superseded', 'confirmed'] as const) {
    for (const field of Object.keys(merged[state])) {
      const override = work.overrides.get(field)
      if (override) work.ended.push({ state, override })
      work.overrides.delete(field)
    }
  }
  if (incoming.summed?.length) work.summed = [...new Set([...work.summed, ...incoming.summed])]
  if (isCreated) {
    work.isStub = false
    work.importId = run.id
    work.previous = {}
  }
  count(run, work.dataset, isCreated ? 'created' : changed ? 'updated' : 'unchanged')
  return undefined
}

function count(run: ImportRun, dataset: DatasetName, outcome: keyof DatasetCounts): void {
  const own = (run.datasets[dataset] ??= { created: 0, updated: 0, unchanged: 0 })
  own[outcome]++
  run.counts[outcome]++
}

async function writeWorks(unit: UnitOfWork, run: ImportRun, works: readonly Work[]): Promise<void> {
  const { tx } = unit
  for (const dataset of datasetNames) {
    const own = works.filter((work) => work.dataset === dataset)
    if (own.length === 0) continue
    run.touched.add(dataset)
    await insertRecords(
      tx,
      run.scope,
      dataset,
      own.filter((work) => work.isNew),
    )
    await updateRecords(
      tx,
      run.scope,
      dataset,
      own.filter((work) => !work.isNew && work.isChanged),
    )
    const others = own.filter(
      (work) => !work.isNew && work.importId !== null && work.importId !== run.id && !work.isStub,
    )
    await store.saveSightings(
      tx,
      run.scope,
      run.id,
      dataset,
      others.map((work) => work.id),
    )
  }
  const changes = works
    .filter((work) => !work.isNew && work.importId !== run.id && Object.keys(work.previous).length > 0)
    .map((work) => ({
      dataset: work.dataset,
      record: work.id,
      previous: work.previous,
      overrides: Object.fromEntries(work.ended.map(({ override }) => [override.field, override.id])),
      asOf: work.previousAsOf,
    }))
  await store.saveChanges(tx, run.scope, run.id, changes)
  await endOverrides(unit, run, works)
  await store.sumOrders(tx, run.scope, summedOrders(works))
  await keepCategories(unit, run, works)
}

function summedOrders(works: readonly Work[]): string[] {
  const ids = works.flatMap((work) => {
    if (work.dataset === 'orders') return work.summed.includes('total') ? [work.id] : []
    const order =
      work.dataset === 'orderLines' && (work.isNew || work.isChanged) ? work.values['order'] : undefined
    return typeof order === 'string' ? [order] : []
  })
  return [...new Set(ids)]
}

async function endOverrides(unit: UnitOfWork, run: ImportRun, works: readonly Work[]): Promise<void> {
  const all = works.flatMap((work) => work.ended.map((ended) => ({ work, ...ended })))
  for (const state of ['superseded', 'confirmed'] as const) {
    const ended = all.filter((each) => each.state === state)
    const ids = ended.map(({ override }) => override.id)
    await overrides.endOverrides(unit.tx, run.scope, ids, state)
    for (const { work, override } of ended) {
      unit.emit(`override.${state}`, {
        business: encodeId(idPrefixes.business, run.scope.business),
        dataset: work.dataset,
        record: recordId(work.dataset, work.id),
        field: override.field,
        effect: override.effect && encodeId(idPrefixes.effect, override.effect),
      })
    }
  }
}

/** Datasets whose field `category` is a ledger category. */
const withLedgerCategory: ReadonlySet<DatasetName> = new Set(['transactions', 'bills', 'invoices'])

async function keepCategories(unit: UnitOfWork, run: ImportRun, works: readonly Work[]): Promise<void> {
  const fresh = new Set<string>()
  for (const { dataset, values } of works) {
    const name = withLedgerCategory.has(dataset) ? values['category'] : undefined
    if (typeof name === 'string' && !run.categories.has(name)) fresh.add(name)
  }
  await store.insertCategories(unit.tx, run.scope, [...fresh])
  for (const name of fresh) run.categories.add(name)
}

async function keepErrors(unit: UnitOfWork, run: ImportRun, problems: readonly Problem[]): Promise<void> {
  const room = Math.max(0, mostErrors - run.errors)
  await store.insertErrors(unit.tx, run.scope, run.id, run.errors, problems.slice(0, room))
  run.errors += problems.length
}
