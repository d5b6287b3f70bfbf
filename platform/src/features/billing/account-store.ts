import { sql, type Generated, type Kysely, type Selectable, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import { trialEndingAt, type AccountState, type PlanCurrency, type PlanName } from './plans.ts'

export interface PaymentMethod {
  id: string
  brand: string
  last4: string
  expires: string
}

interface AccountTable {
  organisation_id: string
  state: AccountState
  plan: PlanName | null
  currency: PlanCurrency | null
  created_at: Date
  trial_ends_at: Date
  anchor_at: Date | null
  period_index: Generated<number>
  period_start: Date
  period_end: Date
  /** In the account's own time. */
  due_at: Date | null
  ends_at: Date | null
  failing_since: Date | null
  grace_ends_at: Date | null
  /** Since when nothing runs because something is not paid. */
  paused_at: Date | null
  /** How far a test clock put the account ahead. */
  clock_ahead_ms: Generated<number>
  stripe_customer: string | null
  /** Stripe's test clock that the customer is on, where money is not real. */
  stripe_clock: string | null
  /** How many customers were removed at Stripe, by themselves or with their test clock. */
  clocks_lost: Generated<number>
  payment_method: unknown
  /** When it was told that the trial ends soon. */
  trial_told_at: Date | null
  plan_change: unknown
  kept_businesses: unknown
  /** How many of its invoices Stripe did not number. */
  own_numbers: Generated<number>
}

/** A change of plan that is not invoiced yet. */
export interface PlanChange {
  from: PlanName
  at: string
}

declare module '../../db/database.ts' {
  interface Database {
    billing_accounts: AccountTable
    resting_businesses: { organisation_id: string; business_id: string; since: Date }
    'directory.billing_due': {
      organisation_id: string
      due_at: Date
      clock_ahead_ms: number
      real_due_at: Date
    }
    'directory.billing_accounts': {
      organisation_id: string
      state: AccountState
      stripe_customer: string | null
      clock_ahead_ms: number
    }
    'directory.billing_clocks': { organisation_id: string }
  }
}

type Tx = Transaction<Database>
export type Account = Omit<
  Selectable<AccountTable>,
  'payment_method' | 'plan_change' | 'kept_businesses' | 'own_numbers'
> & {
  payment_method: PaymentMethod | null
  plan_change: PlanChange | null
  /** UUIDs of the businesses that are to be served when a plan serves fewer than there are. */
  kept_businesses: string[] | null
}

const columns = [
  'organisation_id',
  'state',
  'plan',
  'currency',
  'created_at',
  'trial_ends_at',
  'anchor_at',
  'period_index',
  'period_start',
  'period_end',
  'due_at',
  'ends_at',
  'failing_since',
  'grace_ends_at',
  'paused_at',
  'clock_ahead_ms',
  'stripe_customer',
  'stripe_clock',
  'clocks_lost',
  'payment_method',
  'trial_told_at',
  'plan_change',
  'kept_businesses',
] as const

export async function findAccount(tx: Tx): Promise<Account | undefined> {
  return (await tx.selectFrom('billing_accounts').select(columns).executeTakeFirst()) as Account | undefined
}

/** The next of the account's own numbers; a transaction that is taken back gives it back, so there is no gap. */
export async function takeOwnNumber(tx: Tx): Promise<number> {
  const row = await tx
    .updateTable('billing_accounts')
    .set({ own_numbers: sql<number>`own_numbers + 1` })
    .returning('own_numbers')
    .executeTakeFirstOrThrow()
  return row.own_numbers
}

export async function lockAccount(tx: Tx): Promise<Account | undefined> {
  return (await tx.selectFrom('billing_accounts').select(columns).forUpdate().executeTakeFirst()) as
    | Account
    | undefined
}

/** The account as it stands until this transaction ends: whoever turns its period waits. */
export async function holdAccount(tx: Tx): Promise<Account | undefined> {
  return (await tx.selectFrom('billing_accounts').select(columns).forShare().executeTakeFirst()) as
    | Account
    | undefined
}

/** False when there is one already. */
export async function insertAccount(
  tx: Tx,
  organisation: string,
  createdAt: Date,
  trialEndsAt: Date,
): Promise<boolean> {
  const row = await tx
    .insertInto('billing_accounts')
    .values({
      organisation_id: organisation,
      state: 'trialing',
      plan: null,
      currency: null,
      created_at: createdAt,
      trial_ends_at: trialEndsAt,
      anchor_at: null,
      period_start: createdAt,
      period_end: trialEndsAt,
      due_at: trialEndingAt(trialEndsAt),
      trial_told_at: null,
      ends_at: null,
      failing_since: null,
      grace_ends_at: null,
      stripe_customer: null,
      stripe_clock: null,
      payment_method: null,
      plan_change: null,
      kept_businesses: null,
    })
    .onConflict((oc) => oc.column('organisation_id').doNothing())
    .returning('organisation_id')
    .executeTakeFirst()
  return row !== undefined
}

export type AccountChange = Partial<Omit<Account, 'organisation_id' | 'created_at' | 'trial_ends_at'>>

export async function updateAccount(tx: Tx, change: AccountChange): Promise<Account> {
  const { payment_method, plan_change, kept_businesses, ...plain } = change
  const asJson = Object.entries({ payment_method, plan_change, kept_businesses }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value && JSON.stringify(value)]],
  )
  return (await tx
    .updateTable('billing_accounts')
    .set({ ...plain, ...Object.fromEntries(asJson) })
    .returning(columns)
    .executeTakeFirstOrThrow()) as Account
}

