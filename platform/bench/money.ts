import { randomUUID } from 'node:crypto'
import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { findFreePort } from '../src/db/postgres.ts'
import { systemActor, withUnitOfWork } from '../src/db/unit-of-work.ts'
import type { Deps } from '../src/deps.ts'
import { turnJob } from '../src/features/billing/index.ts'
import { ensurePlatform } from '../src/features/identity/index.ts'
import { monthsAfter, postLedgerAll, type Entry } from '../src/features/ledger/index.ts'
import { openStripe } from '../src/stripe/client.ts'
import { startStripeSimulator } from '../stripe-simulator/index.ts'
import { interleave, median, ratioOf, round, spread, tell, timed, type Figure } from './figure.ts'
import { openPortfolio, type Portfolio } from './portfolio.ts'
import type { Stage } from './stage.ts'

export interface MoneySizes {
  /** Booked in a round, so many in a transaction, four postings each. */
  entries: number
  entriesAtOnce: number
  /** Whose month turns in a round, with so many lines each besides the plan's. */
  operators: number
  lines: number
  rounds: number
}

/** What it costs to book, and to turn a month of many operators from due to paid. */
export async function measureMoney(stage: Stage, service: string, sizes: MoneySizes): Promise<Figure[]> {
  return [await measurePostings(stage, sizes), await measureInvoices(stage, service, sizes)]
}

const accounts = ['stripe_balance', 'processing', 'platform_revenue', 'unsettled_sales'] as const

function newEntries(count: number): Entry[] {
  return Array.from({ length: count }, () => ({
    kind: 'paid',
    cause: { type: 'invoice', id: randomUUID() },
    at: new Date(),
    memo: 'Measured',
    postings: [971n, 29n, -200n, -800n].map((amount, i) => ({
      account: accounts[i] ?? 'rounding',
      currency: 'USD',
      amount,
    })),
  }))
}

async function measurePostings(stage: Stage, sizes: MoneySizes): Promise<Figure> {
  const { entries, entriesAtOnce, rounds } = sizes
  const actor = systemActor(await ensurePlatform(stage.deps), 'platform')
  tell(`postings: ${rounds} rounds of ${entries} entries`)
  const perSecond = async (atOnce: number, count: number, book: (some: Entry[]) => Promise<unknown>) => {
    const all = newEntries(count)
    const ms = await timed(async () => {
      for (let i = 0; i < all.length; i += atOnce) await book(all.slice(i, i + atOnce))
    })
    return (count * accounts.length * 1_000) / ms
  }
  const book = (some: Entry[]) => withUnitOfWork(stage.deps, actor, (unit) => postLedgerAll(unit, some))
  const { verb, bare, single } = await interleave(rounds, {
    verb: () => perSecond(entriesAtOnce, entries, book),
    bare: () => perSecond(entriesAtOnce, entries, (some) => insertBarely(stage, actor.organisation, some)),
    single: () => perSecond(1, Math.ceil(entries / 10), book),
  })
  const { ratio, noise } = ratioOf(verb, bare)
  return {
    figure: 'postings to the ledger',
    value: round(median(verb)),
    unit: 'postings/s',
    against: { what: 'one insert of many rows into each of the same tables', value: round(median(bare)) },
    ratio,
    size: { entries, postingsEach: accounts.length, entriesInOneTransaction: entriesAtOnce },
    rounds,
    noise,
    also: { oneEntryInOneTransaction: round(median(single)) },
  }
}

