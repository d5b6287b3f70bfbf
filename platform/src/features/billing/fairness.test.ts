import { expect } from 'vitest'
import { openTill, type Till } from '../../../test/billing.ts'
import { answering, openOffice, type Office } from '../../../test/executions.ts'
import { test as base } from '../../../test/harness.ts'
import { expectSound } from '../../../test/money.ts'
import type { Person } from '../../../test/people.ts'
import { openMoneyPlatform, type MoneyPlatform } from '../../../test/stripe.ts'

const test = base.extend<{ platform: MoneyPlatform; till: Till }>({
  platform: [
    // oxlint-disable-next-line eslint/no-empty-pattern -- the runner's own form
    async ({}, use) => {
      const platform = await openMoneyPlatform()
      await use(platform)
      await platform.close()
    },
    { scope: 'file' },
  ],
  till: async ({ platform, operator }, use) => {
    await use(openTill(platform, operator))
    await expectSound(platform)
  },
})

const usd = (amount: number) => ({ amount, currency: 'USD' })

async function openShop(
  platform: MoneyPlatform,
  operator: Person,
  till: Till,
  pricing: object,
): Promise<Office> {
  const office = await openOffice(platform, operator, { body: answering('{}'), manifest: { pricing } })
  await till.run(office.subscription)
  return office
}

const choose = (operator: Person, plan: string, more: object = {}) =>
  operator.send('PUT', '/v1/billing/plan', { plan, ...more })
const kindsOf = (invoice: { lines: { kind: string }[] }) => invoice.lines.map(({ kind }) => kind)

test('an execution that succeeded in the trial of a service does not make the days after it charged', async ({
  platform,
  operator,
  till,
}) => {
  await openShop(platform, operator, till, { monthly: usd(6_000), trialDays: 4 })
  await choose(operator, 'starter')
  await till.giveCard()
  await till.advance(14)
  expect(kindsOf(await till.newest())).toEqual(['plan', 'monthly'])
})

test('an execution that succeeded after the trial of a service makes the days since its end charged', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, { monthly: usd(6_000), trialDays: 4 })
  await choose(operator, 'starter')
  await till.giveCard()
  await till.advance(6)
  await till.run(office.subscription)
  await till.advance(8)
  expect(kindsOf(await till.newest())).toEqual(['plan', 'catch-up', 'monthly'])
})
