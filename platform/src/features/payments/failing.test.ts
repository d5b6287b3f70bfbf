import { expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { deliver, listEvents, moneyTest, workOff, type MoneyPlatform } from '../../../test/stripe.ts'
import { followEventJob, followObjectJob, reconcileJob } from './index.ts'

/** Customers that this test's own feature cannot follow, and those that it did. */
const stubborn = new Set<string>()
const seen: string[] = []

const test = moneyTest({
  stripeSyncs: [
    {
      object: 'customer',
      sync: async (_, { id }) => {
        if (stubborn.has(id)) throw new RangeError(`nothing can be made of ${id}`)
        seen.push(id)
      },
      unfinished: async () => [...stubborn].map((id) => ({ id, account: null })),
    },
  ],
})

const mostAttempts = 16

async function anEvent(platform: MoneyPlatform): Promise<{ event: string; customer: string }> {
  const { id: customer } = await platform.deps.stripe.customers.create({ name: 'Stubborn' })
  stubborn.add(customer)
  const events = (await listEvents(platform)).filter(
    ({ data }) => 'id' in data.object && data.object.id === customer,
  )
  await deliver(platform, events)
  await asAdmin(platform, `delete from pgboss.job where name = 'payments.follow-event'`)
  return { event: events[0]?.id ?? '', customer }
}

const tryIt = ({ deps }: MoneyPlatform, event: string) => followEventJob.handle(deps, [{ event }])

async function tryToTheEnd(platform: MoneyPlatform, event: string): Promise<void> {
  for (let attempt = 1; attempt < mostAttempts; attempt++)
    await expect(tryIt(platform, event)).rejects.toThrow('nothing can be made')
  await tryIt(platform, event)
}

const waitingFor = async (platform: MoneyPlatform, event: string) => {
  const [row] = await asAdmin<{ count: number }[]>(
    platform,
    `select count(*)::int as count from pgboss.job where name = 'payments.follow-event' and state < 'active' and data->>'event' = $1`,
    [event],
  )
  return row?.count
}

test('an event that can never be followed is put aside after some tries, for an administrator to see and to try again', async ({
  platform,
  admin,
}) => {
  const { event, customer } = await anEvent(platform)
  await tryToTheEnd(platform, event)
  const { body } = await admin.get('/v1/admin/stripe-events/failed')
  expect(body.items).toMatchObject([
    {
      id: event,
      type: 'customer.created',
      object: 'customer',
      objectId: customer,
      account: null,
      attempts: mostAttempts,
      error: `RangeError: nothing can be made of ${customer}`,
    },
  ])
  expect((await admin.get('/v1/admin/webhooks')).body.types).toContainEqual(
    expect.objectContaining({ type: 'customer.created', state: 'failed', events: 1 }),
  )

  await asAdmin(
    platform,
    `update bizq.stripe_events set first_at = now() - interval '2 days', tried_at = now() - interval '2 days'`,
  )
  await reconcileJob.handle(platform.deps, [{}])
  expect(await waitingFor(platform, event)).toBe(0)
  await tryIt(platform, event)
  expect((await admin.get('/v1/admin/stripe-events/failed')).body.items).toHaveLength(1)

  stubborn.delete(customer)
  expect((await admin.post(`/v1/admin/stripe-events/${event}/retry`)).status).toBe(204)
  expect((await admin.post(`/v1/admin/stripe-events/${event}/retry`)).status).toBe(404)
  await workOff(platform, [followEventJob])
  expect(seen).toContain(customer)
  expect((await admin.get('/v1/admin/stripe-events/failed')).body.items).toEqual([])
  const [row] = await asAdmin<{ state: string }[]>(
    platform,
    'select state from bizq.stripe_events where id = $1',
    [event],
  )
  expect(row?.state).toBe('done')
})

test('an event that waits for its next try is not put in line beside it, and one whose try was lost is', async ({
  platform,
}) => {
  const { event, customer } = await anEvent(platform)
  for (let attempt = 1; attempt <= 12; attempt++)
    await expect(tryIt(platform, event)).rejects.toThrow('nothing can be made')
  const since = (minutes: number) =>
    asAdmin(
      platform,
      `update bizq.stripe_events set first_at = now() - interval '2 days', tried_at = now() - $2 * interval '1 minute' where id = $1`,
      [event, minutes],
    )
  await since(60)
  await reconcileJob.handle(platform.deps, [{}])
  expect(await waitingFor(platform, event)).toBe(0)
  await since(80)
  await reconcileJob.handle(platform.deps, [{}])
  expect(await waitingFor(platform, event)).toBe(1)
  stubborn.delete(customer)
  await workOff(platform, [followEventJob])
  expect(seen).toContain(customer)
})

test('while its event is put aside an object is still looked at by reconciliation', async ({
  platform,
  admin,
}) => {
  const { event, customer } = await anEvent(platform)
  await tryToTheEnd(platform, event)
  await reconcileJob.handle(platform.deps, [{}])
  stubborn.delete(customer)
  await workOff(platform, [followObjectJob])
  expect(seen).toContain(customer)
  expect((await admin.get('/v1/admin/stripe-events/failed')).body.items).toMatchObject([{ id: event }])
})

test('events whose attempts end their process are put aside too', async ({ platform, admin }) => {
  const { event } = await anEvent(platform)
  await asAdmin(platform, 'update bizq.stripe_events set attempts = 16 where id = $1', [event])
  await tryIt(platform, event)
  const { items } = (await admin.get('/v1/admin/stripe-events/failed')).body
  expect(items.map(({ id }: { id: string }) => id)).toContain(event)
})

test('events that failed are the administrators’ alone, and come page by page', async ({
  platform,
  admin,
  provider,
}) => {
  for (let n = 0; n < 2; n++) await tryToTheEnd(platform, (await anEvent(platform)).event)
  const whole = (await admin.get('/v1/admin/stripe-events/failed')).body.items
  const first = (await admin.get('/v1/admin/stripe-events/failed?limit=1')).body
  const rest = (await admin.get(`/v1/admin/stripe-events/failed?cursor=${first.next}`)).body
  expect([...first.items, ...rest.items]).toEqual(whole)
  expect((await provider.get('/v1/admin/stripe-events/failed')).status).toBe(403)
  expect((await provider.post(`/v1/admin/stripe-events/${whole[0].id}/retry`)).status).toBe(403)
})
