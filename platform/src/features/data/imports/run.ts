import { setImmediate } from 'node:timers/promises'
import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type Actor, type UnitOfWork } from '../../../db/unit-of-work.ts'
import type { Deps } from '../../../deps.ts'
import { audit } from '../../audit/index.ts'
import { requireBusinessRow } from '../../businesses/index.ts'
import {
  parseFile,
  type FileFormat,
  type MappingInput,
  type ParsedItem,
  type ParsedMeta,
  type ParsingBusiness,
} from '../formats/index.ts'
import { loadEdges } from './group-memory.ts'
import type { ImportRun } from './import-run.ts'
import { landBatch, numberBatch } from './land.ts'
import { analyze, clearGroups } from './land-store.ts'
import { createNumbering } from './numbering.ts'
import { createResolver } from './resolve.ts'
import * as store from './store.ts'

export interface ImportJob {
  organisation: string
  business: string
  import: string
}

/** Items of one transaction. Small enough to be short, large enough that its statements do not matter. */
const batchItems = 2_000
/** An import that was begun this often without coming to an end is given up. */
const mostAttempts = 6
const progressEveryMs = 400
const readBytes = 64 * 1024
/** After so many items reading lets landing go on. */
const turnItems = 100

type Source = Pick<Deps, 'db' | 'boss' | 'listeners'>

interface Begun {
  row: store.ImportRow
  run: ImportRun
  business: ParsingBusiness
  /** Batches that landed before a crash. */
  landed: number
}

/**
 * Carries an import out, batch by batch. After a crash it reads the file again from the start and goes on
 * behind the last batch that landed; what landed is counted once.
 */
export async function runImport(source: Source, job: ImportJob): Promise<void> {
  const actor = systemActor(job.organisation)
  const begun = await withUnitOfWork(source, actor, (unit) => begin(unit, job))
  if (!begun) return
  const state: State = { begun, batches: 0, bytesRead: 0, toldAt: 0, failure: undefined }
  const file = countBytes(readChunks(source, actor, job.import), (bytes) => (state.bytesRead += bytes))
  const { row, business } = begun
  const items = parseFile(file, {
    business,
    format: (row.format as FileFormat | null) ?? undefined,
    mapping: (row.mapping as MappingInput | null) ?? undefined,
    role: row.role ?? undefined,
  })
  await landBatches(source, actor, state, items)
  await withUnitOfWork(source, actor, (unit) => finish(unit, begun.run, state.failure))
}

/** Lands a batch while the next one is read; never more than these two are in memory. */
async function landBatches(
  source: Source,
  actor: Actor,
  state: State,
  items: AsyncIterable<ParsedItem>,
): Promise<void> {
  let batch: ParsedItem[] = []
  let landing = Promise.resolve()
  const land = async (isLast: boolean) => {
    const full = batch
    batch = []
    await landing
    landing = withUnitOfWork(source, actor, (unit) => landOne(unit, state, full, isLast))
    landing.catch(() => {})
  }
  try {
    for await (const item of items) {
      if (item.kind === 'error' && item.isFatal) state.failure = item.reason
      batch.push(item)
      if (batch.length >= batchItems) await land(false)
      else if (batch.length % turnItems === 0) await setImmediate()
    }
    await land(true)
  } finally {
    await landing
  }
}

async function begin(unit: UnitOfWork, job: ImportJob): Promise<Begun | undefined> {
  const scope = { organisation: job.organisation, business: job.business }
  await store.lockBusiness(unit.tx, scope)
  const row = await store.findImport(unit.tx, job.organisation, job.import, true)
  if (!row || (row.state !== 'received' && row.state !== 'running')) return undefined
  const run = await openRun(unit, row, scope)
  if (row.attempts >= mostAttempts) {
    await finish(
      unit,
      run,
      'The import broke off again and again. What landed can be undone; try the file again.',
    )
    return undefined
  }
  await clearGroups(unit.tx, scope, row.id)
  await store.updateImport(unit.tx, job.organisation, row.id, {
    state: 'running',
    attempts: row.attempts + 1,
    started_at: row.started_at ?? new Date(),
  })
  return { row, run, business: await parsingBusiness(unit, job.business), landed: row.batches }
}

