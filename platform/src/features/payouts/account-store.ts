import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Stored } from './sale-store.ts'
import type { Schedule } from './schedule.ts'

export type AccountState = 'restricted' | 'due' | 'enabled'
export type PayoutState = 'pending' | 'in_transit' | 'paid' | 'failed' | 'canceled'

interface AccountTable {
  organisation_id: string
  id: Generated<string>
  stripe_account: string | null
  country: string
  state: Generated<AccountState>
  can_be_paid: Generated<boolean>
  /** Stripe's names of what it asks for, those that are late first. */
  missing: unknown
  reason: string | null
  due_at: Date | null
  schedule: Generated<Schedule>
  /** In the provider's own time. */
  next_transfer_at: Date
  /** How far a test clock put the provider ahead. */
  clock_ahead_ms: Generated<number>
  created_at: Date
  synced_at: Date | null
}

interface PayoutTable {
  organisation_id: string
  id: Generated<string>
  stripe_payout: string
  currency: string
  amount: Stored
  state: PayoutState
  made_at: Date
  arrives_at: Date
  failure: string | null
  /** Whose bank it went to. */
  stripe_account: string
}

interface FormerAccountTable {
  organisation_id: string
  id: string
  stripe_account: string
  country: string
  begun_at: Date
  ended_at: Date
}

declare module '../../db/database.ts' {
  interface Database {
    payout_accounts: AccountTable
    payouts: PayoutTable
    former_payout_accounts: FormerAccountTable
    'directory.payout_accounts': {
      organisation_id: string
      id: string
      stripe_account: string | null
      state: AccountState
      can_be_paid: boolean
      next_transfer_at: Date
      /** In the platform's time. */
      real_transfer_at: Date
      reason: string | null
    }
    /** Those that a provider has, and those that it had. */
    'directory.stripe_accounts': { organisation_id: string; stripe_account: string }
    'directory.payouts': {
      organisation_id: string
      id: string
      stripe_payout: string
      state: PayoutState
      currency: string
      amount: Stored
      stripe_account: string
    }
  }
}

type Tx = Transaction<Database>
type Directory = Kysely<Database>

/** Something that Stripe wants of the provider, by Stripe's name. */
export interface Requirement {
  name: string
  isLate: boolean
}

export function findAccount(tx: Tx) {
  return tx.selectFrom('payout_accounts').selectAll().executeTakeFirst()
}

export function lockAccount(tx: Tx) {
  return tx.selectFrom('payout_accounts').selectAll().forUpdate().executeTakeFirst()
}

/** One for each organisation: who comes second finds the first's. */
export async function insertAccount(
  tx: Tx,
  row: { organisation_id: string; country: string; next_transfer_at: Date; created_at: Date },
): Promise<void> {
  await tx
    .insertInto('payout_accounts')
    .values({ ...row, stripe_account: null, missing: '[]', reason: null, due_at: null, synced_at: null })
    .onConflict((oc) => oc.doNothing())
    .execute()
}

/** Of the account that it was made for: another may have been begun since. */
export async function setStripeAccount(tx: Tx, id: string, stripeAccount: string): Promise<void> {
  await tx
    .updateTable('payout_accounts')
    .set({ stripe_account: stripeAccount })
    .where('id', '=', id)
    .where('stripe_account', 'is', null)
    .execute()
}

