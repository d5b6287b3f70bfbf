import { randomUUID } from 'node:crypto'
import { decodeId, encodeId } from '@bizq/sdk/contract'
import { postLedger } from '../src/features/ledger/index.ts'
import { settleInvoice } from '../src/features/payouts/index.ts'
import { asAdmin } from './executions.ts'
import { asPlatform } from './money.ts'
import type { Person } from './people.ts'
import type { MoneyPlatform } from './stripe.ts'

/** A line as it was paid, in minor units; of a provider's service, or the platform's own plan. */
export interface LineOfTest {
  provider?: Person
  card?: number
  account?: number
  /** Paid by the plan's credit. */
  promotional?: number
  /** Paid by the platform for a launch provider's customers. */
  free?: number
  sharePercent?: number
  subscription?: { id: string; business: string }
  kind?: 'plan' | 'monthly' | 'usage'
}

export interface InvoiceOfTest {
  card?: string
  tax?: number
  currency?: string
  paidAt?: Date
  state?: 'open' | 'paid'
}

export interface PaidOfTest {
  /** UUIDs. */
  id: string
  operator: string
  lines: string[]
  charge: string
  /** Line ids as they stand on the wire. */
  wire: string[]
}

const sum = (amounts: number[]): number => amounts.reduce((all, each) => all + each, 0)
const partsOf = ({ card = 0, account = 0, promotional = 0, free = 0 }: LineOfTest) => ({
  card,
  account,
  promotional,
  free,
})

/** An invoice that a card paid at the simulator, with its rows, its ledger entries and what providers earn of it. */
export async function payInvoice(
  money: MoneyPlatform,
  operator: Person,
  lines: LineOfTest[],
  {
    card = 'pm_card_bypassPending',
    tax = 0,
    currency = 'USD',
    paidAt = new Date(),
    state = 'paid',
  }: InvoiceOfTest = {},
): Promise<PaidOfTest> {
  const charged = sum(lines.map((line) => line.card ?? 0)) + tax
  const { charge, fee } = await payByCard(money, charged, currency, card)
  const paid = {
    id: randomUUID(),
    operator: decodeId('org', operator.organisation),
    lines: lines.map(() => randomUUID()),
    charge,
  }
  await insertRows(money, paid, lines, { tax, currency, paidAt, state, fee })
  if (state === 'paid') await book(money, paid, lines, { charged, tax, currency, paidAt, fee })
  return { ...paid, wire: paid.lines.map((id) => encodeId('inl', id)) }
}

async function payByCard(
  { deps: { stripe } }: MoneyPlatform,
  amount: number,
  currency: string,
  card: string,
) {
  const customer = await stripe.customers.create({})
  const intent = await stripe.paymentIntents.create({
    amount,
    currency: currency.toLowerCase(),
    customer: customer.id,
    payment_method: card,
    confirm: true,
    off_session: true,
    expand: ['latest_charge.balance_transaction'],
  })
  const charge = intent.latest_charge
  if (typeof charge !== 'object' || !charge || typeof charge.balance_transaction !== 'object')
    throw new Error(`not paid: ${intent.status}`)
  return { charge: charge.id, fee: charge.balance_transaction?.fee ?? 0 }
}

