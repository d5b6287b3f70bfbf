import { sql, type Generated, type Kysely, type Selectable, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

type Amount = number | string

interface CardDisputeTable {
  organisation_id: string
  id: Generated<string>
  stripe_dispute: string
  operator_id: string
  invoice_id: string
  stripe_charge: string
  currency: string
  amount: Amount
  reason: string
  status: string
  stage: Generated<'asked' | 'withdrawn' | 'returned'>
  fee: Generated<Amount>
  /** What of it no line covers any more. */
  beyond: Generated<Amount>
  due_at: Date | null
  evidence: unknown
  evidence_at: Date | null
  opened_at: Date
  closed_at: Date | null
  /** In the operator's own time. */
  began_at: Date | null
  decided_at: Date | null
}

declare module '../../db/database.ts' {
  interface Database {
    card_disputes: CardDisputeTable
    'directory.card_disputes': Pick<
      Selectable<CardDisputeTable>,
      | 'id'
      | 'stripe_dispute'
      | 'status'
      | 'stage'
      | 'evidence_at'
      | 'stripe_charge'
      | 'currency'
      | 'amount'
      | 'fee'
      | 'decided_at'
    > & { began_at: Date }
  }
}

type Tx = Transaction<Database>
export type CardDisputeRow = Selectable<CardDisputeTable>

/** Keeps what Stripe says of it, and locks it. A status that is final stays. */
export async function keepDispute(
  tx: Tx,
  row: Pick<
    CardDisputeTable,
    | 'organisation_id'
    | 'stripe_dispute'
    | 'operator_id'
    | 'invoice_id'
    | 'stripe_charge'
    | 'currency'
    | 'amount'
    | 'reason'
    | 'status'
    | 'due_at'
    | 'opened_at'
    | 'began_at'
  >,
): Promise<{ row: CardDisputeRow; was: string | null }> {
  const known = await tx
    .selectFrom('card_disputes')
    .select(['id', 'status'])
    .where('stripe_dispute', '=', row.stripe_dispute)
    .forUpdate()
    .executeTakeFirst()
  const kept = await tx
    .insertInto('card_disputes')
    .values({ ...row, evidence: null, evidence_at: null, closed_at: null, decided_at: null })
    .onConflict((oc) =>
      oc.column('stripe_dispute').doUpdateSet({
        status: sql<string>`case when card_disputes.closed_at is null then excluded.status else card_disputes.status end`,
        due_at: (eb) => eb.ref('excluded.due_at'),
      }),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
  return { row: kept, was: known?.status ?? null }
}

export async function moveDispute(
  tx: Tx,
  id: string,
  to: { stage: 'withdrawn' | 'returned'; beyond?: bigint },
): Promise<void> {
  await tx
    .updateTable('card_disputes')
    .set({ stage: to.stage, ...(to.beyond === undefined ? {} : { beyond: String(to.beyond) }) })
    .where('id', '=', id)
    .execute()
}

export async function noteFee(tx: Tx, id: string, fee: bigint): Promise<void> {
  await tx
    .updateTable('card_disputes')
    .set({ fee: String(fee) })
    .where('id', '=', id)
    .execute()
}

/** `decidedAt` in the operator's own time. */
export async function closeDispute(
  tx: Tx,
  id: string,
  { status, at, decidedAt }: { status: string; at: Date; decidedAt: Date },
): Promise<void> {
  await tx
    .updateTable('card_disputes')
    .set({ status, closed_at: at, decided_at: decidedAt })
    .where('id', '=', id)
    .where('closed_at', 'is', null)
    .execute()
}

export function findDispute(tx: Tx, id: string): Promise<CardDisputeRow | undefined> {
  return tx.selectFrom('card_disputes').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Writes down what will be handed in; answers what was written down first. */
export async function keepEvidence(tx: Tx, id: string, evidence: object): Promise<unknown> {
  await tx
    .updateTable('card_disputes')
    .set({ evidence: JSON.stringify(evidence) })
    .where('id', '=', id)
    .where('evidence', 'is', null)
    .execute()
  return (await findDispute(tx, id))?.evidence
}

/** Says whether it was not noted before. */
export async function noteHandedIn(tx: Tx, id: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('card_disputes')
    .set({ evidence_at: at })
    .where('id', '=', id)
    .where('evidence_at', 'is', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

export function listDisputes(
  tx: Tx,
  query: { after: [string, string] | undefined; limit: number },
): Promise<CardDisputeRow[]> {
  let rows = tx.selectFrom('card_disputes').selectAll()
  if (query.after)
    rows = rows.where(
      sql<boolean>`(opened_at, id) < (${query.after[0]}::timestamptz, ${query.after[1]}::uuid)`,
    )
  return rows
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute()
}

export function listOpenDisputes(directory: Kysely<Database>) {
  return directory
    .selectFrom('directory.card_disputes')
    .select(['stripe_dispute'])
    .where('status', 'not in', ['won', 'lost', 'warning_closed'])
    .execute()
}

/** Disputes about these charges that took money: a bank that asks takes none. */
export function listDisputesOf(directory: Kysely<Database>, charges: readonly string[]) {
  return directory
    .selectFrom('directory.card_disputes')
    .select(['stripe_charge', 'status', 'stage', 'began_at', 'decided_at'])
    .where(sql<boolean>`stripe_charge = any (${charges}::text[])`)
    .where('status', 'not like', 'warning%')
    .orderBy('began_at')
    .execute()
}