/** Puts a lost account on record and leaves the place to another, with the provider's schedule and time; answers its id. */
export async function beginAnew(
  tx: Tx,
  lost: { organisation_id: string; id: string; stripe_account: string; country: string; created_at: Date },
  { country, at }: { country: string; at: Date },
): Promise<string> {
  await tx
    .insertInto('former_payout_accounts')
    .values({
      organisation_id: lost.organisation_id,
      id: lost.id,
      stripe_account: lost.stripe_account,
      country: lost.country,
      begun_at: lost.created_at,
      ended_at: at,
    })
    .execute()
  const { id } = await tx
    .updateTable('payout_accounts')
    .set({
      id: sql<string>`gen_random_uuid()`,
      stripe_account: null,
      country,
      state: 'restricted',
      can_be_paid: false,
      missing: '[]',
      reason: null,
      due_at: null,
      synced_at: null,
      created_at: at,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** The accounts that were lost, the newest first, and in each currency what was transferred to them and not taken back. */
export async function listFormer(tx: Tx) {
  const accounts = await tx
    .selectFrom('former_payout_accounts')
    .select(['stripe_account', 'country', 'begun_at', 'ended_at'])
    .orderBy('ended_at', 'desc')
    .execute()
  if (accounts.length === 0) return []
  const sums = await tx
    .selectFrom('transfers')
    .select(['destination', 'currency', sql<string>`sum(amount - reversed)::text`.as('amount')])
    .where('state', '=', 'made')
    .groupBy(['destination', 'currency'])
    .orderBy('currency')
    .execute()
  return accounts.map((account) => ({
    ...account,
    transferred: sums.filter(({ destination }) => destination === account.stripe_account),
  }))
}

export async function saveStanding(
  tx: Tx,
  standing: {
    state: AccountState
    canBePaid: boolean
    missing: readonly Requirement[]
    reason: string | null
    dueAt: Date | null
    at: Date
  },
): Promise<void> {
  await tx
    .updateTable('payout_accounts')
    .set({
      state: standing.state,
      can_be_paid: standing.canBePaid,
      missing: JSON.stringify(standing.missing),
      reason: standing.reason,
      due_at: standing.dueAt,
      synced_at: standing.at,
    })
    .execute()
}

export async function setSchedule(tx: Tx, schedule: Schedule, next: Date): Promise<void> {
  await tx.updateTable('payout_accounts').set({ schedule, next_transfer_at: next }).execute()
}

export async function setNextTransfer(tx: Tx, at: Date): Promise<void> {
  await tx.updateTable('payout_accounts').set({ next_transfer_at: at }).execute()
}

export async function putAhead(tx: Tx, ms: number): Promise<void> {
  await tx.updateTable('payout_accounts').set({ clock_ahead_ms: ms }).execute()
}

/** Whose transfers are to be planned, at this instant of the platform's. */
export function listDue(directory: Directory, at: Date) {
  return directory
    .selectFrom('directory.payout_accounts')
    .select('organisation_id')
    .where('can_be_paid', '=', true)
    .where('real_transfer_at', '<=', at)
    .orderBy('real_transfer_at')
    .execute()
}

export function findByStripe(directory: Directory, stripeAccount: string) {
  return directory
    .selectFrom('directory.payout_accounts')
    .select(['organisation_id', 'id'])
    .where('stripe_account', '=', stripeAccount)
    .executeTakeFirst()
}

export async function listStripeAccounts(directory: Directory, state?: 'unfinished'): Promise<string[]> {
  const rows = await directory
    .selectFrom('directory.payout_accounts')
    .select('stripe_account')
    .$if(state === 'unfinished', (q) => q.where('state', '<>', 'enabled'))
    .orderBy('stripe_account')
    .execute()
  return rows.flatMap(({ stripe_account }) => stripe_account ?? [])
}

export function listUnfinishedPayouts(directory: Directory) {
  return (
    directory
      .selectFrom('directory.payouts as p')
      // Of an account that was lost nothing can be asked any more.
      .innerJoin('directory.payout_accounts as a', 'a.stripe_account', 'p.stripe_account')
      .select(['p.stripe_payout', 'p.stripe_account'])
      .where('p.state', 'in', ['pending', 'in_transit'])
      .execute()
  )
}

/** Keeps a payout as it stands now; answers whether its state is another than before. */
export async function savePayout(
  tx: Tx,
  row: Omit<PayoutTable, 'id'>,
): Promise<{ id: string; isChanged: boolean }> {
  const { rows } = await sql<{ id: string; is_changed: boolean }>`
    with before as (select state from bizq.payouts where stripe_payout = ${row.stripe_payout} for update)
    insert into bizq.payouts (organisation_id, stripe_payout, currency, amount, state, made_at, arrives_at, failure, stripe_account)
      values (${row.organisation_id}, ${row.stripe_payout}, ${row.currency}, ${row.amount}, ${row.state}, ${row.made_at}, ${row.arrives_at}, ${row.failure}, ${row.stripe_account})
    on conflict (stripe_payout) do update set state = excluded.state, arrives_at = excluded.arrives_at, failure = excluded.failure
    returning id, coalesce((select state from before), '') <> state as is_changed`.execute(tx)
  const [saved] = rows
  if (!saved) throw new Error(`the payout ${row.stripe_payout} is another organisation's`)
  return { id: saved.id, isChanged: saved.is_changed }
}

export function listPayouts(tx: Tx, query: { after: [string, string] | undefined; limit: number }) {
  return tx
    .selectFrom('payouts')
    .selectAll()
    .$if(query.after !== undefined, (q) =>
      q.where(sql<boolean>`(made_at, id) < (${query.after?.[0]}::timestamptz, ${query.after?.[1]}::uuid)`),
    )
    .orderBy('made_at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute()
}
