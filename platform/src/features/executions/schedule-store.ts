import type { Generated, Kysely, Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    execution_schedules: {
      organisation_id: string
      subscription_id: string
      next_run_at: Date | null
      state: unknown
      updated_at: Generated<Date>
    }
    'directory.due_schedules': { organisation_id: string; subscription_id: string }
  }
}

type Tx = Transaction<Database>

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
