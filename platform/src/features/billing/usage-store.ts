import { sql, type Generated, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

interface UsageTable {
  organisation_id: string
  id: Generated<string>
  subscription_id: string
  business_id: string
  service_id: string
  provider_id: string
  unit: string
  per: string
  currency: string
  unit_price: number
  included: number
  /** The execution or the action. */
  cause_id: string
  at: Date
  undone_at: Date | null
}

declare module '../../db/database.ts' {
  interface Database {
    usage_records: UsageTable
    usage_caps: {
      organisation_id: string
      business_id: string
      service_id: string
      amount: number | null
      reached_at: Date | null
      /** When most of it was reached in this period. */
      near_at: Date | null
      /** What use had come to in this period when the cap was last set: asked for whatever is set then. */
      spent_before: number | null
    }
  }
}

type Tx = Transaction<Database>

/** A service at a business: its cap and what is included hold for it, whichever subscriptions it has in a period. */
export interface Place {
  business_id: string
  service_id: string
}

export const placeOf = ({ business_id, service_id }: Place): string => `${business_id} ${service_id}`

const isAmong = (places: readonly Place[]) => sql<boolean>`(business_id, service_id) in (select * from unnest(
  ${places.map(({ business_id }) => business_id)}::uuid[], ${places.map(({ service_id }) => service_id)}::uuid[]))`

export type NewUsage = Omit<UsageTable, 'id' | 'undone_at'>

/** What was counted before is not counted again. */
export async function insertUsage(tx: Tx, rows: readonly NewUsage[]): Promise<void> {
  if (rows.length === 0) return
  await tx
    .insertInto('usage_records')
    .values(rows.map((row) => ({ ...row, undone_at: null })))
    .onConflict((oc) => oc.columns(['organisation_id', 'cause_id', 'unit']).doNothing())
    .execute()
}

/** An action that was undone before its period was invoiced is not charged. */
export async function markUndone(tx: Tx, cause: string, at: Date): Promise<void> {
  await tx
    .updateTable('usage_records')
    .set({ undone_at: at })
    .where('cause_id', '=', cause)
    .where('undone_at', 'is', null)
    .execute()
}

/** How much of each unit was used by a subscription within a span, at each price; the older subscription comes first. */
export interface Used {
  subscription_id: string
  business_id: string
  service_id: string
  provider_id: string
  unit: string
  currency: string
  unit_price: number
  included: number
  count: number
}

export async function sumUsage(tx: Tx, from: Date, to: Date, places?: readonly Place[]): Promise<Used[]> {
  let query = tx
    .selectFrom('usage_records')
    .select([
      'subscription_id',
      'business_id',
      'service_id',
      'provider_id',
      'unit',
      'currency',
      'unit_price',
      'included',
      sql<number>`count(*)::int`.as('count'),
    ])
    .where('at', '>=', from)
    .where('at', '<', to)
    .where((eb) => eb.or([eb('undone_at', 'is', null), eb('undone_at', '>=', to)]))
  if (places) query = query.where(isAmong(places))
  return query
    .groupBy([
      'subscription_id',
      'business_id',
      'service_id',
      'provider_id',
      'unit',
      'currency',
      'unit_price',
      'included',
    ])
    .orderBy('subscription_id')
    .orderBy('unit')
    .orderBy(sql`min(at)`)
    .execute()
}

export type Cap = Omit<Database['usage_caps'], 'organisation_id'>

/** By the place for which each was set (`placeOf`). */
export async function listCaps(tx: Tx, places?: readonly Place[]): Promise<Map<string, Cap>> {
  let query = tx
    .selectFrom('usage_caps')
    .select(['business_id', 'service_id', 'amount', 'reached_at', 'near_at', 'spent_before'])
  if (places) query = query.where(isAmong(places))
  return new Map((await query.execute()).map((row) => [placeOf(row), row]))
}

export async function saveCap(
  tx: Tx,
  organisation: string,
  { business_id, service_id }: Place,
  change: Partial<Omit<Cap, keyof Place>>,
): Promise<void> {
  await tx
    .insertInto('usage_caps')
    .values({
      organisation_id: organisation,
      business_id,
      service_id,
      amount: null,
      reached_at: null,
      near_at: null,
      spent_before: null,
      ...change,
    })
    .onConflict((oc) => oc.columns(['organisation_id', 'business_id', 'service_id']).doUpdateSet(change))
    .execute()
}

/** A new period: every cap is open again, except where nothing may be used at all. Answers how many were reached. */
export async function reopenCaps(tx: Tx): Promise<number> {
  await tx.updateTable('usage_caps').set({ near_at: null, spent_before: null }).execute()
  const rows = await tx
    .updateTable('usage_caps')
    .set({ reached_at: null })
    .where('reached_at', 'is not', null)
    .where(sql<boolean>`amount is distinct from 0`)
    .returning('service_id')
    .execute()
  return rows.length
}