/** The same rows as the superuser: no tenancy, no look at what is booked already; the database's own guards stay. */
async function insertBarely(
  { admin }: Stage,
  organisation: string,
  entries: readonly Entry[],
): Promise<void> {
  const rows = entries.map(({ kind, cause, at, memo, postings }) => ({
    id: randomUUID(),
    kind,
    cause_type: cause.type,
    cause_id: cause.id,
    at,
    memo,
    postings: postings.map(({ account, currency, amount }) => ({
      account,
      currency,
      amount: Number(amount),
    })),
  }))
  await admin.query('begin')
  await admin.query(
    `insert into bizq.ledger_entries (organisation_id, id, kind, cause_type, cause_id, at, memo)
     select $1, id, kind, cause_type, cause_id, at, memo
     from json_to_recordset($2::json) as e (id uuid, kind text, cause_type text, cause_id text, at timestamptz, memo text)`,
    [organisation, JSON.stringify(rows)],
  )
  await admin.query(
    `insert into bizq.ledger_postings (organisation_id, entry_id, position, account, currency, amount)
     select $1, e.id, p.position, p.posting->>'account', p.posting->>'currency', (p.posting->>'amount')::bigint
     from json_to_recordset($2::json) as e (id uuid, postings json), json_array_elements(e.postings) with ordinality as p (posting, position)`,
    [organisation, JSON.stringify(rows)],
  )
  await admin.query('commit')
}

/** How many accounts the worker turns at once. */
const atOnce = 4

/** One month of many operators: charged on a card at the simulator, and beside it paid by credit, which asks nobody. */
async function measureInvoices(stage: Stage, service: string, sizes: MoneySizes): Promise<Figure> {
  const { operators, lines, rounds } = sizes
  tell(`invoices: ${rounds} rounds of ${operators} operators with ${lines} lines each, twice`)
  const till = await openTill(stage)
  try {
    const byCard = await openOperators(stage, service, till.deps, { operators, lines, payment: 'card' })
    const byCredit = await openOperators(stage, service, till.deps, { operators, lines, payment: 'credit' })
    const { card, credit } = await interleave(rounds, {
      card: () => turnMonth(stage, till, byCard, lines),
      credit: () => turnMonth(stage, till, byCredit, lines),
    })
    const { ratio, noise } = ratioOf(card, credit)
    return {
      figure: 'invoices from due to paid, with the Stripe simulator',
      value: round(median(card)),
      unit: 'invoices/s',
      against: { what: 'the same paid by credit, without a call to Stripe', value: round(median(credit)) },
      ratio,
      size: { operators, linesEach: lines + 1, accountsAtOnce: atOnce },
      rounds,
      noise,
      also: { linesPerSecond: round(median(card) * (lines + 1)), noiseOfInvoices: spread(card) },
    }
  } finally {
    await till.close()
  }
}

interface Till {
  deps: Deps
  /** Moves the platform's time. */
  setNow(at: Date): void
  close(): Promise<void>
}

/** The stage with a Stripe simulator of its own in this process. */
async function openTill({ deps }: Stage): Promise<Till> {
  let now = new Date()
  const clock = () => now
  const secretKey = `sk_test_${randomUUID().replaceAll('-', '')}`
  const simulator = await startStripeSimulator({
    port: await findFreePort(),
    secretKey,
    seed: secretKey,
    clock: () => now.getTime(),
  })
  const stripe = { ...deps.config.stripe, secretKey, webhookSecret: 'whsec_bench', apiBase: simulator.url }
  const config = { ...deps.config, stripe }
  return {
    deps: { ...deps, config, clock, stripe: openStripe(stripe) },
    setNow: (at) => void (now = at),
    close: simulator.close,
  }
}

interface Payer {
  portfolio: Portfolio
  /** Months that turned. */
  months: number
}

const begun = new Date('2026-01-15T00:00:00Z')

/** Operators in the middle of a month, each with a plan and so many charged services. */
async function openOperators(
  stage: Stage,
  service: string,
  { stripe }: Deps,
  { operators, lines, payment }: { operators: number; lines: number; payment: 'card' | 'credit' },
): Promise<Payer[]> {
  const payers: Payer[] = []
  for (let i = 0; i < operators; i++) {
    const portfolio = await openPortfolio(stage, service, { businesses: lines, customers: 1, invoices: 1 })
    const { organisation } = portfolio
    const customer = await stripe.customers.create({
      metadata: { bizq: encodeId(idPrefixes.organisation, organisation) },
    })
    const { id: card } = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
    await beginMonth(stage, organisation, payment === 'card' ? { customer: customer.id, card } : undefined)
    payers.push({ portfolio, months: 0 })
  }
  return payers
}

