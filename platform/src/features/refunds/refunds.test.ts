import { randomUUID } from 'node:crypto'
import { decodeId, encodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { meetAt } from '../../../test/crowd.ts'
import { asAdmin } from '../../../test/executions.ts'
import { payInvoice } from '../../../test/invoices.ts'
import { expectSound } from '../../../test/money.ts'
import { platformPerson, signUpOperator, type Person } from '../../../test/people.ts'
import { makeRefund, moved, refundJobs as jobs, refundsOf, test } from '../../../test/refunds.ts'
import { control, deliver, listEvents, workOff, type MoneyPlatform } from '../../../test/stripe.ts'
import { followObjectJob, reconcileJob } from '../payments/index.ts'
import { settleRefundJob, sweepRefundsJob, takeBackJob } from './index.ts'

/** The account credit that the next invoices are paid with. */
async function creditOf(money: MoneyPlatform, payer: Person): Promise<number> {
  const [credit] = await asAdmin<{ amount: number }[]>(
    money,
    `select sum(amount)::int as amount from bizq.credit_entries where organisation_id = '${decodeId('org', payer.organisation)}'`,
  )
  return credit?.amount ?? 0
}

test('a line that is given back goes to the card, and each bears its part', async ({
  money,
  admin,
  payer,
  provider,
}) => {
  const { wire } = await payInvoice(money, payer, [{ provider, card: 1_000 }, { card: 9_700 }])
  await moved(money, { provider_payable: provider })

  const made = await makeRefund(admin, wire[0])
  expect(made).toMatchObject({
    status: 201,
    body: { state: 'planned', cause: 'manual', toCard: { amount: 1_000, currency: 'USD' }, borne: null },
  })
  await workOff(money, jobs)

  const [own] = await refundsOf(payer)
  expect(own).toMatchObject({ id: made.body.id, state: 'succeeded', reason: 'It was promised otherwise.' })
  expect(own).not.toHaveProperty('borne')
  const { items } = (await admin.get('/v1/admin/refunds')).body
  // 2.9 % and 30 of 107.00 are 3.40; a line of 10.00 bears 0.32 of it, which Stripe does not give back.
  expect(items.find(({ id }: { id: string }) => id === own.id).borne).toMatchObject({
    provider: { amount: 768 },
    platform: { amount: 232 },
  })
  expect(await moved(money, { provider_payable: provider })).toEqual({
    stripe_balance: -1_000,
    platform_revenue: 232,
    provider_payable: 768,
  })
})

test('tax goes back with the card, credit stays credit, and what the platform had paid goes to nobody', async ({
  money,
  admin,
  payer,
  provider,
}) => {
  const line = { provider, card: 500, account: 300, promotional: 200 }
  const { wire } = await payInvoice(money, payer, [line], { tax: 100 })
  await moved(money, { operator_credit: payer, provider_payable: provider })

  await makeRefund(admin, wire[0], { amount: 500 })
  await workOff(money, jobs)
  const first = await moved(money, { operator_credit: payer, provider_payable: provider })
  expect(first).toMatchObject({ stripe_balance: -480, tax: 80, credit_cost: -100 })

  await makeRefund(admin, wire[0], { way: 'account_credit' })
  await workOff(money, jobs)
  const second = await moved(money, { operator_credit: payer, provider_payable: provider })
  expect(second).toMatchObject({ operator_credit: -400, credit_cost: -100 })
  expect(second).not.toHaveProperty('tax')
  expect(await creditOf(money, payer)).toBe(400)
})

test('the sum of what was given back is what operators got, and leads to the entries that come to it', async ({
  money,
  admin,
  payer,
  provider,
}) => {
  const figure = async (): Promise<number> =>
    (await admin.get('/v1/admin/money')).body.givenBack[0]?.amount ?? 0
  const before = await figure()
  const line = { provider, card: 500, account: 300, promotional: 200 }
  const { wire } = await payInvoice(money, payer, [line], { tax: 50 })
  const { body } = await makeRefund(admin, wire[0])
  await workOff(money, jobs)
  // Of 10.00 the platform had paid 2.00, which nobody gets.
  expect((await figure()) - before).toBe(800)
  const { since } = (await admin.get('/v1/admin/money')).body
  const asked = `accounts=stripe_balance,disputes,operator_credit,tax&causeType=refund&from=${since}`
  const { items } = (await admin.get(`/v1/admin/ledger/totals?${asked}`)).body
  const sums = items.map(({ balance }: { balance: { amount: number } }) => balance.amount)
  expect(sums.reduce((all: number, each: number) => all + each, 0)).toBe(-(await figure()))
  expect((await admin.get('/v1/admin/ledger/totals?accounts=gold')).status).toBe(422)

  const trace = (await admin.get(`/v1/admin/ledger/causes/refund/${body.id}`)).body
  const [operator, earner] = [{ id: payer.organisation }, { id: provider.organisation }]
  expect(trace.cause.about).toMatchObject({ operator, provider: earner })
  expect(trace.entries[0].cause.about).toEqual(trace.cause.about)
  const earning = trace.from.find(({ type }: { type: string }) => type === 'earning')
  expect(earning.about).toMatchObject({
    operator,
    provider: earner,
    words: expect.stringMatching(/, \d{4}-\d\d$/),
  })
})

test('no more is given back than was paid, whoever asks at once', async ({
  money,
  admin,
  payer,
  provider,
}) => {
  const { wire } = await payInvoice(money, payer, [{ provider, card: 1_000 }])
  const answers = await meetAt(money, 'bizq.refunds', 2, () =>
    Promise.all([
      makeRefund(admin, wire[0], { amount: 700 }),
      makeRefund(admin, wire[0], { amount: 700, way: 'account_credit' }),
    ]),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 422])
  const refused = answers.find(({ status }) => status === 422)
  expect(refused?.body.errors).toEqual([
    { pointer: '/amount', detail: 'must be at most $3.00, which is 300 in minor units' },
  ])
  expect((await makeRefund(admin, wire[0], { amount: -5 })).status).toBe(422)
  const line = await admin.get(`/v1/admin/refunds/lines/${wire[0]}`)
  expect(line.body).toMatchObject({
    amount: { amount: 1_000 },
    refunded: { amount: 700 },
    left: { amount: 300 },
  })
  expect((await payer.get(`/v1/admin/refunds/lines/${wire[0]}`)).status).toBe(403)
})

