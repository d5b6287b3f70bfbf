import { sql, type Transaction } from 'kysely'
import type { ExecutionOutcome } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    provider_executions: {
      organisation_id: string
      id: string
      subscriber_id: string
      service_id: string
      release_id: string
      outcome: ExecutionOutcome
      wall_ms: number | null
      cpu_ms: number | null
      error_name: string | null
      stack: { line: number; column: number }[] | null
      proposal_count: number
      day: string
      written_in: string
    }
  }
}

type Tx = Transaction<Database>

interface LineFilter {
  /** Lines that came after this one, by UUID. */
  after?: string | undefined
  /** Lines that came before this one, by UUID. */
  before?: string | undefined
  outcome?: ExecutionOutcome | undefined
  release?: string | undefined
  error?: string | undefined
  limit: number
}

const columns = ['id', 'release_id', 'outcome', 'wall_ms', 'error_name', 'stack', 'day'] as const
const place = sql`(written_in, id)`
const placeOf = (line: string) =>
  sql`(select p.written_in, p.id from bizq.provider_executions p where p.id = ${line}::uuid)`

/** The lines of a service, the newest first: in the order of commits, none that another could still come before. */
export function listLines(tx: Tx, service: string, filter: LineFilter) {
  let query = tx
    .selectFrom('provider_executions')
    .select(columns)
    .where('service_id', '=', service)
    .where(sql<boolean>`written_in < pg_snapshot_xmin(pg_current_snapshot())`)
  if (filter.after) query = query.where(sql<boolean>`${place} > ${placeOf(filter.after)}`)
  if (filter.before) query = query.where(sql<boolean>`${place} < ${placeOf(filter.before)}`)
  // Spelled out: with parameters a kept plan cannot know that the index of what failed fits.
  if (filter.outcome) query = query.where(sql<boolean>`outcome = ${sql.lit(filter.outcome)}`)
  if (filter.release) query = query.where('release_id', '=', filter.release)
  if (filter.error) query = query.where('error_name', '=', filter.error)
  return query
    .orderBy('written_in', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

export type LineRow = Awaited<ReturnType<typeof listLines>>[number]

export function findLine(tx: Tx, service: string, id: string): Promise<LineRow | undefined> {
  return tx
    .selectFrom('provider_executions')
    .select(columns)
    .where('service_id', '=', service)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** The classes of errors that a service had, the most frequent first. */
export async function listErrorNames(tx: Tx, service: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('provider_executions')
    .select('error_name')
    .where('service_id', '=', service)
    .where('error_name', 'is not', null)
    .where(sql<boolean>`day > current_date - 90`)
    .groupBy('error_name')
    .orderBy((eb) => eb.fn.countAll(), 'desc')
    .execute()
  return rows.flatMap(({ error_name: name }) => name ?? [])
}

/** Forgets the lines of an organisation after a hundred days, when they stand in figures; but for the last day of each subscriber. */
export async function forgetLines({ tx }: { tx: Tx }): Promise<void> {
  await sql`select bizq.forget_lines()`.execute(tx)
}
