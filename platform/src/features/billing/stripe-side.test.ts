import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeId } from '@bizq/sdk/contract'
import { Client } from 'pg'
import { expect } from 'vitest'
import { balanceOf, billingTest, type Till } from '../../../test/billing.ts'
import { answering, asAdmin, openOffice, type Office } from '../../../test/executions.ts'
import { asPlatform } from '../../../test/money.ts'
import { platformPerson, signUpOperator, type Person } from '../../../test/people.ts'
import { makeRefund, refundJobs } from '../../../test/refunds.ts'
import { deliver, listEvents, workOff, type MoneyPlatform } from '../../../test/stripe.ts'
import { withinTenant } from '../../db/unit-of-work.ts'
import { verifyMoney } from '../../ledger-checks.ts'
import { postLedger } from '../ledger/index.ts'
import { followEventJob } from '../payments/index.ts'
import { tellJob } from './jobs.ts'
import { insertCredit } from './offer-store.ts'
import type { TellPayload } from './tell.ts'

const test = billingTest()

/** A paid plan that the card does not pay yet, and a service on its invoice that costs more than the plan's credit. */
async function openUnpaid(platform: MoneyPlatform, operator: Person, till: Till): Promise<Office> {
  const office = await openOffice(platform, operator, {
    body: answering('{}'),
    manifest: { pricing: { monthly: { amount: 60_000, currency: 'USD' } } },
  })
  await till.run(office.subscription)
  await till.begin({ card: 'pm_card_chargeCustomerFail' })
  expect((await till.newest()).state).toBe('open')
  return office
}

/** Follows all that Stripe tells. */
async function catchUp(platform: MoneyPlatform): Promise<void> {
  await deliver(platform, await listEvents(platform))
  await workOff(platform, [followEventJob])
}

interface Kept {
  customer: string | null
  invoice: string | null
}

async function keptOf(
  platform: MoneyPlatform,
  operator: Person,
): Promise<{ customer: string; invoice: string }> {
  const [row] = await asAdmin<Kept[]>(
    platform,
    `select a.stripe_customer as customer, (select i.stripe_invoice from bizq.invoices i
       where i.organisation_id = a.organisation_id order by i.made_at desc limit 1) as invoice
     from bizq.billing_accounts a where a.organisation_id = $1`,
    [decodeId('org', operator.organisation)],
  )
  return { customer: row?.customer ?? '', invoice: row?.invoice ?? '' }
}

const earnedBy = async (platform: MoneyPlatform, { provider }: Office) =>
  -(await balanceOf(platform, 'provider_payable', decodeId('org', provider.organisation)))

/** Gives the account credit that is like a refund's, or spends some of it on something else. */
async function moveCredit({ deps }: MoneyPlatform, organisation: string, amount: number): Promise<void> {
  const [cause, currency] = [randomUUID(), 'USD']
  await asPlatform({ deps }, async (unit) => {
    await withinTenant(unit, { organisation, kind: 'operator' }, (theirs) =>
      insertCredit(theirs.tx, {
        organisation_id: organisation,
        kind: 'account',
        currency,
        amount,
        cause_type: 'refund',
        cause_id: cause,
        reason: null,
        at: unit.clock(),
      }),
    )
    await postLedger(unit, {
      kind: 'moved',
      cause: { type: 'test', id: cause },
      at: unit.clock(),
      memo: 'Credit of a test',
      postings: [
        { account: 'operator_credit', party: organisation, currency, amount: -BigInt(amount) },
        { account: 'platform_revenue', currency, amount: BigInt(amount) },
      ],
    })
  })
}

/** Whether ours and Stripe's are the same, object by object. */
async function expectAgreed(platform: MoneyPlatform): Promise<void> {
  const { checks } = await verifyMoney(platform.deps, { wait: () => Promise.resolve() })
  expect(checks.filter(({ faults }) => faults.length > 0)).toEqual([])
}

