import { sql, type Generated, type Transaction } from 'kysely'
import type { StateOf } from '@bizq/sdk/contract'
import type { Database } from '../../../db/database.ts'
import type { DatasetCounts, ImportCounts } from '../events.ts'
import type { Scope } from '../record-store.ts'

export type ImportState = StateOf<'import'>

declare module '../../../db/database.ts' {
  interface Database {
    'data.imports': {
      organisation_id: string
      id: Generated<string>
      business_id: string
      state: ImportState
      file_name: string
      size_bytes: number
      sha256: string
      given_format: string | null
      role: 'buyer' | 'seller' | null
      format: string | null
      /** JSON */
      mapping: unknown
      /** JSON */
      details: unknown
      failure: string | null
      bytes_read: Generated<number>
      batches: Generated<number>
      attempts: Generated<number>
      read_count: Generated<number>
      created_count: Generated<number>
      updated_count: Generated<number>
      unchanged_count: Generated<number>
      rejected_count: Generated<number>
      error_count: Generated<number>
      /** JSON */
      by_dataset: unknown
      created_by: string | null
      created_at: Generated<Date>
      started_at: Date | null
      finished_at: Date | null
      undone_at: Date | null
    }
    'data.import_chunks': {
      organisation_id: string
      import_id: string
      n: number
      bytes: Buffer
      at: Generated<Date>
    }
    'data.import_errors': {
      organisation_id: string
      import_id: string
      n: number
      line: number
      field: string | null
      reason: string
    }
  }
}

type Tx = Transaction<Database>

const columns = [
  'id',
  'business_id',
  'state',
  'file_name',
  'size_bytes',
  'given_format',
  'role',
  'format',
  'mapping',
  'details',
  'failure',
  'bytes_read',
  'batches',
  'attempts',
  'read_count',
  'created_count',
  'updated_count',
  'unchanged_count',
  'rejected_count',
  'error_count',
  'by_dataset',
  'created_at',
  'started_at',
  'finished_at',
  'undone_at',
] as const

export type ImportRow = Awaited<ReturnType<typeof findImport>> & object

export interface NewImport {
  id: string
  state: ImportState
  file_name: string
  size_bytes: number
  sha256: string
  given_format: string | null
  role: 'buyer' | 'seller' | null
  format: string
  mapping: unknown
  details: unknown
  created_by: string | null
}

export function insertImport(tx: Tx, scope: Scope, values: NewImport) {
  return tx
    .insertInto('data.imports')
    .values({
      organisation_id: scope.organisation,
      business_id: scope.business,
      ...values,
      mapping: values.mapping === null ? null : JSON.stringify(values.mapping),
      details: JSON.stringify(values.details),
      by_dataset: '{}',
      failure: null,
      started_at: null,
      finished_at: null,
      undone_at: null,
    })
    .returning(columns)
    .executeTakeFirstOrThrow()
}

export function findImport(tx: Tx, organisation: string, id: string, lock = false) {
  const query = tx
    .selectFrom('data.imports')
    .select(columns)
    .where('organisation_id', '=', organisation)
    .where('id', '=', id)
  return (lock ? query.forUpdate() : query).executeTakeFirst()
}

export function listImports(
  tx: Tx,
  scope: Scope,
  page: { after?: [string, string] | undefined; limit: number; state?: ImportState | undefined },
) {
  let query = tx
    .selectFrom('data.imports')
    .select([...columns, sql<string>`created_at::text`.as('created_text')])
    .where('organisation_id', '=', scope.organisation)
    .where('business_id', '=', scope.business)
  if (page.state) query = query.where('state', '=', page.state)
  if (page.after) {
    const [at, id] = page.after
    query = query.where(sql<boolean>`(created_at, id) < (${at}::timestamptz, ${id}::uuid)`)
  }
  return query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** The import of this business that is under way, if there is one. */
export function findRunning(tx: Tx, scope: Scope) {
  return tx
    .selectFrom('data.imports')
    .select('id')
    .where('organisation_id', '=', scope.organisation)
    .where('business_id', '=', scope.business)
    .where('state', '=', 'running')
    .executeTakeFirst()
}

export interface ImportChange {
  state?: ImportState
  format?: string
  mapping?: unknown
  details?: unknown
  failure?: string | null
  attempts?: number
  started_at?: Date
  finished_at?: Date
  undone_at?: Date
}

export function updateImport(tx: Tx, organisation: string, id: string, change: ImportChange) {
  const { mapping, details, ...same } = change
  return tx
    .updateTable('data.imports')
    .set({
      ...same,
      ...(mapping === undefined ? {} : { mapping: JSON.stringify(mapping) }),
      ...(details === undefined ? {} : { details: JSON.stringify(details) }),
    })
    .where('organisation_id', '=', organisation)
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow()
}

export interface Progress {
  batches: number
  bytesRead: number
  counts: ImportCounts
  datasets: Record<string, DatasetCounts>
  errors: number
}

/** Writes how far an import is. False if it is no longer running, or another process has gone on with it. */
export async function saveProgress(
  tx: Tx,
  organisation: string,
  id: string,
  expectedBatches: number,
  progress: Progress,
): Promise<boolean> {
  const { counts } = progress
  const saved = await tx
    .updateTable('data.imports')
    .set({
      batches: progress.batches,
      bytes_read: progress.bytesRead,
      read_count: counts.read,
      created_count: counts.created,
      updated_count: counts.updated,
      unchanged_count: counts.unchanged,
      rejected_count: counts.rejected,
      error_count: progress.errors,
      by_dataset: JSON.stringify(progress.datasets),
    })
    .where('organisation_id', '=', organisation)
    .where('id', '=', id)
    .where('state', '=', 'running')
    .where('batches', '=', expectedBatches)
    .executeTakeFirst()
  return saved.numUpdatedRows === 1n
}

export function listErrors(tx: Tx, organisation: string, id: string, limit: number) {
  return tx
    .selectFrom('data.import_errors')
    .select(['line', 'field', 'reason'])
    .where('organisation_id', '=', organisation)
    .where('import_id', '=', id)
    .orderBy('n')
    .limit(limit)
    .execute()
}

export async function insertChunk(tx: Tx, organisation: string, id: string, n: number, bytes: Buffer) {
  await tx
    .insertInto('data.import_chunks')
    .values({ organisation_id: organisation, import_id: id, n, bytes })
    .execute()
}

export async function findChunk(
  tx: Tx,
  organisation: string,
  id: string,
  n: number,
): Promise<Buffer | undefined> {
  const row = await tx
    .selectFrom('data.import_chunks')
    .select('bytes')
    .where('organisation_id', '=', organisation)
    .where('import_id', '=', id)
    .where('n', '=', n)
    .executeTakeFirst()
  return row?.bytes
}

export async function deleteChunks(tx: Tx, organisation: string, id: string): Promise<void> {
  await tx
    .deleteFrom('data.import_chunks')
    .where('organisation_id', '=', organisation)
    .where('import_id', '=', id)
    .execute()
}

/** Removes what uploads left behind that were never finished. */
export async function deleteAbandonedChunks(tx: Tx, organisation: string): Promise<void> {
  await sql`
    delete from data.import_chunks t where t.organisation_id = ${organisation} and t.at < now() - interval '1 day'
      and not exists (select 1 from data.imports i where i.organisation_id = t.organisation_id and i.id = t.import_id)`.execute(
    tx,
  )
}

/** One import at a time changes a business; the lock ends with the transaction. */
export async function lockBusiness(tx: Tx, scope: Scope): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`data.import ${scope.business}`}, 0))`.execute(tx)
}
