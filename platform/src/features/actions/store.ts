import { sql, type Generated, type Kysely, type Selectable, type Transaction } from 'kysely'
import type { ActionType, DatasetName, Money, StateOf } from '@bizq/sdk/contract'
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
    decisions: {
      organisation_id: string
      id: Generated<string>
      action_id: string
      decision: 'approve' | 'edit' | 'reject' | 'take-back'
      by_kind: string
      user_id: string | null
      token_id: string | null
      version: string
      reason_code: string | null
      reason_text: string | null
      parameters: unknown
      at: Generated<Date>
    }
    'directory.over_actions': { organisation_id: string; id: string }
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

function asJson(row: Partial<NewAction>) {
  const written: Record<string, unknown> = { ...row }
  for (const name of ['parameters', 'impact', 'because', 'granted', 'reasons'] as const) {
    if (row[name] !== undefined) written[name] = row[name] === null ? null : JSON.stringify(row[name])
  }
  return written as never
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

export async function updateAction(tx: Tx, id: string, change: Partial<StoredAction>): Promise<ActionRow> {
  return (await tx
    .updateTable('actions')
    .set({ ...asJsonChange(change), updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()) as ActionRow
}

function asJsonChange(change: Partial<StoredAction>) {
  return asJson(change as Partial<NewAction>) as Partial<StoredAction>
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

export interface ActionFilter {
  states?: StateOf<'action'>[] | undefined
  business?: string | undefined
  service?: string | undefined
  subscription?: string | undefined
  type?: ActionType | undefined
  execution?: string | undefined
  sort: 'money' | 'risk' | 'newest'
  after?: (string | number)[] | undefined
  limit: number
}

const riskRank = sql<number>`case risk when 'high' then 3 when 'medium' then 2 else 1 end`
/** What the records do not tell counts as above every limit. */
const stakeRank = sql<number>`coalesce(stake_units, 1e15)`

function ranksOf(sort: ActionFilter['sort']) {
  if (sort === 'newest') return [sql<number>`extract(epoch from proposed_at)`]
  return sort === 'money' ? [stakeRank, riskRank] : [riskRank, stakeRank]
}

/** By money, by risk or by age, each downwards; the last two columns of a row are its place in that order. */
export async function listActions(
  tx: Tx,
  filter: ActionFilter,
): Promise<{ row: ActionRow; place: (string | number)[] }[]> {
  const ranks = ranksOf(filter.sort)
  const [first, second = sql<number>`0`] = ranks
  let query = tx
    .selectFrom('actions')
    .selectAll()
    .select([sql<number>`(${first})::float8`.as('rank_one'), sql<number>`(${second})::float8`.as('rank_two')])
  if (filter.states) query = query.where('state', 'in', filter.states)
  if (filter.business) query = query.where('business_id', '=', filter.business)
  if (filter.service) query = query.where('service_id', '=', filter.service)
  if (filter.subscription) query = query.where('subscription_id', '=', filter.subscription)
  if (filter.execution) query = query.where('execution_id', '=', filter.execution)
  if (filter.type) query = query.where('type', '=', filter.type)
  if (filter.after) {
    const [one = 0, two = 0, id = ''] = filter.after
    query = query.where(
      sql<boolean>`((${first})::float8, (${second})::float8, id) < (${one}::float8, ${two}::float8, ${id}::uuid)`,
    )
  }
  const rows = await query
    .orderBy('rank_one', 'desc')
    .orderBy('rank_two', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()
  return rows.map(({ rank_one, rank_two, ...row }) => ({
    row: row as ActionRow,
    place: [rank_one, rank_two, row.id],
  }))
}

export interface NewDecision {
  action: string
  decision: 'approve' | 'edit' | 'reject' | 'take-back'
  byKind: string
  user: string | null
  token: string | null
  version: string
  reason?: { code: string; text?: string | undefined } | undefined
  parameters?: Record<string, unknown> | undefined
}

export async function insertDecision(tx: Tx, organisation: string, given: NewDecision): Promise<void> {
  await tx
    .insertInto('decisions')
    .values({
      organisation_id: organisation,
      action_id: given.action,
      decision: given.decision,
      by_kind: given.byKind,
      user_id: given.user,
      token_id: given.token,
      version: given.version,
      reason_code: given.reason?.code ?? null,
      reason_text: given.reason?.text ?? null,
      parameters: given.parameters ? JSON.stringify(given.parameters) : null,
    })
    .execute()
}

/** The last decision of each action, with the name of who made it. */
export async function listLastDecisions(tx: Tx, actions: readonly string[]) {
  if (actions.length === 0) return []
  return tx
    .selectFrom('decisions as d')
    .leftJoin('members as m', (join) =>
      join.onRef('m.organisation_id', '=', 'd.organisation_id').onRef('m.user_id', '=', 'd.user_id'),
    )
    .distinctOn('d.action_id')
    .select(['d.action_id', 'd.decision', 'd.by_kind', 'd.reason_code', 'd.reason_text', 'd.at', 'm.name'])
    .where('d.action_id', 'in', [...actions])
    .orderBy('d.action_id')
    .orderBy('d.id', 'desc')
    .execute()
}

export interface ServiceRecord {
  decided: number
  accepted: number
  edited: number
  undone: number
}

/** What this operator did with the actions of services: persons' decisions only. */
export async function listServiceRecords(
  tx: Tx,
  services: readonly string[],
): Promise<Map<string, ServiceRecord>> {
  if (services.length === 0) return new Map()
  const rows = await tx
    .selectFrom('actions')
    .select([
      'service_id',
      sql<number>`count(*)::int`.as('decided'),
      sql<number>`count(*) filter (where decision = 'approve' and state <> 'undone')::int`.as('accepted'),
      sql<number>`count(*) filter (where decision = 'edit')::int`.as('edited'),
      sql<number>`count(*) filter (where state = 'undone')::int`.as('undone'),
    ])
    .where('service_id', 'in', [...new Set(services)])
    .where('decided_by', '=', 'person')
    .groupBy('service_id')
    .execute()
  return new Map(rows.map(({ service_id, ...record }) => [service_id, record]))
}

/** How many actions of each subscription persons have decided; nothing for those of which none. */
export async function countDecided(tx: Tx, subscriptions: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx
    .selectFrom('actions')
    .select(['subscription_id', sql<number>`count(*)::int`.as('count')])
    .where(sql<boolean>`subscription_id = any (${subscriptions}::uuid[])`)
    .where('decided_by', '=', 'person')
    .groupBy('subscription_id')
    .execute()
  return new Map(rows.map((row) => [row.subscription_id, row.count]))
}

/** What a service did automatically for this operator in the last 24 hours. One unit at a time may ask: the cap is not passed by two at once. */
export async function lockLastDay(
  tx: Tx,
  organisation: string,
  service: string,
): Promise<{ amount: number; count: number }> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${organisation} ${service} automatic`}, 0))`.execute(
    tx,
  )
  const row = await tx
    .selectFrom('actions')
    .select([
      sql<number>`coalesce(sum(stake_units), 0)::float8`.as('amount'),
      sql<number>`count(*)::int`.as('count'),
    ])
    .where('service_id', '=', service)
    .where('decided_by', '=', 'policy')
    .where('state', 'in', ['approved', 'applied', 'undone'])
    .where(sql<boolean>`decided_at > now() - interval '24 hours'`)
    .executeTakeFirstOrThrow()
  return row
}

export async function listOver(directory: Kysely<Database>, limit: number) {
  return directory
    .selectFrom('directory.over_actions')
    .select(['organisation_id', 'id'])
    .limit(limit)
    .execute()
}

export async function listUndecidedOf(tx: Tx, subscription: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('actions')
    .select('id')
    .where('subscription_id', '=', subscription)
    .where('state', 'in', ['proposed', 'awaiting-second', 'approved'])
    .execute()
  return rows.map((row) => row.id)
}

export interface ToldOutcome {
  action: ActionRow
  outcome: 'accepted' | 'edited' | 'rejected' | 'undone' | 'expired'
  code?: string | undefined
  words?: string | undefined
}

/** Writes the provider's own row: the day, the type and the outcome, nothing of whose it was. */
export async function tellProvider(tx: Tx, { action, outcome, code, words }: ToldOutcome): Promise<void> {
  await sql`select bizq.tell_provider_outcome(${action.provider_id}, ${action.subscriber_id}, ${action.service_id},
    ${action.provider_ref}, ${action.type}, ${outcome}, ${code ?? null}, ${words ?? null})`.execute(tx)
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
