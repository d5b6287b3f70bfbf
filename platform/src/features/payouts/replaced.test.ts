import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { expectSound } from '../../../test/money.ts'
import { enable, follow, fund, openPaydays, transfersTo } from '../../../test/payouts.ts'
import type { Person } from '../../../test/people.ts'
import { sell, signUpProvider } from '../../../test/sales.ts'
import { control, moneyTest, workOff, type MoneyPlatform } from '../../../test/stripe.ts'
import { followEventJob, followObjectJob, paymentComparisons, reconcileJob } from '../payments/index.ts'
import { makeTransferJob, payoutComparisons, type PaidLine } from './index.ts'

const { clock, pass, plan, giveBack, ...paydays } = openPaydays()

const test = moneyTest({ clock })

const sellFunded = async (
  platform: MoneyPlatform,
  operator: Person,
  provider: Person,
  card: bigint,
): Promise<PaidLine> => {
  await fund(platform, Number(card))
  return sell(platform, operator, provider, card)
}

const disconnect = async (platform: MoneyPlatform, account: string) => {
  await control(platform, `accounts/${account}/disconnect`)
  await follow(platform, 'application', 'ca_of_the_marketplace', account)
}
const accountOf = async (provider: Person) => (await provider.get('/v1/provider/account')).body
const replace = (provider: Person) => provider.post('/v1/provider/account/replacement', {})

async function reconcile(platform: MoneyPlatform): Promise<void> {
  await reconcileJob.handle(platform.deps, [{}])
  await workOff(platform, [followEventJob, followObjectJob])
}

/** Banks are paid at midnight and get it days later: that is learnt while Stripe still tells of it, which it does for thirty days. */
async function monthLater(platform: MoneyPlatform): Promise<void> {
  await paydays.monthLater(platform)
  for (const days of [0, 3]) {
    pass(days)
    platform.simulator.tick()
    await reconcile(platform)
  }
}

/** What of transfers and accounts differs between both sides; the cards that pay here are no invoices of ours. */
async function expectAsStripeSays(platform: MoneyPlatform): Promise<void> {
  const { deps } = platform
  await reconcile(platform)
  const [movements] = paymentComparisons.filter(({ name }) => name === 'Stripe holds what it moved')
  for (const { run } of [...payoutComparisons, ...(movements ? [movements] : [])])
    expect(await run(deps)).toEqual([])
}

test('who lost its account is paid the rest to a new one, and nothing twice', async ({
  platform,
  operator,
  provider,
}) => {
  const old = await enable(platform, provider)
  const line = await sellFunded(platform, operator, provider, 10_000n)
  await monthLater(platform)
  expect(await transfersTo(platform, old)).toMatchObject([{ amount: 8_000 }])

  await sellFunded(platform, operator, provider, 5_000n)
  await plan(platform)
  await disconnect(platform, old)
  expect(await accountOf(provider)).toMatchObject({
    state: 'restricted',
    isLost: true,
    former: [],
    payable: [{ amount: 4_000 }],
  })
  await expectAsStripeSays(platform)
  expect(await provider.post('/v1/provider/account/onboarding-link', {})).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('replacement') },
  })

  const begun = await provider.post('/v1/provider/account/replacement', { country: 'GB' })
  expect(begun).toMatchObject({ status: 201, body: { state: 'none', isLost: false, country: 'GB' } })
  expect(begun.body.former).toMatchObject([
    { stripe: old, country: 'US', transferred: [{ amount: 8_000, currency: 'USD' }] },
  ])
  const next = await enable(platform, provider)
  expect(next).not.toBe(old)
  await monthLater(platform)

  expect(await transfersTo(platform, next)).toMatchObject([{ amount: 4_000 }])
  expect(await transfersTo(platform, old)).toHaveLength(1)
  const { items } = (await provider.get('/v1/provider/transfers')).body
  expect(items.map(({ state, account }: Record<string, unknown>) => [state, account])).toEqual([
    ['made', next],
    ['refused', old],
    ['made', old],
  ])

  await giveBack(platform, line, 1_000n)
  expect(await transfersTo(platform, old)).toMatchObject([{ amount: 8_000, amount_reversed: 800 }])
  expect(await accountOf(provider)).toMatchObject({
    state: 'enabled',
    payable: [{ amount: 0 }],
    former: [{ transferred: [{ amount: 7_200 }] }],
  })
  const month = items[0].madeAt.slice(0, 7)
  const statement = (await provider.get(`/v1/provider/statements/${month}`)).body
  expect(statement.transfers).toMatchObject([{ account: next, amount: { amount: 4_000 } }])
  await expectSound(platform)
  await expectAsStripeSays(platform)
})