async function insertRows(
  money: MoneyPlatform,
  paid: Omit<PaidOfTest, 'wire'>,
  lines: LineOfTest[],
  given: { tax: number; currency: string; paidAt: Date; state: string; fee: number },
): Promise<void> {
  const of = (name: 'card' | 'account' | 'promotional' | 'free') =>
    sum(lines.map((line) => partsOf(line)[name]))
  const total = of('card') + of('account') + of('promotional') + of('free')
  await asAdmin(
    money,
    `insert into bizq.invoices (organisation_id, id, kind, state, plan, currency, period_index, period_start, period_end, made_at, number, stripe_charge,
       total, service_credit, granted_credit, launch_free, account_credit, card, tax, processing, paid_at)
     values ($1, $2, 'change', $3, 'starter', $4, 0, $5::timestamptz, $5::timestamptz + interval '1 month', $5, 'BQ-1', $6, $7, $8, 0, $9, $10, $11, $12, $13, $5)`,
    [
      paid.operator,
      paid.id,
      given.state,
      given.currency,
      given.paidAt,
      paid.charge,
      total,
      of('promotional'),
      of('free'),
      of('account'),
      of('card'),
      given.tax,
      given.fee,
    ],
  )
  for (const [i, line] of lines.entries()) {
    const { card, account, promotional, free } = partsOf(line)
    const amount = card + account + promotional + free
    const ofSubscription = line.subscription
    const [subscription, business] = ofSubscription
      ? [decodeId('sub', ofSubscription.id), decodeId('bus', ofSubscription.business)]
      : [null, null]
    await asAdmin(
      money,
      `insert into bizq.invoice_lines (organisation_id, id, invoice_id, position, kind, description, subscription_id, business_id, service_id, provider_id,
         from_at, to_at, price_amount, price_currency, gross, conversion, amount, service_credit, launch_free, account_credit, card)
       values ($1, $2, $3, $4, $5, $6, $7, $8, coalesce((select service_id from bizq.subscriptions where id = $7), gen_random_uuid()), $9,
         $10::timestamptz, $10::timestamptz + interval '1 month', $11, $12, $11, 0, $11, $13, $14, $15, $16)`,
      [
        paid.operator,
        paid.lines[i],
        paid.id,
        i,
        line.kind ?? (line.provider ? 'monthly' : 'plan'),
        line.provider ? 'Invoice chaser' : 'Plan Starter',
        subscription,
        business,
        line.provider ? decodeId('org', line.provider.organisation) : null,
        given.paidAt,
        amount,
        given.currency,
        promotional,
        free,
        account,
        card,
      ],
    )
  }
}

async function book(
  money: MoneyPlatform,
  paid: Omit<PaidOfTest, 'wire'>,
  lines: LineOfTest[],
  given: { charged: number; tax: number; currency: string; paidAt: Date; fee: number },
): Promise<void> {
  const { currency, paidAt: at } = given
  const of = (name: 'card' | 'account' | 'promotional' | 'free') =>
    BigInt(sum(lines.map((line) => partsOf(line)[name])))
  const party = paid.operator
  const entry = { cause: { type: 'invoice', id: encodeId('ivc', paid.id) }, at, memo: 'Invoice' }
  const [charged, tax, fee] = [given.charged, given.tax, given.fee].map(BigInt) as [bigint, bigint, bigint]
  await asPlatform(money, async (unit) => {
    // The operator had paid it in before.
    await postLedger(unit, {
      ...entry,
      kind: 'paid-before',
      postings: [
        { account: 'stripe_balance', currency, amount: of('account') },
        { account: 'operator_credit', party, currency, amount: -of('account') },
      ],
    })
    await postLedger(unit, {
      ...entry,
      kind: 'finalised',
      postings: [
        { account: 'operator_receivable', party, currency, amount: charged },
        { account: 'operator_credit', party, currency, amount: of('account') },
        { account: 'credit_cost', currency, amount: of('promotional') },
        { account: 'launch_cost', currency, amount: of('free') },
        {
          account: 'unsettled_sales',
          currency,
          amount: -(charged - tax + of('account') + of('promotional') + of('free')),
        },
        { account: 'tax', currency, amount: -tax },
      ],
    })
    await postLedger(unit, {
      ...entry,
      kind: 'paid',
      postings: [
        { account: 'stripe_balance', currency, amount: charged - fee },
        { account: 'processing', currency, amount: fee },
        { account: 'operator_receivable', party, currency, amount: -charged },
      ],
    })
    await settleInvoice(unit, {
      id: paid.id,
      operator: party,
      currency,
      paidAt: at,
      availableAt: at,
      processingFee: fee,
      lines: lines.map((line, i) => {
        const { card, account, promotional, free } = partsOf(line)
        return {
          id: paid.lines[i] ?? '',
          card: BigInt(card),
          account: BigInt(account),
          promotional: BigInt(promotional + free),
          conversion: 0n,
          sharePercent: line.provider ? (line.sharePercent ?? 80) : 0,
          promotionalAccount: free > 0 ? ('launch_cost' as const) : ('credit_cost' as const),
          sale: line.provider
            ? {
                provider: decodeId('org', line.provider.organisation),
                service: { id: randomUUID(), name: 'Invoice chaser' },
                month: at.toISOString().slice(0, 7),
                kind: 'monthly' as const,
              }
            : null,
        }
      }),
    })
  })
}
