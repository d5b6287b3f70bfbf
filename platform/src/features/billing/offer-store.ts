import { sql, type Generated, type Kysely, type Selectable, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

type AppliesTo = 'plan' | 'services' | 'all'

interface CouponTable {
  organisation_id: string
  id: Generated<string>
  code: string
  percent: number | null
  amount: number | null
  currency: string | null
  applies_to: AppliesTo
  months: number | null
  redeem_by: Date | null
  ended_at: Date | null
  created_at: Generated<Date>
}

interface RedemptionTable {
  organisation_id: string
  id: Generated<string>
  coupon_id: string
  code: string
  percent: number | null
  amount: number | null
  currency: string | null
  applies_to: AppliesTo
  months: number | null
  used: Generated<number>
  redeemed_at: Date
}

interface BundleTable {
  organisation_id: string
  id: Generated<string>
  name: string
  services: string[]
  percent: number
  created_at: Generated<Date>
  ended_at: Date | null
}

declare module '../../db/database.ts' {
  interface Database {
    coupons: CouponTable
    coupon_redemptions: RedemptionTable
    service_bundles: BundleTable
    credit_entries: {
      organisation_id: string
      id: Generated<string>
      kind: 'account' | 'granted'
      currency: string
      amount: number
      cause_type: string
      cause_id: string
      reason: string | null
      at: Date
    }
    'directory.coupons': Omit<Selectable<CouponTable>, 'organisation_id' | 'ended_at' | 'created_at'>
    'directory.service_bundles': Pick<Selectable<BundleTable>, 'id' | 'name' | 'services' | 'percent'>
  }
}

type Tx = Transaction<Database>
export type CouponRow = Selectable<CouponTable>
export type Redemption = Selectable<RedemptionTable>
export type BundleRow = Selectable<BundleTable>

export function insertCoupon(
  tx: Tx,
  coupon: Omit<CouponRow, 'id' | 'ended_at' | 'created_at'>,
): Promise<CouponRow | undefined> {
  return tx
    .insertInto('coupons')
    .values({ ...coupon, ended_at: null })
    .onConflict((oc) => oc.column('code').doNothing())
    .returningAll()
    .executeTakeFirst()
}

export function listCoupons(tx: Tx): Promise<CouponRow[]> {
  return tx.selectFrom('coupons').selectAll().orderBy('id', 'desc').execute()
}

export function endCoupon(tx: Tx, id: string, at: Date): Promise<CouponRow | undefined> {
  return tx
    .updateTable('coupons')
    .set((eb) => ({ ended_at: eb.fn.coalesce('ended_at', sql<Date>`${at}::timestamptz`) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
}

export function findCoupon(directory: Kysely<Database>, code: string) {
  return directory.selectFrom('directory.coupons').selectAll().where('code', '=', code).executeTakeFirst()
}

/** False when the organisation redeemed it before. */
export async function insertRedemption(
  tx: Tx,
  redemption: Omit<Selectable<RedemptionTable>, 'id' | 'used'>,
): Promise<boolean> {
  const row = await tx
    .insertInto('coupon_redemptions')
    .values(redemption)
    .onConflict((oc) => oc.columns(['organisation_id', 'coupon_id']).doNothing())
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** What was redeemed and still takes something off, in the order in which it was redeemed. */
export function listRedemptions(tx: Tx) {
  return tx
    .selectFrom('coupon_redemptions')
    .selectAll()
    .where((eb) => eb.or([eb('months', 'is', null), eb('used', '<', eb.ref('months'))]))
    .orderBy('id')
    .execute()
}

/** What was redeemed of these codes, used up or not, in the order in which it was redeemed. */
export function listRedeemed(tx: Tx, codes: readonly string[]) {
  return tx
    .selectFrom('coupon_redemptions')
    .selectAll()
    .where(sql<boolean>`code = any (${codes}::text[])`)
    .orderBy('id')
    .execute()
}

export async function countUse(tx: Tx, redemptions: readonly string[]): Promise<void> {
  if (redemptions.length === 0) return
  await tx
    .updateTable('coupon_redemptions')
    .set((eb) => ({ used: eb('used', '+', 1) }))
    .where('id', 'in', [...redemptions])
    .execute()
}

export function insertBundle(
  tx: Tx,
  bundle: { organisation: string; name: string; services: readonly string[]; percent: number },
): Promise<BundleRow> {
  return tx
    .insertInto('service_bundles')
    .values({
      organisation_id: bundle.organisation,
      name: bundle.name,
      services: JSON.stringify(bundle.services) as unknown as string[],
      percent: bundle.percent,
      ended_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function listBundles(tx: Tx): Promise<BundleRow[]> {
  return tx.selectFrom('service_bundles').selectAll().orderBy('id', 'desc').execute()
}

export function endBundle(tx: Tx, id: string, at: Date): Promise<BundleRow | undefined> {
  return tx
    .updateTable('service_bundles')
    .set((eb) => ({ ended_at: eb.fn.coalesce('ended_at', sql<Date>`${at}::timestamptz`) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
}

export function listOffered(directory: Kysely<Database>) {
  return directory.selectFrom('directory.service_bundles').selectAll().orderBy('id').execute()
}

/** What is left of the operator's own credit, and of what was granted. */
export async function sumCredits(tx: Tx, currency: string): Promise<{ account: number; granted: number }> {
  const rows = await tx
    .selectFrom('credit_entries')
    .select(['kind', (eb) => eb.fn.sum<string>('amount').as('left')])
    .where('currency', '=', currency)
    .groupBy('kind')
    .execute()
  const left = (kind: string) => Math.max(0, Number(rows.find((row) => row.kind === kind)?.left ?? 0))
  return { account: left('account'), granted: left('granted') }
}

/** False when this cause moved it before. */
export async function insertCredit(tx: Tx, entry: Omit<Database['credit_entries'], 'id'>): Promise<boolean> {
  const row = await tx
    .insertInto('credit_entries')
    .values(entry)
    .onConflict((oc) => oc.columns(['organisation_id', 'kind', 'cause_type', 'cause_id']).doNothing())
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}
