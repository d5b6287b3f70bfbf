import { Client } from 'pg'
import { expect } from 'vitest'
import { openTill, type Till } from '../test/billing.ts'
import { answering, openOffice } from '../test/executions.ts'
import { test as base } from '../test/harness.ts'
import { enable } from '../test/payouts.ts'
import { platformPerson, signUpOperator } from '../test/people.ts'
import { control, openMoneyPlatform, workOff, type MoneyPlatform } from '../test/stripe.ts'
import { followEventJob, followObjectJob, reconcileJob } from './features/payments/index.ts'
import { makeTransferJob, planTransfersJob, reverseTransferJob } from './features/payouts/index.ts'
import { evidenceJob, settleRefundJob, takeBackJob } from './features/refunds/index.ts'
import { verifyMoney } from './ledger-checks.ts'

const dayMs = 86_400_000
const jobs = [
  followEventJob,
  followObjectJob,
  evidenceJob,
  settleRefundJob,
  makeTransferJob,
  reverseTransferJob,
]

interface Shop {
  money: MoneyPlatform
}

/** A marketplace in which everything happened once that Stripe keeps something of. */
const test = base.extend<{ shop: Shop }>({
  shop: [
    // oxlint-disable-next-line eslint/no-empty-pattern -- the runner's own form
    async ({}, use) => {
      let ahead = 0
      const money = await openMoneyPlatform({ clock: () => new Date(Date.now() + ahead) })
      await use(await openShop(money, (days) => void (ahead += days * dayMs)))
      await money.close()
    },
    { scope: 'file' },
  ],
})

async function settleDown(money: MoneyPlatform): Promise<void> {
  money.simulator.tick()
  for (let i = 0; i < 2; i++) {
    await reconcileJob.handle(money.deps, [{}])
    await workOff(money, jobs)
  }
}

async function openShop(money: MoneyPlatform, wait: (days: number) => void): Promise<Shop> {
  const operator = await signUpOperator(money.app)
  const till = openTill(money, operator)
  const { subscription, provider } = await openOffice(money, operator, {
    body: answering('{}'),
    manifest: { pricing: { monthly: { amount: 20_000, currency: 'USD' } } },
  })
  await enable(money, provider)
  await operator.send('PUT', '/v1/billing/plan', { plan: 'starter' })
  await till.giveCard('pm_card_bypassPending')
  await till.run(subscription)
  await till.advance(14)
  wait(32)
  await planTransfersJob.handle(money.deps, [{}])
  await settleDown(money)
  await giveBack(money, till)
  wait(3)
  await settleDown(money)
  await till.run(subscription)
  await till.advance(31)
  const charges = await money.deps.stripe.charges.list({ limit: 1 })
  await control(money, `charges/${charges.data[0]?.id}/dispute`)
  await takeBackJob.handle(money.deps, [{}])
  await settleDown(money)
  return { money }
}

async function giveBack(money: MoneyPlatform, till: Till): Promise<void> {
  const admin = await platformPerson(money, 'owner')
  const { lines } = await till.newest()
  const line = (lines as { id: string; kind: string }[]).find(({ kind }) => kind === 'monthly')
  const asked = { line: line?.id, amount: 12_000, way: 'card', reason: 'It did not work.' }
  const { status, body } = await admin.post('/v1/admin/refunds', asked)
  if (status !== 201) throw new Error(`not given back: ${JSON.stringify(body)}`)
  await workOff(money, jobs)
}

async function faultsOf({ money: { deps } }: Shop): Promise<string[]> {
  const { checks, isSound } = await verifyMoney(deps, { wait: () => Promise.resolve() })
  const faults = checks.flatMap(({ name, faults: found }) => found.map((fault) => `${name}: ${fault}`))
  expect(isSound).toBe(faults.length === 0)
  return faults
}

const accountOf = (transfer: { destination: unknown } | undefined): string =>
  typeof transfer?.destination === 'string' ? transfer.destination : ''

/** Behind the back of every guard of the database. */
async function tamper({ money: { adminUrl } }: Shop, statement: string): Promise<number> {
  const admin = new Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    await admin.query('set session_replication_role = replica')
    return (await admin.query(statement)).rowCount ?? 0
  } finally {
    await admin.end()
  }
}

test('after a month in which everything happened both sides agree, and there is something of each to compare', async ({
  shop,
}) => {
  expect(await faultsOf(shop)).toEqual([])
  const { stripe } = shop.money.deps
  for (const list of [stripe.invoices, stripe.charges, stripe.refunds, stripe.disputes, stripe.transfers])
    expect((await list.list({ limit: 1 })).data).toHaveLength(1)
  const { data: transfers } = await stripe.transfers.list({ limit: 100 })
  expect(transfers.some(({ amount_reversed: reversed }) => reversed > 0)).toBe(true)
  const stripeAccount = accountOf(transfers[0])
  expect((await stripe.payouts.list({ limit: 1 }, { stripeAccount })).data).toHaveLength(1)
})

