import { canMove, datasetNames, decodeId, encodeId, idPrefixes, type DatasetName } from '@bizq/sdk/contract'
import { z } from 'zod'
import type { UnitOfWork } from '../../../db/unit-of-work.ts'
import { requireRole } from '../../../http/authorise.ts'
import { decodeCursor, encodeCursor, type PageQuery } from '../../../http/pagination.ts'
import { enqueue } from '../../../jobs/define.ts'
import { ProblemError } from '../../../problems.ts'
import { audit } from '../../audit/index.ts'
import { requireBusiness } from '../../businesses/index.ts'
import {
  detectFormat,
  Mapping,
  UnreadableFileError,
  type Detected,
  type FileFormat,
} from '../formats/index.ts'
import { importJob } from './jobs.ts'
import { mostErrors } from './land.ts'
import { ImportForm, type Import } from './schemas.ts'
import * as store from './store.ts'
import { undo } from './undo.ts'
import type { Upload } from './upload.ts'

interface Details {
  encoding?: string
  delimiter?: string
  layout?: string
  reason?: string
  confidence?: number
  missing?: string[]
  uncertain?: string[]
}

async function toImport(unit: UnitOfWork, row: store.ImportRow): Promise<Import> {
  const { missing = [], uncertain = [], ...details } = row.details as Details
  const errors = await store.listErrors(unit.tx, unit.actor.organisation, row.id, mostErrors)
  return {
    id: encodeId(idPrefixes.import, row.id),
    business: encodeId(idPrefixes.business, row.business_id),
    state: row.state,
    fileName: row.file_name,
    bytes: row.size_bytes,
    bytesRead: row.bytes_read,
    format: row.format as FileFormat | null,
    details,
    mapping: row.mapping as Record<string, unknown> | null,
    missing,
    uncertain,
    counts: {
      read: row.read_count,
      created: row.created_count,
      updated: row.updated_count,
      unchanged: row.unchanged_count,
      rejected: row.rejected_count,
    },
    datasets: row.by_dataset as Import['datasets'],
    errors: errors.map(({ field, ...error }) => ({ ...error, ...(field === null ? {} : { field }) })),
    errorCount: row.error_count,
    failure: row.failure,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    undoneAt: row.undone_at?.toISOString() ?? null,
  }
}

/** Refuses who may not import into this business, before its file is read. */
export async function requireMayImport(unit: UnitOfWork, business: string): Promise<void> {
  requireRole(unit.actor, 'manager')
  await requireBusiness(unit, business)
}

export async function keepPiece(unit: UnitOfWork, id: string, n: number, bytes: Buffer): Promise<void> {
  await store.insertChunk(unit.tx, unit.actor.organisation, id, n, bytes)
}

export async function dropPieces(unit: UnitOfWork, id: string): Promise<void> {
  await store.deleteChunks(unit.tx, unit.actor.organisation, id)
}

/** Takes a file whose bytes were kept under `id`: it runs at once if it is understood, else waits for a mapping. */
export async function importFile(
  unit: UnitOfWork,
  businessId: string,
  id: string,
  upload: Upload,
): Promise<Import> {
  requireRole(unit.actor, 'manager')
  const business = await requireBusiness(unit, businessId)
  const form = readForm(upload.fields)
  const detected = understand(upload, form, business.country)
  const { missing, uncertain, ...guess } = detected.mapping ?? { missing: [], uncertain: [] }
  const isTable = detected.table !== undefined
  const needsMapping = isTable && !form.mapping && (detected.format === 'csv' || (missing?.length ?? 0) > 0)
  if (isTable && form.mapping) requireColumns(form.mapping, detected)
  const { encoding, delimiter, layout, reason, confidence } = detected
  await store.deleteAbandonedChunks(unit.tx, unit.actor.organisation)
  const row = await store.insertImport(
    unit.tx,
    { organisation: unit.actor.organisation, business: business.id },
    {
      id,
      state: needsMapping ? 'needs-mapping' : 'received',
      file_name: upload.fileName,
      size_bytes: upload.size,
      sha256: upload.sha256,
      given_format: form.format ?? null,
      role: form.role ?? null,
      format: detected.format,
      mapping: isTable ? (form.mapping ?? guess) : null,
      details: { encoding, delimiter, layout, reason, confidence, missing, uncertain },
      created_by: unit.actor.user,
    },
  )
  const told = { business: businessId, import: encodeId(idPrefixes.import, id) }
  await audit(unit, 'import.receive', { ...told, format: detected.format, bytes: upload.size })
  unit.emit('import.received', { ...told, state: needsMapping ? 'needs-mapping' : 'received' })
  if (!needsMapping) await start(unit, row)
  return toImport(unit, row)
}

function readForm(fields: Record<string, string>): ImportForm {
  const filled = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
  const form = ImportForm.safeParse(filled)
  if (form.success) return form.data
  throw invalidMapping(form.error)
}

function invalidMapping(error: z.ZodError): ProblemError {
  return new ProblemError(
    error.issues.some((issue) => issue.path[0] === 'mapping') ? 'mapping-invalid' : 'invalid-request',
    {
      detail: 'The form is not right.',
      errors: error.issues.map((issue) => ({
        pointer: `/${issue.path.map(String).join('/')}`,
        detail: issue.message,
      })),
    },
  )
}

