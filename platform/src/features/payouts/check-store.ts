import { sql, type Kysely } from 'kysely'
import type { Database } from '../../db/database.ts'

type Directory = Kysely<Database>

export async function listUnevenProviders(
  directory: Directory,
): Promise<{ provider_id: string; currency: string; payable: string; parts: string }[]> {
  const { rows } = await sql<{ provider_id: string; currency: string; payable: string; parts: string }>`
    select provider_id, currency, payable::text, (earned - taken_back - transferred + returned)::text as parts
    from directory.provider_money where payable <> earned - taken_back - transferred + returned limit 100`.execute(
    directory,
  )
  return rows
}

export async function listUnevenEarnings(directory: Directory): Promise<{ line_id: string }[]> {
  const { rows } = await sql<{ line_id: string }>`
    select line_id from directory.settled_earnings
    where refunded <> given_back or (provider_id is not null and (share is distinct from earned or refunded is distinct from earning_refunded
      or reversed is distinct from taken_back or reversed is distinct from earning_taken_back)) limit 100`.execute(
    directory,
  )
  return rows
}

export async function listUnevenTransfers(
  directory: Directory,
): Promise<
  { id: string; currency: string; amount: string; parts: string; reversed: string; taken_back: string }[]
> {
  const { rows } = await sql<{
    id: string
    currency: string
    amount: string
    parts: string
    reversed: string
    taken_back: string
  }>`
    select id, currency, amount::text, parts::text, reversed::text, taken_back::text from directory.transfers
    where (state <> 'refused' and parts <> amount) or reversed <> taken_back limit 100`.execute(directory)
  return rows
}

export function listStrayTransfers(
  directory: Directory,
): Promise<{ id: string; organisation_id: string; destination: string }[]> {
  return directory
    .selectFrom('directory.transfers as t')
    .leftJoin('directory.stripe_accounts as a', (join) =>
      join
        .onRef('a.organisation_id', '=', 't.organisation_id')
        .onRef('a.stripe_account', '=', 't.destination'),
    )
    .select(['t.id', 't.organisation_id', 't.destination'])
    .where('t.state', '<>', 'refused')
    .where('a.stripe_account', 'is', null)
    .limit(100)
    .execute()
}
