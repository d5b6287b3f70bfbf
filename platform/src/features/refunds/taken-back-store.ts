import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Amount } from './store.ts'

type Tx = Transaction<Database>

/** What was taken back of the operator's invoices and no refund answers yet, the oldest first. */
export function listOwnTakeBacks(tx: Tx, limit: number) {
  return tx
    .selectFrom('take_backs as t')
    .select(['t.id', 't.line_id', 't.cause', 't.amount'])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('refunds as r')
            .select('r.id')
            .whereRef('r.line_id', '=', 't.line_id')
            .whereRef('r.cause', '=', 't.cause')
            .where('r.cause_id', '=', sql<string>`t.id::text`),
        ),
      ),
    )
    .orderBy('t.at')
    .orderBy('t.id')
    .limit(limit)
    .execute()
}

/** Refunds to account credit that are not booked yet, of invoices in these states, in the order in which they were planned. */
export async function listOwnPlanned(
  tx: Tx,
  states: readonly string[],
): Promise<{ id: string; credit: Amount }[]> {
  const { rows } = await sql<{ id: string; credit: Amount }>`
    select r.id, r.credit from bizq.refunds r join bizq.invoices i on i.organisation_id = r.organisation_id and i.id = r.invoice_id
    where r.state = 'planned' and r.way = 'account_credit' and i.state = any (${states}::text[]) order by r.id`.execute(
    tx,
  )
  return rows
}