const one = (table: string, where = 'true') =>
  `ctid = (select ctid from bizq.${table} where ${where} order by ctid limit 1)`
const ofUs: [what: string, table: string, change: string, back: string, where: string, says: RegExp][] = [
  [
    'an invoice’s amount',
    'invoices',
    'tax = tax + 1',
    'tax = tax - 1',
    `state = 'paid' and card > 0`,
    /invoice ivc_\w+: its amount is \d+, but \d+ with Stripe/,
  ],
  [
    'an invoice’s number',
    'invoices',
    `number = number || 'x'`,
    `number = left(number, -1)`,
    `stripe_invoice is not null`,
    /invoice ivc_\w+: its number is \S+x, but/,
  ],
  [
    'an invoice’s state',
    'invoices',
    `state = 'void'`,
    `state = 'paid'`,
    `state = 'paid' and card > 0`,
    /its state is void, but paid with Stripe/,
  ],
  [
    'what Stripe kept of a payment',
    'invoices',
    'processing = processing + 1',
    'processing = processing - 1',
    `stripe_charge is not null`,
    /the charge of invoice ivc_\w+: its processing is \d+, but \d+ with Stripe/,
  ],
  [
    'a payment',
    'invoices',
    `stripe_charge = stripe_charge || 'x'`,
    'stripe_charge = left(stripe_charge, -1)',
    `stripe_charge is not null`,
    /Stripe does not know the charge of invoice ivc_\w+ \(ch_\w+x\)/,
  ],
  [
    'a card',
    'billing_accounts',
    `payment_method = payment_method || '{"id": "pm_none"}'`,
    `payment_method = payment_method || jsonb_build_object('id', '%card%')`,
    `stripe_customer is not null`,
    /the customer of org_\w+: its card is pm_none, but pm_\w+ with Stripe/,
  ],
  [
    'a refund’s amount',
    'refunds',
    'card = card - 1, credit = credit + 1',
    'card = card + 1, credit = credit - 1',
    `stripe_refund is not null`,
    /refund rfd_\w+: its amount is \d+, but \d+ with Stripe/,
  ],
  [
    'a refund’s state',
    'refunds',
    `state = 'pending'`,
    `state = 'succeeded'`,
    `stripe_refund is not null`,
    /refund rfd_\w+: its state is pending, but succeeded with Stripe/,
  ],
  [
    'which refund of Stripe’s it is',
    'refunds',
    `stripe_refund = null`,
    `stripe_refund = '%refund%'`,
    `stripe_refund is not null`,
    /Stripe gave \d+ usd back by re_\w+, and no refund here is it/,
  ],
  [
    'a dispute’s amount',
    'card_disputes',
    'amount = amount - 1',
    'amount = amount + 1',
    'true',
    /dispute \w+: its amount is \d+, but \d+ with Stripe/,
  ],
  ['a dispute’s fee', 'card_disputes', 'fee = 0', 'fee = 1500', 'true', /its fee is 0, but 1500 with Stripe/],
  [
    'a dispute’s stage',
    'card_disputes',
    `stage = 'returned'`,
    `stage = 'withdrawn'`,
    'true',
    /its stage is returned, but withdrawn with Stripe/,
  ],
  [
    'a transfer’s amount',
    'transfers',
    'amount = amount + 1',
    'amount = amount - 1',
    `state = 'made'`,
    /transfer \w+ is of \d+ USD, but of \d+ usd with Stripe/,
  ],
  [
    'a reversal’s amount',
    'transfer_reversals',
    'amount = amount - 1',
    'amount = amount + 1',
    `state = 'made'`,
    /reversal \w+: its amount is \d+, but \d+ with Stripe/,
  ],
  [
    'a payout’s amount',
    'payouts',
    'amount = amount + 1',
    'amount = amount - 1',
    'true',
    /payout \w+: its amount is \d+, but \d+ with Stripe/,
  ],
  [
    'where an account stands',
    'payout_accounts',
    'can_be_paid = false',
    'can_be_paid = true',
    'can_be_paid',
    /account of org_\w+: its being paid is false, but true with Stripe/,
  ],
  [
    'what is booked of a payment',
    'ledger_postings',
    'amount = amount + 1',
    'amount = amount - 1',
    `account = 'processing' and amount > 0`,
    /invoice ivc_\w+ was paid with \d+ USD, \d+ of it processing, but booked as \d+ and \d+/,
  ],
  [
    'that a refund is Stripe’s at all',
    'refunds',
    'stripe_refund = null',
    `stripe_refund = '%refund%'`,
    'stripe_refund is not null',
    /refund rfd_\w+ gave \d+ USD to a card, and no refund of Stripe’s is known/,
  ],
  [
    'that a payment is a charge',
    'invoices',
    'stripe_charge = null',
    `stripe_charge = '%charge%'`,
    `stripe_charge = '%charge%'`,
    /invoice ivc_\w+ was paid by card, and no charge is known/,
  ],
  [
    'what the ledger has with Stripe',
    'ledger_postings',
    'amount = amount + 1',
    'amount = amount - 1',
    `account = 'stripe_balance'`,
    /the ledger has -?\d+ USD with Stripe, but Stripe moved -?\d+ \(/,
  ],
]

test('whatever is otherwise in our rows is found, and named on both sides', async ({ shop }) => {
  const { stripe } = shop.money.deps
  const refund = (await stripe.refunds.list({ limit: 1 })).data[0]?.id ?? ''
  const customer = (await stripe.customers.list({ limit: 1 })).data[0]?.id ?? ''
  const card = (await stripe.customers.listPaymentMethods(customer, { limit: 1 })).data[0]?.id ?? ''
  const charge = await idAt(
    shop,
    'select stripe_charge as id from bizq.invoices where stripe_charge is not null order by ctid limit 1',
  )
  const fill = (text: string) =>
    text.replace('%refund%', refund).replace('%card%', card).replace('%charge%', charge)
  for (const [what, table, change, back, where, says] of ofUs) {
    const place = one(table, fill(where))
    const ids =
      table === 'ledger_postings'
        ? `entry_id::text || position`
        : table === 'billing_accounts' || table === 'payout_accounts'
          ? 'organisation_id::text'
          : 'id::text'
    const id = await idAt(shop, `select ${ids} as id from bizq.${table} where ${place}`)
    expect([what, await tamper(shop, `update bizq.${table} set ${change} where ${ids} = '${id}'`)]).toEqual([
      what,
      1,
    ])
    const faults = await faultsOf(shop)
    expect(faults, what).toEqual(expect.arrayContaining([expect.stringMatching(says)]))
    await tamper(shop, `update bizq.${table} set ${fill(back)} where ${ids} = '${id}'`)
  }
  expect(await faultsOf(shop)).toEqual([])
})

async function idAt({ money: { adminUrl } }: Shop, query: string): Promise<string> {
  const admin = new Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    return (await admin.query<{ id: string }>(query)).rows[0]?.id ?? ''
  } finally {
    await admin.end()
  }
}

