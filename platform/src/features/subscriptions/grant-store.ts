import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Consent, DatasetName } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'
import type { PriceValue } from './schemas.ts'

/** What left for one dataset. */
export interface DisclosedDataset {
  dataset: DatasetName
  fields: string[]
  /** The first day or instant of the window; null where the dataset came whole. */
  from: string | null
  rows: number
  bytes: number
}

declare module '../../db/database.ts' {
  interface Database {
    grants: {
      organisation_id: string
      id: Generated<string>
      business_id: string
      provider_id: string
      service_id: string
      release_id: string
      subscription_id: string | null
      state: 'draft' | 'active' | 'ended'
      consent: Consent
      price: PriceValue
      secret: Buffer
      expires_at: Date | null
      created_at: Generated<Date>
      activated_at: Date | null
      ended_at: Date | null
      /** Who agreed to the personal fields of the consent, and when; null where it names none. */
      personal_given_by: string | null
      personal_given_at: Date | null
    }
    disclosures: {
      organisation_id: string
      id: Generated<string>
      subscription_id: string
      grant_id: string
      release_id: string
      execution_id: string | null
      datasets: DisclosedDataset[]
      row_count: number
      byte_count: number
      at: Generated<Date>
    }
    'directory.over_drafts': { organisation_id: string; id: string }
  }
}

type Tx = Transaction<Database>
const asJson = <T>(value: T) => JSON.stringify(value) as unknown as T
const columns = [
  'id',
  'business_id',
  'provider_id',
  'service_id',
  'release_id',
  'subscription_id',
  'state',
  'consent',
  'price',
  'secret',
  'expires_at',
  'created_at',
  'activated_at',
  'ended_at',
  'personal_given_by',
  'personal_given_at',
] as const
/** Who agreed to personal fields, and when. */
export interface GivenBy {
  user: string
  at: Date
}
export type GrantRow = NonNullable<Awaited<ReturnType<typeof findGrant>>>

export interface NewGrantRow {
  organisation: string
  id: string
  business: string
  provider: string
  service: string
  release: string
  consent: Consent
  price: PriceValue
  secret: Buffer
}

export function insertDraft(tx: Tx, row: NewGrantRow, expiresAt: Date) {
  return tx
    .insertInto('grants')
    .values({
      ...valuesOf(row),
      state: 'draft',
      subscription_id: null,
      expires_at: expiresAt,
      activated_at: null,
    })
    .returning(columns)
    .executeTakeFirstOrThrow()
}

export function insertActive(tx: Tx, row: NewGrantRow, subscription: string, given: GivenBy | null) {
  return tx
    .insertInto('grants')
    .values({
      ...valuesOf(row),
      state: 'active',
      subscription_id: subscription,
      expires_at: null,
      activated_at: new Date(),
      personal_given_by: given?.user ?? null,
      personal_given_at: given?.at ?? null,
    })
    .returning(columns)
    .executeTakeFirstOrThrow()
}

function valuesOf(row: NewGrantRow) {
  return {
    organisation_id: row.organisation,
    id: row.id,
    business_id: row.business,
    provider_id: row.provider,
    service_id: row.service,
    release_id: row.release,
    consent: asJson(row.consent),
    price: asJson(row.price),
    secret: row.secret,
    ended_at: null,
    personal_given_by: null,
    personal_given_at: null,
  }
}

export function findGrant(tx: Tx, id: string) {
  return tx.selectFrom('grants').select(columns).where('id', '=', id).executeTakeFirst()
}

export function findGrants(tx: Tx, ids: readonly string[]) {
  return tx
    .selectFrom('grants')
    .select(columns)
    .where(sql<boolean>`id = any (${ids}::uuid[])`)
    .execute()
}

/** Of these grants, the ones whose consent names personal fields. */
export async function listPersonal(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx
    .selectFrom('grants')
    .select('id')
    .where(sql<boolean>`id = any (${ids}::uuid[])`)
    .where(sql<boolean>`consent -> 'personal' is not null`)
    .execute()
  return rows.map(({ id }) => id)
}

