import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { payInvoice } from '../../../test/invoices.ts'
import { expectSound } from '../../../test/money.ts'
import { createBusiness, type Person } from '../../../test/people.ts'
import { aloneTest as test, refundJobs } from '../../../test/refunds.ts'
import { publish, subscribe } from '../../../test/services.ts'
import { control, deliver, listEvents, workOff, type MoneyPlatform } from '../../../test/stripe.ts'
import { followEventJob, reconcileJob } from '../payments/index.ts'

/** Every account, of all parties together. */
async function ledgerOf(money: MoneyPlatform): Promise<Record<string, number>> {
  const rows = await asAdmin<{ account: string; amount: string }[]>(
    money,
    `select account, sum(amount)::text as amount from bizq.ledger_postings where currency = 'USD' group by account having sum(amount) <> 0`,
  )
  return Object.fromEntries(rows.map(({ account, amount }) => [account, Number(amount)]))
}

async function stripeBalance(money: MoneyPlatform): Promise<number> {
  let net = 0
  for await (const entry of money.deps.stripe.balanceTransactions.list({ limit: 100 })) net += entry.net
  return net
}

const disputesOf = async (admin: Person) => (await admin.get('/v1/admin/stripe-disputes')).body.items
const disputed = { card: 'pm_card_createDispute' }
const win = (money: MoneyPlatform, dispute: string) =>
  money.deps.stripe.disputes.update(dispute, {
    evidence: { uncategorized_text: 'winning_evidence' },
    submit: true,
  })
const reconcile = async (money: MoneyPlatform) => {
  await reconcileJob.handle(money.deps, [{}])
  await workOff(money, refundJobs)
}

test('what a bank takes is taken of every line in proportion, with its fee, and evidence is handed in once', async ({
  money,
  admin,
  payer,
  provider,
}) => {
  const { id } = await payInvoice(money, payer, [{ provider, card: 1_000 }, { card: 3_000 }], disputed)
  const before = await ledgerOf(money)
  await reconcile(money)
  await reconcile(money)

  const [dispute, ...others] = await disputesOf(admin)
  expect(others).toEqual([])
  expect(dispute).toMatchObject({ stage: 'withdrawn', amount: { amount: 4_000 }, fee: { amount: 1_500 } })
  expect(decodeId('ivc', dispute.invoice)).toBe(id)
  const after = await ledgerOf(money)
  expect(after['provider_payable']).toBeUndefined()
  expect(after['disputes']).toBeUndefined()
  expect(after['dispute_fees']).toBe(1_500)
  expect(after['stripe_balance']).toBe((before['stripe_balance'] ?? 0) - 5_500)
  expect(after['stripe_balance']).toBe(await stripeBalance(money))

  expect(Object.keys(dispute.evidence)).toEqual(
    expect.arrayContaining([
      'uncategorized_text',
      'access_activity_log',
      'refund_policy_disclosure',
      'customer_name',
    ]),
  )
  expect(dispute.evidence.uncategorized_text).toContain('Invoice BQ-1')
  expect(dispute.evidenceAt).not.toBeNull()
  const handedIn = money.requests.filter(
    ({ method, path }) => method === 'POST' && path.startsWith('/v1/disputes/'),
  )
  expect(handedIn).toHaveLength(1)
  expect(handedIn[0]?.idempotencyKey).toBe(`evidence:${dispute.id}`)
})

test('a dispute that is won leaves everything as it was but the fee', async ({
  money,
  admin,
  payer,
  provider,
}) => {
  await payInvoice(money, payer, [{ provider, card: 999 }, { card: 3_001 }], disputed)
  const before = await ledgerOf(money)
  const [created] = (await listEvents(money)).filter(({ type }) => type === 'charge.dispute.created')
  await deliver(money, created ? [created] : [])
  await workOff(money, [followEventJob])
  const [{ stripeDispute }] = await disputesOf(admin)
  await win(money, stripeDispute)
  await reconcile(money)
  await reconcile(money)

  expect(await disputesOf(admin)).toMatchObject([{ status: 'won', stage: 'returned' }])
  const after = await ledgerOf(money)
  expect(after).toEqual({
    ...before,
    stripe_balance: (before['stripe_balance'] ?? 0) - 1_500,
    dispute_fees: 1_500,
  })
  expect(after['stripe_balance']).toBe(await stripeBalance(money))
  const refunded = await asAdmin<{ refunded: string }[]>(
    money,
    `select refunded::text from bizq.invoice_lines`,
  )
  expect(refunded.map(({ refunded: each }) => each)).toEqual(['0', '0'])
})

test('a dispute that is heard of when it is over comes to the same, however its events come', async ({
  money,
  admin,
  payer,
  provider,
}) => {
  await payInvoice(money, payer, [{ provider, card: 1_000 }], disputed)
  const [dispute] = (await money.deps.stripe.disputes.list()).data
  await win(money, dispute?.id ?? '')
  const events = (await listEvents(money)).toReversed()

  await deliver(money, [...events, ...events, ...events, ...events, ...events])
  await workOff(money, refundJobs)

  expect(await disputesOf(admin)).toMatchObject([{ status: 'won', stage: 'returned' }])
  expect((await ledgerOf(money))['provider_payable']).toBe(-741)
  expect(
    (await payer.get('/v1/refunds')).body.items.map(({ cause }: { cause: string }) => cause).sort(),
  ).toEqual(['dispute', 'dispute_won'])
})