test('what is on its way when it is looked at first is no fault', async ({ shop }) => {
  await tamper(shop, 'update bizq.payouts set amount = amount + 1')
  const looks: string[] = []
  const verdict = await verifyMoney(shop.money.deps, {
    wait: async () => {
      looks.push('arrived')
      await tamper(shop, 'update bizq.payouts set amount = amount - 1')
    },
  })
  expect(looks).toEqual(['arrived'])
  expect(verdict.isSound).toBe(true)
})

test('whatever happened at Stripe alone is found, and is none when it was followed', async ({ shop }) => {
  const { money } = shop
  const { stripe } = money.deps
  const charge = (await stripe.charges.list({ limit: 2 })).data[1]?.id ?? ''
  const transfer = (await stripe.transfers.list({ limit: 1 })).data[0]
  const dispute = (await stripe.disputes.list({ limit: 1 })).data[0]?.id ?? ''
  const destination = accountOf(transfer)
  await control(money, `disputes/${dispute}/close`, { won: true })
  await stripe.refunds.create({ charge, amount: 100 })
  await control(money, `accounts/${destination}/stand`, {
    due: ['external_account'],
    past: ['external_account'],
  })
  const before = (await faultsOf(shop)).join('\n')
  expect(before).toMatch(/dispute \w+: its state is \w+, but won with Stripe/)
  expect(before).toMatch(/its stage is withdrawn, but returned with Stripe/)
  expect(before).toMatch(/Stripe gave 100 usd back by re_\w+, and no refund here is it/)
  expect(before).toMatch(/account of org_\w+: its state is enabled, but restricted with Stripe/)
  expect(before).toMatch(/the ledger has \d+ USD with Stripe, but Stripe moved/)
  await settleDown(money)
  expect(await faultsOf(shop)).toEqual([])

  await control(money, `accounts/${destination}/stand`, { due: [] })
  await settleDown(money)
  await stripe.transfers.create({ amount: 300, currency: 'usd', destination })
  await stripe.transfers.createReversal(transfer?.id ?? '', { amount: 1 })
  await stripe.paymentIntents.create({
    amount: 700,
    currency: 'usd',
    payment_method: 'pm_card_bypassPending',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  const after = (await faultsOf(shop)).join('\n')
  expect(after).toMatch(/Stripe made tr_\w+ of 300 usd, and nothing here knows of it/)
  expect(after).toMatch(/Stripe took 1 usd back of tr_\w+ by trr_\w+, and nothing here knows of it/)
  expect(after).toMatch(/Stripe has the charge ch_\w+ of 700 usd, and no invoice is paid by it/)
})
