import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { expectSound } from '../../../test/money.ts'
import { enable, follow, fund, openPaydays, transfersTo } from '../../../test/payouts.ts'
import type { Person } from '../../../test/people.ts'
import { paidInvoice, paidLine, sell, settle, signUpProvider } from '../../../test/sales.ts'
import { moneyTest, workOff, type MoneyPlatform } from '../../../test/stripe.ts'
import { keyOf } from '../../stripe/client.ts'
import { compareTransfers, makeTransferJob, planTransfersJob, reverseTransferJob } from './index.ts'

const dayMs = 86_400_000
const { clock, pass, plan, giveBack, ...paydays } = openPaydays()

const test = moneyTest({ clock })

const monthLater = async (platform: MoneyPlatform): Promise<void> => {
  await paydays.monthLater(platform)
  await expectSound(platform)
}

const transfersOf = async (provider: Person) => (await provider.get('/v1/provider/transfers')).body.items
const payableOf = async (provider: Person): Promise<number> => {
  const { body } = await provider.get('/v1/provider/account')
  return body.payable[0]?.amount ?? 0
}

test('a provider without an enabled account earns, is told what is missing, and is paid nothing', async ({
  platform,
  operator,
  provider,
}) => {
  await sell(platform, operator, provider, 10_000n)
  const before = await provider.get('/v1/provider/account')
  expect(before.body).toMatchObject({
    state: 'none',
    canBePaid: false,
    payable: [{ amount: 8_000, currency: 'USD' }],
  })
  expect(before.body.missing).toHaveLength(1)

  await fund(platform, 20_000)
  const account = await enable(platform, provider, 'no-bank')
  const { body } = await provider.get('/v1/provider/account')
  expect(body).toMatchObject({ state: 'restricted', canBePaid: false })
  expect(body.missing).toEqual([
    { name: 'external_account', words: 'A bank account to be paid to', isLate: true },
  ])
  expect(body.why).toBe('Something that Stripe asked for is late.')
  await monthLater(platform)
  expect(await transfersOf(provider)).toEqual([])

  await enable(platform, provider)
  expect((await provider.get('/v1/provider/account')).body).toMatchObject({
    state: 'enabled',
    missing: [],
    why: null,
  })
  await monthLater(platform)
  expect(await transfersOf(provider)).toMatchObject([
    { state: 'made', amount: { amount: 8_000, currency: 'USD' } },
  ])
  expect(await transfersTo(platform, account)).toMatchObject([{ amount: 8_000, currency: 'usd' }])
  expect(await payableOf(provider)).toBe(0)
  expect(await compareTransfers(platform.deps)).toEqual([])
})

test('what is below 25 waits for more, and each currency for itself', async ({
  platform,
  operator,
  provider,
}) => {
  await fund(platform, 20_000)
  await fund(platform, 20_000, 'eur')
  const account = await enable(platform, provider)
  await sell(platform, operator, provider, 3_000n)
  await settle(platform, paidInvoice(operator, [paidLine(provider, { card: 3_200n })], { currency: 'EUR' }))
  await monthLater(platform)
  expect(await transfersTo(platform, account)).toMatchObject([{ amount: 2_560, currency: 'eur' }])
  await sell(platform, operator, provider, 125n)
  await monthLater(platform)
  expect((await transfersTo(platform, account)).map(({ amount, currency }) => [amount, currency])).toEqual([
    [2_500, 'usd'],
    [2_560, 'eur'],
  ])
})

test('what Stripe does not let go yet is not transferred', async ({ platform, operator, provider }) => {
  await fund(platform, 20_000)
  await enable(platform, provider)
  const availableAt = new Date(clock().getTime() + 40 * dayMs)
  await settle(platform, paidInvoice(operator, [paidLine(provider, { card: 9_000n })], { availableAt }))
  await monthLater(platform)
  expect(await transfersOf(provider)).toEqual([])
  await monthLater(platform)
  expect(await transfersOf(provider)).toHaveLength(1)
})

