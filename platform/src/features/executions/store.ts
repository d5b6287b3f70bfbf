import { sql, type Generated, type Kysely, type Selectable, type Transaction } from 'kysely'
import { statesBefore, type ExecutionOutcome, type ExecutionTrigger, type StateOf } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'

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
  /** How often the process that ran it ended. */
  losses: Generated<number>
  queued_at: Generated<Date>
  next_attempt_at: Date | null
  started_at: Date | null
  finished_at: Date | null
  frozen_at: Date | null
  /** Until when a remote provider may hand its output in. */
  answer_due_at: Date | null
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
  /** The provider's own line of it, once it was told of the ending. */
  told_as: string | null
  /** Since when the provider may read its log. */
  log_shared_at: Date | null
}

declare module '../../db/database.ts' {
  interface Database {
    executions: ExecutionTable
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
    // In words, not parameters: a kept plan finds the partial index by nothing else.
    .onConflict((oc) =>
      oc
        .columns(['organisation_id', 'subscription_id'])
        // Spelled out: with parameters a kept plan cannot know that the index fits.
        .where(sql<boolean>`state in ('queued', 'waiting', 'running')`)
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

/** Changes an execution. Throws when its state does not allow the move (contract, `states`). */
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
  let query = tx.updateTable('executions').set(values).where('id', '=', id)
  if (change.state) query = query.where('state', 'in', statesBefore('execution', change.state))
  return (await query.returningAll().executeTakeFirstOrThrow()) as ExecutionRow
}

/** What a list shows: an output may have a mebibyte, and is read where it is compared. */
export type ListedExecution = Omit<ExecutionRow, 'output' | 'receipt'>
const listedColumns = [
  'organisation_id',
  'id',
  'business_id',
  'subscription_id',
  'grant_id',
  'service_id',
  'provider_id',
  'release_id',
  'subscriber_id',
  'state',
  'trigger',
  'outcome',
  'reason',
  'attempts',
  'losses',
  'queued_at',
  'next_attempt_at',
  'started_at',
  'finished_at',
  'frozen_at',
  'answer_due_at',
  'input_digest',
  'input_rows',
  'input_bytes',
  'settings',
  'state_before',
  'limits',
  'output_digest',
  'metrics',
  'recommendations',
  'dropped',
  'action_count',
  'log',
  'error',
  'cpu_ms',
  'wall_ms',
  'peak_rss_mib',
  'told_as',
  'log_shared_at',
] as const satisfies readonly (keyof ListedExecution)[]

export async function listExecutions(
  tx: Tx,
  subscription: string,
  before: string | undefined,
  limit: number,
): Promise<ListedExecution[]> {
  let query = tx.selectFrom('executions').select(listedColumns).where('subscription_id', '=', subscription)
  if (before) query = query.where('id', '<', before)
  return (await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()) as ListedExecution[]
}

/** The newest successful execution of each service for a business. */
export async function listLatestOf(tx: Tx, business: string): Promise<ListedExecution[]> {
  return (await tx
    .selectFrom('executions')
    .distinctOn('service_id')
    .select(listedColumns)
    .where('business_id', '=', business)
    .where('state', '=', 'succeeded')
    .orderBy('service_id')
    .orderBy('id', 'desc')
    .execute()) as ListedExecution[]
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

export async function listSubscriptionsUnder(tx: Tx, grants: readonly string[]): Promise<string[]> {
  const rows = await tx
    .selectFrom('executions')
    .select('subscription_id')
    .distinct()
    .where(sql<boolean>`grant_id = any (${grants}::uuid[])`)
    .execute()
  return rows.map((row) => row.subscription_id)
}

/** Empties what the code of executions under these grants wrote into logs and errors. */
export async function emptyLogsUnder(tx: Tx, grants: readonly string[]): Promise<void> {
  await tx
    .updateTable('executions')
    .set({ log: '', error: null, log_shared_at: null })
    .where(sql<boolean>`grant_id = any (${grants}::uuid[])`)
    .where((eb) => eb.or([eb('log', '<>', ''), eb('error', 'is not', null)]))
    .execute()
}

export async function findOpenOf(
  tx: Tx,
  subscription: string,
): Promise<Pick<ExecutionRow, 'state'> | undefined> {
  return tx
    .selectFrom('executions')
    .select('state')
    .where('subscription_id', '=', subscription)
    .where('state', 'in', ['queued', 'waiting', 'running'])
    .executeTakeFirst()
}

/** Makes what waits for this reason due now; answers their ids. */
export async function hurryWaiting(tx: Tx, reasons: readonly string[]): Promise<string[]> {
  const rows = await tx
    .updateTable('executions')
    .set({ next_attempt_at: new Date() })
    .where('state', '=', 'waiting')
    .where('reason', 'in', [...reasons])
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

export function listLeft(directory: Kysely<Database>, limit: number) {
  return directory
    .selectFrom('directory.left_executions')
    .select(['organisation_id', 'id'])
    .limit(limit)
    .execute()
}

/** The newest executions of their subscriptions of which no proposal became an action, newest first. */
export async function listFruitless(tx: Tx, since: Date, limit: number): Promise<ListedExecution[]> {
  return (await tx
    .selectFrom('executions as e')
    .select(listedColumns.map((column) => `e.${column}` as const))
    .where('e.state', '=', 'succeeded')
    .where('e.action_count', '=', 0)
    .where(sql<boolean>`e.dropped <> '[]'`)
    .where('e.finished_at', '>=', since)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('executions as later')
            .select('later.id')
            .whereRef('later.subscription_id', '=', 'e.subscription_id')
            .whereRef('later.id', '>', 'e.id')
            .where('later.state', 'in', ['succeeded', 'failed', 'refused']),
        ),
      ),
    )
    .orderBy('e.id', 'desc')
    .limit(limit)
    .execute()) as ListedExecution[]
}
