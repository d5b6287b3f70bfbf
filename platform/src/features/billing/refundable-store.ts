import { sql, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

type Tx = Transaction<Database>

/** A line of an invoice as it was paid, with what of its invoice matters to give it back. Minor units of `currency`. */
export interface RefundableLine {
  id: string
  invoice: string
  kind: string
  description: string
  subscription: string | null
  business: string | null
  service: string | null
  provider: string | null
  from: Date
  to: Date
  amount: bigint
  /** The part of the amount that is the fee for conversion. */
  conversion: bigint
  card: bigint
  account: bigint
  /** Paid by the platform: plan's credit, granted credit, free for a launch provider's customers. */
  promotional: bigint
  /** Of it: by the plan's credit, and by granted credit. */
  serviceCredit: bigint
  grantedCredit: bigint
  isLaunchFree: boolean
  refunded: bigint
  invoiceState: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void'
  currency: string
  invoiceTax: bigint
  number: string | null
  charge: string | null
  paidAt: Date | null
}

const columns = sql`l.id, l.invoice_id as invoice, l.kind, l.description, l.subscription_id as subscription, l.business_id as business,
  l.service_id as service, l.provider_id as provider, l.from_at as from, l.to_at as to, l.amount, l.conversion, l.card, l.account_credit as account,
  l.service_credit + l.granted_credit + l.launch_free as promotional, l.service_credit as "serviceCredit",
  l.granted_credit as "grantedCredit", l.launch_free > 0 as "isLaunchFree", l.refunded,
  i.state as "invoiceState", i.currency, i.tax as "invoiceTax", i.number, i.stripe_charge as charge, i.paid_at as "paidAt"`

const amounts = [
  'amount',
  'conversion',
  'card',
  'account',
  'promotional',
  'serviceCredit',
  'grantedCredit',
  'refunded',
  'invoiceTax',
] as const

type Amounts = Record<(typeof amounts)[number], bigint>
/** As it is read: amounts are numbers where they are safe, and text beyond. */
type LineRow = Omit<RefundableLine, keyof Amounts> & Record<keyof Amounts, number | string>

function toLine(row: LineRow): RefundableLine {
  const exact = Object.fromEntries(amounts.map((name) => [name, BigInt(row[name])])) as Amounts
  return { ...row, ...exact }
}

/** All lines of an invoice, in their order, for a change of what was given back of them. */
export async function lockInvoiceLines(tx: Tx, invoice: string): Promise<RefundableLine[]> {
  const { rows } = await sql<LineRow>`
    select ${columns} from invoice_lines l join invoices i on i.organisation_id = l.organisation_id and i.id = l.invoice_id
    where l.invoice_id = ${invoice} order by l.position for update of l`.execute(tx)
  return rows.map(toLine)
}

export async function findLine(tx: Tx, line: string): Promise<RefundableLine | undefined> {
  const { rows } = await sql<LineRow>`
    select ${columns} from invoice_lines l join invoices i on i.organisation_id = l.organisation_id and i.id = l.invoice_id
    where l.id = ${line}`.execute(tx)
  return rows.map(toLine)[0]
}

/** The paid lines of a subscription, oldest first. */
export async function listPaidLines(tx: Tx, subscription: string): Promise<RefundableLine[]> {
  const { rows } = await sql<LineRow>`
    select ${columns} from invoice_lines l join invoices i on i.organisation_id = l.organisation_id and i.id = l.invoice_id
    where l.subscription_id = ${subscription} and i.state = 'paid' order by i.paid_at, l.position`.execute(tx)
  return rows.map(toLine)
}

export async function findInvoiceOfLine(tx: Tx, line: string): Promise<string | undefined> {
  const { rows } = await sql<{ invoice: string }>`
    select invoice_id as invoice from invoice_lines where id = ${line}`.execute(tx)
  return rows[0]?.invoice
}

/** Counts it on the line and on its invoice; below 0 it is taken back. */
export async function addRefunded(tx: Tx, line: string, amount: bigint): Promise<void> {
  await sql`
    with one as (update invoice_lines set refunded = refunded + ${amount} where id = ${line} returning invoice_id)
    update invoices set refunded = refunded + ${amount} where id = (select invoice_id from one)`.execute(tx)
}

export async function insertCredit(
  tx: Tx,
  organisation: string,
  credit: {
    kind: 'account' | 'granted'
    currency: string
    amount: bigint
    causeType: string
    causeId: string
    reason: string | null
    at: Date
  },
): Promise<void> {
  await sql`
    insert into credit_entries (organisation_id, kind, currency, amount, cause_type, cause_id, reason, at)
    values (${organisation}, ${credit.kind}, ${credit.currency}, ${credit.amount}, ${credit.causeType}, ${credit.causeId}, ${credit.reason}, ${credit.at})
    on conflict (organisation_id, kind, cause_type, cause_id) do nothing`.execute(tx)
}

/** Of the credit that had paid an invoice's lines: whether its period is the present one, and what was granted for it alone. */
export async function findReturning(tx: Tx, invoice: string) {
  const { rows } = await sql<{ isPresent: boolean; until: Date | null; granted: number; waived: number }>`
    select coalesce(i.period_start = a.period_start and a.plan is not null and a.state in ('active', 'past_due', 'grace'), false) as "isPresent",
      a.period_end as until, i.granted_credit as granted, coalesce((select c.amount from credit_entries c where c.organisation_id = i.organisation_id
        and c.kind = 'granted' and c.cause_type = 'waived' and c.cause_id = i.id), 0) as waived
    from invoices i left join billing_accounts a on a.organisation_id = i.organisation_id where i.id = ${invoice}`.execute(
    tx,
  )
  return rows[0]
}

/** Whose invoice a charge of Stripe's paid. */
export async function findInvoiceOfCharge(
  directory: Kysely<Database>,
  charge: string,
): Promise<{ organisation: string; invoice: string } | undefined> {
  const { rows } = await sql<{ organisation: string; invoice: string }>`
    select organisation_id as organisation, id as invoice from directory.invoices where stripe_charge = ${charge}`.execute(
    directory,
  )
  return rows[0]
}

/** Whose line it is. */
export async function findOwnerOfLine(
  directory: Kysely<Database>,
  line: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ organisation: string }>`
    select organisation_id as organisation from directory.invoice_lines where id = ${line}`.execute(directory)
  return rows[0]?.organisation
}
