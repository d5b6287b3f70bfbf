import { sql, type Generated, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

/** A whole number of minor units as the database gives it: text beyond what a number holds exactly. */
export type Stored = number | string

interface SettledLineTable {
  organisation_id: string
  line_id: string
  invoice_id: string
  operator_id: string
  provider_id: string | null
  earning_id: string | null
  currency: string
  at: Date
  line: Stored
  real: Stored
  promotional_account: 'credit_cost' | 'launch_cost'
  share: Stored
  processing: Stored
  conversion: Stored
  platform: Stored
  refunded: Generated<Stored>
}

interface LineReversalTable {
  organisation_id: string
  refund_id: string
  line_id: string
  at: Date
  amount: Stored
  real: Stored
  promotional: Stored
  share: Stored
  conversion: Stored
  platform: Stored
}

interface EarningTable {
  organisation_id: string
  id: Generated<string>
  service_id: string
  service_name: string
  month: string
  kind: 'monthly' | 'usage'
  currency: string
  line: Stored
  conversion: Stored
  platform: Stored
  processing: Stored
  share: Stored
  share_percent: number
  promotional: Stored
  refunded: Generated<Stored>
  reversed: Generated<Stored>
  earned_at: Date
  available_at: Date
  transfer_id: string | null
}

export const reversalCauses = ['refund', 'no-execution', 'downtime', 'dispute', 'dispute-won'] as const
export type ReversalCause = (typeof reversalCauses)[number]

interface EarningReversalTable {
  organisation_id: string
  id: Generated<string>
  earning_id: string
  currency: string
  month: string
  amount: Stored
  line: Stored
  cause: ReversalCause
  at: Date
  transfer_reversal_id: string | null
  transfer_id: string | null
}

declare module '../../db/database.ts' {
  interface Database {
    settled_lines: SettledLineTable
    line_reversals: LineReversalTable
    earnings: EarningTable
    earning_reversals: EarningReversalTable
  }
}

type Tx = Transaction<Database>

/** Minor units as text, which the database reads exactly. */
export const stored = (amount: bigint): string => String(amount)

export interface NewSettledLine {
  line_id: string
  invoice_id: string
  operator_id: string
  provider_id: string | null
  earning_id: string | null
  currency: string
  at: Date
  line: bigint
  real: bigint
  promotional_account: 'credit_cost' | 'launch_cost'
  share: bigint
  processing: bigint
  conversion: bigint
  platform: bigint
}

export interface NewEarning {
  id: string
  service_id: string
  service_name: string
  month: string
  kind: 'monthly' | 'usage'
  currency: string
  line: bigint
  conversion: bigint
  platform: bigint
  processing: bigint
  share: bigint
  share_percent: number
  promotional: bigint
  earned_at: Date
  available_at: Date
}

const jsonOf = (rows: readonly object[]): string =>
  JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))

/** Writes the lines that are not settled yet; answers their ids. */
export async function insertSettledLines(
  tx: Tx,
  organisation: string,
  lines: readonly NewSettledLine[],
): Promise<string[]> {
  const { rows } = await sql<{ line_id: string }>`
    insert into bizq.settled_lines (organisation_id, line_id, invoice_id, operator_id, provider_id, earning_id, currency, at,
      line, real, promotional_account, share, processing, conversion, platform)
    select ${organisation}::uuid, line_id, invoice_id, operator_id, provider_id, earning_id, currency, at,
      line, "real", promotional_account, share, processing, conversion, platform
    from json_to_recordset(${jsonOf(lines)}::json) as l (line_id uuid, invoice_id uuid, operator_id uuid, provider_id uuid, earning_id uuid,
      currency text, at timestamptz, line bigint, "real" bigint, promotional_account text, share bigint, processing bigint, conversion bigint, platform bigint)
    order by line_id on conflict do nothing returning line_id`.execute(tx)
  return rows.map(({ line_id }) => line_id)
}

export async function insertEarnings(
  tx: Tx,
  organisation: string,
  earnings: readonly NewEarning[],
): Promise<void> {
  await sql`
    insert into bizq.earnings (organisation_id, id, service_id, service_name, month, kind, currency, line, conversion, platform,
      processing, share, share_percent, promotional, earned_at, available_at)
    select ${organisation}::uuid, id, service_id, service_name, month, kind, currency, line, conversion, platform,
      processing, share, share_percent, promotional, earned_at, available_at
    from json_to_recordset(${jsonOf(earnings)}::json) as e (id uuid, service_id uuid, service_name text, month text, kind text, currency text,
      line bigint, conversion bigint, platform bigint, processing bigint, share bigint, share_percent int, promotional bigint,
      earned_at timestamptz, available_at timestamptz)`.execute(tx)
}

/** Waits for whoever gives a part of this line back. */
export function lockSettledLine(tx: Tx, line: string) {
  return tx.selectFrom('settled_lines').selectAll().where('line_id', '=', line).forUpdate().executeTakeFirst()
}

export function findLineReversal(tx: Tx, refund: string) {
  return tx.selectFrom('line_reversals').selectAll().where('refund_id', '=', refund).executeTakeFirst()
}

export async function insertLineReversal(tx: Tx, row: LineReversalTable): Promise<void> {
  await tx.insertInto('line_reversals').values(row).execute()
  await tx
    .updateTable('settled_lines')
    .set({ refunded: sql`refunded + ${row.amount}::bigint` })
    .where('line_id', '=', row.line_id)
    .execute()
}

/** Takes note of what is taken back of an earning, and answers it, locked. */
export async function reverseEarning(tx: Tx, earning: string, taken: { line: bigint; share: bigint }) {
  const { rows } = await sql<{ currency: string; month: string; transfer_id: string | null }>`
    update bizq.earnings set refunded = refunded + ${stored(taken.line)}::bigint, reversed = reversed + ${stored(taken.share)}::bigint
    where id = ${earning} returning currency, month, transfer_id`.execute(tx)
  const [row] = rows
  if (!row) throw new Error(`there is no earning ${earning}`)
  return row
}

export async function insertEarningReversal(
  tx: Tx,
  row: Omit<EarningReversalTable, 'id' | 'amount' | 'line'> & { amount: bigint; line: bigint },
): Promise<void> {
  await tx
    .insertInto('earning_reversals')
    .values({ ...row, amount: stored(row.amount), line: stored(row.line) })
    .execute()
}
