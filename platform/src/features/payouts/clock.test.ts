import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { billingTest, type Till } from '../../../test/billing.ts'
import { answering, asAdmin, openOffice } from '../../../test/executions.ts'
import { enable } from '../../../test/payouts.ts'
import type { Person } from '../../../test/people.ts'
import { workOff, type MoneyPlatform } from '../../../test/stripe.ts'
import { compareTransfers, makeTransferJob, planTransfersJob } from './index.ts'

let ahead = 0
const clock = () => new Date(Date.now() + ahead)

const test = billingTest({ clock })

/** A service at 90.00 a month whose provider may be paid, and an operator with a card and a plan. */
async function openShop(
  platform: MoneyPlatform,
  operator: Person,
  till: Till,
  currency = 'USD',
): Promise<Person> {
  const office = await openOffice(platform, operator, {
    body: answering('{}'),
    manifest: { pricing: { monthly: { amount: 9_000, currency: 'USD' } } },
  })
  await till.run(office.subscription)
  await operator.send('PUT', '/v1/billing/plan', { plan: 'starter', currency })
  await till.giveCard()
  await enable(platform, office.provider)
  return office.provider
}

const advance = (provider: Person, days: number) => provider.post('/v1/provider/test-clock/advance', { days })

const accountOf = async (provider: Person) => (await provider.get('/v1/provider/account')).body
const transfersOf = async (provider: Person) =>
  (await provider.get('/v1/provider/transfers')).body.items as { state: string; amount: { amount: number } }[]

test('the operator’s months pass, the provider’s clock passes, and all that was earned is transferred', async ({
  platform,
  operator,
  till,
}) => {
  const provider = await openShop(platform, operator, till)
  await till.advance(14)
  const early = await accountOf(provider)
  const [waiting] = early.waiting
  expect(early.waiting).toHaveLength(1)
  expect(waiting.amount).toEqual(early.payable[0])
  const { now } = (await operator.get('/v1/billing')).body
  expect(Date.parse(waiting.availableAt)).toBeGreaterThan(Date.parse(now))
  await advance(provider, 1)
  expect(await transfersOf(provider)).toEqual([])

  await till.advance(33)
  const { payable } = await accountOf(provider)
  const answer = await advance(provider, 80)
  expect(answer.status).toBe(200)
  expect(answer.body.waiting).toEqual([])
  expect(Math.round((Date.parse(answer.body.now) - clock().getTime()) / 86_400_000)).toBe(81)
  await workOff(platform, [makeTransferJob])
  const transfers = await transfersOf(provider)
  expect(transfers.every(({ state }) => state === 'made')).toBe(true)
  expect(transfers.reduce((sum, { amount }) => sum + amount.amount, 0)).toBe(payable[0].amount)
  expect((await accountOf(provider)).payable[0]?.amount ?? 0).toBe(0)
  expect(await compareTransfers(platform.deps)).toEqual([])
})

test('what the operator’s clock did not let go yet Stripe refuses, and it is transferred once it did', async ({
  platform,
  operator,
  till,
}) => {
  // Money of the other tests is in dollars.
  const provider = await openShop(platform, operator, till, 'EUR')
  await till.advance(14)
  const { payable } = await accountOf(provider)
  await advance(provider, 50)
  await workOff(platform, [makeTransferJob])
  expect(await transfersOf(provider)).toMatchObject([{ state: 'refused' }])
  expect((await accountOf(provider)).payable).toEqual(payable)

  await till.advance(3)
  await advance(provider, 1)
  await workOff(platform, [makeTransferJob])
  expect(await transfersOf(provider)).toMatchObject([
    { state: 'made', amount: payable[0] },
    { state: 'refused' },
  ])
})

test('a transfer that nobody asked Stripe for is asked for again, however far ahead its provider is', async ({
  platform,
  operator,
  till,
}) => {
  const provider = await openShop(platform, operator, till)
  await till.advance(17)
  await advance(provider, 300)
  for (const { id } of await platform.deps.boss.fetch(makeTransferJob.name, { batchSize: 50 }))
    await platform.deps.boss.complete(makeTransferJob.name, id)
  expect(await transfersOf(provider)).toMatchObject([{ state: 'planned' }])
  ahead += 11 * 60_000
  await planTransfersJob.handle(platform.deps, [{}])
  await workOff(platform, [makeTransferJob])
  expect(await transfersOf(provider)).toMatchObject([{ state: 'made' }])
})

test('Stripe’s keys are forgotten by the real time, not by a provider’s own', async ({
  platform,
  operator,
  till,
}) => {
  const provider = await openShop(platform, operator, till)
  await till.advance(17)
  await advance(provider, 300)
  const [row] = await asAdmin<{ id: string; planned: Date; decided: Date }[]>(
    platform,
    'select id, planned_at as planned, decided_at as decided from bizq.transfers where organisation_id = $1',
    [decodeId('org', provider.organisation)],
  )
  expect((row?.planned.getTime() ?? 0) - (row?.decided.getTime() ?? 0)).toBeGreaterThan(86_400_000)
  expect(Math.abs((row?.decided.getTime() ?? 0) - clock().getTime())).toBeLessThan(3_600_000)
})

test('a clock is put ahead by who may pay and be paid, where no real money moves, and where there is an account', async ({
  platform,
  operator,
  till,
}) => {
  const provider = await openShop(platform, operator, till)
  expect(await advance(operator, 1)).toMatchObject({ status: 403 })
  expect(await advance(provider, 0)).toMatchObject({ status: 422 })
  expect(await advance(provider, 401)).toMatchObject({ status: 422 })
  const { stripe } = platform.deps
  Object.assign(stripe, { mode: 'live' })
  try {
    expect(await advance(provider, 1)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('Real money') },
    })
    expect((await accountOf(provider)).mayAdvanceClock).toBe(false)
  } finally {
    Object.assign(stripe, { mode: 'simulator' })
  }
})
