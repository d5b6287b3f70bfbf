import { sql, type Generated, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { MoneyFacts, MoneyWord } from './money.ts'

interface MoneyNoticeTable {
  organisation_id: string
  id: Generated<string>
  /** What it is told once for. */
  cause: string
  subject: string
  what: MoneyWord
  facts: unknown
  at: Date
}

declare module '../../db/database.ts' {
  interface Database {
    money_notices: MoneyNoticeTable
  }
}

interface MoneyNoticeRow {
  id: string
  what: MoneyWord
  facts: MoneyFacts
  at: Date
}

/** Keeps a notice; false where it was told before. */
export async function insertMoneyNotice(
  tx: Transaction<Database>,
  row: Omit<MoneyNoticeTable, 'id' | 'facts'> & { facts: MoneyFacts },
): Promise<boolean> {
  const kept = await tx
    .insertInto('money_notices')
    .values({ ...row, facts: JSON.stringify(row.facts) })
    .onConflict((oc) => oc.columns(['organisation_id', 'cause']).doNothing())
    .returning('id')
    .executeTakeFirst()
  return kept !== undefined
}

/** What was told last of a subject. */
export async function findLastMoneyWord(
  tx: Transaction<Database>,
  subject: string,
): Promise<MoneyWord | undefined> {
  const row = await tx
    .selectFrom('money_notices')
    .select('what')
    .where('subject', '=', subject)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.what
}

/** Told line by line, each with its part: what is shown is the sum of a subject. */
const told: readonly MoneyWord[] = ['refunded', 'credit-back', 'bank-took', 'bank-returned']

/** The newest of each subject since an instant, newest first. */
export async function listMoneyNotices(
  tx: Transaction<Database>,
  since: Date,
  limit: number,
): Promise<MoneyNoticeRow[]> {
  const { rows } = await sql<MoneyNoticeRow>`
    select id, what, facts, at from (
      select distinct on (subject) id, what, at, case when what = any (${told}::text[]) then jsonb_set(facts, '{amount,amount}',
        to_jsonb(sum((facts->'amount'->>'amount')::bigint) over (partition by subject, what))) else facts end as facts
      from bizq.money_notices where at >= ${since}
      order by subject, at desc, id desc) standing
    order by at desc, id desc limit ${limit}`.execute(tx)
  return rows
}
