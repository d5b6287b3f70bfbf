import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { StoredInput } from './input-store.ts'
import type { ExecutionRow } from './store.ts'

type Tx = Transaction<Database>

/** Locks in the order of the ids, so that two that lock many cannot wait for each other. */
export async function lockExecutions(tx: Tx, ids: readonly string[]): Promise<ExecutionRow[]> {
  return (await tx
    .selectFrom('executions')
    .selectAll()
    .where(sql<boolean>`id = any (${ids}::uuid[])`)
    .orderBy('id')
    .forUpdate()
    .execute()) as ExecutionRow[]
}

/** Of these releases, the ones that rest, or that one execution alone is to try again. */
export async function listResting(tx: Tx, releases: readonly string[]): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('release_circuits')
    .select('release_id')
    .where(sql<boolean>`release_id = any (${releases}::uuid[])`)
    .where('opened_until', 'is not', null)
    .execute()
  return new Set(rows.map((row) => row.release_id))
}

export async function listKeptStates(
  tx: Tx,
  subscriptions: readonly string[],
): Promise<Map<string, Record<string, unknown> | null>> {
  const rows = await tx
    .selectFrom('execution_schedules')
    .select(['subscription_id', 'state'])
    .where(sql<boolean>`subscription_id = any (${subscriptions}::uuid[])`)
    .execute()
  return new Map(rows.map((row) => [row.subscription_id, row.state as Record<string, unknown> | null]))
}

/** The columns of executions that are written for many at once, and the types that they are read from JSON as. */
const columnTypes = {
  release_id: 'uuid',
  grant_id: 'uuid',
  state: 'text',
  outcome: 'text',
  attempts: 'integer',
  started_at: 'timestamptz',
  frozen_at: 'timestamptz',
  finished_at: 'timestamptz',
  next_attempt_at: 'timestamptz',
  reason: 'text',
  input_digest: 'text',
  input_rows: 'jsonb',
  input_bytes: 'bigint',
  settings: 'jsonb',
  state_before: 'jsonb',
  limits: 'jsonb',
  output: 'text',
  output_digest: 'text',
  metrics: 'jsonb',
  recommendations: 'jsonb',
  dropped: 'jsonb',
  action_count: 'integer',
  log: 'text',
  error: 'jsonb',
  receipt: 'text',
  cpu_ms: 'double precision',
  wall_ms: 'double precision',
  peak_rss_mib: 'double precision',
  told_as: 'uuid',
  log_shared_at: 'timestamptz',
} as const satisfies Partial<Record<keyof ExecutionRow, string>>

export type ExecutionChange = { [K in keyof typeof columnTypes]?: ExecutionRow[K] }

/** Changes executions in one statement; every change is of the same columns. */
export async function updateExecutions(
  tx: Tx,
  changes: readonly { id: string; change: ExecutionChange }[],
): Promise<void> {
  const [first] = changes
  if (!first) return
  const names = Object.keys(first.change) as (keyof typeof columnTypes)[]
  const sets = sql.join(names.map((name) => sql`${sql.ref(name)} = v.${sql.ref(name)}`))
  const types = sql.join(names.map((name) => sql`${sql.ref(name)} ${sql.raw(columnTypes[name])}`))
  const rows = JSON.stringify(changes.map(({ id, change }) => ({ id, ...change })))
  await sql`update bizq.executions e set ${sets}
    from json_to_recordset(${rows}::json) as v (id uuid, ${types}) where e.id = v.id`.execute(tx)
}

export async function saveInputs(
  tx: Tx,
  organisation: string,
  inputs: readonly StoredInput[],
): Promise<void> {
  if (inputs.length === 0) return
  await tx
    .insertInto('execution_inputs')
    .values(
      inputs.map((input) => ({
        organisation_id: organisation,
        subscription_id: input.subscription,
        digest: input.digest,
        content: input.content,
        byte_count: input.bytes,
        expires_at: input.expiresAt,
      })),
    )
    .onConflict((oc) =>
      oc
        .columns(['organisation_id', 'subscription_id', 'digest'])
        .doUpdateSet((eb) => ({ expires_at: eb.ref('excluded.expires_at') })),
    )
    .execute()
}

/** Tells the providers of successes: outcome and timings. */
export async function tellProviders(
  tx: Tx,
  told: readonly { row: ExecutionRow; line: string; proposals: number; wallMs: number; cpuMs: number }[],
  at: Date,
): Promise<void> {
  const rows = told.map(({ row, line, proposals, wallMs, cpuMs }) => ({
    line,
    proposals,
    provider: row.provider_id,
    subscriber: row.subscriber_id,
    service: row.service_id,
    release: row.release_id,
    wall: wallMs,
    cpu: cpuMs,
  }))
  await sql`select bizq.tell_provider_execution(t.line, t.provider, t.subscriber, t.service, t.release, 'succeeded', t.wall, t.cpu, null, null, t.proposals, ${at}, false)
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as t (line uuid, proposals integer, provider uuid, subscriber uuid, service uuid, release uuid, wall double precision, cpu double precision)`.execute(
    tx,
  )
}

/** Writes down what subscriptions keep between executions. */
export async function saveKeptStates(
  tx: Tx,
  states: readonly { subscription: string; state: Record<string, unknown> | null }[],
): Promise<void> {
  if (states.length === 0) return
  await sql`update bizq.execution_schedules s set state = v.state
    from json_to_recordset(${JSON.stringify(states)}::json) as v (subscription uuid, state jsonb)
    where s.subscription_id = v.subscription`.execute(tx)
}
