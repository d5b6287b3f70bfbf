import { sql, type Generated, type Kysely, type Selectable, type Transaction } from 'kysely'
import type { ExecutionOutcome, ExecutionTrigger, StateOf } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'
import type { SandboxError } from '@bizq/sandbox'

interface ExecutionTable {
  organisation_id: string
  id: Generated<string>
  business_id: string
  subscription_id: string
  grant_id: string
  service_id: string
  provider_id: string
  release_id: string
  subscriber_id: string
  state: StateOf<'execution'>
  trigger: ExecutionTrigger
  outcome: ExecutionOutcome | null
  reason: string | null
  attempts: Generated<number>
  queued_at: Generated<Date>
  next_attempt_at: Date | null
  started_at: Date | null
  finished_at: Date | null
  frozen_at: Date | null
  input_digest: string | null
  input_rows: unknown
  input_bytes: number | null
  settings: unknown
  state_before: unknown
  limits: unknown
  output: string | null
  output_digest: string | null
  metrics: unknown
  recommendations: unknown
  dropped: unknown
  action_count: number | null
  log: Generated<string>
  error: unknown
  receipt: string | null
  cpu_ms: number | null
  wall_ms: number | null
  peak_rss_mib: number | null
}

declare module '../../db/database.ts' {
  interface Database {
    executions: ExecutionTable
    execution_inputs: {
      organisation_id: string
      subscription_id: string
      digest: string
      content: Buffer
      byte_count: number
      created_at: Generated<Date>
      expires_at: Date
    }
    execution_schedules: {
      organisation_id: string
      subscription_id: string
      next_run_at: Date | null
      state: unknown
      updated_at: Generated<Date>
    }
    release_circuits: {
      release_id: string
      failures: number
      opened_until: Date | null
      updated_at: Generated<Date>
    }
    'directory.due_schedules': { organisation_id: string; subscription_id: string }
    'directory.over_inputs': { organisation_id: string; subscription_id: string; digest: string }
    'directory.left_executions': { organisation_id: string; id: string }
  }
}

type Tx = Transaction<Database>
export type ExecutionRow = Omit<Selectable<ExecutionTable>, 'settings' | 'state_before' | 'limits'> & {
  settings: Record<string, unknown> | null
  state_before: Record<string, unknown> | null
  limits: Record<string, number> | null
}

export type NewExecution = Pick<
  ExecutionRow,
  | 'business_id'
  | 'subscription_id'
  | 'grant_id'
  | 'service_id'
  | 'provider_id'
  | 'release_id'
  | 'subscriber_id'
  | 'trigger'
>

/** Queues an execution; nothing when one of the subscription is open already. */
export async function insertExecution(
  tx: Tx,
  organisation: string,
  values: NewExecution,
): Promise<ExecutionRow | undefined> {
  return (await tx
    .insertInto('executions')
    .values({ organisation_id: organisation, state: 'queued', ...values } as never)
    .onConflict((oc) =>
      oc
        .columns(['organisation_id', 'subscription_id'])
        .where('state', 'in', ['queued', 'waiting', 'running'])
        .doNothing(),
    )
    .returningAll()
    .executeTakeFirst()) as ExecutionRow | undefined
}

export async function findExecution(tx: Tx, id: string): Promise<ExecutionRow | undefined> {
  return (await tx.selectFrom('executions').selectAll().where('id', '=', id).executeTakeFirst()) as
    | ExecutionRow
    | undefined
}

export async function lockExecution(tx: Tx, id: string): Promise<ExecutionRow | undefined> {
  return (await tx
    .selectFrom('executions')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()) as ExecutionRow | undefined
}

const jsonColumns = new Set([
  'input_rows',
  'settings',
  'state_before',
  'limits',
  'metrics',
  'recommendations',
  'dropped',
  'error',
])

export async function updateExecution(
  tx: Tx,
  id: string,
  change: Partial<ExecutionRow>,
): Promise<ExecutionRow> {
  const values = Object.fromEntries(
    Object.entries(change).map(([name, value]) => [
      name,
      jsonColumns.has(name) && value !== null ? JSON.stringify(value) : value,
    ]),
  )
  return (await tx
    .updateTable('executions')
    .set(values)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()) as ExecutionRow
}

export async function listExecutions(
  tx: Tx,
  subscription: string,
  before: string | undefined,
  limit: number,
): Promise<ExecutionRow[]> {
  let query = tx.selectFrom('executions').selectAll().where('subscription_id', '=', subscription)
  if (before) query = query.where('id', '<', before)
  return (await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()) as ExecutionRow[]
}

/** The newest successful execution of each service for a business. */
export async function listLatestOf(tx: Tx, business: string): Promise<ExecutionRow[]> {
  return (await tx
    .selectFrom('executions')
    .distinctOn('service_id')
    .selectAll()
    .where('business_id', '=', business)
    .where('state', '=', 'succeeded')
    .orderBy('service_id')
    .orderBy('id', 'desc')
    .execute()) as ExecutionRow[]
}

