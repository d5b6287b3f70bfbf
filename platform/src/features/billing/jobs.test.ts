import { expect } from 'vitest'
import { billingTest } from '../../../test/billing.ts'
import { asAdmin } from '../../../test/executions.ts'
import type { Person } from '../../../test/people.ts'
import { workOff, type MoneyPlatform } from '../../../test/stripe.ts'
import { decodeId } from '@bizq/sdk/contract'
import { billingTickJob, tellJob, turnJob } from './jobs.ts'

const test = billingTest()

const choose = (operator: Person, plan: string) => operator.send('PUT', '/v1/billing/plan', { plan })

/** Puts an account's own time ahead, and does nothing else. */
const putAhead = (platform: MoneyPlatform, operator: Person, days: number) =>
  asAdmin(
    platform,
    'update bizq.billing_accounts set clock_ahead_ms = clock_ahead_ms + $2 * 86400000::bigint where organisation_id = $1',
    [decodeId('org', operator.organisation), days],
  )

test('each minute the accounts whose turn it is are turned, each as often as it needs and no more', async ({
  platform,
  operator,
  stranger,
  till,
}) => {
  await choose(operator, 'starter')
  await stranger.get('/v1/billing')
  await till.giveCard()
  await workOff(platform, [turnJob])
  await putAhead(platform, operator, 46)
  await billingTickJob.handle(platform.deps, [{}])
  await billingTickJob.handle(platform.deps, [{}])
  expect(await workOff(platform, [turnJob])).toBe(1)
  const { items } = (await operator.get('/v1/invoices')).body
  expect(items.map((each: { state: string }) => each.state)).toEqual(['paid', 'paid'])
  await billingTickJob.handle(platform.deps, [{}])
  expect(await workOff(platform, [turnJob])).toBe(0)
  expect((await stranger.get('/v1/billing')).body.state).toBe('trialing')
})

test('two workers that turn one account at once make one invoice and charge it once', async ({
  platform,
  operator,
  till,
}) => {
  await choose(operator, 'starter')
  await till.giveCard()
  await workOff(platform, [turnJob])
  await putAhead(platform, operator, 14)
  await Promise.all([till.turn(), till.turn(), till.turn()])
  const { items } = (await operator.get('/v1/invoices')).body
  expect(items).toHaveLength(1)
  expect(items[0].state).toBe('paid')
})

test('owners are written to when a payment fails, and nobody else is', async ({
  platform,
  operator,
  till,
}) => {
  await choose(operator, 'starter')
  await till.giveCard('pm_card_chargeCustomerFail')
  await till.advance(14)
  const letters: { to: string; subject: string; text: string }[] = []
  const { mailer } = platform.deps
  platform.deps.mailer = {
    send: async (mail) => {
      letters.push(mail)
      return { result: 'sent' }
    },
    close: () => {},
  }
  await workOff(platform, [tellJob])
  platform.deps.mailer = mailer
  expect(letters.every(({ to }) => to === operator.email)).toBe(true)
  const [failed, ending] = letters.toSorted((a, b) => (a.subject < b.subject ? -1 : 1))
  expect(failed).toMatchObject({ subject: 'A payment to BizQ failed' })
  expect(failed?.text).toContain('declined')
  expect(ending).toMatchObject({ subject: 'Your BizQ trial ends soon' })
})
