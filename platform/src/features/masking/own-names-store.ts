import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

export interface OwnName {
  kind: 'business' | 'person'
  name: string
}

/** What the organisation, its businesses and its members are called. */
export async function listOwnNames(tx: Transaction<Database>): Promise<OwnName[]> {
  const { rows } = await sql<OwnName>`
    select 'business' as kind, name from bizq.organisations
    union select 'business', name from bizq.businesses
    union select 'business', legal_name from bizq.businesses where legal_name is not null
    union select 'person', name from bizq.members`.execute(tx)
  return rows
}
