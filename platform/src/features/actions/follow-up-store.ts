import type { Generated, Selectable, Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

interface CarryOverTable {
  organisation_id: string
  id: Generated<string>
  business_id: string
  action_id: string
  effect_id: string
  kind: 'do' | 'take-back'
  sentence: string
  state: 'open' | 'done' | 'confirmed' | 'dropped'
  created_at: Generated<Date>
  ended_at: Date | null
}

interface TaskTable {
  organisation_id: string
  id: Generated<string>
  business_id: string
  action_id: string
  body: unknown
  state: 'open' | 'done' | 'removed'
  created_at: Generated<Date>
  ended_at: Date | null
}

declare module '../../db/database.ts' {
  interface Database {
    carry_overs: CarryOverTable
    tasks: TaskTable
  }
}

type Tx = Transaction<Database>
export type CarryOverRow = Selectable<CarryOverTable>

export async function insertCarryOver(
  tx: Tx,
  row: {
    organisation: string
    business: string
    action: string
    effect: string
    kind: 'do' | 'take-back'
    sentence: string
  },
): Promise<void> {
  await tx
    .insertInto('carry_overs')
    .values({
      organisation_id: row.organisation,
      business_id: row.business,
      action_id: row.action,
      effect_id: row.effect,
      kind: row.kind,
      sentence: row.sentence,
      state: 'open',
      ended_at: null,
    })
    .execute()
}

export function listCarryOvers(
  tx: Tx,
  filter: {
    state?: CarryOverRow['state'] | undefined
    business?: string | undefined
    before?: string | undefined
    limit: number
  },
): Promise<CarryOverRow[]> {
  let query = tx.selectFrom('carry_overs').selectAll()
  if (filter.state) query = query.where('state', '=', filter.state)
  if (filter.business) query = query.where('business_id', '=', filter.business)
  if (filter.before) query = query.where('id', '<', filter.before)
  return query
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

export function lockCarryOversOf(tx: Tx, effect: string): Promise<CarryOverRow[]> {
  return tx.selectFrom('carry_overs').selectAll().where('effect_id', '=', effect).forUpdate().execute()
}

export async function endCarryOver(
  tx: Tx,
  id: string,
  state: 'done' | 'confirmed' | 'dropped',
): Promise<CarryOverRow | undefined> {
  return tx
    .updateTable('carry_overs')
    .set({ state, ended_at: new Date() })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .returningAll()
    .executeTakeFirst()
}

export async function insertTask(
  tx: Tx,
  row: { organisation: string; business: string; action: string; body: Record<string, unknown> },
): Promise<string> {
  const { id } = await tx
    .insertInto('tasks')
    .values({
      organisation_id: row.organisation,
      business_id: row.business,
      action_id: row.action,
      body: JSON.stringify(row.body),
      state: 'open',
      ended_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export async function endTask(tx: Tx, id: string, state: 'done' | 'removed'): Promise<boolean> {
  const result = await tx
    .updateTable('tasks')
    .set({ state, ended_at: new Date() })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

export function listTasks(tx: Tx, before: string | undefined, limit: number) {
  let query = tx.selectFrom('tasks').selectAll().where('state', '<>', 'removed')
  if (before) query = query.where('id', '<', before)
  return query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
}