test('an answer of Stripe’s that is lost gives the money back once', async ({
  money,
  admin,
  payer,
  provider,
}) => {
  await workOff(money, jobs)
  const { wire, charge } = await payInvoice(money, payer, [{ provider, card: 1_000 }])
  await makeRefund(admin, wire[0])
  const [job] = await money.deps.boss.fetch<{ organisation: string; refund: string }>(settleRefundJob.name)
  if (!job) throw new Error('nothing was planned')
  await control(money, 'failures', { mode: 'lost_answer', next: 3, path: '/v1/refunds' })
  await expect(settleRefundJob.handle(money.deps, [job.data])).rejects.toThrow('connection')
  await settleRefundJob.handle(money.deps, [job.data])
  await settleRefundJob.handle(money.deps, [job.data])
  await deliver(money, await listEvents(money))
  await workOff(money, jobs)

  const made = await money.deps.stripe.refunds.list({ charge })
  expect(made.data.map(({ amount }) => amount)).toEqual([1_000])
  expect(await refundsOf(payer)).toMatchObject([{ state: 'succeeded' }])
  const keys = money.requests.filter(({ path, method }) => path === '/v1/refunds' && method === 'POST')
  expect(new Set(keys.map(({ idempotencyKey }) => idempotencyKey))).toContain(
    `refund:${encodeId('rfd', job.data.refund)}`,
  )
})

test('a crash before Stripe’s answer is written, and the event first: booked once', async ({
  money,
  admin,
  payer,
  provider,
}) => {
  const { wire, charge } = await payInvoice(money, payer, [{ provider, card: 1_000 }])
  await moved(money)
  const { body } = await makeRefund(admin, wire[0])
  await money.deps.boss.fetch(settleRefundJob.name)
  const made = await money.deps.stripe.refunds.create(
    { charge, amount: 1_000, metadata: { bizq: body.id } },
    { idempotencyKey: `refund:${body.id}x` },
  )
  await deliver(money, await listEvents(money))
  await workOff(money, jobs)
  const own = { organisation: decodeId('org', payer.organisation), refund: decodeId('rfd', body.id) }
  await settleRefundJob.handle(money.deps, [own])
  await followObjectJob.handle(money.deps, [{ object: 'refund', id: made.id, account: null }])
  expect(await refundsOf(payer)).toMatchObject([{ id: body.id, state: 'succeeded' }])
  expect(await moved(money)).toMatchObject({ stripe_balance: -1_000 })
  const log = (await payer.get('/v1/audit?action=refund.make')).body.items
  expect(log.map(({ subject }: { subject: { refund: string } }) => subject.refund)).toEqual([body.id])
})

