import { expect } from 'vitest'
import { expectSound } from '../../../test/money.ts'
import { enable, fund, openPaydays } from '../../../test/payouts.ts'
import type { Person } from '../../../test/people.ts'
import { sell, signUpProvider } from '../../../test/sales.ts'
import { moneyTest, workOff, type MoneyPlatform } from '../../../test/stripe.ts'
import { makeTransferJob } from './index.ts'

const { clock, plan } = openPaydays()

const test = moneyTest({ clock })

const later = async (platform: MoneyPlatform, days: number) => {
  await plan(platform, days)
  await workOff(platform, [makeTransferJob])
  await plan(platform, 0)
}
const fundsOf = async (admin: Person, currency: string) => {
  const { status, body } = await admin.get('/v1/admin/transfer-funds')
  expect(status).toBe(200)
  return body.items.find((each: { currency: string }) => each.currency === currency)
}
const toldOf = async (admin: Person, currency: string) => {
  const { body } = await admin.get('/v1/notices')
  return body.items
    .map(({ money }: { money: { what: string; words: string } }) => money)
    .filter(
      ({ what, words }: { what: string; words: string }) =>
        what.startsWith('transfers-') && words === currency,
    )
    .map(({ what }: { what: string }) => what)
}
const countShort = async (admin: Person) => {
  const { body } = await admin.get('/v1/audit?action=transfers.short&limit=50')
  return body.items.length
}

test('a balance below zero of which nothing is due is not too little for anybody', async ({
  platform,
  admin,
}) => {
  await fund(platform, 5_000, 'gbp')
  const { data: charges } = await platform.deps.stripe.charges.list({ limit: 100 })
  const charge = charges.find(({ currency }) => currency === 'gbp')
  await platform.deps.stripe.refunds.create({ charge: charge?.id ?? '' })
  const { due, available, missing, shortSince } = await fundsOf(admin, 'GBP')
  expect(available.amount).toBeLessThan(0)
  expect([due.amount, missing.amount, shortSince]).toEqual([0, 0, null])
})

test('an administrator sees what is missing at Stripe and who waits for it, and is told once', async ({
  platform,
  operator,
  provider,
  admin,
}) => {
  const other = await signUpProvider(platform)
  for (const each of [provider, other]) await enable(platform, each)
  await sell(platform, operator, provider, 10_000n)
  await sell(platform, operator, other, 5_000n)
  await fund(platform, 3_000)
  await later(platform, 32)

  const short = await fundsOf(admin, 'USD')
  expect(short).toMatchObject({
    due: { amount: 12_000 },
    shortSince: expect.any(String),
  })
  const { available } = await platform.deps.stripe.balance.retrieve()
  const held = available.find(({ currency }) => currency === 'usd')?.amount ?? 0
  expect(held).toBeGreaterThan(0)
  expect([short.available.amount, short.missing.amount]).toEqual([held, 12_000 - held])
  const rows = short.waiting.map((row: { provider: { id: string }; amount: { amount: number } }) => [
    row.provider.id,
    row.amount.amount,
  ])
  expect(new Map(rows)).toEqual(
    new Map([
      [provider.organisation, 8_000],
      [other.organisation, 4_000],
    ]),
  )
  expect(await toldOf(admin, 'USD')).toEqual(['transfers-short'])
  expect(await countShort(admin)).toBe(1)

  const since = short.shortSince
  await later(platform, 1)
  await later(platform, 1)
  const still = await fundsOf(admin, 'USD')
  expect(still.shortSince).toBe(since)
  expect(still.due.amount).toBe(12_000)
  expect(await countShort(admin)).toBe(1)

  await fund(platform, 20_000)
  await later(platform, 1)
  expect(await fundsOf(admin, 'USD')).toMatchObject({
    due: { amount: 0 },
    missing: { amount: 0 },
    shortSince: null,
    waiting: [],
  })
  expect(await toldOf(admin, 'USD')).toEqual(['transfers-enough'])
  await expectSound(platform)
})

test('one currency is short, and the others are not', async ({ platform, operator, admin }) => {
  const provider = await signUpProvider(platform)
  await enable(platform, provider)
  await sell(platform, operator, provider, 10_000n, 'EUR')
  await sell(platform, operator, provider, 10_000n, 'GBP')
  await fund(platform, 10_000, 'gbp')
  await later(platform, 32)
  expect(await fundsOf(admin, 'EUR')).toMatchObject({
    available: { amount: 0 },
    missing: { amount: 8_000 },
    waiting: [{ amount: { amount: 8_000, currency: 'EUR' } }],
  })
  expect(await fundsOf(admin, 'GBP')).toMatchObject({ missing: { amount: 0 }, shortSince: null, waiting: [] })
  expect(await toldOf(admin, 'GBP')).toEqual([])
})

test('what Stripe holds and who waits is the administrators’ to see', async ({ provider, operator }) => {
  for (const person of [provider, operator])
    expect((await person.get('/v1/admin/transfer-funds')).status).toBe(403)
})
