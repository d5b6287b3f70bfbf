import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { openTill } from '../../test/billing.ts'
import { answering, asAdmin, openOffice } from '../../test/executions.ts'
import { control, moneyTest, workOff } from '../../test/stripe.ts'
import { followEventJob, followObjectJob, ratesJob, reconcileJob } from '../features/payments/index.ts'
import { makeTransferJob, planTransfersJob, reverseTransferJob } from '../features/payouts/index.ts'
import { evidenceJob, settleRefundJob } from '../features/refunds/index.ts'
import { verifyMoney } from '../ledger-checks.ts'
import { openStripe } from './client.ts'

const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
const permissions = [...readme.matchAll(/^\| `(rak_\w+)`/gm)].map(([, name = '']) => name)
let ahead = 0

const test = moneyTest({ permissions, clock: () => new Date(Date.now() + ahead) })

const jobs = [
  followEventJob,
  followObjectJob,
  settleRefundJob,
  evidenceJob,
  makeTransferJob,
  reverseTransferJob,
]

test('a key with the permissions that are named, and no more, carries all of the money', async ({
  platform,
  operator,
}) => {
  const { deps } = platform
  const stripe = openStripe({ ...deps.config.stripe, secretKey: platform.secretKey })
  const till = openTill(platform, operator)
  const office = await openOffice(platform, operator, {
    body: answering('{}'),
    manifest: { pricing: { monthly: { amount: 30_000, currency: 'USD' } } },
  })
  await till.run(office.subscription)
  await operator.send('PUT', '/v1/billing/plan', { plan: 'starter', currency: 'EUR' })
  await operator.post('/v1/billing/payment-method', { returnTo: '/billing' })
  const [account] = await asAdmin<{ customer: string }[]>(
    platform,
    'select stripe_customer as customer from bizq.billing_accounts where organisation_id = $1',
    [decodeId('org', operator.organisation)],
  )
  const customer = account?.customer ?? ''
  const setup = await stripe.setupIntents.create({
    customer,
    payment_method: 'pm_card_bypassPending',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  for (const [object, id] of [
    ['setup_intent', setup.id],
    ['customer', customer],
  ] as const)
    await deps.stripeSyncs.find((each) => each.object === object)?.sync(deps, { id, account: null })
  await till.advance(14)
  expect(await till.newest()).toMatchObject({ state: 'paid' })

  const { provider } = office
  const { body: link } = await provider.post('/v1/provider/account/onboarding-link', {})
  expect((await provider.post('/v1/provider/account/session', {})).status).toBe(201)
  await fetch(link.url as string, {
    method: 'POST',
    body: new URLSearchParams({ give: 'all', number: '000123456789' }),
    redirect: 'manual',
  })
  await reconcileJob.handle(deps, [{}])
  await workOff(platform, jobs)
  await stripe.paymentIntents.create({
    amount: 100_000,
    currency: 'eur',
    payment_method: 'pm_card_bypassPending',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  await provider.send('PUT', '/v1/provider/payout-schedule', { schedule: 'daily' })
  ahead += 16 * 86_400_000
  await planTransfersJob.handle(deps, [{}])
  await workOff(platform, jobs)
  expect((await provider.get('/v1/provider/transfers')).body.items).toMatchObject([{ state: 'made' }])

  const [charged] = await asAdmin<{ charge: string }[]>(
    platform,
    'select stripe_charge as charge from bizq.invoices where stripe_charge is not null',
  )
  const back = await operator.post(`/v1/subscriptions/${office.subscription}/money-back`)
  expect(back.status).toBeLessThan(300)
  await workOff(platform, jobs)
  await control(platform, `charges/${charged?.charge}/dispute`, { reason: 'fraudulent' })
  await ratesJob.handle(deps, [{}])
  await reconcileJob.handle(deps, [{}])
  await workOff(platform, jobs)
  await verifyMoney(deps)

  const needed = new Set(platform.requests.flatMap(({ permission }) => permission ?? []))
  const isNeeded = (name: string) => needed.has(name) || needed.has(name.replace(/_write$/, '_read'))
  expect(permissions.filter((name) => !isNeeded(name))).toEqual([])
})

test('what the key may not is refused as Stripe refuses it', async ({ platform }) => {
  await expect(platform.deps.stripe.webhookEndpoints.list()).rejects.toMatchObject({
    type: 'StripePermissionError',
    statusCode: 403,
    message: expect.stringMatching(
      /^The provided key 'rk_test_\*+\w{4}' does not have the required permissions for this endpoint on account 'acct_\w+'\. Having the 'rak_webhook_read' permission would allow this request to continue\.$/,
    ),
  })
})
