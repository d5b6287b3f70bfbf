import { sql, type Generated, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { ActionRow } from './store.ts'

declare module '../../db/database.ts' {
  interface Database {
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
  }
}

type Tx = Transaction<Database>

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

/** What persons of this operator did with the actions of services: decided on them, or took back what was automatic. */
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
    .where((eb) => eb.or([eb('decided_by', '=', 'person'), eb('state', '=', 'undone')]))
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

/** How many actions of a subscription were decided, by persons or by policies. */
export async function countAllDecided(tx: Tx, subscription: string): Promise<number> {
  const { count } = await tx
    .selectFrom('actions')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('subscription_id', '=', subscription)
    .where('decided_by', 'is not', null)
    .executeTakeFirstOrThrow()
  return count
}

/**
 * What a service did automatically for this operator in the last 24 hours, one action left out. One unit at
 * a time may ask: the cap is not passed by two at once.
 */
export async function lockLastDay(
  tx: Tx,
  organisation: string,
  service: string,
  except?: string,
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
    .where(sql<boolean>`id is distinct from ${except ?? null}::uuid`)
    .where('service_id', '=', service)
    .where('decided_by', '=', 'policy')
    .where('state', 'in', ['approved', 'applied', 'undone'])
    .where(sql<boolean>`decided_at > now() - interval '24 hours'`)
    .executeTakeFirstOrThrow()
  return row
}

export interface ToldOutcome {
  action: ActionRow
  outcome: 'accepted' | 'edited' | 'rejected' | 'undone' | 'expired'
  code?: string | undefined
  words?: string | undefined
  /** What became of its parameters, masked. */
  edited?: Record<string, unknown> | null
}

/** Writes the provider's own row: the day, the type and the outcome, nothing of whose it was. */
export async function tellProvider(
  tx: Tx,
  { action, outcome, code, words, edited }: ToldOutcome,
): Promise<void> {
  await sql`select bizq.tell_provider_outcome(${action.provider_id}, ${action.subscriber_id}, ${action.service_id},
    ${action.release_id}, ${action.provider_ref}, ${action.type}, ${outcome}, ${code ?? null}, ${words ?? null},
    ${edited ? JSON.stringify(edited) : null}::jsonb)`.execute(tx)
}
