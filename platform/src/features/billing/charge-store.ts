import { sql, type Generated, type Selectable, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { SubscriptionRow } from '../subscriptions/index.ts'

export type PriceValue = SubscriptionRow['price']
export type ChargeEnd = 'cancelled' | 'changed' | 'resting' | 'paused' | 'suspended'

interface ChargeTable {
  organisation_id: string
  id: Generated<string>
  subscription_id: string
  business_id: string
  service_id: string
  provider_id: string
  price: PriceValue
  from_at: Date
  to_at: Date | null
  ended_because: ChargeEnd | null
  /** Until when monthly lines were made of it. */
  billed_until: Date | null
}

declare module '../../db/database.ts' {
  interface Database {
    service_charges: ChargeTable
    suspended_subscriptions: { organisation_id: string; subscription_id: string; at: Date }
    service_trials: {
      organisation_id: string
      business_id: string
      service_id: string
      began_at: Date
      ends_at: Date
    }
    service_activity: {
      organisation_id: string
      subscription_id: string
      day: string
      first_at: Date
      last_at: Date
    }
  }
}

type Tx = Transaction<Database>
export type Charge = Selectable<ChargeTable>

const columns = [
  'id',
  'organisation_id',
  'subscription_id',
  'business_id',
  'service_id',
  'provider_id',
  'price',
  'from_at',
  'to_at',
  'ended_because',
  'billed_until',
] as const

export async function insertCharge(
  tx: Tx,
  charge: Omit<Charge, 'id' | 'to_at' | 'ended_because' | 'billed_until'>,
): Promise<void> {
  await tx
    .insertInto('service_charges')
    .values({
      ...charge,
      price: JSON.stringify(charge.price) as unknown as PriceValue,
      to_at: null,
      ended_because: null,
      billed_until: null,
    })
    .onConflict((oc) =>
      oc
        .columns(['organisation_id', 'subscription_id'])
        .where(sql<boolean>`to_at is null`)
        .doNothing(),
    )
    .execute()
}

export function findOpenCharges(tx: Tx, subscriptions: readonly string[]): Promise<Charge[]> {
  return tx
    .selectFrom('service_charges')
    .select(columns)
    .where(sql<boolean>`subscription_id = any (${subscriptions}::uuid[])`)
    .where('to_at', 'is', null)
    .execute()
}

/** Ends the open charges of these subscriptions; one that had not begun was never owed. */
export async function endCharges(
  tx: Tx,
  subscriptions: readonly string[] | 'all',
  at: Date,
  because: ChargeEnd,
): Promise<void> {
  let query = tx
    .updateTable('service_charges')
    .set({ to_at: sql<Date>`greatest(from_at, ${at}::timestamptz)`, ended_because: because })
    .where('to_at', 'is', null)
  if (subscriptions !== 'all')
    query = query.where(sql<boolean>`subscription_id = any (${subscriptions}::uuid[])`)
  await query.execute()
}

/** Charges that stood at some time within a span. */
export function listChargesWithin(tx: Tx, from: Date, to: Date): Promise<Charge[]> {
  return tx
    .selectFrom('service_charges')
    .select(columns)
    .where('from_at', '<', to)
    .where((eb) => eb.or([eb('to_at', 'is', null), eb('to_at', '>', from)]))
    .orderBy('from_at')
    .orderBy('id')
    .execute()
}

export async function markBilled(tx: Tx, charges: readonly string[], until: Date): Promise<void> {
  if (charges.length === 0) return
  await tx
    .updateTable('service_charges')
    .set({ billed_until: until })
    .where('id', 'in', [...charges])
    .execute()
}

/** Charges every standing subscription that is charged nothing and may run, of businesses that do not rest: from now, or from its trial's end. */
export async function insertMissing(tx: Tx, now: Date): Promise<void> {
  // A month that was paid ahead before the account was paused is not charged twice when it goes on.
  await sql`insert into bizq.service_charges (organisation_id, subscription_id, business_id, service_id, provider_id, price, from_at, billed_until)
    select s.organisation_id, s.id, s.business_id, s.service_id, s.provider_id, s.price,
      greatest(${now}::timestamptz, coalesce(t.ends_at, s.trial_ends_at, ${now}::timestamptz)),
      (select max(c.billed_until) from bizq.service_charges c where c.organisation_id = s.organisation_id and c.subscription_id = s.id
        and c.ended_because = 'paused' and c.billed_until > ${now} and not exists (select from bizq.invoice_lines l
          join bizq.take_backs b on b.organisation_id = l.organisation_id and b.line_id = l.id and b.cause <> 'paused'
          where l.organisation_id = c.organisation_id and l.charge_id = c.id and l.to_at > ${now}))
    from bizq.subscriptions s left join bizq.service_trials t on t.organisation_id = s.organisation_id
      and t.business_id = s.business_id and t.service_id = s.service_id
    where s.state <> 'cancelled'
      and not exists (select from bizq.service_charges c where c.organisation_id = s.organisation_id and c.subscription_id = s.id and c.to_at is null)
      and not exists (select from bizq.resting_businesses r where r.organisation_id = s.organisation_id and r.business_id = s.business_id)
      and not exists (select from bizq.suspended_subscriptions p where p.organisation_id = s.organisation_id and p.subscription_id = s.id)
    order by s.id
    on conflict (organisation_id, subscription_id) where to_at is null do nothing`.execute(tx)
}

/** Nothing of a subscription may run from now on: it is not charged until that is over. */
export async function insertSuspended(
  tx: Tx,
  organisation: string,
  subscription: string,
  at: Date,
): Promise<void> {
  await tx
    .insertInto('suspended_subscriptions')
    .values({ organisation_id: organisation, subscription_id: subscription, at })
    .onConflict((oc) => oc.doNothing())
    .execute()
}

/** Whether it was suspended until now. */
export async function deleteSuspended(tx: Tx, subscription: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('suspended_subscriptions')
    .where('subscription_id', '=', subscription)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

export async function findTrialEnd(tx: Tx, business: string, service: string): Promise<Date | undefined> {
  const row = await tx
    .selectFrom('service_trials')
    .select('ends_at')
    .where('business_id', '=', business)
    .where('service_id', '=', service)
    .executeTakeFirst()
  return row?.ends_at
}

/** That executions of these subscriptions succeeded: the first and the last of each day are kept. */
export async function recordActivity(
  tx: Tx,
  organisation: string,
  subscriptions: readonly string[],
  at: Date,
): Promise<void> {
  await sql`insert into bizq.service_activity (organisation_id, subscription_id, day, first_at, last_at)
    select ${organisation}, id, (${at}::timestamptz at time zone 'UTC')::date, ${at}, ${at} from unnest(${subscriptions}::uuid[]) id order by id
    on conflict (organisation_id, subscription_id, day) do update
      set first_at = least(service_activity.first_at, excluded.first_at), last_at = greatest(service_activity.last_at, excluded.last_at)`.execute(
    tx,
  )
}

/** Of these subscriptions, those of which an execution succeeded within a span (longer than a day). */
export async function listActiveWithin(
  tx: Tx,
  subscriptions: readonly string[],
  from: Date,
  to: Date,
): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('service_activity')
    .select('subscription_id')
    .distinct()
    .where(sql<boolean>`subscription_id = any (${subscriptions}::uuid[])`)
    .where('first_at', '<', to)
    .where('last_at', '>=', from)
    .execute()
  return new Set(rows.map((row) => row.subscription_id))
}

/** Of these subscriptions, when an execution last succeeded on a day within a span (longer than a day). */
export async function listLastActive(
  tx: Tx,
  subscriptions: readonly string[],
  from: Date,
  to: Date,
): Promise<Map<string, Date>> {
  const rows = await tx
    .selectFrom('service_activity')
    .select(['subscription_id', (eb) => eb.fn.max('last_at').as('at')])
    .where(sql<boolean>`subscription_id = any (${subscriptions}::uuid[])`)
    .where('first_at', '<', to)
    .where('last_at', '>=', from)
    .groupBy('subscription_id')
    .execute()
  return new Map(rows.map((row) => [row.subscription_id, row.at]))
}

/** The standing subscriptions of these businesses. */
export async function listSubscriptionsOf(tx: Tx, businesses: readonly string[]): Promise<string[]> {
  const rows = await tx
    .selectFrom('subscriptions')
    .select('id')
    .where(sql<boolean>`business_id = any (${businesses}::uuid[])`)
    .where('state', '<>', 'cancelled')
    .execute()
  return rows.map((row) => row.id)
}
