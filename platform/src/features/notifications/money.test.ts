import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { billingTest } from '../../../test/billing.ts'
import { answering, asAdmin, openOffice } from '../../../test/executions.ts'
import { enable, follow } from '../../../test/payouts.ts'
import type { Person } from '../../../test/people.ts'
import { control, workOff } from '../../../test/stripe.ts'
import { tellJob } from '../billing/index.ts'
import { makeTransferJob } from '../payouts/index.ts'

interface Letter {
  to: string
  subject: string
  text: string
}

const test = billingTest().extend<{ letters: () => Promise<Letter[]> }>({
  letters: async ({ platform }, use) => {
    const sent: Letter[] = []
    const { mailer } = platform.deps
    platform.deps.mailer = {
      send: async (mail) => {
        sent.push(mail)
        return { result: 'sent' }
      },
      close: () => {},
    }
    await use(async () => {
      await workOff(platform, [tellJob])
      return sent
    })
    platform.deps.mailer = mailer
  },
})

const usd = (amount: number) => ({ amount, currency: 'USD' })
const choose = (operator: Person) => operator.send('PUT', '/v1/billing/plan', { plan: 'starter' })

/** What stands of money, newest first. */
const standing = async (person: Person) => {
  const { items } = (await person.get('/v1/notices')).body
  return (items as { kind: string; money: { what: string } }[])
    .filter(({ kind }) => kind === 'money')
    .map(({ money }) => money)
}
const words = async (person: Person) => (await standing(person)).map(({ what }) => what)

test('an operator is told once that the trial ends, of each payment that failed, of the pause and of its end', async ({
  operator,
  stranger,
  till,
  letters,
}) => {
  await operator.get('/v1/billing')
  await till.advance(10)
  expect(await words(operator)).toEqual([])
  await till.advance(1)
  const [ending] = await standing(operator)
  const { trialEndsAt } = (await operator.get('/v1/billing')).body
  expect(ending).toMatchObject({ what: 'trial-ending', until: trialEndsAt, words: null })
  await till.advance(1)
  await choose(operator)
  await till.giveCard('pm_card_chargeCustomerFail')
  await till.advance(2 + 1)
  expect(await standing(operator)).toMatchObject([
    { what: 'payment-failed', words: expect.stringContaining('declined'), until: expect.any(String) },
    { what: 'plan-changed', words: 'starter' },
    { what: 'trial-ending' },
  ])
  await till.advance(13)
  expect(await words(operator)).toEqual(['paused', 'payment-given-up', 'plan-changed'])
  const subjects = (await letters()).map(({ to, subject }) => (to === operator.email ? subject : to))
  expect(subjects.toSorted()).toEqual([
    ...Array.from({ length: 5 }, () => 'A payment to BizQ failed'),
    'Your BizQ trial ends soon',
    'Your services on BizQ are paused',
  ])

  await till.giveCard()
  await till.turn()
  expect((await words(operator)).toSorted()).toEqual(['invoice-paid', 'plan-changed', 'resumed'])
  expect(await letters()).toHaveLength(subjects.length)
  expect(await words(stranger)).toEqual([])
})

test('who asks late is not told of an end that was', async ({ platform, operator, till }) => {
  await operator.get('/v1/billing')
  await asAdmin(
    platform,
    'update bizq.billing_accounts set clock_ahead_ms = 20 * 86400000::bigint where organisation_id = $1',
    [decodeId('org', operator.organisation)],
  )
  await till.turn()
  expect(await words(operator)).toEqual(['paused'])
})

test('an operator is told once that a cap is near, and that it is reached', async ({
  platform,
  operator,
  till,
  letters,
}) => {
  const office = await openOffice(platform, operator, {
    body: answering('{}'),
    manifest: { pricing: { usage: [{ unit: 'run', price: usd(100), included: 0 }] } },
  })
  await operator.send('PUT', `/v1/subscriptions/${office.subscription}/usage-cap`, { amount: 500 })
  for (let run = 0; run < 3; run++) await till.run(office.subscription)
  expect(await words(operator)).toEqual([])
  await till.run(office.subscription)
  expect(await standing(operator)).toMatchObject([
    { what: 'cap-near', about: office.subscription, amount: usd(400) },
  ])
  await till.run(office.subscription)
  expect(await words(operator)).toEqual(['cap-reached'])
  const told = await asAdmin<{ what: string }[]>(
    platform,
    'select what from bizq.money_notices where organisation_id = $1 order by at',
    [decodeId('org', operator.organisation)],
  )
  expect(told.map(({ what }) => what)).toEqual(['cap-near', 'cap-reached'])
  const ofCaps = async () =>
    (await letters()).filter(({ to, subject }) => to === operator.email && subject.includes('cap'))
  expect(await ofCaps()).toHaveLength(1)
})

test('a provider is told what Stripe asks for, what was transferred and what was not, and never of whom', async ({
  platform,
  operator,
  till,
  letters,
}) => {
  const { provider, subscription } = await openOffice(platform, operator, {
    body: answering('{}'),
    manifest: { pricing: { monthly: usd(9_000) } },
  })
  await till.run(subscription)
  await choose(operator)
  await till.giveCard()
  const account = await enable(platform, provider)
  await letters()
  await till.advance(14)
  const advance = async (days: number) => {
    await provider.post('/v1/provider/test-clock/advance', { days })
    await workOff(platform, [makeTransferJob])
  }
  await till.advance(3)
  await advance(60)
  // That the account was enabled is two months old by then: no more is told of it.
  expect(await words(provider)).toEqual(['transferred'])
  // Told in the provider's own time, as the transfer is.
  const { items } = (await provider.get('/v1/notices')).body
  const [transfer] = (await provider.get('/v1/provider/transfers')).body.items
  const toldOf = (items as { at: string; money: { about: string } | null }[]).find(
    ({ money }) => money?.about === transfer.id,
  )
  expect(toldOf?.at.slice(0, 10)).toBe(transfer.madeAt.slice(0, 10))
  const text = JSON.stringify(await standing(provider))
  for (const secret of [operator.organisation, subscription]) expect(text).not.toContain(secret)

  await control(platform, `accounts/${account}/stand`, { due: [], past: ['external_account'] })
  await follow(platform, 'account', account, account)
  await follow(platform, 'account', account, account)
  expect((await letters()).filter(({ to }) => to === provider.email).map(({ subject }) => subject)).toEqual([
    'Stripe asks for something before it pays you',
  ])
  expect(await standing(provider)).toMatchObject([
    { what: 'account', words: 'restricted' },
    { what: 'transferred' },
  ])
  expect(await words(operator)).not.toContain('transferred')
})

test('an operator is told in its own time: of an invoice on the day that the invoice was paid', async ({
  operator,
  till,
}) => {
  await choose(operator)
  await till.giveCard()
  await till.advance(14)
  const { items } = (await operator.get('/v1/notices')).body
  const paid = (items as { at: string; money: { what: string } | null }[]).find(
    ({ money }) => money?.what === 'invoice-paid',
  )
  expect(paid?.at.slice(0, 10)).toBe((await till.newest()).paidAt.slice(0, 10))
  expect(Date.parse(paid?.at ?? '')).toBeGreaterThan(Date.now() + 10 * 86_400_000)
})

test('a program that may not read what is paid for is told nothing of it', async ({ operator, till }) => {
  await choose(operator)
  await till.giveCard()
  await till.advance(14)
  const of = async (scopes: string[]) => words(await operator.withToken(scopes))
  expect(await of(['actions:read'])).toEqual([])
  expect(await of(['actions:read', 'billing:read'])).toContain('invoice-paid')
})
