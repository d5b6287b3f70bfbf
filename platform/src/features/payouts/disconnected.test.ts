import { randomUUID } from 'node:crypto'
import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { expectSound } from '../../../test/money.ts'
import { enable, follow, fund, openPaydays } from '../../../test/payouts.ts'
import { paidInvoice, paidLine, settle, signUpProvider } from '../../../test/sales.ts'
import {
  aStripeEvent,
  deliver,
  moneyTest,
  sendWebhook,
  workOff,
  type MoneyPlatform,
} from '../../../test/stripe.ts'
import { verifyWebhook } from '../../stripe/client.ts'
import { followEventJob, followObjectJob, reconcileJob } from '../payments/index.ts'
import { makeTransferJob } from './index.ts'

const { clock, plan } = openPaydays()

const test = moneyTest({ clock })

/** The marketplace has no access to the provider's account any more. */
async function disconnect(platform: MoneyPlatform, organisation: string): Promise<string> {
  const gone = `acct_0${randomUUID().slice(0, 8)}`
  await asAdmin(platform, 'update bizq.payout_accounts set stripe_account = $2 where organisation_id = $1', [
    decodeId('org', organisation),
    gone,
  ])
  return gone
}

test('an account that was disconnected keeps no other from being read, and its provider is told', async ({
  platform,
}) => {
  const [one, other] = [await signUpProvider(platform), await signUpProvider(platform)]
  await enable(platform, one)
  const account = await enable(platform, other)
  await disconnect(platform, one.organisation)
  await reconcileJob.handle(platform.deps, [{}])
  await workOff(platform, [followEventJob, followObjectJob])

  const [read] = await asAdmin<{ count: number }[]>(
    platform,
    'select count(*)::int as count from bizq.stripe_cursors where account = $1',
    [account],
  )
  expect(read?.count).toBe(1)
  expect((await one.get('/v1/provider/account')).body).toMatchObject({
    state: 'restricted',
    canBePaid: false,
    why: expect.stringContaining('does not let the marketplace act'),
  })
  expect((await other.get('/v1/provider/account')).body.state).toBe('enabled')
})

test('what was to be transferred to an account that was disconnected is earned still, and waits', async ({
  platform,
  operator,
}) => {
  const provider = await signUpProvider(platform)
  await fund(platform, 20_000)
  await enable(platform, provider)
  const line = paidLine(provider, { card: 10_000n })
  const now = clock()
  await settle(platform, paidInvoice(operator, [line], { paidAt: now, availableAt: now }))
  const gone = await disconnect(platform, provider.organisation)
  await plan(platform)
  await workOff(platform, [makeTransferJob])
  const { items } = (await provider.get('/v1/provider/transfers')).body
  expect(items).toMatchObject([{ state: 'refused' }])

  await follow(platform, 'application', 'ca_of_the_marketplace', gone)
  const { body } = await provider.get('/v1/provider/account')
  expect(body).toMatchObject({ canBePaid: false, payable: [{ amount: 8_000, currency: 'USD' }] })
  await expectSound(platform)
})

test('an event of the other mode is kept, and nothing follows from it', async ({ platform }) => {
  const event = {
    ...aStripeEvent('payout.paid', { id: 'po_live', object: 'payout' }),
    livemode: true,
    account: 'acct_1',
  }
  await deliver(platform, [event])
  await workOff(platform, [followEventJob])
  const rows = await asAdmin<{ state: string }[]>(
    platform,
    'select state from bizq.stripe_events where id = $1',
    [event.id],
  )
  expect(rows).toEqual([{ state: 'ignored' }])
})

test('nothing is believed where no secret is set, whatever it is signed with', async ({ platform }) => {
  const body = JSON.stringify(aStripeEvent('payout.paid', { id: 'po_1', object: 'payout' }))
  expect((await sendWebhook(platform.app, body, { secret: '' })).status).toBe(400)
  const { createHmac } = await import('node:crypto')
  const at = Math.floor(Date.now() / 1_000)
  const v1 = createHmac('sha256', '').update(`${at}.${body}`).digest('hex')
  expect(verifyWebhook(body, `t=${at},v1=${v1}`, '')).toEqual({ refused: 'forged' })
})
