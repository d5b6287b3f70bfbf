import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { ProviderReport } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'

interface ReportTable {
  organisation_id: string
  id: Generated<string>
  subscription_id: string
  business_id: string
  month: string
  version: string
  source: 'service' | 'platform'
  report: ProviderReport
  problem: string | null
  made_at: Generated<Date>
}

declare module '../../db/database.ts' {
  interface Database {
    reports: ReportTable
  }
}

type Tx = Transaction<Database>
const columns = [
  'id',
  'subscription_id',
  'month',
  'version',
  'source',
  'report',
  'problem',
  'made_at',
] as const
export type ReportRow = Awaited<ReturnType<typeof listReports>>[number]

export function listReports(tx: Tx, subscription: string) {
  return tx
    .selectFrom('reports')
    .select(columns)
    .where('subscription_id', '=', subscription)
    .orderBy('month', 'desc')
    .execute()
}

export function findReport(tx: Tx, subscription: string, month: string) {
  return tx
    .selectFrom('reports')
    .select(columns)
    .where('subscription_id', '=', subscription)
    .where('month', '=', month)
    .executeTakeFirst()
}

export interface NewReport {
  organisation: string
  subscription: string
  business: string
  month: string
  version: string
  source: 'service' | 'platform'
  report: ProviderReport
  problem: string | null
}

/** Keeps the report of a month; made again, it takes the place of the one before. */
export function saveReport(tx: Tx, given: NewReport) {
  const changed = {
    version: given.version,
    source: given.source,
    report: JSON.stringify(given.report) as unknown as ProviderReport,
    problem: given.problem,
    made_at: new Date(),
  }
  return tx
    .insertInto('reports')
    .values({
      organisation_id: given.organisation,
      subscription_id: given.subscription,
      business_id: given.business,
      month: given.month,
      ...changed,
    })
    .onConflict((oc) => oc.columns(['organisation_id', 'subscription_id', 'month']).doUpdateSet(changed))
    .returning(columns)
    .executeTakeFirstOrThrow()
}

/** Every subscription that is not over, of every organisation. */
export function listSubscriptions(directory: Kysely<Database>) {
  return directory
    .selectFrom('directory.subscriptions')
    .select(['organisation_id', 'id'])
    .where('state', '<>', 'cancelled')
    .execute()
}

/** What reports of these subscriptions say was saved since a month, summed by currency. */
export function sumSavings(tx: Tx, subscriptions: readonly string[], since: string) {
  return tx
    .selectFrom('reports')
    .innerJoin(
      sql<{
        saved: { amount: { amount: number; currency: string } }
      }>`jsonb_array_elements(report -> 'savings')`.as<'s'>(sql`s (saved)`),
      (join) => join.onTrue(),
    )
    .select([
      'subscription_id',
      sql<string>`s.saved -> 'amount' ->> 'currency'`.as('currency'),
      sql<string>`sum((s.saved -> 'amount' ->> 'amount')::bigint)`.as('amount'),
    ])
    .where(sql<boolean>`subscription_id = any (${subscriptions}::uuid[])`)
    .where('month', '>=', since)
    .groupBy(['subscription_id', sql`2`])
    .execute()
}