test('an invoice that was written off and is paid later is booked, and its providers earn', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openUnpaid(platform, operator, till)
  const { invoices, paymentMethods } = platform.deps.stripe
  const { customer, invoice } = await keptOf(platform, operator)
  await invoices.markUncollectible(invoice)
  await catchUp(platform)
  expect((await till.newest()).state).toBe('uncollectible')
  expect(await earnedBy(platform, office)).toBeCloseTo(0)

  const { id: card } = await paymentMethods.attach('pm_card_visa', { customer })
  await invoices.pay(invoice, { payment_method: card })
  await catchUp(platform)
  await catchUp(platform)
  expect((await till.newest()).state).toBe('paid')
  expect(await earnedBy(platform, office)).toBeGreaterThan(40_000)
  expect(await balanceOf(platform, 'operator_receivable', decodeId('org', operator.organisation))).toBe(0)
  await expectAgreed(platform)
})

test('credit that an invoice had used is used again with it, and the platform bears what is spent by then', async ({
  platform,
  operator,
  till,
}) => {
  const organisation = decodeId('org', operator.organisation)
  await operator.get('/v1/billing')
  await moveCredit(platform, organisation, 1_000)
  await openUnpaid(platform, operator, till)
  const { customer, invoice } = await keptOf(platform, operator)
  expect(await till.newest()).toMatchObject({ credits: { account: { amount: 1_000 } } })
  await platform.deps.stripe.invoices.markUncollectible(invoice)
  await catchUp(platform)
  await moveCredit(platform, organisation, -600)

  const before = await balanceOf(platform, 'bad_debt')
  const { id: card } = await platform.deps.stripe.paymentMethods.attach('pm_card_visa', { customer })
  await platform.deps.stripe.invoices.pay(invoice, { payment_method: card })
  await catchUp(platform)
  expect((await till.newest()).state).toBe('paid')
  expect((await operator.get('/v1/billing')).body.credit.account.amount).toBe(0)
  expect(await balanceOf(platform, 'operator_credit', organisation)).toBe(0)
  expect(await balanceOf(platform, 'bad_debt')).toBe(before + 600)
  await expectAgreed(platform)
})

test('what was paid outside Stripe is paid, and is not booked as money with Stripe', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openUnpaid(platform, operator, till)
  const { invoice } = await keptOf(platform, operator)
  const before = {
    stripe: await balanceOf(platform, 'stripe_balance'),
    outside: await balanceOf(platform, 'bad_debt'),
  }
  await platform.deps.stripe.invoices.pay(invoice, { paid_out_of_band: true })
  await catchUp(platform)
  const paid = await till.newest()
  expect(paid.state).toBe('paid')
  expect((await operator.get('/v1/billing')).body.state).toBe('active')
  expect(await earnedBy(platform, office)).toBeGreaterThan(40_000)
  expect(await balanceOf(platform, 'stripe_balance')).toBe(before.stripe)
  expect(await balanceOf(platform, 'bad_debt')).toBe(before.outside + paid.card.amount)
  await expectAgreed(platform)

  await makeRefund(await platformPerson(platform, 'owner'), paid.lines[0].id, { way: 'card', amount: 700 })
  await workOff(platform, refundJobs)
  expect((await operator.get('/v1/billing')).body.credit.account.amount).toBe(700)
  await expectAgreed(platform)
})

test('when a customer is deleted at Stripe, it and its open invoice are made anew with the next card', async ({
  platform,
  operator,
  till,
}) => {
  await openUnpaid(platform, operator, till)
  const { stripe } = platform.deps
  const before = await keptOf(platform, operator)
  await stripe.customers.del(before.customer)
  await till.advance(1)
  expect((await operator.get('/v1/billing')).body).toMatchObject({ state: 'past_due', paymentMethod: null })
  expect(await till.newest()).toMatchObject({ state: 'open', failure: 'There is no card to charge.' })
  expect(await stripe.invoices.retrieve(before.invoice)).toMatchObject({ status: 'void' })
  await catchUp(platform)
  expect((await till.newest()).state).toBe('open')

  await till.giveCard()
  await till.turn()
  const paid = await till.newest()
  expect(paid).toMatchObject({ state: 'paid', failure: null })
  const { customer } = await keptOf(platform, operator)
  const { data } = await stripe.charges.list({ customer })
  expect(data.map(({ amount }) => amount)).toEqual([paid.card.amount])
  await expectAgreed(platform)
})