test('a dispute after refunds takes at most the rest, and a lost one stays taken', async ({
  money,
  admin,
  payer,
  provider,
}) => {
  const { wire, charge } = await payInvoice(money, payer, [{ provider, card: 1_000, account: 500 }], {
    tax: 200,
  })
  await admin.post('/v1/admin/refunds', { line: wire[0], amount: 600, reason: 'Half of it did not work.' })
  await workOff(money, refundJobs)
  await control(money, `charges/${charge}/dispute`)
  await reconcile(money)
  const [{ stripeDispute, amount }] = await disputesOf(admin)
  expect(amount.amount).toBe(1_200 - 720)
  await control(money, `disputes/${stripeDispute}/close`, { won: false })
  await reconcile(money)

  expect(await disputesOf(admin)).toMatchObject([{ status: 'lost', stage: 'withdrawn' }])
  const after = await ledgerOf(money)
  expect([after['disputes'], after['tax'], after['bad_debt']]).toEqual([undefined, undefined, undefined])
  expect(after['stripe_balance']).toBe((await stripeBalance(money)) + 500)
  const refused = await admin.post('/v1/admin/refunds', { line: wire[0], amount: 501, reason: 'More.' })
  expect(refused.status).toBe(422)
  await expectSound(money)
})

test('while a bank asks and takes nothing, nothing is taken of anybody', async ({
  money,
  admin,
  payer,
  provider,
}) => {
  await payInvoice(money, payer, [{ provider, card: 1_000 }], { card: 'pm_card_createDisputeInquiry' })
  const before = await ledgerOf(money)
  await reconcile(money)
  expect(await disputesOf(admin)).toMatchObject([
    { stage: 'asked', status: expect.stringContaining('warning') },
  ])
  expect(await ledgerOf(money)).toEqual(before)
})

test('a charge that paid nothing of ours is waited for a day, then left to whom it belongs', async ({
  money,
}) => {
  const { stripe } = money.deps
  const customer = await stripe.customers.create({})
  await stripe.paymentIntents.create({
    amount: 700,
    currency: 'usd',
    customer: customer.id,
    payment_method: 'pm_card_createDispute',
    confirm: true,
    off_session: true,
  })
  const created = (await listEvents(money)).find(({ type }) => type === 'charge.dispute.created')
  await deliver(money, created ? [created] : [])
  const event = { event: created?.id ?? '' }
  await expect(followEventJob.handle(money.deps, [event])).rejects.toThrow('yet')
  const later = Object.assign(Object.create(money.deps) as typeof money.deps, {
    clock: () => new Date(Date.now() + 90_000_000),
  })
  await followEventJob.handle(later, [event])
  expect(await ledgerOf(money)).toEqual({})
})

for (const won of [true, false])
  test(`a refund that the dispute stopped ${won ? 'is made once when it is won' : 'says that the bank gave it back when it is lost'}`, async ({
    money,
    admin,
    payer,
    provider,
  }) => {
    const { wire, charge } = await payInvoice(money, payer, [{ provider, card: 1_000 }, { card: 500 }])
    await control(money, `charges/${charge}/dispute`)
    await admin.post('/v1/admin/refunds', { line: wire[0], amount: 600, reason: 'Half of it did not work.' })
    await workOff(money, refundJobs)
    const manual = async () =>
      (await payer.get('/v1/refunds')).body.items.find(({ cause }: { cause: string }) => cause === 'manual')
    expect(await manual()).toMatchObject({ state: 'refused', failure: 'charge_disputed' })
    await reconcile(money)
    const [{ stripeDispute }] = await disputesOf(admin)
    await control(money, `disputes/${stripeDispute}/close`, { won })
    await reconcile(money)
    await reconcile(money)
    await workOff(money, refundJobs)

    const made = (await money.deps.stripe.refunds.list({ charge })).data.map(({ amount }) => amount)
    expect(made).toEqual(won ? [600] : [])
    // Stripe answers what it refused under a key with the same refusal.
    const keys = money.requests
      .filter(({ method, path }) => method === 'POST' && path === '/v1/refunds')
      .map(({ idempotencyKey }) => idempotencyKey)
    if (won) expect(keys).toContain(`refund:${(await manual()).id}:2`)
    expect(await manual()).toMatchObject(
      won
        ? { state: 'succeeded', failure: null }
        : { state: 'refused', failure: expect.stringMatching(/the bank/i) },
    )
    await expectSound(money)
  })

test('evidence tells what became of what was paid for by ids alone, and nothing of what else the customer did', async ({
  money,
  admin,
  payer,
  provider,
}) => {
  const { service } = await publish(provider)
  const business = await createBusiness(payer)
  const { id } = await subscribe(payer, business, service)
  const other = await subscribe(payer, business, (await publish(provider)).service)
  const of = { provider, card: 1_000, subscription: { id, business } }
  await payInvoice(money, payer, [of], { ...disputed, paidAt: new Date(Date.now() - 3_600_000) })
  const organisation = decodeId('org', payer.organisation)
  const write = (subject: object) =>
    asAdmin(
      money,
      `insert into bizq.audit_entries (organisation_id, actor_kind, actor_id, action, subject) values ($1, 'user', null, 'test.note', $2)`,
      [organisation, JSON.stringify(subject)],
    )
  await write({ subscription: id, words: 'Acme Supplies owes 4,000' })
  await write({ subscription: other.id, words: 'elsewhere' })
  await reconcile(money)
  const [{ evidence }] = await disputesOf(admin)
  expect(evidence.access_activity_log).toContain(`test.note ${id}`)
  expect(evidence.access_activity_log).toContain(`subscription.create`)
  expect(JSON.stringify(evidence)).not.toMatch(/Acme|4,000|elsewhere/)
  expect(evidence.access_activity_log).not.toContain(other.id)
})
