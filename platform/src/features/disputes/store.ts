import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { ActionType, StateOf } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'
import type { Actor } from '../../db/unit-of-work.ts'
import type { DisputeOutcome, DisputeReason, DisputeWish } from './schemas.ts'

interface DisputeTable {
  organisation_id: string
  id: Generated<string>
  side: 'operator' | 'provider' | 'platform'
  operator_id: string | null
  provider_id: string | null
  subscriber_id: string | null
  business_id: string | null
  subscription_id: string | null
  action_id: string | null
  execution_id: string | null
  about: 'subscription' | 'action' | 'execution'
  action_type: ActionType | null
  service_id: string
  service_slug: string
  service_name: string
  release_version: string
  reason: DisputeReason
  own_words: string | null
  words: string
  wish: DisputeWish
  asked_amount: number | null
  asked_currency: string | null
  state: StateOf<'dispute'>
  told_state: string | null
  told_late_at: Date | null
  opened_at: Generated<Date>
  due_at: Date
  answer: string | null
  answered_at: Date | null
  outcome: DisputeOutcome | null
  decision: string | null
  credit_amount: number | null
  credit_currency: string | null
  ended_at: Date | null
}

declare module '../../db/database.ts' {
  interface Database {
    disputes: DisputeTable
    /** Counts alone: nothing of what an organisation holds. */
    'directory.late_disputes': { organisation_id: string; id: string; side: Actor['organisationKind'] }
    'directory.admin_organisations': {
      id: string
      kind: Actor['organisationKind']
      name: string
      created_at: Date
      stopped_at: Date | null
      stopped_by_platform: string | null
      members: number
      businesses: number
      services: number
      subscriptions: number
      open_disputes: number
    }
  }
}

type Tx = Transaction<Database>

const columns = [
  'organisation_id',
  'id',
  'side',
  'operator_id',
  'provider_id',
  'subscriber_id',
  'business_id',
  'subscription_id',
  'action_id',
  'execution_id',
  'about',
  'action_type',
  'service_id',
  'service_slug',
  'service_name',
  'release_version',
  'reason',
  'own_words',
  'words',
  'wish',
  'asked_amount',
  'asked_currency',
  'state',
  'opened_at',
  'due_at',
  'answer',
  'answered_at',
  'outcome',
  'decision',
  'credit_amount',
  'credit_currency',
  'ended_at',
] as const
export type DisputeRow = NonNullable<Awaited<ReturnType<typeof findDispute>>>

export type NewDisputeRow = Pick<
  DisputeTable,
  | 'organisation_id'
  | 'provider_id'
  | 'subscriber_id'
  | 'business_id'
  | 'subscription_id'
  | 'action_id'
  | 'execution_id'
  | 'about'
  | 'action_type'
  | 'service_id'
  | 'service_slug'
  | 'service_name'
  | 'release_version'
  | 'reason'
  | 'own_words'
  | 'words'
  | 'wish'
  | 'asked_amount'
  | 'asked_currency'
  | 'due_at'
>

/** Adds the operator's own row; nothing when the same thing is in dispute already. */
export function insertDispute(tx: Tx, row: NewDisputeRow) {
  return tx
    .insertInto('disputes')
    .values({ ...row, side: 'operator', state: 'open' })
    .onConflict((oc) => oc.doNothing())
    .returning(columns)
    .executeTakeFirst()
}

/** Adds the rows of the provider and of the platform. */
export async function tellOthers(tx: Tx, platform: string, dispute: string): Promise<void> {
  await sql`select bizq.tell_dispute(${platform}, ${dispute})`.execute(tx)
}

export interface Move {
  state: StateOf<'dispute'>
  answer?: string
  outcome?: string
  decision?: string
  creditAmount?: number
  creditCurrency?: string
}

/** Moves all three rows from one of these states; answers whose they are, or nothing where it may not be moved from here. */
export async function moveDispute(
  tx: Tx,
  platform: string,
  dispute: string,
  from: readonly StateOf<'dispute'>[],
  move: Move,
): Promise<{ operator: string; provider: string } | null> {
  const { rows } = await sql<{ parties: { operator: string; provider: string } | null }>`
    select bizq.move_dispute(${platform}, ${dispute}, ${[...from]}::text[], ${JSON.stringify(move)}::jsonb) as parties`.execute(
    tx,
  )
  return rows[0]?.parties ?? null
}

export function findDispute(tx: Tx, id: string) {
  return tx.selectFrom('disputes').select(columns).where('id', '=', id).executeTakeFirst()
}

export interface DisputeFilter {
  states?: readonly StateOf<'dispute'>[] | undefined
  subscription?: string | undefined
  service?: string | undefined
  after?: [openedAt: string, id: string] | undefined
  limit: number
}

/** Newest first. */
export function listDisputes(tx: Tx, filter: DisputeFilter) {
  let query = tx.selectFrom('disputes').select(columns)
  if (filter.states) query = query.where('state', 'in', [...filter.states])
  if (filter.subscription) query = query.where('subscription_id', '=', filter.subscription)
  if (filter.service) query = query.where('service_id', '=', filter.service)
  if (filter.after)
    query = query.where(
      sql<boolean>`(opened_at, id) < (${filter.after[0]}::timestamptz, ${filter.after[1]}::uuid)`,
    )
  return query
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

/** Marks what this side was told; nothing when it was told of this state before. */
export function markTold(tx: Tx, id: string) {
  return tx
    .updateTable('disputes')
    .set({ told_state: sql`state` })
    .where('id', '=', id)
    .where(sql<boolean>`told_state is distinct from state`)
    .returning(['state', 'service_id'])
    .executeTakeFirst()
}

/** The rows of disputes that are late and whose side was not told so. */
export function listLate(directory: Kysely<Database>) {
  return directory
    .selectFrom('directory.late_disputes')
    .select(['organisation_id', 'id', 'side'])
    .limit(1_000)
    .execute()
}

/** Marks that this side was told that the dispute is late; nothing when it was, or when it is over meanwhile. */
export function markToldLate(tx: Tx, id: string) {
  return tx
    .updateTable('disputes')
    .set({ told_late_at: sql`now()` })
    .where('id', '=', id)
    .where('told_late_at', 'is', null)
    .where('state', 'in', ['open', 'answered'])
    .returning('service_id')
    .executeTakeFirst()
}

export function findPlatform(directory: Kysely<Database>) {
  return directory.selectFrom('directory.platform').select('organisation_id').executeTakeFirst()
}

/** The names of organisations, as the platform reads them. */
export function listNames(directory: Kysely<Database>, ids: readonly string[]) {
  if (ids.length === 0) return Promise.resolve([])
  return directory
    .selectFrom('directory.admin_organisations')
    .select(['id', 'name'])
    .where('id', 'in', [...ids])
    .execute()
}
