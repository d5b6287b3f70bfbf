import { sql, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    launch_providers: {
      organisation_id: string
      provider_id: string
      from_at: Date
      until_at: Date
      set_by: string | null
      ended_at: Date | null
    }
    launch_customers: { organisation_id: string; provider_id: string; operator_id: string; number: number }
    'directory.launch_providers': { provider_id: string; from_at: Date; until_at: Date }
    'directory.launch_customers': { provider_id: string; operator_id: string }
    'directory.first_subscriptions': { provider_id: string; operator_id: string; at: Date }
  }
}

type Tx = Transaction<Database>

/** Waits for whoever subscribes to this provider at this moment; who comes then waits until this transaction ends. */
export async function holdNumbers(tx: Tx, provider: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`launch ${provider}`}, 0))`.execute(tx)
}

/** Who names one holds its numbers, so that nobody else changes this meanwhile. */
export function findNamed(tx: Tx, provider: string) {
  return tx
    .selectFrom('launch_providers')
    .select(['from_at', 'until_at', 'ended_at'])
    .where('provider_id', '=', provider)
    .executeTakeFirst()
}

export async function insertLaunch(
  tx: Tx,
  row: { organisation: string; provider: string; from: Date; until: Date; user: string | null },
): Promise<void> {
  const { organisation, provider, from, until, user } = row
  await tx
    .insertInto('launch_providers')
    .values({
      organisation_id: organisation,
      provider_id: provider,
      from_at: from,
      until_at: until,
      set_by: user,
      ended_at: null,
    })
    .execute()
}

/** From now on it is one again, until its first twelve months are over; when it was one before is kept. */
export async function resumeLaunch(
  tx: Tx,
  {
    organisation,
    provider,
    from,
    user,
  }: { organisation: string; provider: string; from: Date; user: string | null },
): Promise<void> {
  await sql`
    insert into bizq.launch_spans (organisation_id, provider_id, from_at, until_at)
    select ${organisation}::uuid, provider_id, from_at, least(until_at, ended_at) from bizq.launch_providers
    where provider_id = ${provider}::uuid and least(until_at, ended_at) > from_at`.execute(tx)
  await tx
    .updateTable('launch_providers')
    .set({ from_at: from, set_by: user, ended_at: null })
    .where('provider_id', '=', provider)
    .execute()
}

export async function endLaunch(tx: Tx, provider: string, at: Date): Promise<boolean> {
  const ended = await tx
    .updateTable('launch_providers')
    .set({ ended_at: at })
    .where('provider_id', '=', provider)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return ended.numUpdatedRows > 0n
}

export function listLaunches(tx: Tx, provider?: string) {
  return tx
    .selectFrom('launch_providers as l')
    .select((eb) => [
      'l.provider_id',
      'l.from_at',
      'l.until_at',
      'l.ended_at',
      eb
        .selectFrom('launch_customers as c')
        .select((customers) => customers.fn.countAll<number>().as('count'))
        .whereRef('c.organisation_id', '=', 'l.organisation_id')
        .whereRef('c.provider_id', '=', 'l.provider_id')
        .as('customers'),
    ])
    .$if(provider !== undefined, (q) => q.where('l.provider_id', '=', provider as string))
    .orderBy('l.from_at', 'desc')
    .orderBy('l.provider_id')
    .execute()
}

/** Who was its customer before, in the order in which they came. */
export async function listEarlierCustomers(
  directory: Kysely<Database>,
  provider: string,
  most: number,
): Promise<string[]> {
  const rows = await directory
    .selectFrom('directory.first_subscriptions')
    .select('operator_id')
    .where('provider_id', '=', provider)
    .orderBy('at')
    .orderBy('operator_id')
    .limit(most)
    .execute()
  return rows.map(({ operator_id }) => operator_id)
}

/** Numbers those who have none yet, after those who have one. */
export async function numberCustomers(
  tx: Tx,
  organisation: string,
  provider: string,
  operators: readonly string[],
): Promise<void> {
  await sql`
    insert into bizq.launch_customers (organisation_id, provider_id, operator_id, number)
    select ${organisation}::uuid, ${provider}::uuid, operator, number from (
      select o.operator, row_number() over (order by o.place) + (select count(*) from bizq.launch_customers where provider_id = ${provider}::uuid) as number
      from unnest(${operators}::uuid[]) with ordinality as o (operator, place)
      where not exists (select from bizq.launch_customers c where c.provider_id = ${provider}::uuid and c.operator_id = o.operator)) numbered
    where number <= 100`.execute(tx)
}

/** All launch providers there are or were, and those of them that have an operator among their first customers. */
export async function listTerms(directory: Kysely<Database>, operator: string) {
  const launches = await directory
    .selectFrom('directory.launch_providers')
    .select(['provider_id', 'from_at', 'until_at'])
    .execute()
  const customers = await directory
    .selectFrom('directory.launch_customers')
    .select('provider_id')
    .where('operator_id', '=', operator)
    .execute()
  return { launches, first: new Set(customers.map(({ provider_id }) => provider_id)) }
}

/** Of the operator's own unit: its first subscription to anything of a launch provider is numbered. */
export async function numberCustomer(tx: Tx, subscription: string): Promise<void> {
  await sql`select bizq.number_launch_customer(${subscription}::uuid)`.execute(tx)
}

/** Until when a provider is a launch provider; undefined where it is none now. */
export function findLaunch(directory: Kysely<Database>, provider: string, at: Date) {
  return directory
    .selectFrom('directory.launch_providers')
    .select('until_at')
    .where('provider_id', '=', provider)
    .where('from_at', '<=', at)
    .where('until_at', '>', at)
    .executeTakeFirst()
}