async function beginMonth(
  { admin }: Stage,
  organisation: string,
  by: { customer: string; card: string } | undefined,
): Promise<void> {
  const until = monthsAfter(begun, 1)
  const method = by && JSON.stringify({ id: by.card, brand: 'visa', last4: '4242', expires: '2040-01' })
  await admin.query(
    `insert into bizq.billing_accounts (organisation_id, state, plan, currency, created_at, trial_ends_at, anchor_at, period_index, period_start,
       period_end, due_at, stripe_customer, payment_method)
     values ($1, 'active', 'enterprise', 'USD', $2, $2, $2, 0, $2, $3, $3, $4, $5)
     on conflict (organisation_id) do update set state = 'active', plan = 'enterprise', currency = 'USD', created_at = $2, trial_ends_at = $2,
       anchor_at = $2, period_index = 0, period_start = $2, period_end = $3, due_at = $3, stripe_customer = $4, payment_method = $5`,
    [organisation, begun, until, by?.customer ?? null, method ?? null],
  )
  await admin.query('delete from bizq.service_charges where organisation_id = $1', [organisation])
  await admin.query(
    `insert into bizq.service_charges (organisation_id, subscription_id, business_id, service_id, provider_id, price, from_at, billed_until)
     select organisation_id, id, business_id, service_id, provider_id, price, $2, $3 from bizq.subscriptions where organisation_id = $1`,
    [organisation, begun, until],
  )
  if (!by)
    await admin.query(
      `insert into bizq.credit_entries (organisation_id, kind, currency, amount, cause_type, cause_id, at)
       values ($1, 'granted', 'USD', 1000000000, 'bench', $1, $2)`,
      [organisation, begun],
    )
}

/** Puts the platform's time to the end of their month, and does what is due; answers invoices a second. */
async function turnMonth(stage: Stage, till: Till, payers: readonly Payer[], lines: number): Promise<number> {
  const month = payers[0]?.months ?? 0
  const [from, due] = [monthsAfter(begun, month), monthsAfter(begun, month + 1)]
  const organisations = payers.map(({ portfolio }) => portfolio.organisation)
  await stage.admin.query(
    `insert into bizq.service_activity (organisation_id, subscription_id, day, first_at, last_at)
     select organisation_id, id, ($2::timestamptz)::date, $2, $2 from bizq.subscriptions where organisation_id = any ($1) on conflict do nothing`,
    [organisations, new Date(from.getTime() + 86_400_000)],
  )
  till.setNow(new Date(due.getTime() + 1_000))
  const waiting = [...organisations]
  const work = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop())
      await turnJob.handle(till.deps, [{ organisation: next }])
  }
  const ms = await timed(() => Promise.all(Array.from({ length: atOnce }, work)))
  for (const payer of payers) payer.months++
  await requirePaid(stage, organisations, month + 1, lines + 1)
  return (payers.length * 1_000) / ms
}

async function requirePaid(
  { admin }: Stage,
  organisations: string[],
  index: number,
  lines: number,
): Promise<void> {
  const { rows } = await admin.query<{ paid: number }>(
    `select count(*)::int as paid from bizq.invoices i where organisation_id = any ($1) and period_index = $2 and state = 'paid'
       and (select count(*) from bizq.invoice_lines l where l.organisation_id = i.organisation_id and l.invoice_id = i.id) = $3`,
    [organisations, index, lines],
  )
  if (rows[0]?.paid !== organisations.length)
    throw new Error(`${rows[0]?.paid} of ${organisations.length} invoices are paid with ${lines} lines`)
}
