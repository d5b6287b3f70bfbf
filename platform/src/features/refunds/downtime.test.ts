import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { openTill } from '../../../test/billing.ts'
import { answering, asAdmin, openOffice, type Office } from '../../../test/executions.ts'
import { test as base } from '../../../test/harness.ts'
import { expectSound } from '../../../test/money.ts'
import { createBusiness, platformPerson, signUpOperator, type Person } from '../../../test/people.ts'
import { openRemoteOffice } from '../../../test/remote.ts'
import { subscribe } from '../../../test/services.ts'
import { openMoneyPlatform, workOff, type MoneyPlatform } from '../../../test/stripe.ts'
import { measureAvailabilityJob } from '../availability/index.ts'
import { creditDowntimeJob, settleRefundJob, takeBackJob } from './index.ts'

interface Clock {
  wait(hours: number): void
}

const test = base.extend<{
  clock: Clock & { now(): Date }
  money: MoneyPlatform
  payer: Person
  admin: Person
}>({
  // oxlint-disable-next-line eslint/no-empty-pattern -- the runner's own form
  clock: async ({}, use) => {
    let ahead = 0
    await use({
      wait: (hours) => void (ahead += hours * 3_600_000),
      now: () => new Date(Date.now() + ahead),
    })
  },
  money: async ({ clock }, use) => {
    const money = await openMoneyPlatform({ clock: clock.now })
    await use(money)
    await expectSound(money)
    await money.close()
  },
  payer: async ({ money }, use) => use(await signUpOperator(money.app)),
  admin: async ({ money }, use) => use(await platformPerson(money, 'owner')),
})

const usd = (amount: number) => ({ amount, currency: 'USD' })
/** Throws while its settings say so. */
const sometimes = `(input) => { if (input.settings.graceDays === 0) throw new Error('down'); return (${answering('{}')})(input) }`

/** A service at 30.00 a month that can be made to fail, subscribed to and paid ahead for a month. */
async function openOfficeOf(money: MoneyPlatform, payer: Person, body = sometimes) {
  const office = await openOffice(money, payer, { body, manifest: { pricing: { monthly: usd(3_000) } } })
  expect((await office.run()).state).toBe('succeeded')
  return office
}

async function payAhead(money: MoneyPlatform, payer: Person, clock: Clock) {
  await payer.send('PUT', '/v1/billing/plan', { plan: 'starter' })
  const till = openTill(money, payer)
  await till.giveCard()
  clock.wait(14 * 24 + 1)
  await till.turn()
  return till
}

async function setDown(payer: Person, { subscription }: Office, isDown: boolean): Promise<void> {
  const path = `/v1/subscriptions/${subscription}`
  const changed = await payer.send('PATCH', path, { settings: { graceDays: isDown ? 0 : 5 } })
  expect(changed.status).toBe(200)
}

/** Everything that the clock does of this, as often as it does. */
async function settleAll(money: MoneyPlatform): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await measureAvailabilityJob.handle(money.deps, [{}])
    await creditDowntimeJob.handle(money.deps, [{}])
    await takeBackJob.handle(money.deps, [{}])
    await workOff(money, [settleRefundJob])
  }
}

const downtimeOf = async (payer: Person) =>
  (await payer.get('/v1/refunds')).body.items.filter(({ cause }: { cause: string }) => cause === 'downtime')

test('a service that fails for hours is credited for that month, once, to who paid for it, and its provider bears its share', async ({
  money,
  payer,
  clock,
  admin,
}) => {
  const office = await openOfficeOf(money, payer)
  const other = await openOfficeOf(money, payer)
  const till = await payAhead(money, payer, clock)
  const party = decodeId('org', office.provider.organisation)
  await setDown(payer, office, true)
  expect((await office.run()).state).toBe('failed')
  clock.wait(20)
  expect((await office.run()).state).toBe('failed')
  expect((await other.run()).state).toBe('succeeded')
  clock.wait(10)
  await setDown(payer, office, false)
  expect((await office.run()).state).toBe('succeeded')
  const month = clock.now().toISOString().slice(0, 7)
  await settleAll(money)
  expect(await downtimeOf(payer)).toEqual([])

  clock.wait(32 * 24)
  await till.turn()
  await settleAll(money)
  await settleAll(money)
  const [credit, ...more] = await downtimeOf(payer)
  expect(more).toEqual([])
  // 30 hours of some 730 are 95.9 %: below 99 %, a quarter of 30.00.
  expect(credit).toMatchObject({ amount: usd(750), way: 'account_credit', state: 'succeeded' })
  expect(credit.reason).toMatch(
    /^It was available 95\.\d\d % of the time: 25 % of the price are given back\.$/,
  )
  expect(credit.subscription).toBe(office.subscription)
  const borne = (await admin.get('/v1/admin/refunds?cause=downtime')).body.items[0].borne
  expect(borne.provider.amount + borne.platform.amount).toBe(750)
  expect(borne.provider.amount).toBeGreaterThan(550)

  const told = await asAdmin<{ payload: { service: string } }[]>(
    money,
    `select payload from bizq.events where type = 'availability.credited' and organisation_id = $1`,
    [party],
  )
  expect(told).toHaveLength(1)
  expect(JSON.stringify(told)).not.toContain(payer.organisation)

  const { items } = (await admin.get(`/v1/admin/availability?month=${month}`)).body
  expect(items[0]).toMatchObject({
    service: { slug: office.published.service, name: 'Test Service' },
    provider: { name: 'Test Holdings' },
    minutesDown: expect.closeTo(1_800, -1),
    subscribers: 1,
  })
})