test('a customer of real money that was deleted at Stripe is forgotten when that is told, and another takes a card', async ({
  platform,
  operator,
  till,
}) => {
  const { stripe, boss, stripeSyncs } = platform.deps
  await operator.send('PUT', '/v1/billing/plan', { plan: 'starter' })
  await boss.deleteAllJobs(tellJob.name)
  Object.assign(stripe, { mode: 'live' })
  try {
    await till.giveCard()
    const { customer } = await keptOf(platform, operator)
    await stripe.customers.del(customer)
    for (const { object, sync } of stripeSyncs)
      if (object === 'customer') await sync(platform.deps, { id: customer, account: null })
    expect((await operator.get('/v1/billing')).body).toMatchObject({ paymentMethod: null })
    const letters = await boss.fetch<TellPayload>(tellJob.name, { batchSize: 10 })
    expect(letters.map(({ data: { event } }) => event)).toMatchObject([
      { type: 'billing.card-changed', payload: { brand: null } },
    ])
    await till.giveCard()
    expect((await keptOf(platform, operator)).customer).not.toBe(customer)
    await stripe.customers.del((await keptOf(platform, operator)).customer)
    await till.giveCard()
  } finally {
    Object.assign(stripe, { mode: 'simulator' })
  }
  await till.advance(14)
  expect(await till.newest()).toMatchObject({ state: 'paid' })
})

test('a card that is taken away at Stripe is charged no more: the one before it is, or none', async ({
  platform,
  operator,
  till,
}) => {
  await till.giveCard('pm_card_mastercard')
  await till.giveCard()
  const cardOf = async () => {
    const [row] = await asAdmin<{ card: string }[]>(
      platform,
      `select payment_method->>'id' as card from bizq.billing_accounts where organisation_id = $1`,
      [decodeId('org', operator.organisation)],
    )
    return row?.card ?? ''
  }
  const brand = async () => (await operator.get('/v1/billing')).body.paymentMethod?.brand
  await catchUp(platform)
  expect(await brand()).toBe('visa')
  await platform.deps.stripe.paymentMethods.detach(await cardOf())
  await catchUp(platform)
  expect(await brand()).toBe('mastercard')
  await platform.deps.stripe.paymentMethods.detach(await cardOf())
  await catchUp(platform)
  expect(await brand()).toBeUndefined()
})

test('who subscribes while a provider is named a launch provider is one of its first customers', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  const [admin, later] = [await platformPerson(platform, 'owner'), await signUpOperator(platform.app)]
  const [own, subscription] = [decodeId('org', later.organisation), randomUUID()]
  const client = new Client({ connectionString: platform.adminUrl })
  await client.connect()
  await client.query('begin; set local session_replication_role = replica')
  await client.query(
    `insert into bizq.subscriptions select (jsonb_populate_record(s, $1)).* from bizq.subscriptions s where s.id = $2`,
    [
      { organisation_id: own, id: subscription, subscriber_id: randomUUID() },
      decodeId('sub', office.subscription),
    ],
  )
  await client.query(`select set_config('bizq.organisation', $1, true)`, [own])
  await client.query('select bizq.number_launch_customer($1)', [subscription])

  let isNamed = false
  const naming = admin
    .post('/v1/admin/launch-providers', { provider: office.provider.organisation })
    .finally(() => (isNamed = true))
  const countWaiting = `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`
  const isWaiting = async () => ((await asAdmin<{ n: number }[]>(platform, countWaiting, []))[0]?.n ?? 0) > 0
  while (!isNamed && !(await isWaiting())) await sleep(20)
  await client.query('commit')
  await client.end()
  expect((await naming).body).toMatchObject({ customers: 2 })
  expect(
    await asAdmin(platform, 'select number from bizq.launch_customers where operator_id = $1', [own]),
  ).toHaveLength(1)
})
