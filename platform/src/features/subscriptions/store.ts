import { sql, type ColumnType, type Generated, type Kysely, type Transaction } from 'kysely'
import type { EndingReason, Manifest, StateOf } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'
import type { PriceValue } from './schemas.ts'

type State = StateOf<'subscription'>
/** The release that a subscription came back from. */
export interface Returned {
  version: string
  at: string
  reason: string
}
/** When it runs: what its manifest says. */
export type Rhythm = Pick<Manifest, 'schedule' | 'on'>

declare module '../../db/database.ts' {
  interface Database {
    subscriptions: {
      organisation_id: string
      id: Generated<string>
      business_id: string
      provider_id: string
      service_id: string
      release_id: string
      grant_id: string
      state: State
      settings: Record<string, unknown>
      price: PriceValue
      schedule: Rhythm
      waiting_release_id: string | null
      read_allowance_rows: number | null
      trial_ends_at: Date | null
      subscriber_id: string
      created_at: Generated<Date>
      updated_at: Generated<Date>
      paused_at: Date | null
      cancelled_at: Date | null
      returned: ColumnType<Returned | null, never, string | null>
      told_at: Date | null
      ended_because: string | null
      /** When somebody last took a consent to personal data back. */
      personal_withdrawn_at: Date | null
    }
    'directory.subscribed_releases': {
      organisation_id: string
      id: string
      service_id: string
      release_id: string
      subscriber_id: string
      state: State
      told_at: Date | null
    }
    'directory.subscriptions': {
      organisation_id: string
      id: string
      business_id: string
      service_id: string
      release_id: string
      waiting_release_id: string | null
      grant_id: string
      state: State
      schedule: Rhythm
    }
  }
}

type Tx = Transaction<Database>
const columns = [
  'id',
  'business_id',
  'provider_id',
  'service_id',
  'release_id',
  'grant_id',
  'state',
  'settings',
  'price',
  'schedule',
  'waiting_release_id',
  'read_allowance_rows',
  'trial_ends_at',
  'subscriber_id',
  'created_at',
  'paused_at',
  'cancelled_at',
  'returned',
  'told_at',
  'ended_because',
  'personal_withdrawn_at',
] as const
export type SubscriptionRow = NonNullable<Awaited<ReturnType<typeof findSubscription>>>

const asJson = <T>(value: T) => JSON.stringify(value) as unknown as T

export interface NewSubscriptionRow {
  organisation: string
  business: string
  provider: string
  service: string
  release: string
  grant: string
  settings: Record<string, unknown>
  price: PriceValue
  rhythm: Rhythm
  trialEndsAt: Date | null
  subscriber: string
}

/** Undefined when the business has one of this service already. */
export function insertSubscription(tx: Tx, row: NewSubscriptionRow) {
  return tx
    .insertInto('subscriptions')
    .values({
      organisation_id: row.organisation,
      business_id: row.business,
      provider_id: row.provider,
      service_id: row.service,
      release_id: row.release,
      grant_id: row.grant,
      state: 'active',
      settings: asJson(row.settings),
      price: asJson(row.price),
      schedule: asJson(row.rhythm),
      waiting_release_id: null,
      read_allowance_rows: null,
      trial_ends_at: row.trialEndsAt,
      subscriber_id: row.subscriber,
      paused_at: null,
      cancelled_at: null,
    })
    .onConflict((oc) =>
      oc
        .columns(['organisation_id', 'business_id', 'service_id'])
        // Spelled out: with parameters a kept plan cannot know that the index fits.
        .where(sql<boolean>`state <> 'cancelled'`)
        .doNothing(),
    )
    .returning(columns)
    .executeTakeFirst()
}

export function findSubscription(tx: Tx, id: string) {
  return tx.selectFrom('subscriptions').select(columns).where('id', '=', id).executeTakeFirst()
}

export function findSubscriptions(tx: Tx, ids: readonly string[]) {
  return tx
    .selectFrom('subscriptions')
    .select(columns)
    .where(sql<boolean>`id = any (${ids}::uuid[])`)
    .execute()
}

/** Locks in the order of the ids, so that two that lock many cannot wait for each other. */
export function lockSubscriptions(tx: Tx, ids: readonly string[]) {
  return tx
    .selectFrom('subscriptions')
    .select(columns)
    .where(sql<boolean>`id = any (${ids}::uuid[])`)
    .orderBy('id')
    .forUpdate()
    .execute()
}

export function lockSubscription(tx: Tx, id: string) {
  return tx.selectFrom('subscriptions').select(columns).where('id', '=', id).forUpdate().executeTakeFirst()
}

