import { randomUUID } from 'node:crypto'
import { beforeEach, expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { openPlatform, test as base, type Platform } from '../../../test/harness.ts'
import { platformPerson, signUpOperator } from '../../../test/people.ts'
import { aStripeEvent, sendWebhook, webhookSecret } from '../../../test/stripe.ts'
import type { StripeReference } from '../../stripe/sync.ts'
import { followEventJob, reconcileJob } from './index.ts'

const connectSecret = 'whsec_of_connected_accounts'
const seen: (StripeReference & { object: string })[] = []
let failures = 0

const test = base.extend<{ platform: Platform }>({
  platform: [
    // oxlint-disable-next-line eslint/no-empty-pattern -- the runner's own form
    async ({}, use) => {
      const platform = await openPlatform({
        stripe: {
          STRIPE_SECRET_KEY: 'sk_test_1',
          STRIPE_WEBHOOK_SECRET: `${webhookSecret},${connectSecret}`,
        },
        stripeSyncs: [
          {
            object: 'invoice',
            sync: async (_deps, changed) => {
              if (failures-- > 0) throw new Error('the process ended here')
              seen.push({ object: 'invoice', ...changed })
            },
          },
        ],
      })
      await use(platform)
      await platform.close()
    },
    { scope: 'file' },
  ],
})

beforeEach(() => {
  seen.length = 0
  failures = 0
})

const kept = (platform: Platform, id: string) =>
  asAdmin<{ state: string; deliveries: number; body: string; account: string }[]>(
    platform,
    `select state, deliveries, body, account from bizq.stripe_events where id = '${id}'`,
  )
const follow = (platform: Platform, event: string) => followEventJob.handle(platform.deps, [{ event }])

test('an event that comes five times is kept once, byte for byte, and followed once', async ({
  platform,
}) => {
  const event = aStripeEvent('invoice.paid', { object: 'invoice', id: `in_${randomUUID()}` })
  const body = JSON.stringify(event, null, 3)

  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => sendWebhook(platform.app, body)))

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  await Promise.all([follow(platform, event.id), follow(platform, event.id)])
  const followed = seen.length
  await follow(platform, event.id)
  expect(seen).toHaveLength(followed)
  expect(await kept(platform, event.id)).toEqual([{ state: 'done', deliveries: 5, body, account: '' }])
  const jobs = await asAdmin(
    platform,
    `select 1 from pgboss.job where name = 'payments.follow-event' and data ->> 'event' = '${event.id}'`,
  )
  expect(jobs).toHaveLength(1)
})

test('a forged, a stale or a broken webhook gets 400, is counted, and nothing of it is kept', async ({
  platform,
}) => {
  const admin = await platformPerson(platform, 'owner')
  const event = aStripeEvent('invoice.paid', { object: 'invoice', id: 'in_forged' })
  const body = JSON.stringify(event)
  const before = await admin.get('/v1/admin/webhooks')

  const statuses = [
    await sendWebhook(platform.app, body, { secret: 'whsec_of_somebody_else' }),
    await sendWebhook(platform.app, body, { signed: body.replace('in_forged', 'in_other') }),
    await sendWebhook(platform.app, body, { header: '' }),
    await sendWebhook(platform.app, body, { secondsAgo: 301 }),
    await sendWebhook(platform.app, body, { secondsAgo: -400 }),
    await sendWebhook(platform.app, '{"id": "evt_1"', {}),
    await sendWebhook(platform.app, '{"id": "evt_1"}', {}),
  ].map(({ status }) => status)

  expect(statuses).toEqual([400, 400, 400, 400, 400, 400, 400])
  expect(await kept(platform, event.id)).toEqual([])
  const after = await admin.get('/v1/admin/webhooks')
  const countOf = (answer: typeof after, reason: string): number =>
    answer.body.refused.find((each: { reason: string }) => each.reason === reason)?.count ?? 0
  expect(
    ['forged', 'stale', 'malformed'].map((reason) => countOf(after, reason) - countOf(before, reason)),
  ).toEqual([3, 2, 2])
  expect(
    await platform.deps.metrics.registry.getSingleMetricAsString('bizq_stripe_webhooks_total'),
  ).toContain('outcome="stale"')
})

