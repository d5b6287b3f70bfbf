import { afterEach, expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { test as base } from '../../../test/harness.ts'
import { deliver, listEvents, moneyPlatform, workOff, type MoneyPlatform } from '../../../test/stripe.ts'
import { keyOf } from '../../stripe/client.ts'
import { followEventJob, rateOf, reconcileJob } from './index.ts'

const seen: string[] = []
/** What this test's own feature knows of each customer: the newest that it has looked at. */
const names = new Map<string, string | null | undefined>()

const test = base.extend<{ money: MoneyPlatform }>({
  money: [
    moneyPlatform({
      stripeSyncs: [
        {
          object: 'customer',
          sync: async (deps, { id }) => {
            seen.push(id)
            const customer = await deps.stripe.customers.retrieve(id)
            names.set(id, customer.deleted ? null : customer.name)
          },
        },
      ],
    }),
    { scope: 'file' },
  ],
})

afterEach(() => {
  seen.length = 0
})

const states = (money: MoneyPlatform, id: string) =>
  asAdmin<{ type: string; state: string; source: string }[]>(
    money,
    `select type, state, source from bizq.stripe_events where object_id = '${id}' order by happened_at, type`,
  )
const reconcile = async (money: MoneyPlatform) => {
  await reconcileJob.handle(money.deps, [{}])
  await workOff(money, [followEventJob])
}

async function twoChanges({ deps }: MoneyPlatform) {
  const { id } = await deps.stripe.customers.create({ name: 'Before' })
  await deps.stripe.customers.update(id, { name: 'After' })
  return id
}

test('events that come five times, shuffled and in part, leave what one of each in order leaves', async ({
  money,
}) => {
  const id = await twoChanges(money)
  const events = (await listEvents(money)).filter(
    (event) => 'id' in event.data.object && event.data.object.id === id,
  )
  expect(events.map(({ type }) => type)).toEqual(['customer.created', 'customer.updated'])

  await deliver(
    money,
    [...events, ...events.toReversed(), ...events, ...events.toReversed(), ...events].toReversed(),
  )
  await workOff(money, [followEventJob])

  expect(names.get(id)).toBe('After')
  expect(await states(money, id)).toMatchObject([{ state: 'done' }, { state: 'done' }])
  expect(seen).toEqual([id, id])
})

test('events that never came are found, once, and followed', async ({ money }) => {
  const ids = [await twoChanges(money), await twoChanges(money)]

  await reconcile(money)
  await reconcile(money)

  for (const id of ids) {
    expect(names.get(id)).toBe('After')
    expect((await states(money, id)).map(({ source }) => source)).toEqual([
      'reconciliation',
      'reconciliation',
    ])
  }
  expect(seen.filter((id) => ids.includes(id))).toHaveLength(4)
  const later = await twoChanges(money)
  await reconcile(money)
  expect(await states(money, later)).toHaveLength(2)
})

test('an event that comes days after it was found changes nothing', async ({ money }) => {
  const id = await twoChanges(money)
  await reconcile(money)
  seen.length = 0
  await deliver(money, await listEvents(money))
  await workOff(money, [followEventJob])
  expect(seen).toEqual([])
  expect(await states(money, id)).toHaveLength(2)
})

test('more events than one page holds are found to the last', async ({ money }) => {
  await twoChanges(money)
  await reconcile(money)
  await reconcile(money)
  const made = []
  for (let i = 0; i < 130; i++) made.push((await money.deps.stripe.customers.create({ name: `No. ${i}` })).id)

  await reconcile(money)
  expect(made.filter((id) => !names.has(id))).toEqual([])
})

test('where the last event that was read is gone, all that Stripe still has is read', async ({ money }) => {
  await twoChanges(money)
  await reconcile(money)
  const id = await twoChanges(money)
  await asAdmin(money, `update bizq.stripe_cursors set event = 'evt_gone', newest = 'evt_gone'`)
  await reconcile(money)
  expect(names.get(id)).toBe('After')
})

test('an event that was left over is followed by the next reconciliation', async ({ money }) => {
  const id = await twoChanges(money)
  await deliver(money, await listEvents(money))
  await asAdmin(money, `delete from pgboss.job where name = 'payments.follow-event'`)
  await asAdmin(
    money,
    `update bizq.stripe_events set first_at = now() - interval '11 minutes' where state = 'received'`,
  )
  await reconcile(money)
  expect(await states(money, id)).toMatchObject([{ state: 'done' }, { state: 'done' }])
})

test('a call that is made again after a crash makes nothing twice: its key says what causes it', async ({
  money,
}) => {
  const { stripe } = money.deps
  const make = () =>
    stripe.customers.create({ name: 'Once' }, { idempotencyKey: keyOf('customer', 'org_01jh', 1) })
  const [first, second] = [await make(), await make()]
  expect(second.id).toBe(first.id)
  expect(
    money.requests.filter(({ idempotencyKey }) => idempotencyKey === 'customer:org_01jh:1'),
  ).toHaveLength(2)
  expect(new Set(money.requests.map(({ version }) => version))).toEqual(new Set(['2026-10-28.endive']))
})

test('a day has one rate, however often it is asked for', async ({ money }) => {
  const { deps } = money
  const at = new Date('2026-11-21T09:00:00Z')
  const first = await rateOf(deps, 'USD', 'EUR', at)
  expect(first).toMatchObject({ from: 'USD', to: 'EUR', day: '2026-11-21', source: 'stripe' })
  expect(Number(first.rate)).toBeCloseTo(1 / 1.08, 4)
  const before = money.requests.length
  expect(await rateOf(deps, 'USD', 'EUR', new Date('2026-11-21T23:59:59Z'))).toEqual(first)
  expect(money.requests.length).toBe(before)
  expect(await rateOf(deps, 'GBP', 'GBP', at)).toMatchObject({ rate: '1' })
  await expect(rateOf(deps, 'USD', 'XAU', at)).rejects.toThrow('no rate from USD to XAU')
})