/** The business's subscription to a service that is not cancelled. */
export function findStanding(tx: Tx, business: string, service: string) {
  return tx
    .selectFrom('subscriptions')
    .select(columns)
    .where('business_id', '=', business)
    .where('service_id', '=', service)
    .where('state', '<>', 'cancelled')
    .executeTakeFirst()
}

export interface SubscriptionFilter {
  business?: string | undefined
  service?: string | undefined
  state?: State | undefined
  after?: string | undefined
  limit: number
}

export function listSubscriptions(tx: Tx, filter: SubscriptionFilter) {
  let query = tx.selectFrom('subscriptions').select(columns)
  if (filter.business) query = query.where('business_id', '=', filter.business)
  if (filter.service) query = query.where('service_id', '=', filter.service)
  query = filter.state ? query.where('state', '=', filter.state) : query.where('state', '<>', 'cancelled')
  if (filter.after) query = query.where('id', '<', filter.after)
  return query
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

export function listActive(tx: Tx, business: string) {
  return tx
    .selectFrom('subscriptions')
    .select(columns)
    .where('business_id', '=', business)
    .where('state', '=', 'active')
    .orderBy('id')
    .execute()
}

export interface SubscriptionChange {
  state?: State
  release_id?: string
  grant_id?: string
  settings?: Record<string, unknown>
  price?: PriceValue
  schedule?: Rhythm
  waiting_release_id?: string | null
  read_allowance_rows?: number | null
  paused_at?: Date | null
  cancelled_at?: Date
  returned?: Returned | null
  told_at?: Date
  ended_because?: string
  personal_withdrawn_at?: Date
}

export function updateSubscription(tx: Tx, id: string, change: SubscriptionChange) {
  const { settings, price, schedule, returned, ...plain } = change
  return tx
    .updateTable('subscriptions')
    .set({
      ...plain,
      ...(settings ? { settings: asJson(settings) } : {}),
      ...(price ? { price: asJson(price) } : {}),
      ...(schedule ? { schedule: asJson(schedule) } : {}),
      ...(returned === undefined ? {} : { returned: returned && JSON.stringify(returned) }),
      updated_at: new Date(),
    })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow()
}

/** Writes what the provider may know of a subscription into the provider's own organisation. */
export async function tellProvider(
  tx: Tx,
  row: Pick<
    SubscriptionRow,
    'provider_id' | 'subscriber_id' | 'service_id' | 'release_id' | 'state' | 'price'
  >,
) {
  await sql`select bizq.tell_provider(${row.provider_id}::uuid, ${row.subscriber_id}::uuid, ${row.service_id}::uuid,
    ${row.release_id}::uuid, ${row.state}, ${JSON.stringify(row.price)}::jsonb)`.execute(tx)
}

/** Writes why it ended into the provider's own organisation: a code, redacted words, the day, and nothing of whose it was. */
export async function tellEnding(
  tx: Tx,
  row: SubscriptionRow,
  reason: { code: EndingReason | null; words: string | null },
): Promise<void> {
  const wasTrial = row.trial_ends_at !== null && row.trial_ends_at > new Date()
  await sql`select bizq.tell_provider_ending(${row.provider_id}::uuid, ${row.subscriber_id}::uuid, ${row.service_id}::uuid,
    ${row.release_id}::uuid, ${wasTrial}, ${reason.code}, ${reason.words})`.execute(tx)
}

export function listOtherReleases(directory: Kysely<Database>, service: string, release: string) {
  return directory
    .selectFrom('directory.subscriptions')
    .select(['organisation_id', 'id'])
    .where('service_id', '=', service)
    .where('release_id', '<>', release)
    .where('state', '<>', 'cancelled')
    .orderBy('id')
    .execute()
}

/** Whose release something happened to lately that its operator did not do. */
export function listConcerned(tx: Tx, limit: number) {
  return tx
    .selectFrom('subscriptions')
    .select(columns)
    .where(
      sql<boolean>`case when state = 'cancelled' then ended_because is not null and cancelled_at > now() - interval '30 days'
        else told_at is not null or (returned ->> 'at')::timestamptz > now() - interval '7 days' end`,
    )
    .orderBy('updated_at', 'desc')
    .limit(limit)
    .execute()
}

/** Every subscription that is not cancelled to a release or a whole service, of whichever organisation. */
export function listSubscribed(directory: Kysely<Database>, of: { release: string } | { service: string }) {
  const query = directory
    .selectFrom('directory.subscribed_releases')
    .select(['organisation_id', 'id', 'release_id', 'subscriber_id', 'state', 'told_at'])
    .orderBy('id')
  return 'release' in of
    ? query.where('release_id', '=', of.release).execute()
    : query.where('service_id', '=', of.service).execute()
}
