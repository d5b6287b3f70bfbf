import { sql, type Generated, type Selectable, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

interface GrantTable {
  organisation_id: string
  id: Generated<string>
  operator_id: string
  currency: string
  amount: number
  reason: string
  granted_by: string | null
  at: Date
}

declare module '../../db/database.ts' {
  interface Database {
    credit_grants: GrantTable
  }
}

type Tx = Transaction<Database>

export async function insertGrant(tx: Tx, grant: Selectable<GrantTable>): Promise<void> {
  await tx.insertInto('credit_grants').values(grant).execute()
}

export function listGrants(
  tx: Tx,
  query: { after: [string, string] | undefined; limit: number },
): Promise<Selectable<GrantTable>[]> {
  return tx
    .selectFrom('credit_grants')
    .selectAll()
    .$if(query.after !== undefined, (q) =>
      q.where(sql<boolean>`(at, id) < (${query.after?.[0]}::timestamptz, ${query.after?.[1]}::uuid)`),
    )
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute()
}

/** What was granted to an operator, oldest first: the oldest is used first. */
export function listGranted(tx: Tx, currency: string) {
  return tx
    .selectFrom('credit_entries')
    .select(['id', 'amount', 'reason', 'at'])
    .where('kind', '=', 'granted')
    .where('cause_type', '=', 'grant')
    .where('currency', '=', currency)
    .orderBy('at')
    .orderBy('id')
    .execute()
}
