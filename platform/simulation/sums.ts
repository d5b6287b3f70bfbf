import type { Pool } from 'pg'

/** What a marketplace came to, in minor units by currency, and how many of what. */
export interface Sums {
  counts: Record<string, number>
  money: Record<string, Record<string, bigint>>
}

/** In the order they are told in: each part stands below its whole. */
const counted = {
  operators: `bizq.organisations where kind = 'operator'`,
  businesses: 'bizq.businesses',
  subscriptions: 'bizq.subscriptions',
  'of them cancelled': `bizq.subscriptions where state = 'cancelled'`,
  executions: `bizq.executions where state = 'succeeded'`,
  invoices: 'bizq.invoices',
  'of them paid': `bizq.invoices where state = 'paid'`,
  lines: 'bizq.invoice_lines',
  refunds: 'bizq.refunds',
  'card disputes': 'bizq.card_disputes',
  'of them won': `bizq.card_disputes where status = 'won'`,
  transfers: `bizq.transfers where state = 'made'`,
  'ledger entries': 'bizq.ledger_entries',
}

const ledger = (account: string, sign: 1 | -1) =>
  [`${sign} * sum(amount)`, `bizq.ledger_postings where account = '${account}'`] as const

/** What is summed up, and of which rows; in the order it is told in. */
const summed = {
  GMV: ['sum(total)', `bizq.invoices where state = 'paid'`],
  'paid by card': ['sum(card + tax)', `bizq.invoices where state = 'paid'`],
  'given back': [
    'sum(amount)',
    `bizq.refunds where state <> 'refused' and cause not in ('dispute', 'dispute_won')`,
  ],
  disputed: ['sum(amount)', 'bizq.card_disputes'],
  earned: ['sum(share)', 'bizq.settled_lines'],
  transferred: ['sum(amount)', `bizq.transfers where state = 'made'`],
  payable: ledger('provider_payable', -1),
  'platform revenue': ledger('platform_revenue', -1),
  'conversion revenue': ledger('conversion_revenue', -1),
  processing: ledger('processing', 1),
  'dispute fees': ledger('dispute_fees', 1),
  'credit cost': ledger('credit_cost', 1),
  'launch cost': ledger('launch_cost', 1),
  'bad debt': ledger('bad_debt', 1),
  rounding: ledger('rounding', 1),
} as const

const inOrder = (selects: readonly string[]) => `${selects.join('\n union all ')} order by place`
const counts = inOrder(
  Object.entries(counted).map(
    ([what, rows], place) => `select ${place} as place, '${what}' as what, count(*) as n from ${rows}`,
  ),
)
const money = inOrder(
  Object.entries(summed).map(
    ([what, [sum, rows]], place) =>
      `select ${place} as place, '${what}' as what, currency, ${sum} as amount from ${rows} group by currency`,
  ),
)

export async function readSums(admin: Pool): Promise<Sums> {
  const { rows: countRows } = await admin.query<{ what: string; n: string }>(counts)
  const { rows: moneyRows } = await admin.query<{ what: string; currency: string; amount: string }>(money)
  const sums: Sums = { counts: {}, money: {} }
  for (const { what, n } of countRows) sums.counts[what] = Number(n)
  for (const { what, currency, amount } of moneyRows) (sums.money[what] ??= {})[currency] = BigInt(amount)
  return sums
}