async function openRun(
  unit: UnitOfWork,
  row: store.ImportRow,
  scope: ImportRun['scope'],
): Promise<ImportRun> {
  return {
    scope,
    id: row.id,
    numbering: createNumbering(),
    resolver: createResolver(scope),
    edges: await loadEdges(unit.tx, scope, row.id),
    categories: new Set(),
    counts: {
      read: row.read_count,
      created: row.created_count,
      updated: row.updated_count,
      unchanged: row.unchanged_count,
      rejected: row.rejected_count,
    },
    datasets: row.by_dataset as ImportRun['datasets'],
    touched: new Set(),
    errors: row.error_count,
  }
}

/** What parsing must know of a business. */
export async function parsingBusiness(unit: UnitOfWork, business: string): Promise<ParsingBusiness> {
  const row = await requireBusinessRow(unit, business)
  return {
    name: row.legal_name ?? row.name,
    currency: row.currency,
    country: row.country,
    timeZone: row.time_zone,
    ...(row.tax_number === null ? {} : { taxNumber: row.tax_number }),
  }
}

interface State {
  begun: Begun
  batches: number
  bytesRead: number
  toldAt: number
  failure: string | undefined
}

async function landOne(
  unit: UnitOfWork,
  state: State,
  batch: readonly ParsedItem[],
  isLast: boolean,
): Promise<void> {
  const { run, row, landed } = state.begun
  const items = batch.filter((item) => item.kind !== 'meta')
  const isBehind = state.batches < landed
  if (isBehind) {
    await numberBatch(unit, run, items, isLast)
  } else {
    await store.lockBusiness(unit.tx, run.scope)
    await landBatch(unit, run, items, isLast)
    await keepMeta(unit, row, batch)
    const isOurs = await store.saveProgress(unit.tx, run.scope.organisation, run.id, state.batches, {
      batches: state.batches + 1,
      bytesRead: state.bytesRead,
      counts: run.counts,
      datasets: run.datasets,
      errors: run.errors,
    })
    if (!isOurs) throw new Error('another process has gone on with this import')
    tell(unit, state)
    if (Number.isInteger(Math.log2(state.batches + 1) / 2)) {
      await analyze(unit.tx, run.touched)
    }
  }
  state.batches++
}

async function keepMeta(unit: UnitOfWork, row: store.ImportRow, batch: readonly ParsedItem[]): Promise<void> {
  const meta = batch.find((item): item is ParsedMeta => item.kind === 'meta')
  if (!meta) return
  const { kind: _kind, format, mapping: _mapping, ...details } = meta
  await store.updateImport(unit.tx, unit.actor.organisation, row.id, {
    format,
    details: { ...(row.details as object), ...details },
  })
}

function tell(unit: UnitOfWork, state: State): void {
  const { run, row } = state.begun
  if (performance.now() - state.toldAt < progressEveryMs) return
  state.toldAt = performance.now()
  unit.emit('import.progressed', {
    business: encodeId(idPrefixes.business, run.scope.business),
    import: encodeId(idPrefixes.import, run.id),
    counts: { ...run.counts },
    bytesRead: state.bytesRead,
    bytes: row.size_bytes,
  })
}

async function finish(unit: UnitOfWork, run: ImportRun, failure: string | undefined): Promise<void> {
  const { organisation } = run.scope
  const business = encodeId(idPrefixes.business, run.scope.business)
  const id = encodeId(idPrefixes.import, run.id)
  await store.updateImport(unit.tx, organisation, run.id, {
    state: failure === undefined ? 'finished' : 'failed',
    failure: failure ?? null,
    finished_at: new Date(),
  })
  await store.deleteChunks(unit.tx, organisation, run.id)
  await clearGroups(unit.tx, run.scope, run.id)
  await audit(unit, failure === undefined ? 'import.finish' : 'import.fail', {
    business,
    import: id,
    counts: run.counts,
  })
  const told = { business, import: id, counts: { ...run.counts } }
  if (failure === undefined) unit.emit('import.finished', { ...told, datasets: run.datasets })
  else unit.emit('import.failed', told)
}

/** The uploaded file, piece by piece. */
async function* readChunks(source: Source, actor: Actor, id: string): AsyncGenerator<Buffer> {
  for (let n = 0; ; n++) {
    const bytes = await withUnitOfWork(source, actor, (unit) =>
      store.findChunk(unit.tx, actor.organisation, id, n),
    )
    if (!bytes) return
    for (let at = 0; at < bytes.length; at += readBytes) yield bytes.subarray(at, at + readBytes)
  }
}

async function* countBytes(
  file: AsyncIterable<Buffer>,
  count: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const bytes of file) {
    count(bytes.length)
    yield bytes
  }
}
