import { sql, type Generated, type Kysely, type Selectable, type Transaction } from 'kysely'
import type { Database } from '../../../db/database.ts'
import type { PlanCurrency, PlanName } from '../plans.ts'
import type { TakeBack } from './take-back.ts'

interface InvoiceTable {
  organisation_id: string
  id: Generated<string>
  kind: 'period' | 'change'
  state: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void'
  plan: PlanName
  currency: PlanCurrency
  period_index: number
  period_start: Date
  period_end: Date
  made_at: Date
  number: string | null
  stripe_invoice: string | null
  stripe_charge: string | null
  hosted_url: string | null
  total: number
  service_credit: number
  granted_credit: number
  launch_free: number
  account_credit: number
  card: number
  tax: Generated<number>
  processing: Generated<number>
  refunded: Generated<number>
  attempts: Generated<number>
  /** In the account's own time. */
  next_attempt_at: Date | null
  paying_attempt: number | null
  failure: string | null
  /** When it was first tried in vain; in the account's own time. */
  failing_since: Date | null
  opened_at: Date | null
  paid_at: Date | null
}

interface LineTable {
  organisation_id: string
  id: Generated<string>
  invoice_id: string
  position: number
  kind: 'plan' | 'plan-unused' | 'monthly' | 'catch-up' | 'usage'
  description: string
  charge_id: string | null
  subscription_id: string | null
  business_id: string | null
  service_id: string | null
  provider_id: string | null
  from_at: Date
  to_at: Date
  quantity: number
  price_amount: number
  price_currency: string
  rate: string | null
  gross: number
  conversion: number
  discount: number
  discounts: { name: string; amount: number }[]
  amount: number
  service_credit: number
  granted_credit: number
  launch_free: number
  account_credit: number
  card: number
  refunded: Generated<number>
  stripe_item: string | null
}

declare module '../../../db/database.ts' {
  interface Database {
    invoices: InvoiceTable
    invoice_lines: LineTable
    take_backs: {
      organisation_id: string
      id: Generated<string>
      line_id: string
      cause: TakeBack['cause']
      amount: number
      at: Date
    }
    'directory.invoices': {
      organisation_id: string
      id: string
      state: InvoiceTable['state']
      stripe_invoice: string | null
      stripe_charge: string | null
      made_at: Date
      next_attempt_at: Date | null
    }
  }
}

type Tx = Transaction<Database>
export type InvoiceRow = Selectable<InvoiceTable>
export type LineRow = Selectable<LineTable>
export type NewInvoice = Omit<
  InvoiceRow,
  | 'id'
  | 'tax'
  | 'processing'
  | 'refunded'
  | 'attempts'
  | 'stripe_invoice'
  | 'stripe_charge'
  | 'hosted_url'
  | 'paying_attempt'
  | 'failure'
  | 'failing_since'
>
export type NewLine = Omit<LineRow, 'id' | 'organisation_id' | 'invoice_id' | 'refunded' | 'stripe_item'>

export function insertInvoice(tx: Tx, invoice: NewInvoice): Promise<InvoiceRow> {
  return tx
    .insertInto('invoices')
    .values({
      ...invoice,
      stripe_invoice: null,
      stripe_charge: null,
      hosted_url: null,
      paying_attempt: null,
      failure: null,
      failing_since: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function insertLines(tx: Tx, invoice: InvoiceRow, lines: readonly NewLine[]): Promise<LineRow[]> {
  return tx
    .insertInto('invoice_lines')
    .values(
      lines.map((line) => ({
        ...line,
        discounts: JSON.stringify(line.discounts) as unknown as NewLine['discounts'],
        organisation_id: invoice.organisation_id,
        invoice_id: invoice.id,
        stripe_item: null,
      })),
    )
    .returningAll()
    .execute()
}

export function findInvoice(tx: Tx, id: string): Promise<InvoiceRow | undefined> {
  return tx.selectFrom('invoices').selectAll().where('id', '=', id).executeTakeFirst()
}

export function lockInvoice(tx: Tx, id: string): Promise<InvoiceRow | undefined> {
  return tx.selectFrom('invoices').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export function listLines(tx: Tx, invoices: readonly string[]): Promise<LineRow[]> {
  if (invoices.length === 0) return Promise.resolve([])
  return tx
    .selectFrom('invoice_lines')
    .selectAll()
    .where('invoice_id', 'in', [...invoices])
    .orderBy('invoice_id')
    .orderBy('position')
    .execute()
}

/** Invoices that still wait for money, oldest first. */
export function listUnpaid(tx: Tx): Promise<InvoiceRow[]> {
  return tx
    .selectFrom('invoices')
    .selectAll()
    .where('state', 'in', ['draft', 'open'])
    .orderBy('made_at')
    .orderBy('id')
    .execute()
}

export function listInvoices(tx: Tx, after: string | undefined, limit: number): Promise<InvoiceRow[]> {
  let query = tx.selectFrom('invoices').selectAll()
  if (after) query = query.where('id', '<', after)
  return query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
}

export async function updateInvoice(
  tx: Tx,
  id: string,
  change: Partial<Omit<InvoiceRow, 'organisation_id' | 'id'>>,
): Promise<InvoiceRow> {
  return tx.updateTable('invoices').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
}

/** Monthly lines of subscriptions for time that is still to come, of invoices that stand. */
export function listLinesAhead(tx: Tx, subscriptions: readonly string[], now: Date): Promise<LineRow[]> {
  return linesThatStand(tx)
    .where('l.kind', '=', 'monthly')
    .where('l.to_at', '>', now)
    .where(sql<boolean>`l.subscription_id = any (${subscriptions}::uuid[])`)
    .execute()
}

/** Monthly lines that were asked ahead for what ran until the account was paused at an instant, and until when they stood. */
export function listLinesPaused(tx: Tx, at: Date): Promise<(LineRow & { stood_until: Date })[]> {
  return linesThatStand(tx)
    .select(
      sql<Date>`least(l.to_at, (select min(t.at) from bizq.take_backs t where t.organisation_id = l.organisation_id and t.line_id = l.id
        and t.cause in ('cancelled', 'changed', 'resting', 'suspended')))`.as('stood_until'),
    )
    .where('l.kind', '=', 'monthly')
    .where('l.to_at', '>', at)
    .where(
      sql<boolean>`exists (select from bizq.service_charges c where c.organisation_id = l.organisation_id
        and c.subscription_id = l.subscription_id and c.ended_because = 'paused' and c.to_at = ${at} and c.billed_until > ${at})`,
    )
    .execute()
}

/** Of these lines, those of which the rest was taken back before their time was over. */
export async function listCut(tx: Tx, lines: readonly string[]): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('take_backs')
    .select('line_id')
    .where('cause', 'in', ['cancelled', 'changed', 'resting', 'suspended'])
    .where(sql<boolean>`line_id = any (${lines}::uuid[])`)
    .execute()
  return new Set(rows.map((row) => row.line_id))
}

/** Monthly lines whose time ended within a span, of which not all was taken back yet. */
export function listLinesEnding(tx: Tx, after: Date, until: Date): Promise<LineRow[]> {
  return linesThatStand(tx)
    .where('l.kind', '=', 'monthly')
    .where('l.to_at', '>', after)
    .where('l.to_at', '<=', until)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('take_backs as t')
            .select('t.id')
            .whereRef('t.line_id', '=', 'l.id')
            .where('t.cause', '=', 'no_execution'),
        ),
      ),
    )
    .execute()
}

