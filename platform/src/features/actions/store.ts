import { sql, type Generated, type Kysely, type Selectable, type Transaction } from 'kysely'
import { statesBefore, type ActionType, type DatasetName, type Money, type StateOf } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'
import type { Outcome } from '../policies/index.ts'

type Json<T> = T

interface ActionTable {
  organisation_id: string
  id: Generated<string>
  business_id: string
  subscription_id: string
  service_id: string
  service_slug: string
  service_name: string
  release_id: string
  release_version: string
  provider_id: string
  subscriber_id: string
  provider_ref: Generated<string>
  execution_id: string
  type: ActionType
  target: string
  parameters: Json<unknown>
  state: StateOf<'action'>
  stake_amount: number | null
  stake_currency: string | null
  stake_units: number | null
  impact: Json<unknown>
  confidence: number
  risk: 'low' | 'medium' | 'high'
  is_claim_disputed: boolean
  outcome: Outcome
  may_bulk: boolean
  reasons: Json<unknown>
  because: Json<unknown>
  granted: Json<unknown>
  target_version: string
  note: string | null
  proposed_at: Generated<Date>
  updated_at: Generated<Date>
  expires_at: Date
  decided_at: Date | null
  decided_by: 'person' | 'policy' | null
  decision: string | null
  first_approver: string | null
  decided_version: string | null
}

declare module '../../db/database.ts' {
  interface Database {
    actions: ActionTable
    'directory.over_actions': { organisation_id: string; id: string }
    'directory.undecided_releases': { organisation_id: string; release_id: string }
  }
}

type Tx = Transaction<Database>
type StoredAction = Selectable<ActionTable>

/** An action as it stands, with its JSON columns in their shapes. */
export type ActionRow = Omit<StoredAction, 'parameters' | 'impact' | 'because' | 'granted' | 'reasons'> & {
  parameters: Record<string, unknown>
  impact: Money | null
  because: { dataset: DatasetName; id: string }[]
  granted: Partial<Record<DatasetName, string[]>>
  reasons: { detail: string }[]
}

export type NewAction = Omit<
  ActionRow,
  | 'id'
  | 'provider_ref'
  | 'proposed_at'
  | 'updated_at'
  | 'decided_at'
  | 'decided_by'
  | 'decision'
  | 'first_approver'
  | 'decided_version'
  | 'note'
>

function asJson(row: ActionChange): Record<string, unknown> {
  const written: Record<string, unknown> = { ...row }
  for (const name of ['parameters', 'impact', 'because', 'granted', 'reasons'] as const) {
    if (row[name] !== undefined) written[name] = row[name] === null ? null : JSON.stringify(row[name])
  }
  return written
}

const insertedColumns = [
  'organisation_id',
  'id',
  'business_id',
  'subscription_id',
  'service_id',
  'service_slug',
  'service_name',
  'release_id',
  'release_version',
  'provider_id',
  'subscriber_id',
  'execution_id',
  'type',
  'target',
  'parameters',
  'state',
  'stake_amount',
  'stake_currency',
  'stake_units',
  'impact',
  'confidence',
  'risk',
  'is_claim_disputed',
  'outcome',
  'may_bulk',
  'reasons',
  'because',
  'granted',
  'target_version',
  'expires_at',
] as const satisfies readonly (keyof NewAction | 'id')[]

/** Adds actions in one statement and answers them in the order given. */
export async function insertActions(
  tx: Tx,
  rows: readonly (NewAction & { id: string })[],
): Promise<ActionRow[]> {
  if (rows.length === 0) return []
  const columns = sql.join(insertedColumns.map((name) => sql.ref(name)))
  const inserted = await sql<ActionRow>`insert into bizq.actions (${columns})
    select ${columns} from json_populate_recordset(null::bizq.actions, ${JSON.stringify(rows)}::json) returning *`.execute(
    tx,
  )
  const byId = new Map(inserted.rows.map((row) => [row.id, row]))
  return rows.flatMap(({ id }) => byId.get(id) ?? [])
}

/** What an action is about: of these there is one undecided at a time. */
export interface ActionPlace {
  subscription: string
  type: ActionType
  target: string
}

export const keyOf = ({ subscription, type, target }: ActionPlace): string =>
  `${subscription} ${type} ${target}`

const placesTable = (places: readonly ActionPlace[]) => sql`unnest(
  ${places.map(({ subscription }) => subscription)}::uuid[], ${places.map(({ type }) => type)}::text[],
  ${places.map(({ target }) => target)}::text[]) as p (subscription, type, target)`

function byPlace(rows: readonly ActionRow[]): Map<string, ActionRow> {
  return new Map(
    rows.map((row) => [
      keyOf({ subscription: row.subscription_id, type: row.type, target: row.target }),
      row,
    ]),
  )
}

/** Locks the undecided actions about these things, by `keyOf`, in the order of their ids. */
export async function lockUndecided(tx: Tx, places: readonly ActionPlace[]): Promise<Map<string, ActionRow>> {
  if (places.length === 0) return new Map()
  const { rows } = await sql<ActionRow>`select a.* from bizq.actions a, ${placesTable(places)}
    where a.subscription_id = p.subscription and a.type = p.type and a.target = p.target
      and a.state in ('proposed', 'awaiting-second') order by a.id for update of a`.execute(tx)
  return byPlace(rows)
}