test('events of the second endpoint, for connected accounts, are signed with a secret of their own', async ({
  platform,
}) => {
  const event = { ...aStripeEvent('invoice.paid', { object: 'invoice', id: 'in_4' }), account: 'acct_4' }
  const answer = await sendWebhook(platform.app, JSON.stringify(event), { secret: connectSecret })
  expect(answer.status).toBe(200)
})

test('a signature of five minutes ago is still taken', async ({ platform }) => {
  const event = aStripeEvent('invoice.paid', { object: 'invoice', id: 'in_1' })
  const answer = await sendWebhook(platform.app, JSON.stringify(event), { secondsAgo: 290 })
  expect(answer.status).toBe(200)
})

test('an event of a kind that nobody follows is kept and ignored, at once', async ({ platform }) => {
  const event = aStripeEvent('climate.order.created', { object: 'climate.order', id: 'climorder_1' })

  expect((await sendWebhook(platform.app, JSON.stringify(event))).status).toBe(200)
  expect(await kept(platform, event.id)).toMatchObject([{ state: 'ignored' }])
  await follow(platform, event.id)

  expect(await kept(platform, event.id)).toMatchObject([{ state: 'ignored' }])
  expect(seen).toEqual([])
})

test('an event of a connected account is followed as that account’s', async ({ platform }) => {
  const event = { ...aStripeEvent('invoice.paid', { object: 'invoice', id: 'in_2' }), account: 'acct_7' }
  await sendWebhook(platform.app, JSON.stringify(event))
  await follow(platform, event.id)
  expect(seen).toEqual([{ object: 'invoice', id: 'in_2', account: 'acct_7' }])
})

test('a process that ends while an event is followed leaves it to be followed again', async ({
  platform,
}) => {
  const event = aStripeEvent('invoice.paid', { object: 'invoice', id: 'in_3' })
  await sendWebhook(platform.app, JSON.stringify(event))
  failures = 1

  await expect(follow(platform, event.id)).rejects.toThrow('the process ended here')
  expect(await kept(platform, event.id)).toMatchObject([{ state: 'received' }])
  await follow(platform, event.id)

  expect(await kept(platform, event.id)).toMatchObject([{ state: 'done' }])
  expect(seen).toEqual([{ object: 'invoice', id: 'in_3', account: null }])
})

test('what Stripe told is for those who run the marketplace alone', async ({ platform }) => {
  const operator = await signUpOperator(platform.app)
  expect((await operator.get('/v1/admin/webhooks')).status).toBe(403)
  const certifier = await platformPerson(platform, 'certifier')
  expect((await certifier.get('/v1/admin/webhooks')).status).toBe(403)
})

test('everybody who shows money is told whose money it is, and the secret key stays here', async ({
  platform,
}) => {
  const operator = await signUpOperator(platform.app)
  const { body } = await operator.get('/v1/payments')
  expect(body).toEqual({ mode: 'test', publishableKey: null })
})

test('where no payments are set up nothing is asked of Stripe, and reconciliation rests', async () => {
  const platform = await openPlatform()
  try {
    expect(platform.deps.stripe.mode).toBe('off')
    await expect(platform.deps.stripe.customers.create({})).rejects.toThrow('No payments are set up')
    await reconcileJob.handle(platform.deps, [{}])
    const event = aStripeEvent('invoice.paid', { object: 'invoice', id: 'in_1' })
    expect((await sendWebhook(platform.app, JSON.stringify(event), { secret: '' })).status).toBe(400)
  } finally {
    await platform.close()
  }
})
