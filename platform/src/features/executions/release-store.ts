import { sql, type Generated, type Transaction } from 'kysely'
import type { ExecutionOutcome } from '@bizq/sdk/contract'
import type { SandboxError } from '@bizq/sandbox'
import type { Database } from '../../db/database.ts'
import type { ExecutionRow } from './store.ts'

declare module '../../db/database.ts' {
  interface Database {
    release_circuits: {
      release_id: string
      failures: number
      opened_until: Date | null
      updated_at: Generated<Date>
    }
  }
}

type Tx = Transaction<Database>

/**
 * Until when a release rests; undefined when it may be run. A rest that is over lets one execution through,
 * whose success ends it for all; the others rest on.
 */
export async function passCircuit(tx: Tx, release: string, restMs: number): Promise<Date | undefined> {
  const circuit = await tx
    .selectFrom('release_circuits')
    .select('opened_until')
    .where('release_id', '=', release)
    .executeTakeFirst()
  if (!circuit?.opened_until) return undefined
  const { rows } = await sql`update bizq.release_circuits
    set opened_until = now() + ${restMs} * interval '1 millisecond', updated_at = now()
    where release_id = ${release} and opened_until <= now() returning release_id`.execute(tx)
  if (rows.length > 0) return undefined
  return circuit.opened_until > new Date() ? circuit.opened_until : new Date(Date.now() + restMs)
}

/** Counts a failure of a release; from `threshold` on it rests. */
export async function countFailure(
  tx: Tx,
  release: string,
  threshold: number,
  restMs: number,
): Promise<number> {
  const { rows } = await sql<{ failures: number }>`
    insert into bizq.release_circuits (release_id, failures) values (${release}, 1)
    on conflict (release_id) do update set failures = release_circuits.failures + 1, updated_at = now(),
      opened_until = case when release_circuits.failures + 1 >= ${threshold} then now() + ${restMs} * interval '1 millisecond' end
    returning failures`.execute(tx)
  return rows[0]?.failures ?? 0
}

export async function closeCircuit(tx: Tx, release: string): Promise<void> {
  await tx
    .updateTable('release_circuits')
    .set({ failures: 0, opened_until: null, updated_at: new Date() })
    .where('release_id', '=', release)
    .where('failures', '>', 0)
    .execute()
}

/** The rests of these releases that are not over. */
export async function listRests(tx: Tx, releases: readonly string[]) {
  const rows = await tx
    .selectFrom('release_circuits')
    .select(['release_id', 'opened_until'])
    .where(sql<boolean>`release_id = any (${releases}::uuid[])`)
    .where(sql<boolean>`opened_until > now()`)
    .execute()
  return rows.flatMap(({ release_id, opened_until }) => (opened_until ? { release_id, opened_until } : []))
}

/** Classes of the language and of the contract. Any other name is the guest's own words, and could carry what it was given. */
const knownErrors: ReadonlySet<string> = new Set([
  'AggregateError',
  'Error',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'RetryLater',
  'CannotServe',
])

export async function tellProvider(
  tx: Tx,
  row: ExecutionRow,
  told: {
    /** The id of the line. */
    line: string
    proposals: number
    outcome: ExecutionOutcome
    wallMs: number | null
    cpuMs: number | null
    at: Date
    /** It failed by no fault of the provider's. */
    isOurs: boolean
    error?: SandboxError | undefined
  },
): Promise<void> {
  await sql`select bizq.tell_provider_execution(${told.line}, ${row.provider_id}, ${row.subscriber_id}, ${row.service_id}, ${row.release_id}, ${told.outcome},
    ${told.wallMs}, ${told.cpuMs}, ${told.error ? classOf(told.error) : null}, ${told.error ? JSON.stringify(told.error.stack) : null}::jsonb, ${told.proposals},
    ${told.at}, ${told.isOurs})`.execute(tx)
}

function classOf({ name }: SandboxError): string {
  return knownErrors.has(name) ? name : 'Error'
}