/** The plan's lines of the period that began then, oldest first. */
export function listPlanLines(tx: Tx, periodStart: Date): Promise<LineRow[]> {
  return linesThatStand(tx).where('l.kind', '=', 'plan').where('i.period_start', '=', periodStart).execute()
}

/** What smaller plans gave back of these lines, and when. */
export function listDowngrades(tx: Tx, lines: readonly string[]) {
  return tx
    .selectFrom('take_backs')
    .select(['line_id', 'amount', 'at'])
    .where('cause', '=', 'downgrade')
    .where(sql<boolean>`line_id = any (${lines}::uuid[])`)
    .execute()
}

function linesThatStand(tx: Tx) {
  return tx
    .selectFrom('invoice_lines as l')
    .innerJoin('invoices as i', 'i.id', 'l.invoice_id')
    .selectAll('l')
    .where('i.state', 'not in', ['void', 'uncollectible'])
    .orderBy('l.from_at')
    .orderBy('l.id')
}

/** False when this was taken back for this cause before. */
export async function insertTakeBack(
  tx: Tx,
  organisation: string,
  { line, cause, amount }: TakeBack,
  at: Date,
): Promise<boolean> {
  const row = await tx
    .insertInto('take_backs')
    .values({ organisation_id: organisation, line_id: line, cause, amount: Number(amount), at })
    .onConflict((oc) => oc.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** What of the plan's credit the invoices of a period used, and what of that refunds gave back within it. */
export async function sumServiceCredit(
  tx: Tx,
  periodStart: Date,
): Promise<{ used: number; returned: number }> {
  const { rows } = await sql<{ used: string | null; returned: string | null }>`
    select sum(i.service_credit) as used, sum((select sum(r.service_back) from refunds r
      where r.organisation_id = i.organisation_id and r.invoice_id = i.id)) as returned
    from invoices i where i.period_start = ${periodStart}`.execute(tx)
  return { used: Number(rows[0]?.used ?? 0), returned: Number(rows[0]?.returned ?? 0) }
}

export function findByStripeInvoice(directory: Kysely<Database>, stripeInvoice: string) {
  return directory
    .selectFrom('directory.invoices')
    .select(['organisation_id', 'id', 'state'])
    .where('stripe_invoice', '=', stripeInvoice)
    .executeTakeFirst()
}

export function findById(directory: Kysely<Database>, id: string) {
  return directory
    .selectFrom('directory.invoices')
    .select(['organisation_id', 'id', 'state'])
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Which of Stripe's invoices are not final yet. */
export async function listUnfinished(directory: Kysely<Database>): Promise<string[]> {
  const rows = await directory
    .selectFrom('directory.invoices')
    .select('stripe_invoice')
    .where('state', 'in', ['draft', 'open'])
    .where('stripe_invoice', 'is not', null)
    .execute()
  return rows.flatMap(({ stripe_invoice: id }) => (id === null ? [] : [id]))
}

/** What each subscription was invoiced since an instant, less what was given back; what the platform paid costs nothing. */
export function sumCosts(tx: Tx, since: Date) {
  return linesThatStand(tx)
    .clearSelect()
    .clearOrderBy()
    .select([
      sql<string>`l.subscription_id`.as('subscription_id'),
      'i.currency',
      sql<string>`sum(greatest(l.amount - l.launch_free - l.refunded, 0))`.as('cost'),
    ])
    .where('l.subscription_id', 'is not', null)
    .where('i.made_at', '>=', since)
    .groupBy(['l.subscription_id', 'i.currency'])
    .orderBy(sql`3`, 'desc')
    .orderBy('l.subscription_id')
    .execute()
}