/** What the file is. Refuses with `import-not-understood` what cannot be read, saying what to export instead. */
function understand(upload: Upload, form: ImportForm, country: string): Detected {
  try {
    const detected = detectFormat(upload.head, {
      fileName: upload.fileName,
      country,
      encoding: form.mapping?.encoding,
      delimiter: form.mapping?.delimiter,
    })
    if (form.mapping && detected.table) return { ...detected, format: form.format ?? 'csv' }
    if (form.format === undefined || form.format === detected.format) return detected
    if (form.format === 'csv' && detected.table) return { ...detected, format: 'csv' }
    throw new UnreadableFileError(
      `The file is no ${form.format}: ${detected.reason}. Leave the format out, or send ${detected.format}.`,
    )
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error
    throw new ProblemError('import-not-understood', { detail: error.message })
  }
}

function requireColumns(mapping: Mapping, { table }: Pick<Detected, 'table'>): void {
  if (!table || (mapping.headerLine !== undefined && mapping.headerLine !== table.headerLine)) return
  const unknown = Object.keys(mapping.columns).filter((name) => !table.header.includes(name.trim()))
  if (unknown.length === 0) return
  throw new ProblemError('mapping-invalid', {
    detail: `The columns of the file are ${table.header.slice(0, 40).join(', ')}.`,
    errors: unknown.map((name) => ({
      pointer: `/mapping/columns/${name}`,
      detail: 'the file has no such column',
    })),
  })
}

async function start(unit: UnitOfWork, row: Pick<store.ImportRow, 'id' | 'business_id'>): Promise<void> {
  const { organisation } = unit.actor
  const payload = { organisation, business: row.business_id, import: row.id }
  await enqueue(unit, importJob, payload, { key: row.business_id })
}

/** The row of an import by its id on the wire. Refuses with not-found what is not there or not yours. */
export async function requireImport(unit: UnitOfWork, id: string, lock = false): Promise<store.ImportRow> {
  const row = await store.findImport(unit.tx, unit.actor.organisation, decodeId(idPrefixes.import, id), lock)
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such import in your organisation.' })
  return row
}

export async function getImport(unit: UnitOfWork, id: string): Promise<Import> {
  return toImport(unit, await requireImport(unit, id))
}

export async function listImports(
  unit: UnitOfWork,
  businessId: string,
  query: PageQuery & { state?: store.ImportState | undefined },
) {
  const business = await requireBusiness(unit, businessId)
  const after = decodeCursor(query.cursor, z.tuple([z.string(), z.guid()]))
  const scope = { organisation: unit.actor.organisation, business: business.id }
  const rows = await store.listImports(unit.tx, scope, { ...query, after })
  const items: Import[] = []
  for (const row of rows.slice(0, query.limit)) items.push(await toImport(unit, row))
  const last = rows[query.limit - 1]
  const next = rows.length > query.limit && last ? encodeCursor([last.created_text, last.id]) : null
  return { items, next }
}

/** The operator says what the columns mean, and the import runs. */
export async function confirmMapping(unit: UnitOfWork, id: string, body: unknown): Promise<Import> {
  requireRole(unit.actor, 'manager')
  const row = await requireImport(unit, id, true)
  if (row.state !== 'needs-mapping') {
    throw new ProblemError('conflict', {
      detail: `The import is ${row.state}; only one that needs a mapping takes it.`,
    })
  }
  const mapping = await requireMapping(unit, row, body)
  const confirmed = await store.updateImport(unit.tx, unit.actor.organisation, row.id, {
    mapping,
    details: { ...(row.details as Details), missing: [], uncertain: [] },
  })
  await audit(unit, 'import.map', { import: id, dataset: mapping.dataset })
  await start(unit, confirmed)
  await store.updateImport(unit.tx, unit.actor.organisation, row.id, { state: 'running' })
  return toImport(unit, { ...confirmed, state: 'running' })
}

/** A mapping that fits the file of this import. Refuses with `mapping-invalid`. */
export async function requireMapping(
  unit: UnitOfWork,
  row: store.ImportRow,
  body: unknown,
): Promise<Mapping> {
  const checked = Mapping.safeParse(body)
  if (!checked.success) {
    throw new ProblemError('mapping-invalid', {
      errors: checked.error.issues.map((issue) => ({
        pointer: `/${issue.path.map(String).join('/')}`,
        detail: issue.message,
      })),
    })
  }
  const head = await store.findChunk(unit.tx, unit.actor.organisation, row.id, 0)
  if (head) {
    const { encoding, delimiter } = checked.data
    requireColumns(checked.data, detectFormat(head, { encoding, delimiter }))
  }
  return checked.data
}

/** Takes a whole import back: what it created goes, or becomes a stub where it is referred to; what it changed is as before. */
export async function undoImport(unit: UnitOfWork, id: string): Promise<Import> {
  requireRole(unit.actor, 'manager')
  const row = await requireImport(unit, id, true)
  const scope = { organisation: unit.actor.organisation, business: row.business_id }
  await store.lockBusiness(unit.tx, scope)
  if (!canMove('import', row.state, 'undone')) {
    throw new ProblemError('conflict', {
      detail: `The import is ${row.state}; only one that has ended can be undone.`,
    })
  }
  if (await store.findRunning(unit.tx, scope)) {
    throw new ProblemError('conflict', {
      detail: 'Another import of this business is running. Undo when it has ended.',
    })
  }
  await undo(unit, scope, row.id)
  const undone = await store.updateImport(unit.tx, scope.organisation, row.id, {
    state: 'undone',
    undone_at: new Date(),
  })
  await store.deleteChunks(unit.tx, scope.organisation, row.id)
  const business = encodeId(idPrefixes.business, row.business_id)
  await audit(unit, 'import.undo', { business, import: id })
  const touched = Object.keys(row.by_dataset as object) as DatasetName[]
  unit.emit('import.undone', {
    business,
    import: id,
    datasets: datasetNames.filter((name) => touched.includes(name)),
  })
  return toImport(unit, undone)
}