test('a refund after the transfer takes the share back from that transfer', async ({
  platform,
  operator,
  provider,
}) => {
  await fund(platform, 20_000)
  const account = await enable(platform, provider)
  const line = await sell(platform, operator, provider, 10_000n)
  await monthLater(platform)
  await giveBack(platform, line, 2_500n)
  expect(await transfersTo(platform, account)).toMatchObject([{ amount: 8_000, amount_reversed: 2_000 }])
  expect(await payableOf(provider)).toBe(0)
  await expectSound(platform)
  expect(await compareTransfers(platform.deps)).toEqual([])
})

test('a provider is told once what was taken back of a transfer, and its statement has it with its day', async ({
  platform,
  operator,
  provider,
}) => {
  await fund(platform, 20_000)
  await enable(platform, provider)
  const line = await sell(platform, operator, provider, 10_000n)
  await monthLater(platform)
  await giveBack(platform, line, 2_500n)
  await workOff(platform, [reverseTransferJob])
  const [transfer] = await transfersOf(provider)
  const amount = { amount: 2_000, currency: 'USD' }
  const told: { money: { what: string } | null }[] = (await provider.get('/v1/notices')).body.items
  expect(told.map(({ money }) => money).filter((money) => money?.what === 'transfer-reversed')).toMatchObject(
    [{ about: transfer.id, amount }],
  )
  const month = clock().toISOString().slice(0, 7)
  const path = `/v1/provider/statements/${month}`
  const { body } = await provider.get(path)
  expect(body.balances[0].returned).toEqual(amount)
  expect(body.reversals).toMatchObject([{ transfer: transfer.id, amount }])
  expect(body.reversals[0].at.slice(0, 7)).toBe(month)
  const csv: string = (await provider.get(`${path}/csv`)).body
  expect(csv).toContain(`transfer reversed,${transfer.id},${body.reversals[0].at.slice(0, 10)},USD`)
  expect(csv).toContain('20.00')
})

test('a refund while the transfer is only planned is taken from it once it is made', async ({
  platform,
  operator,
  provider,
}) => {
  await fund(platform, 20_000)
  const account = await enable(platform, provider)
  const line = await sell(platform, operator, provider, 10_000n)
  await plan(platform)
  await giveBack(platform, line, 2_500n)
  expect(await transfersTo(platform, account)).toEqual([])
  await workOff(platform, [makeTransferJob, reverseTransferJob])
  expect(await transfersTo(platform, account)).toMatchObject([{ amount: 8_000, amount_reversed: 2_000 }])
  await expectSound(platform)
})

test('what Stripe does not take back is carried over and recovered from what is earned next', async ({
  platform,
  operator,
  provider,
}) => {
  const { stripe } = platform.deps
  await fund(platform, 40_000)
  const account = await enable(platform, provider)
  const line = await sell(platform, operator, provider, 10_000n)
  await monthLater(platform)
  const [made] = await transfersTo(platform, account)
  // Somebody took it back by hand: of this transfer nothing is left to take.
  await stripe.transfers.createReversal(made?.id ?? '', { amount: 8_000 })
  await giveBack(platform, line, 10_000n)
  expect(await payableOf(provider)).toBe(-8_000)
  await monthLater(platform)
  expect(await transfersTo(platform, account)).toHaveLength(1)
  expect(await compareTransfers(platform.deps)).toHaveLength(1)

  const next = await sell(platform, operator, provider, 15_000n)
  await monthLater(platform)
  expect((await transfersTo(platform, account)).map(({ amount }) => amount)).toEqual([4_000, 8_000])
  expect(await payableOf(provider)).toBe(0)

  // That transfer holds 40.00 of the 120.00: what it does not hold is carried over again.
  await giveBack(platform, next, 15_000n)
  const [second] = await transfersTo(platform, account)
  expect(second).toMatchObject({ amount: 4_000, amount_reversed: 4_000 })
  expect(await payableOf(provider)).toBe(-8_000)
  await expectSound(platform)
})

/** Plans a transfer of 80.00 and answers its UUID. */
async function planned(platform: MoneyPlatform, operator: Person, provider: Person): Promise<string> {
  await fund(platform, 20_000)
  await sell(platform, operator, provider, 10_000n)
  await plan(platform)
  const [transfer] = await transfersOf(provider)
  return decodeId(idPrefixes.transfer, transfer.id)
}