/** The last decided action about each of these things, by `keyOf`. */
export async function findLastDecided(
  tx: Tx,
  places: readonly ActionPlace[],
): Promise<Map<string, ActionRow>> {
  if (places.length === 0) return new Map()
  const { rows } = await sql<ActionRow>`select a.* from ${placesTable(places)}, lateral (
    select * from bizq.actions
    where subscription_id = p.subscription and type = p.type and target = p.target
      and state not in ('proposed', 'awaiting-second', 'expired', 'withdrawn', 'replaced')
    order by id desc limit 1) a`.execute(tx)
  return byPlace(rows)
}

export type ActionChange = Partial<Omit<ActionRow, 'id' | 'organisation_id'>>

/** Changes an action. Throws when its state does not allow the move (contract, `states`). */
export async function updateAction(tx: Tx, id: string, change: ActionChange): Promise<ActionRow> {
  let query = tx
    .updateTable('actions')
    .set({ ...asJson(change), updated_at: new Date() })
    .where('id', '=', id)
  if (change.state) query = query.where('state', 'in', statesBefore('action', change.state))
  return (await query.returningAll().executeTakeFirstOrThrow()) as ActionRow
}

export async function findActions(tx: Tx, ids: readonly string[]): Promise<ActionRow[]> {
  if (ids.length === 0) return []
  return (await tx
    .selectFrom('actions')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute()) as ActionRow[]
}

/** Locks actions in the order of their ids, so that two bulk decisions cannot wait for each other. */
export async function lockActions(tx: Tx, ids: readonly string[]): Promise<ActionRow[]> {
  if (ids.length === 0) return []
  return (await tx
    .selectFrom('actions')
    .selectAll()
    .where('id', 'in', [...ids])
    .orderBy('id')
    .forUpdate()
    .execute()) as ActionRow[]
}

/** Undecided actions whose time is over, of all organisations but these. */
export async function listOver(directory: Kysely<Database>, but: readonly string[], limit: number) {
  return directory
    .selectFrom('directory.over_actions')
    .select(['organisation_id', 'id'])
    .where(sql<boolean>`organisation_id <> all (${but}::uuid[])`)
    .limit(limit)
    .execute()
}

/** Locks what a subscription proposed and nobody decided, and what is approved and not carried out. */
export async function lockOpenOf(tx: Tx, subscription: string): Promise<ActionRow[]> {
  return (await tx
    .selectFrom('actions')
    .selectAll()
    .where('subscription_id', '=', subscription)
    .where('state', 'in', ['proposed', 'awaiting-second', 'approved'])
    .orderBy('id')
    .forUpdate()
    .execute()) as ActionRow[]
}

/** Why an action that nobody decided went, other than that its subscription ended. */
export type WhyWithdrawn = 'release-suspended' | 'release-withdrawn' | 'release-taken-back'

/** The organisations where something that a release proposed is undecided. */
export async function listUndecidedOf(directory: Kysely<Database>, release: string): Promise<string[]> {
  const rows = await directory
    .selectFrom('directory.undecided_releases')
    .select('organisation_id')
    .where('release_id', '=', release)
    .orderBy('organisation_id')
    .execute()
  return rows.map((row) => row.organisation_id)
}

/** Locks what a release proposed, of one subscription or of all, and nobody decided. */
export async function lockUndecidedOf(
  tx: Tx,
  { release, subscription }: { release: string; subscription?: string },
): Promise<ActionRow[]> {
  let query = tx
    .selectFrom('actions')
    .selectAll()
    .where('release_id', '=', release)
    .where(sql<boolean>`state in ('proposed', 'awaiting-second')`)
  if (subscription) query = query.where('subscription_id', '=', subscription)
  return (await query.orderBy('id').forUpdate().execute()) as ActionRow[]
}

/** Of these executions, those whose actions are undecided or can still be undone. */
export async function listHeld(tx: Tx, executions: readonly string[]): Promise<string[]> {
  if (executions.length === 0) return []
  const rows = await tx
    .selectFrom('actions as a')
    .leftJoin('effects as e', (join) =>
      join
        .onRef('e.organisation_id', '=', 'a.organisation_id')
        .onRef('e.action_id', '=', 'a.id')
        .on('e.state', '=', 'done'),
    )
    .select('a.execution_id')
    .distinct()
    .where('a.execution_id', 'in', [...executions])
    .where((eb) =>
      eb.or([
        eb('a.state', 'in', ['proposed', 'awaiting-second', 'approved']),
        eb.and([eb('a.state', '=', 'applied'), eb('e.undo_until', '>', new Date())]),
      ]),
    )
    .execute()
  return rows.map((row) => row.execution_id)
}

export async function countWaiting(tx: Tx): Promise<Map<string, number>> {
  const rows = await tx
    .selectFrom('actions')
    .select(['business_id', sql<number>`count(*)::int`.as('count')])
    .where('state', 'in', ['proposed', 'awaiting-second'])
    .groupBy('business_id')
    .execute()
  return new Map(rows.map((row) => [row.business_id, row.count]))
}

/** Of these subscriptions, those with an action that nobody has decided. */
export async function listWaitingSubscriptions(tx: Tx, subscriptions: readonly string[]): Promise<string[]> {
  const rows = await tx
    .selectFrom('actions')
    .select('subscription_id')
    .distinct()
    .where(sql<boolean>`subscription_id = any (${subscriptions}::uuid[])`)
    .where('state', 'in', ['proposed', 'awaiting-second'])
    .execute()
  return rows.map((row) => row.subscription_id)
}
