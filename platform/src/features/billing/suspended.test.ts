import { expect } from 'vitest'
import { billingTest, type Till } from '../../../test/billing.ts'
import { answering, openOffice, type Office } from '../../../test/executions.ts'
import type { Person } from '../../../test/people.ts'
import { workOff, type MoneyPlatform } from '../../../test/stripe.ts'
import { tellOfReleaseJob } from '../subscriptions/index.ts'

const test = billingTest()

const usd = (amount: number) => ({ amount, currency: 'USD' })
const kindsOf = (invoice: { lines: { kind: string }[] }) => invoice.lines.map(({ kind }) => kind)

/** A subscription at 30.00 a month that was paid ahead for a month, half of which is over. */
async function openHalfAMonth(platform: MoneyPlatform, operator: Person, till: Till) {
  const office = await openOffice(platform, operator, {
    body: answering('{}'),
    manifest: { pricing: { monthly: usd(3_000) } },
  })
  await till.begin()
  await till.run(office.subscription)
  await till.advance(15)
  const { id } = await till.newest()
  const { period, now } = (await operator.get('/v1/billing')).body
  const left = Date.parse(period.to) - Date.parse(now)
  const unused = Math.round((3_000 * left) / (Date.parse(period.to) - Date.parse(period.from)))
  const monthly = async () => {
    const { lines } = (await operator.get(`/v1/invoices/${id}`)).body
    return lines.find(({ kind }: { kind: string }) => kind === 'monthly')
  }
  return { office, unused, monthly }
}

const causesOf = async (operator: Person): Promise<string[]> =>
  (await operator.get('/v1/refunds')).body.items.map(({ cause }: { cause: string }) => cause)

/** An amount that a few seconds of the test may have changed by cents. */
const about = (amount: number) => ({ amount: expect.closeTo(amount, -1), currency: 'USD' })

/** What the platform's administrator does to the office's service. */
async function actOf(office: Office, operator: Person, admin: Person) {
  const { id } = (await operator.get(`/v1/services/${office.published.service}`)).body
  const why = { code: 'security', words: 'It is being looked at.' }
  return async (kind: string) =>
    expect((await admin.post(`/v1/admin/services/${id}/acts`, { kind, ...why })).status).toBe(201)
}

test('what was paid ahead for a service that the platform suspends is given back, and charged again from its restoration on', async ({
  platform,
  operator,
  till,
  admin,
}) => {
  const { office, unused, monthly } = await openHalfAMonth(platform, operator, till)
  const act = await actOf(office, operator, admin)
  await act('suspend')
  await workOff(platform, [tellOfReleaseJob])
  await till.refund()
  expect(await monthly()).toMatchObject({ amount: usd(3_000), covered: about(unused) })
  expect(await causesOf(operator)).toEqual(['suspended'])

  await till.advance(5)
  await act('restore')
  await workOff(platform, [tellOfReleaseJob])
  await till.run(office.subscription)
  await till.advance(14)
  const next = await till.newest()
  expect(kindsOf(next)).toEqual(['plan', 'catch-up', 'monthly'])
  const [, caughtUp] = next.lines
  expect(caughtUp.amount.amount).toBeLessThan(unused)
  expect(caughtUp.amount.amount).toBeGreaterThan(unused / 2)
})

test('a service that stays suspended is charged no more, and its end gives nothing back a second time', async ({
  platform,
  operator,
  till,
  admin,
}) => {
  const { office, unused, monthly } = await openHalfAMonth(platform, operator, till)
  const act = await actOf(office, operator, admin)
  await act('suspend')
  await workOff(platform, [tellOfReleaseJob])
  await till.refund()
  await till.advance(2)
  expect((await operator.send('DELETE', `/v1/subscriptions/${office.subscription}`)).status).toBeLessThan(300)
  await till.advance(15)
  await till.refund()
  expect(await monthly()).toMatchObject({ covered: about(unused) })
  expect(await causesOf(operator)).toEqual(['suspended'])
  expect(kindsOf(await till.newest())).toEqual(['plan'])
})

for (const state of ['suspended', 'withdrawn'])
  test(`a service of which its provider says that it is ${state} is not paid for from then on`, async ({
    platform,
    operator,
    till,
  }) => {
    const { office, unused, monthly } = await openHalfAMonth(platform, operator, till)
    const { service, release } = office.published
    const path = `/v1/provider/services/${service}/releases/${release}`
    const moved = await office.provider.send('PATCH', path, { state, notice: 'We cannot go on.' })
    expect(moved.status).toBe(200)
    await workOff(platform, [tellOfReleaseJob])
    await till.refund()
    expect(await monthly()).toMatchObject({ covered: about(unused) })
    expect(await causesOf(operator)).toEqual(['suspended'])
  })