test('a refund that the card does not take becomes account credit', async ({
  money,
  admin,
  payer,
  provider,
}) => {
  const { wire } = await payInvoice(money, payer, [{ provider, card: 1_000 }], { card: 'pm_card_refundFail' })
  await moved(money, { operator_credit: payer })
  await makeRefund(admin, wire[0])
  await workOff(money, jobs)
  expect(await refundsOf(payer)).toMatchObject([{ state: 'succeeded' }])
  money.simulator.advanceTo(Math.floor(Date.now() / 1_000) + 30 * 86_400)
  await reconcileJob.handle(money.deps, [{}])
  await workOff(money, jobs)
  expect(await refundsOf(payer)).toMatchObject([{ state: 'failed' }])
  expect(await moved(money, { operator_credit: payer })).toMatchObject({ operator_credit: -1_000 })
  expect(await creditOf(money, payer)).toBe(1_000)
})

test('what an unpaid invoice charged wrongly is given back when it is paid, and once', async ({
  money,
  payer,
  provider,
}) => {
  const paid = await payInvoice(money, payer, [{ provider, card: 1_000 }])
  await asAdmin(money, `update bizq.invoices set state = 'open' where id = '${paid.id}'`)
  await asAdmin(
    money,
    `insert into bizq.take_backs (organisation_id, line_id, cause, amount, at) values
       ('${paid.operator}', '${paid.lines[0]}', 'no_execution', 1000, now()), ('${paid.operator}', '${paid.lines[0]}', 'cancelled', 400, now())`,
  )
  await takeBackJob.handle(money.deps, [{}])
  await takeBackJob.handle(money.deps, [{}])
  await workOff(money, jobs)
  expect(await refundsOf(payer)).toHaveLength(2)
  expect((await refundsOf(payer)).map(({ state }: { state: string }) => state).sort()).toEqual([
    'planned',
    'refused',
  ])

  await asAdmin(money, `update bizq.invoices set state = 'paid' where id = '${paid.id}'`)
  await asAdmin(money, `update bizq.refunds set made_at = made_at - interval '11 minutes'`)
  await sweepRefundsJob.handle(money.deps, [{}])
  const given = (await refundsOf(payer)).find(({ state }: { state: string }) => state === 'succeeded')
  expect(given).toMatchObject({ cause: 'no_execution', way: 'account_credit', toCredit: { amount: 1_000 } })
  // Nobody asked for it back: the provider reads that too, and not of a refund.
  const statement = `/v1/provider/statements/${new Date().toISOString().slice(0, 7)}`
  expect((await provider.get(statement)).body.refunds).toMatchObject([
    { cause: 'no-execution', amount: { amount: 741, currency: 'USD' } },
  ])
})

test('who runs the marketplace alone gives back, and says why', async ({ money, payer, provider, admin }) => {
  const { wire } = await payInvoice(money, payer, [{ provider, card: 1_000 }])
  for (const person of [payer, provider, await platformPerson(money, 'certifier')]) {
    expect((await makeRefund(person, wire[0])).status).toBe(403)
    expect((await person.get('/v1/admin/refunds')).status).toBe(403)
    expect((await person.get('/v1/admin/stripe-disputes')).status).toBe(403)
  }
  expect((await makeRefund(admin, wire[0], { reason: ' ' })).status).toBe(422)
  expect((await makeRefund(admin, encodeId('inl', randomUUID()))).status).toBe(404)
  const stranger = await signUpOperator(money.app)
  await makeRefund(admin, wire[0])
  expect(await refundsOf(stranger)).toEqual([])
  expect((await provider.get('/v1/refunds')).status).toBe(403)
  await expectSound(money)
})
