import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import { stored, type Stored } from './sale-store.ts'

type TransferState = 'planned' | 'made' | 'refused'

interface TransferTable {
  organisation_id: string
  id: Generated<string>
  currency: string
  amount: Stored
  reversed: Generated<Stored>
  state: TransferState
  stripe_transfer: string | null
  refusal: string | null
  /** These three in the provider's own time. */
  planned_at: Date
  made_at: Date | null
  ended_at: Date | null
  decided_at: Date | null
  /** Stripe's account that it goes to, whatever becomes of that one. */
  destination: string
}

interface TransferReversalTable {
  organisation_id: string
  id: Generated<string>
  transfer_id: string
  amount: Stored
  state: TransferState
  stripe_reversal: string | null
  refusal: string | null
  planned_at: Date
  made_at: Date | null
  decided_at: Date | null
}

declare module '../../db/database.ts' {
  interface Database {
    transfers: TransferTable
    transfer_reversals: TransferReversalTable
    'directory.transfers': {
      organisation_id: string
      id: string
      currency: string
      amount: Stored
      reversed: Stored
      state: TransferState
      stripe_transfer: string | null
      planned_at: Date
      decided_at: Date
      parts: string
      taken_back: string
      returned: string
      destination: string
    }
    'directory.transfer_reversals': {
      organisation_id: string
      id: string
      transfer_id: string
      amount: Stored
      state: TransferState
      stripe_reversal: string | null
      planned_at: Date
      decided_at: Date
    }
  }
}

type Tx = Transaction<Database>

