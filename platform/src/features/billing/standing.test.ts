import { expect } from 'vitest'
import { billingTest } from '../../../test/billing.ts'
import { signUpOperator } from '../../../test/people.ts'

const test = billingTest()

test('looking where an account stands begins none, and says what is owed from the day on which a payment fails', async ({
  operator,
  till,
}) => {
  const standing = async () => (await operator.get('/v1/billing/standing')).body.account
  expect(await standing()).toBeNull()
  await operator.send('PUT', '/v1/billing/plan', { plan: 'starter' })
  expect(await standing()).toMatchObject({ state: 'trialing', plan: 'starter', hasCard: false, owed: null })
  await till.giveCard('pm_card_chargeCustomerFail')
  await till.advance(14)
  expect(await standing()).toMatchObject({
    state: 'past_due',
    hasCard: true,
    owed: { amount: 9_700, currency: 'USD' },
    nextAttemptAt: expect.stringMatching(/^\d{4}-/),
  })
  await till.advance(14)
  expect(await standing()).toMatchObject({ state: 'paused', nextAttemptAt: null })
})

test('a provider has no standing, and nobody sees another’s', async ({ platform, stranger, till }) => {
  await till.begin({ card: 'pm_card_chargeCustomerFail' })
  expect((await stranger.get('/v1/billing/standing')).body).toEqual({ account: null })
  const provider = await signUpOperator(platform.app, 'provider')
  expect((await provider.get('/v1/billing/standing')).status).toBe(403)
})

test('plans are priced in the currency that is looked at, until one is fixed', async ({ operator }) => {
  const pricesIn = async (query: string) => {
    const { plans } = (await operator.get(`/v1/billing${query}`)).body
    return plans.map(({ price }: { price: { currency: string } }) => price)
  }
  expect((await pricesIn(''))[0]).toEqual({ amount: 9_700, currency: 'USD' })
  const [starter] = await pricesIn('?currency=GBP')
  const { nextMonthly } = (
    await operator.post('/v1/billing/plan/preview', { plan: 'starter', currency: 'GBP' })
  ).body
  expect(starter).toEqual(nextMonthly)
  await operator.send('PUT', '/v1/billing/plan', { plan: 'starter', currency: 'EUR' })
  expect((await pricesIn('?currency=GBP'))[0]).toMatchObject({ currency: 'EUR' })
})