/** Every grant that named personal fields, of a subscription or of one dataset of a business. */
export async function listPersonalOf(
  tx: Tx,
  of: { subscription: string } | { business: string; dataset: DatasetName },
): Promise<string[]> {
  const query = tx.selectFrom('grants').select('id').where('state', '<>', 'draft')
  const rows =
    'subscription' in of
      ? query
          .where('subscription_id', '=', of.subscription)
          .where(sql<boolean>`consent -> 'personal' is not null`)
      : query
          .where('business_id', '=', of.business)
          .where(sql<boolean>`consent -> 'personal' -> ${of.dataset}::text is not null`)
  return (await rows.execute()).map(({ id }) => id)
}

export function lockGrant(tx: Tx, id: string) {
  return tx.selectFrom('grants').select(columns).where('id', '=', id).forUpdate().executeTakeFirst()
}

export function listGrants(tx: Tx, subscription: string) {
  return tx
    .selectFrom('grants')
    .select(columns)
    .where('subscription_id', '=', subscription)
    .orderBy('activated_at', 'desc')
    .execute()
}

export async function activateGrant(tx: Tx, id: string, subscription: string, given: GivenBy | null) {
  await tx
    .updateTable('grants')
    .set({
      state: 'active',
      subscription_id: subscription,
      expires_at: null,
      activated_at: new Date(),
      personal_given_by: given?.user ?? null,
      personal_given_at: given?.at ?? null,
    })
    .where('id', '=', id)
    .execute()
}

export async function endGrant(tx: Tx, id: string) {
  await tx.updateTable('grants').set({ state: 'ended', ended_at: new Date() }).where('id', '=', id).execute()
}

export function listOverDrafts(directory: Kysely<Database>) {
  return directory
    .selectFrom('directory.over_drafts')
    .select(['organisation_id', 'id'])
    .limit(10_000)
    .execute()
}

export async function deleteDrafts(tx: Tx, ids: readonly string[]) {
  await tx
    .deleteFrom('grants')
    .where('state', '=', 'draft')
    .where('id', 'in', [...ids])
    .execute()
}

export interface NewDisclosure {
  organisation: string
  subscription: string
  grant: string
  release: string
  execution: string | null
  datasets: DisclosedDataset[]
  rows: number
  bytes: number
}

export async function insertDisclosures(tx: Tx, disclosures: readonly NewDisclosure[]): Promise<void> {
  await tx
    .insertInto('disclosures')
    .values(
      disclosures.map((disclosure) => ({
        organisation_id: disclosure.organisation,
        subscription_id: disclosure.subscription,
        grant_id: disclosure.grant,
        release_id: disclosure.release,
        execution_id: disclosure.execution,
        datasets: asJson(disclosure.datasets),
        row_count: disclosure.rows,
        byte_count: disclosure.bytes,
      })),
    )
    .execute()
}

/** What was materialised for subscriptions in the last 24 hours; nothing for those of which nothing was. */
export function listRecentReads(tx: Tx, subscriptions: readonly string[]) {
  return tx
    .selectFrom('disclosures')
    .select((eb) => [
      'subscription_id',
      sql<number>`sum(row_count)::bigint`.as('rows'),
      sql<number>`max(row_count)`.as('largest'),
      eb.fn.min('at').as('oldest'),
    ])
    .where(sql<boolean>`subscription_id = any (${subscriptions}::uuid[])`)
    .where('at', '>', sql<Date>`now() - interval '24 hours'`)
    .groupBy('subscription_id')
    .execute()
}

export function listDisclosures(
  tx: Tx,
  subscription: string,
  page: { after?: string | undefined; limit: number },
) {
  let query = tx
    .selectFrom('disclosures')
    .select(['id', 'grant_id', 'release_id', 'execution_id', 'datasets', 'row_count', 'byte_count', 'at'])
    .where('subscription_id', '=', subscription)
  if (page.after) query = query.where('id', '<', page.after)
  return query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
}
