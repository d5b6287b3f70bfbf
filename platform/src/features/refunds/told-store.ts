import { sql, type Kysely } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { RefundCause, RefundState } from './schemas.ts'
import type { Amount, RefundTable } from './store.ts'

declare module '../../db/database.ts' {
  interface Database {
    'directory.open_take_backs': {
      organisation_id: string
      id: string
      line_id: string
      cause: 'no_execution' | 'cancelled' | 'changed' | 'resting' | 'downgrade' | 'suspended' | 'paused'
      amount: Amount
      at: Date
    }
    'directory.refunds': Omit<RefundTable, 'subscription_id' | 'business_id' | 'asked_again_at'> & {
      operator_name: string
    }
  }
}

/** Paid time of a service (UUIDs) with the whole minutes of it, and those that the service was down. */
export interface LineWithDowntime {
  organisation_id: string
  id: string
  service_id: string
  provider_id: string
  from_at: Date
  minutes: number
  minutes_down: number
}

/** Below 99.9 %, not credited yet, of time that ended within a span. */
export async function listLinesWithDowntime(
  directory: Kysely<Database>,
  since: Date,
  until: Date,
  limit: number,
): Promise<LineWithDowntime[]> {
  const { rows } = await sql<LineWithDowntime>`
    select organisation_id, id, service_id, provider_id, from_at, minutes, minutes_down from directory.lines_with_downtime
    where to_at > ${since} and to_at <= ${until} and minutes_down * 1000 > minutes order by to_at, id limit ${limit}`.execute(
    directory,
  )
  return rows
}

export type ToldRefundRow = Awaited<ReturnType<typeof listTold>>[number]

/** Of every operator, for the platform. */
export function listTold(
  directory: Kysely<Database>,
  query: {
    operator: string | undefined
    cause: RefundCause | undefined
    state: RefundState | undefined
    after: [string, string] | undefined
    limit: number
  },
) {
  let rows = directory.selectFrom('directory.refunds').selectAll()
  if (query.operator) rows = rows.where('organisation_id', '=', query.operator)
  if (query.cause) rows = rows.where('cause', '=', query.cause)
  if (query.state) rows = rows.where('state', '=', query.state)
  if (query.after)
    rows = rows.where(sql<boolean>`(made_at, id) < (${query.after[0]}::timestamptz, ${query.after[1]}::uuid)`)
  return rows
    .orderBy('made_at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute()
}

export function findTold(directory: Kysely<Database>, id: string) {
  return directory.selectFrom('directory.refunds').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Whose refunds Stripe's refund is. */
export function listByStripe(directory: Kysely<Database>, stripeRefund: string) {
  return directory
    .selectFrom('directory.refunds')
    .select(['organisation_id', 'id'])
    .where('stripe_refund', '=', stripeRefund)
    .orderBy('id')
    .execute()
}

export function listOpenTakeBacks(directory: Kysely<Database>, limit: number) {
  return directory
    .selectFrom('directory.open_take_backs')
    .select(['organisation_id', 'id', 'line_id', 'cause', 'amount'])
    .orderBy('at')
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** What is not at its end, of every operator. */
export function listOpen(directory: Kysely<Database>, { madeBefore }: { madeBefore: Date }) {
  return directory
    .selectFrom('directory.refunds')
    .select(['organisation_id', 'id', 'stripe_refund', 'state'])
    .where('state', 'in', ['planned', 'pending'])
    .where('made_at', '<', madeBefore)
    .orderBy('made_at')
    .limit(1_000)
    .execute()
}