test('the availability of a month is told from five subscribers on, to operators as to its provider', async ({
  money,
  payer,
  clock,
  admin,
}) => {
  const office = await openOfficeOf(money, payer)
  const month = clock.now().toISOString().slice(0, 7)
  clock.wait(34 * 24)
  await measureAvailabilityJob.handle(money.deps, [{}])
  const ask = async () => [
    (await payer.get(`/v1/services/${office.published.service}/availability`)).body,
    (await office.provider.get(`/v1/provider/services/${office.published.service}/availability`)).body,
  ]
  for (const told of await ask())
    expect(told).toMatchObject({ promised: 0.999, months: [{ month, availability: null }] })
  await asAdmin(money, 'update bizq.availability_months set subscribers = 5, minutes_down = minutes / 10')
  for (const told of await ask()) expect(told.months).toEqual([{ month, availability: 0.9 }])

  expect((await payer.get('/v1/admin/availability')).status).toBe(403)
  const stranger = await signUpOperator(money.app, 'provider')
  const path = `/v1/provider/services/${office.published.service}/availability`
  expect((await stranger.get(path)).status).toBe(404)
  expect((await admin.get(`/v1/admin/availability?month=${month}`)).body.items).toHaveLength(1)
})

test('what the platform itself failed at is no downtime, and a silence proves none', async ({
  money,
  payer,
  clock,
}) => {
  const failWith = (detail: string) => {
    money.deps.openTrial = () => undefined
    money.deps.outgoing = {
      objectionTo: () => undefined,
      close: async () => {},
      call: async () => ({ isAnswered: false, failure: { kind: 'unreachable', detail } }),
    }
  }
  const failures = async () =>
    (await asAdmin<{ count: number }[]>(money, 'select count(*)::int as count from bizq.services_down'))[0]
      ?.count
  failWith('ENETUNREACH')
  const office = await openRemoteOffice(money, payer)
  expect((await office.run()).reason).toContain('ENETUNREACH')
  clock.wait(1)
  await measureAvailabilityJob.handle(money.deps, [{}])
  expect(await failures()).toBe(0)

  await office.hurry()
  failWith('ECONNREFUSED')
  await office.run()
  clock.wait(1)
  await measureAvailabilityJob.handle(money.deps, [{}])
  expect(await failures()).toBe(1)

  clock.wait(27)
  await measureAvailabilityJob.handle(money.deps, [{}])
  expect(await failures()).toBe(0)
  const days = await asAdmin(money, 'select minutes_down from bizq.availability_days')
  expect(days).toEqual([{ minutes_down: 1 }])
})

test('while one operator’s data fails and another is served, a service is not down', async ({
  money,
  payer,
  clock,
}) => {
  const office = await openOfficeOf(money, payer)
  const second = await signUpOperator(money.app)
  await setDown(payer, office, true)
  const elsewhere = await subscribe(second, await createBusiness(second), office.published.service)
  await openTill(money, second).run(elsewhere.id)
  await office.run()
  await openTill(money, second).run(elsewhere.id)
  clock.wait(5)
  await openTill(money, second).run(elsewhere.id)
  clock.wait(1)
  await measureAvailabilityJob.handle(money.deps, [{}])
  const [days] = await asAdmin<{ down: number }[]>(
    money,
    'select coalesce(sum(minutes_down), 0)::int as down from bizq.availability_days',
  )
  expect(days?.down).toBeLessThanOrEqual(1)
})