test.for(['the key is known', 'Stripe forgot the key'])(
  'a transfer whose answer was lost with the account is found before another is begun: %s',
  async (key, { platform, operator }) => {
    const provider = await signUpProvider(platform)
    const old = await enable(platform, provider)
    await sellFunded(platform, operator, provider, 10_000n)
    await plan(platform)
    // Once for each time that the client asks by itself.
    await control(platform, 'failures', { mode: 'lost_answer', path: '/v1/transfers', next: 3 })
    await expect(workOff(platform, [makeTransferJob])).rejects.toThrow()
    expect(await transfersTo(platform, old)).toHaveLength(1)
    await disconnect(platform, old)
    if (key !== 'the key is known') pass(2)

    expect((await replace(provider)).status).toBe(201)
    const next = await enable(platform, provider)
    await monthLater(platform)
    expect(await transfersTo(platform, next)).toEqual([])
    expect(await accountOf(provider)).toMatchObject({
      payable: [{ amount: 0 }],
      former: [{ transferred: [{ amount: 8_000 }] }],
    })
    await expectSound(platform)
    await expectAsStripeSays(platform)
  },
)

test('a transfer to a lost account that Stripe made and does not know the key of is not made again', async ({
  platform,
  operator,
}) => {
  const provider = await signUpProvider(platform)
  const old = await enable(platform, provider)
  await sellFunded(platform, operator, provider, 10_000n)
  await plan(platform)
  const [planned] = (await provider.get('/v1/provider/transfers')).body.items
  await platform.deps.stripe.transfers.create({
    amount: 8_000,
    currency: 'usd',
    destination: old,
    transfer_group: planned.id,
    metadata: { bizq: planned.id },
  })
  await disconnect(platform, old)
  expect((await replace(provider)).body.former).toMatchObject([{ transferred: [{ amount: 8_000 }] }])
  await expectSound(platform)
  await expectAsStripeSays(platform)
})

test('a transfer goes to the account that it was planned for, whichever the provider has since', async ({
  platform,
  operator,
}) => {
  const provider = await signUpProvider(platform)
  const old = await enable(platform, provider)
  await sellFunded(platform, operator, provider, 10_000n)
  await plan(platform)
  const place = 'update bizq.payout_accounts set stripe_account = $2 where organisation_id = $1'
  const organisation = decodeId('org', provider.organisation)
  await asAdmin(platform, place, [organisation, 'acct_0another'])
  await workOff(platform, [makeTransferJob])
  expect(await transfersTo(platform, old)).toMatchObject([{ amount: 8_000 }])
  await asAdmin(platform, place, [organisation, old])
  await expectSound(platform)
})

test('while Stripe does not say what became of a transfer no other account is begun', async ({
  platform,
  operator,
}) => {
  const provider = await signUpProvider(platform)
  const old = await enable(platform, provider)
  await sellFunded(platform, operator, provider, 10_000n)
  await plan(platform)
  await disconnect(platform, old)
  await control(platform, 'failures', { mode: '500', path: '/v1/transfers', next: 3 })
  expect((await replace(provider)).status).toBe(503)
  expect(await accountOf(provider)).toMatchObject({ isLost: true, former: [] })
  await control(platform, 'failures/clear')
  expect((await replace(provider)).status).toBe(201)
  await expectSound(platform)
})

test('two clicks at once begin one account', async ({ platform }) => {
  const provider = await signUpProvider(platform)
  const old = await enable(platform, provider)
  await disconnect(platform, old)
  const clicks = await Promise.all([replace(provider), replace(provider), replace(provider)])
  expect(clicks.map(({ status }) => status)).toEqual([201, 201, 201])
  expect((await accountOf(provider)).former).toHaveLength(1)
  const count = async () => (await platform.deps.stripe.accounts.list({ limit: 100 })).data.length
  const before = await count()
  const link = () => provider.post('/v1/provider/account/onboarding-link', {})
  await Promise.all([link(), link()])
  await link()
  expect(await count()).toBe(before + 1)
})

test('an account that Stripe lets the marketplace act for is not replaced, nor by who may only read', async ({
  platform,
}) => {
  const provider = await signUpProvider(platform)
  expect((await replace(provider)).status).toBe(409)
  await enable(platform, provider)
  expect(await replace(provider)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('no other is needed') },
  })
  expect((await accountOf(provider)).former).toEqual([])
})

test('a provider sees its own lost accounts alone', async ({ platform, operator }) => {
  const [one, other] = [await signUpProvider(platform), await signUpProvider(platform)]
  const [lost, kept] = [await enable(platform, one), await enable(platform, other)]
  await disconnect(platform, lost)
  await replace(one)
  expect(await accountOf(other)).toMatchObject({ state: 'enabled', isLost: false, former: [] })
  expect(JSON.stringify(await accountOf(other))).not.toContain(lost)
  // What is told late of the lost account changes nothing of the new one.
  const next = await enable(platform, one)
  await follow(platform, 'account', lost, lost)
  expect(await accountOf(one)).toMatchObject({ state: 'enabled', former: [{ stripe: lost }] })
  expect(new Set([lost, kept, next]).size).toBe(3)
  expect((await replace(operator)).status).toBe(403)
})