/** Plans to take back from a transfer as much of `share` as it still holds; answers how much that is, and under which id. */
export async function planReversal(
  tx: Tx,
  organisation: string,
  transfer: string,
  share: bigint,
  when: { at: Date; decidedAt: Date },
): Promise<{ id: string; amount: bigint } | undefined> {
  const row = await tx
    .selectFrom('transfers')
    .select(['amount', 'reversed'])
    .where('id', '=', transfer)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const left = BigInt(row.amount) - BigInt(row.reversed)
  const amount = left < share ? left : share
  if (amount <= 0n) return undefined
  await tx
    .updateTable('transfers')
    .set({ reversed: sql`reversed + ${stored(amount)}::bigint` })
    .where('id', '=', transfer)
    .execute()
  const { id } = await tx
    .insertInto('transfer_reversals')
    .values({
      organisation_id: organisation,
      transfer_id: transfer,
      amount: stored(amount),
      state: 'planned',
      stripe_reversal: null,
      refusal: null,
      planned_at: when.at,
      made_at: null,
      decided_at: when.decidedAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, amount }
}

/** What is transferable of one provider: earnings that are available and not transferred, less what is to be taken back. */
export async function listTransferable(tx: Tx, at: Date): Promise<{ currency: string; amount: bigint }[]> {
  const { rows } = await sql<{ currency: string; amount: string }>`
    select currency, sum(amount)::text as amount from (
      select currency, share as amount from bizq.earnings where transfer_id is null and available_at <= ${at}
      union all select currency, -amount from bizq.earning_reversals where transfer_reversal_id is null and transfer_id is null) parts
    group by currency order by currency`.execute(tx)
  return rows.map(({ currency, amount }) => ({ currency, amount: BigInt(amount) }))
}

/** Makes a transfer of all that is transferable in a currency. The account is locked meanwhile. */
export async function insertTransfer(
  tx: Tx,
  organisation: string,
  planned: { currency: string; amount: bigint; destination: string; at: Date; decidedAt: Date },
): Promise<string> {
  const { currency, amount, at } = planned
  const { id } = await tx
    .insertInto('transfers')
    .values({
      organisation_id: organisation,
      currency,
      amount: stored(amount),
      state: 'planned',
      stripe_transfer: null,
      refusal: null,
      planned_at: at,
      made_at: null,
      ended_at: null,
      decided_at: planned.decidedAt,
      destination: planned.destination,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const { rows } = await sql<{ parts: string }>`
    with paid as (
      update bizq.earnings set transfer_id = ${id}::uuid where transfer_id is null and available_at <= ${at} and currency = ${currency} returning share as part),
    taken as (
      update bizq.earning_reversals set transfer_id = ${id}::uuid where transfer_reversal_id is null and transfer_id is null and currency = ${currency}
      returning -amount as part)
    select coalesce(sum(part), 0)::text as parts from (select part from paid union all select part from taken) all_parts`.execute(
    tx,
  )
  // Something was taken back in between: nothing is planned, and it is looked at again.
  if (BigInt(rows[0]?.parts ?? 0) !== amount) throw new TransferChanged()
  return id
}

/** What was to be transferred is not the same any more. */
export class TransferChanged extends Error {}

export function findTransfer(tx: Tx, id: string) {
  return tx.selectFrom('transfers').selectAll().where('id', '=', id).executeTakeFirst()
}

export function lockTransfer(tx: Tx, id: string) {
  return tx.selectFrom('transfers').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export async function markMade(tx: Tx, id: string, stripeTransfer: string, at: Date): Promise<void> {
  await tx
    .updateTable('transfers')
    .set({ state: 'made', stripe_transfer: stripeTransfer, made_at: at })
    .where('id', '=', id)
    .execute()
}

/** Stripe did not make it: what it was made of is to be transferred again. */
export async function markRefused(tx: Tx, id: string, refusal: string, at: Date): Promise<void> {
  await tx
    .updateTable('transfers')
    .set({ state: 'refused', refusal, ended_at: at })
    .where('id', '=', id)
    .execute()
  await tx.updateTable('earnings').set({ transfer_id: null }).where('transfer_id', '=', id).execute()
  await tx.updateTable('earning_reversals').set({ transfer_id: null }).where('transfer_id', '=', id).execute()
}

/** What a transfer is made of: the earnings that it pays. */
export async function listPaidEarnings(tx: Tx, transfer: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('earnings')
    .select('id')
    .where('transfer_id', '=', transfer)
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}

export function lockReversal(tx: Tx, id: string) {
  return tx.selectFrom('transfer_reversals').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export function findReversal(tx: Tx, id: string) {
  return tx
    .selectFrom('transfer_reversals as r')
    .innerJoin('transfers as t', (join) =>
      join.onRef('t.organisation_id', '=', 'r.organisation_id').onRef('t.id', '=', 'r.transfer_id'),
    )
    .select([
      'r.id',
      'r.amount',
      'r.state',
      'r.decided_at',
      'r.planned_at',
      'r.transfer_id',
      't.stripe_transfer',
      't.currency',
      't.state as transfer_state',
    ])
    .where('r.id', '=', id)
    .executeTakeFirst()
}

export async function markReversalMade(tx: Tx, id: string, stripeReversal: string, at: Date): Promise<void> {
  await tx
    .updateTable('transfer_reversals')
    .set({ state: 'made', stripe_reversal: stripeReversal, made_at: at })
    .where('id', '=', id)
    .execute()
}

/** Stripe did not take it back: it is taken from what is transferred next. */
export async function markReversalRefused(tx: Tx, id: string, refusal: string): Promise<void> {
  const row = await tx
    .updateTable('transfer_reversals')
    .set({ state: 'refused', refusal })
    .where('id', '=', id)
    .returning(['transfer_id', 'amount'])
    .executeTakeFirstOrThrow()
  await tx
    .updateTable('transfers')
    .set({ reversed: sql`reversed - ${row.amount}::bigint` })
    .where('id', '=', row.transfer_id)
    .execute()
  await tx
    .updateTable('earning_reversals')
    .set({ transfer_reversal_id: null })
    .where('transfer_reversal_id', '=', id)
    .execute()
}

export function listReversalsOf(tx: Tx, transfer: string) {
  return tx
    .selectFrom('transfer_reversals')
    .select('id')
    .where('transfer_id', '=', transfer)
    .where('state', '=', 'planned')
    .orderBy('planned_at')
    .execute()
}

/** What is still to be asked of Stripe, or was and is not known to have been answered. */
export async function listOpenTransfers(tx: Tx): Promise<string[]> {
  const rows = await tx
    .selectFrom('transfers')
    .select('id')
    .where('state', '=', 'planned')
    .orderBy('planned_at')
    .execute()
  return rows.map(({ id }) => id)
}

/** What was planned before an instant of the platform's and is still to be asked of Stripe. */
export async function listPlanned(directory: Kysely<Database>, before: Date) {
  const of = (view: 'directory.transfers' | 'directory.transfer_reversals') =>
    directory
      .selectFrom(view)
      .select(['organisation_id', 'id'])
      .where('state', '=', 'planned')
      .where('decided_at', '<', before)
      .orderBy('decided_at')
      .limit(1_000)
      .execute()
  return { transfers: await of('directory.transfers'), reversals: await of('directory.transfer_reversals') }
}

/** Every transfer that Stripe made, for comparing. */
export function listMade(directory: Kysely<Database>) {
  return directory
    .selectFrom('directory.transfers')
    .select(['organisation_id', 'id', 'currency', 'amount', 'stripe_transfer', 'returned'])
    .where('state', '=', 'made')
    .execute()
}

/** Whose a transfer is. */
export function findPlace(directory: Kysely<Database>, id: string) {
  return directory
    .selectFrom('directory.transfers')
    .select(['organisation_id', 'id', 'state'])
    .where('id', '=', id)
    .executeTakeFirst()
}

export function listTransfers(tx: Tx, query: { after: [string, string] | undefined; limit: number }) {
  return tx
    .selectFrom('transfers')
    .selectAll()
    .$if(query.after !== undefined, (q) =>
      q.where(sql<boolean>`(planned_at, id) < (${query.after?.[0]}::timestamptz, ${query.after?.[1]}::uuid)`),
    )
    .orderBy('planned_at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute()
}