export async function listOpenOf(tx: Tx, subscription: string): Promise<ExecutionRow[]> {
  return (await tx
    .selectFrom('executions')
    .selectAll()
    .where('subscription_id', '=', subscription)
    .where('state', 'in', ['queued', 'waiting', 'running'])
    .forUpdate()
    .execute()) as ExecutionRow[]
}

export interface StoredInput {
  subscription: string
  digest: string
  content: Buffer
  bytes: number
  expiresAt: Date
}

export async function saveInput(tx: Tx, organisation: string, input: StoredInput): Promise<void> {
  await tx
    .insertInto('execution_inputs')
    .values({
      organisation_id: organisation,
      subscription_id: input.subscription,
      digest: input.digest,
      content: input.content,
      byte_count: input.bytes,
      expires_at: input.expiresAt,
    })
    .onConflict((oc) =>
      oc
        .columns(['organisation_id', 'subscription_id', 'digest'])
        .doUpdateSet({ expires_at: input.expiresAt }),
    )
    .execute()
}

export async function findInput(tx: Tx, subscription: string, digest: string): Promise<Buffer | undefined> {
  const row = await tx
    .selectFrom('execution_inputs')
    .select('content')
    .where('subscription_id', '=', subscription)
    .where('digest', '=', digest)
    .executeTakeFirst()
  return row?.content
}

export async function findInputExpiry(
  tx: Tx,
  subscription: string,
  digest: string,
): Promise<Date | undefined> {
  const row = await tx
    .selectFrom('execution_inputs')
    .select('expires_at')
    .where('subscription_id', '=', subscription)
    .where('digest', '=', digest)
    .executeTakeFirst()
  return row?.expires_at
}

export async function deleteInputs(
  tx: Tx,
  subscription: string,
  digests?: readonly string[],
): Promise<number> {
  let query = tx.deleteFrom('execution_inputs').where('subscription_id', '=', subscription)
  if (digests) query = query.where('digest', 'in', [...digests])
  return Number((await query.executeTakeFirst()).numDeletedRows)
}

/** The executions that were given this input. */
export async function listExecutionsWith(tx: Tx, subscription: string, digest: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('executions')
    .select('id')
    .where('subscription_id', '=', subscription)
    .where('input_digest', '=', digest)
    .execute()
  return rows.map((row) => row.id)
}

export async function saveSchedule(
  tx: Tx,
  organisation: string,
  subscription: string,
  nextRunAt: Date | null,
): Promise<void> {
  const values = { next_run_at: nextRunAt, updated_at: new Date() }
  await tx
    .insertInto('execution_schedules')
    .values({ organisation_id: organisation, subscription_id: subscription, state: null, ...values })
    .onConflict((oc) => oc.columns(['organisation_id', 'subscription_id']).doUpdateSet(values))
    .execute()
}

export async function findKeptState(tx: Tx, subscription: string): Promise<Record<string, unknown> | null> {
  const row = await tx
    .selectFrom('execution_schedules')
    .select('state')
    .where('subscription_id', '=', subscription)
    .executeTakeFirst()
  return (row?.state as Record<string, unknown> | null | undefined) ?? null
}

export async function saveKeptState(
  tx: Tx,
  subscription: string,
  state: Record<string, unknown> | null,
): Promise<void> {
  await tx
    .updateTable('execution_schedules')
    .set({ state: state === null ? null : JSON.stringify(state) })
    .where('subscription_id', '=', subscription)
    .execute()
}

export function listDue(directory: Kysely<Database>, limit: number) {
  return directory
    .selectFrom('directory.due_schedules')
    .select(['organisation_id', 'subscription_id'])
    .limit(limit)
    .execute()
}

export function listOverInputs(directory: Kysely<Database>, limit: number) {
  return directory
    .selectFrom('directory.over_inputs')
    .select(['organisation_id', 'subscription_id', 'digest'])
    .limit(limit)
    .execute()
}

export function listLeft(directory: Kysely<Database>, limit: number) {
  return directory
    .selectFrom('directory.left_executions')
    .select(['organisation_id', 'id'])
    .limit(limit)
    .execute()
}

export async function findCircuit(
  tx: Tx,
  release: string,
): Promise<{ failures: number; opened_until: Date | null } | undefined> {
  return tx
    .selectFrom('release_circuits')
    .select(['failures', 'opened_until'])
    .where('release_id', '=', release)
    .executeTakeFirst()
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

export async function tellProvider(
  tx: Tx,
  row: ExecutionRow,
  told: {
    outcome: ExecutionOutcome
    wallMs: number | null
    cpuMs: number | null
    error?: SandboxError | undefined
  },
): Promise<void> {
  await sql`select bizq.tell_provider_execution(${row.provider_id}, ${row.subscriber_id}, ${row.service_id}, ${row.release_id}, ${told.outcome},
    ${told.wallMs}, ${told.cpuMs}, ${told.error?.name ?? null}, ${told.error ? JSON.stringify(told.error.stack) : null}::jsonb)`.execute(
    tx,
  )
}
