import { sql, type Generated, type Selectable, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { RefundParts } from './parts.ts'
import type { RefundCause, RefundState, RefundWay } from './schemas.ts'

/** Amounts come as numbers where they are safe, as text beyond. */
export type Amount = number | string

export interface RefundTable {
  organisation_id: string
  id: Generated<string>
  invoice_id: string
  line_id: string
  subscription_id: string | null
  business_id: string | null
  service_id: string | null
  provider_id: string | null
  cause: RefundCause
  cause_id: string
  way: RefundWay
  currency: string
  amount: Amount
  card: Amount
  credit: Amount
  promotional: Amount
  tax: Amount
  share: Amount | null
  conversion: Amount | null
  platform: Amount | null
  reason: string | null
  state: RefundState
  failure: string | null
  stripe_refund: string | null
  made_at: Date
  settled_at: Date | null
  ended_at: Date | null
  /** After a dispute that was won. */
  asked_again_at: Date | null
  /** Of `promotional`, once it is booked: what is there again of the plan's credit, and of granted credit. */
  service_back: Generated<Amount>
  granted_back: Generated<Amount>
}

declare module '../../db/database.ts' {
  interface Database {
    refunds: RefundTable
  }
}

type Tx = Transaction<Database>

const columns = [
  'organisation_id',
  'id',
  'invoice_id',
  'line_id',
  'subscription_id',
  'business_id',
  'service_id',
  'provider_id',
  'cause',
  'cause_id',
  'way',
  'currency',
  'amount',
  'card',
  'credit',
  'promotional',
  'tax',
  'share',
  'conversion',
  'platform',
  'reason',
  'state',
  'failure',
  'stripe_refund',
  'made_at',
  'settled_at',
  'ended_at',
  'asked_again_at',
  'service_back',
  'granted_back',
] as const
export type RefundRow = Selectable<RefundTable>

export type NewRefund = Pick<
  RefundTable,
  | 'organisation_id'
  | 'invoice_id'
  | 'line_id'
  | 'subscription_id'
  | 'business_id'
  | 'service_id'
  | 'provider_id'
  | 'cause'
  | 'cause_id'
  | 'way'
  | 'currency'
  | 'reason'
  | 'made_at'
> & { parts: RefundParts; stripe_refund?: string }

/** Plans a refund; nothing when the same cause gave back of this line before. */
export function insertRefund(
  tx: Tx,
  { parts, stripe_refund, ...row }: NewRefund,
): Promise<RefundRow | undefined> {
  const { card, credit, promotional, tax } = parts
  return tx
    .insertInto('refunds')
    .values({
      ...row,
      amount: String(card + credit + promotional),
      card: String(card),
      credit: String(credit),
      promotional: String(promotional),
      tax: String(tax),
      state: 'planned',
      stripe_refund: stripe_refund ?? null,
    })
    .onConflict((oc) => oc.columns(['organisation_id', 'line_id', 'cause', 'cause_id']).doNothing())
    .returning(columns)
    .executeTakeFirst()
}

/** The same cause has nothing left to give back: it is answered with nothing. */
export async function insertNothingLeft(
  tx: Tx,
  { parts: _parts, stripe_refund: _none, ...row }: NewRefund,
): Promise<void> {
  await tx
    .insertInto('refunds')
    .values({
      ...row,
      amount: 0,
      card: 0,
      credit: 0,
      promotional: 0,
      tax: 0,
      state: 'refused',
      failure: 'nothing was left of the line',
      ended_at: row.made_at,
    })
    .onConflict((oc) => oc.columns(['organisation_id', 'line_id', 'cause', 'cause_id']).doNothing())
    .execute()
}

export function findRefund(tx: Tx, id: string): Promise<RefundRow | undefined> {
  return tx.selectFrom('refunds').select(columns).where('id', '=', id).executeTakeFirst()
}

export function lockRefund(tx: Tx, id: string): Promise<RefundRow | undefined> {
  return tx.selectFrom('refunds').select(columns).where('id', '=', id).forUpdate().executeTakeFirst()
}

/** Whether the line was free for a launch provider's customer: the platform paid the whole of it. */
export async function isLaunchFree(tx: Tx, refund: string): Promise<boolean> {
  const { rows } = await sql<{ is: boolean }>`
    select l.launch_free > 0 as is from refunds r join invoice_lines l on l.organisation_id = r.organisation_id and l.id = r.line_id
    where r.id = ${refund}`.execute(tx)
  return rows[0]?.is ?? false
}

/** What was given back of each of these lines, refused refunds left out. */
export async function partsOfLines(tx: Tx, lines: readonly string[]): Promise<Map<string, RefundParts>> {
  if (lines.length === 0) return new Map()
  const rows = await tx
    .selectFrom('refunds')
    .select((eb) => [
      'line_id',
      eb.fn.sum<Amount>('card').as('card'),
      eb.fn.sum<Amount>('credit').as('credit'),
      eb.fn.sum<Amount>('promotional').as('promotional'),
      eb.fn.sum<Amount>('tax').as('tax'),
    ])
    .where('line_id', 'in', lines)
    .where('state', '!=', 'refused')
    .groupBy('line_id')
    .execute()
  return new Map(
    rows.map(({ line_id, card, credit, promotional, tax }) => [
      line_id,
      { card: BigInt(card), credit: BigInt(credit), promotional: BigInt(promotional), tax: BigInt(tax) },
    ]),
  )
}

export function listOfCause(tx: Tx, cause: RefundCause, causeId: string): Promise<RefundRow[]> {
  return tx
    .selectFrom('refunds')
    .select(columns)
    .where('cause', '=', cause)
    .where('cause_id', '=', causeId)
    .orderBy('id')
    .execute()
}

export async function hadMoneyBack(tx: Tx, business: string, service: string): Promise<boolean> {
  const row = await tx
    .selectFrom('refunds')
    .select('id')
    .where('business_id', '=', business)
    .where('service_id', '=', service)
    .where('cause', '=', 'money_back')
    .where('state', '!=', 'refused')
    .executeTakeFirst()
  return row !== undefined
}

/** What was given back before of the part of its line that the platform had paid. */
export async function sumPromotionalBefore(tx: Tx, { line_id, id }: RefundRow): Promise<bigint> {
  const row = await tx
    .selectFrom('refunds')
    .select((eb) => eb.fn.sum<Amount | null>('promotional').as('sum'))
    .where('line_id', '=', line_id)
    .where('id', '!=', id)
    .where('settled_at', 'is not', null)
    .executeTakeFirst()
  return BigInt(row?.sum ?? 0)
}

export async function settleRefund(
  tx: Tx,
  id: string,
  borne: { share: bigint; conversion: bigint; platform: bigint; service: bigint; granted: bigint },
  state: 'pending' | 'succeeded',
  at: Date,
  stripeRefund: string | null,
): Promise<void> {
  await tx
    .updateTable('refunds')
    .set({
      share: String(borne.share),
      conversion: String(borne.conversion),
      platform: String(borne.platform),
      service_back: String(borne.service),
      granted_back: String(borne.granted),
      state,
      stripe_refund: stripeRefund,
      settled_at: at,
      ended_at: state === 'succeeded' ? at : null,
    })
    .where('id', '=', id)
    .execute()
}

export async function endRefund(
  tx: Tx,
  id: string,
  to: { state: 'succeeded' | 'failed' | 'refused'; failure?: string },
  at: Date,
): Promise<void> {
  await tx
    .updateTable('refunds')
    .set({ state: to.state, failure: to.failure ?? null, ended_at: at })
    .where('id', '=', id)
    .execute()
}

export function listRefunds(
  tx: Tx,
  query: {
    subscription: string | undefined
    invoice: string | undefined
    after: [string, string] | undefined
    limit: number
  },
): Promise<RefundRow[]> {
  let rows = tx.selectFrom('refunds').select(columns)
  if (query.subscription) rows = rows.where('subscription_id', '=', query.subscription)
  if (query.invoice) rows = rows.where('invoice_id', '=', query.invoice)
  if (query.after)
    rows = rows.where(sql<boolean>`(made_at, id) < (${query.after[0]}::timestamptz, ${query.after[1]}::uuid)`)
  return rows
    .orderBy('made_at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute()
}

/** What Stripe refused of an invoice while its charge was disputed, and that was asked for once. */
export function listRefusedByDispute(tx: Tx, invoice: string): Promise<RefundRow[]> {
  return tx
    .selectFrom('refunds')
    .select(columns)
    .where('invoice_id', '=', invoice)
    .where('state', '=', 'refused')
    .where('failure', '=', 'charge_disputed')
    .where('asked_again_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute()
}

export async function planAgain(tx: Tx, id: string, parts: RefundParts, at: Date): Promise<void> {
  const { card, credit, promotional, tax } = parts
  await tx
    .updateTable('refunds')
    .set({
      state: 'planned',
      failure: null,
      ended_at: null,
      asked_again_at: at,
      card: String(card),
      credit: String(credit),
      promotional: String(promotional),
      tax: String(tax),
    })
    .where('id', '=', id)
    .execute()
}

export async function noteFailure(tx: Tx, id: string, failure: string): Promise<void> {
  await tx.updateTable('refunds').set({ failure }).where('id', '=', id).execute()
}

/** Executions of these subscriptions that came to their end within a span, the newest first. */
export async function listExecutions(
  tx: Tx,
  subscriptions: readonly string[],
  { from, to, limit }: { from: Date; to: Date; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from executions where subscription_id = any (${subscriptions}::uuid[]) and finished_at >= ${from} and finished_at < ${to}
    order by finished_at desc limit ${limit}`.execute(tx)
  return rows.map(({ id }) => id)
}

/** Refunds that wait until their invoice is paid. */
export function listPlanned(tx: Tx, invoice: string) {
  return tx
    .selectFrom('refunds')
    .select('id')
    .where('invoice_id', '=', invoice)
    .where('state', '=', 'planned')
    .orderBy('id')
    .execute()
}