/** The accounts whose turn it is at this instant, longest due first. */
export async function listDue(directory: Kysely<Database>, now: Date, limit: number): Promise<string[]> {
  const rows = await directory
    .selectFrom('directory.billing_due')
    .select('organisation_id')
    .where('real_due_at', '<=', now)
    .orderBy('real_due_at')
    .limit(limit)
    .execute()
  return rows.map((row) => row.organisation_id)
}

export async function findByCustomer(
  directory: Kysely<Database>,
  customer: string,
): Promise<string | undefined> {
  const row = await directory
    .selectFrom('directory.billing_accounts')
    .select('organisation_id')
    .where('stripe_customer', '=', customer)
    .executeTakeFirst()
  return row?.organisation_id
}

/** Whose customers are on a test clock of Stripe's. */
export async function listClocks(directory: Kysely<Database>): Promise<string[]> {
  const rows = await directory.selectFrom('directory.billing_clocks').select('organisation_id').execute()
  return rows.map((row) => row.organisation_id)
}

/** The businesses that are served by something, in the order in which they first were. */
export async function listServedBusinesses(tx: Tx): Promise<{ id: string; name: string }[]> {
  return tx
    .selectFrom('businesses as b')
    .innerJoin('subscriptions as s', (join) =>
      join.onRef('s.business_id', '=', 'b.id').on('s.state', '<>', 'cancelled'),
    )
    .select(['b.id', 'b.name'])
    .groupBy(['b.id', 'b.name', 'b.created_at'])
    .orderBy(sql`min(s.created_at)`)
    .orderBy('b.id')
    .execute()
}

/** Of these businesses those that are the operator's. */
export async function listOwnBusinesses(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('businesses')
    .select('id')
    .where(sql<boolean>`id = any (${ids}::uuid[])`)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

export async function listResting(tx: Tx): Promise<{ business_id: string; since: Date }[]> {
  return tx.selectFrom('resting_businesses').select(['business_id', 'since']).orderBy('since').execute()
}

export async function insertResting(
  tx: Tx,
  organisation: string,
  businesses: readonly string[],
  since: Date,
): Promise<void> {
  if (businesses.length === 0) return
  await tx
    .insertInto('resting_businesses')
    .values(businesses.map((id) => ({ organisation_id: organisation, business_id: id, since })))
    .onConflict((oc) => oc.columns(['organisation_id', 'business_id']).doNothing())
    .execute()
}

export async function deleteResting(tx: Tx, businesses: readonly string[]): Promise<void> {
  if (businesses.length === 0) return
  await tx
    .deleteFrom('resting_businesses')
    .where('business_id', 'in', [...businesses])
    .execute()
}