const madeBefore = (platform: MoneyPlatform, id: string, destination: string, options = {}) => {
  const wire = encodeId(idPrefixes.transfer, id)
  const asked = {
    amount: 8_000,
    currency: 'usd',
    destination,
    transfer_group: wire,
    metadata: { bizq: wire },
  }
  return platform.deps.stripe.transfers.create(asked, options)
}

test('a process that dies between Stripe’s answer and its own note makes one transfer', async ({
  platform,
  operator,
  provider,
}) => {
  const account = await enable(platform, provider)
  const id = await planned(platform, operator, provider)
  await madeBefore(platform, id, account, {
    idempotencyKey: keyOf('transfer', encodeId(idPrefixes.transfer, id)),
  })
  await workOff(platform, [makeTransferJob])
  expect(await transfersTo(platform, account)).toHaveLength(1)
  expect(await transfersOf(provider)).toMatchObject([{ state: 'made' }])
  await expectSound(platform)
})

test('after Stripe forgot the key, the transfer that it made is found', async ({
  platform,
  operator,
  provider,
}) => {
  const account = await enable(platform, provider)
  const id = await planned(platform, operator, provider)
  const made = await madeBefore(platform, id, account)
  pass(2)
  await workOff(platform, [makeTransferJob])
  expect(await transfersOf(provider)).toMatchObject([{ state: 'made', stripe: made.id }])
  expect(await transfersTo(platform, account)).toHaveLength(1)
})

test('an event alone brings a transfer to its end, any number of times', async ({
  platform,
  operator,
  provider,
}) => {
  const account = await enable(platform, provider)
  const id = await planned(platform, operator, provider)
  const made = await madeBefore(platform, id, account)
  for (let times = 0; times < 3; times++) await follow(platform, 'transfer', made.id)
  expect(await transfersOf(provider)).toMatchObject([{ state: 'made', stripe: made.id }])
  await expectSound(platform)
  await workOff(platform, [makeTransferJob])
  expect(await transfersTo(platform, account)).toHaveLength(1)
})

test('what Stripe refuses is transferred the next day', async ({ platform, operator, provider }) => {
  const account = await enable(platform, provider)
  const { available } = await platform.deps.stripe.balance.retrieve()
  const there = BigInt(available.find(({ currency }) => currency === 'usd')?.amount ?? 0)
  await sell(platform, operator, provider, (there + 10_000n) * 2n)
  await monthLater(platform)
  const [refused] = await transfersOf(provider)
  expect(refused).toMatchObject({ state: 'refused', stripe: null })
  expect(refused.failure).toContain('balance_insufficient')
  await fund(platform, Number(there + 10_000n) * 2)
  await plan(platform, 2)
  await workOff(platform, [makeTransferJob])
  expect(await transfersTo(platform, account)).toHaveLength(1)
  await expectSound(platform)
})

test('two that plan at the same moment plan one transfer', async ({ platform, operator, provider }) => {
  await enable(platform, provider)
  await fund(platform, 20_000)
  await sell(platform, operator, provider, 10_000n)
  pass(32)
  await Promise.all([1, 2, 3].map(() => planTransfersJob.handle(platform.deps, [{}])))
  expect(await transfersOf(provider)).toHaveLength(1)
  await workOff(platform, [makeTransferJob])
  await expectSound(platform)
})

test('what reached the bank is kept once, however often it is told', async ({
  platform,
  operator,
  provider,
}) => {
  await fund(platform, 20_000)
  const account = await enable(platform, provider)
  await sell(platform, operator, provider, 10_000n)
  await monthLater(platform)
  pass(40)
  platform.simulator.tick()
  const payouts = await platform.deps.stripe.payouts.list({}, { stripeAccount: account })
  expect(payouts.data.length).toBeGreaterThan(0)
  for (const { id } of [...payouts.data, ...payouts.data]) await follow(platform, 'payout', id, account)
  const listed = await provider.get('/v1/provider/payouts')
  expect(listed.body.items.map((each: { stripe: string }) => each.stripe).sort()).toEqual(
    payouts.data.map(({ id }) => id).sort(),
  )
  const stranger = await signUpProvider(platform)
  expect((await stranger.get('/v1/provider/payouts')).body.items).toEqual([])
})
