import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { findFreePort } from '../src/db/postgres.ts'
import { reconcileJob } from '../src/features/payments/index.ts'
import { startServer } from '../src/server.ts'
import { startStripeSimulator } from '../stripe-simulator/index.ts'
import { asAdmin } from '../test/executions.ts'
import { openPlatform } from '../test/harness.ts'
import { checkRefusals, inWay, openEvents, type Disorder } from './events.ts'

const host = '127.0.0.1'
const webhookSecret = 'whsec_of_the_tests'

/** Numbers that look drawn, the same each time. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

const messy: Disorder = {
  times: 5,
  isShuffled: true,
  forged: 0.5,
  late: 0.3,
  mostDaysLate: 3,
  lost: 0.2,
  atOnce: 3,
}

/** The platform as it serves, and a simulator whose endpoint it is and that holds its events back. */
async function open() {
  const secretKey = `sk_test_${randomUUID().replaceAll('-', '')}`
  const port = await findFreePort()
  const webhookUrl = `http://${host}:${port}/stripe/webhooks`
  const simulator = await startStripeSimulator({
    port: await findFreePort(),
    secretKey,
    seed: secretKey,
    webhookUrl,
    webhookSecret,
  })
  const platform = await openPlatform({
    stripe: {
      STRIPE_SECRET_KEY: secretKey,
      STRIPE_WEBHOOK_SECRET: webhookSecret,
      STRIPE_API_BASE: simulator.url,
    },
  })
  let server = await startServer(platform.app, { host, port })
  onTestFinished(async () => {
    await server.close()
    await simulator.close()
    await platform.close()
  })
  const held = await fetch(`${simulator.url}/_simulator/controls/webhooks/hold`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: '{"held":true}',
  })
  expect(held.status).toBe(200)
  return {
    platform,
    ground: { simulator, secretKey, random: randomOf(7), untilServing: async () => {} },
    stop: () => server.close(),
    start: async () => void (server = await startServer(platform.app, { host, port })),
  }
}

type Opened = Awaited<ReturnType<typeof open>>

async function happen({ platform: { deps } }: Opened, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await deps.stripe.customers.create({ name: `Customer ${i}` })
}

const taken = ({ platform }: Opened) =>
  asAdmin<{ id: string; deliveries: number; source: string }[]>(
    platform,
    'select id, deliveries, source from bizq.stripe_events order by id',
  )
const refusals = async ({ platform }: Opened) =>
  Number(
    (
      await asAdmin<{ sum: string | null }[]>(
        platform,
        'select sum(count)::text as sum from bizq.stripe_refusals',
      )
    )[0]?.sum ?? 0,
  )

test('each event comes as often as it is sent, forged ones are refused and counted, and what is lost is found', async () => {
  const opened = await open()
  await happen(opened, 30)
  const events = openEvents(opened.ground, { isChaotic: true, way: messy })
  await events.send(0)
  const { late, lost, forged, refused } = events.counts
  expect(Math.min(late, lost, forged)).toBeGreaterThan(0)
  expect(refused).toBe(forged)
  expect(await taken(opened)).toHaveLength(30 - late - lost)

  await events.send(1)
  await events.send(2, true)
  const rows = await taken(opened)
  expect(rows).toHaveLength(30 - lost)
  expect(new Set(rows.map(({ deliveries }) => deliveries))).toEqual(new Set([5]))
  expect(events.counts.sent).toBe(5 * (30 - lost))
  expect(await refusals(opened)).toBe(events.counts.refused)
  expect(checkRefusals(events.counts, await refusals(opened))).toEqual([])

  await reconcileJob.handle(opened.platform.deps, [{}])
  const found = (await taken(opened)).filter(({ source }) => source === 'reconciliation')
  expect(found).toHaveLength(lost)
})

test('what nobody answers is sent again when the platform serves', async () => {
  const opened = await open()
  await happen(opened, 5)
  await opened.stop()
  const untilServing = async () => {
    untilServing.asked ??= opened.start()
    await untilServing.asked
  }
  untilServing.asked = undefined as Promise<void> | undefined
  const events = openEvents({ ...opened.ground, untilServing }, { isChaotic: false })
  await events.send(0)
  expect(events.counts).toMatchObject({ sent: 5, unanswered: 5, forged: 0, late: 0, lost: 0 })
  expect((await taken(opened)).map(({ deliveries }) => deliveries)).toEqual([1, 1, 1, 1, 1])
})

test('a forged event that is taken, and a true one that is refused, stop the run', async () => {
  const opened = await open()
  await happen(opened, 1)
  const { config } = opened.platform.deps
  const right = config.stripe.webhookSecret
  config.stripe.webhookSecret = 'whsec_another'
  await expect(openEvents(opened.ground, { isChaotic: false }).send(0)).rejects.toThrow(
    'a true event was answered with 400',
  )
  config.stripe.webhookSecret = 'whsec_of_somebody_else'
  const way = { ...messy, forged: 1, late: 0, lost: 0, times: 0 }
  // Of the four ways to forge, the one with that secret is drawn first.
  const ground = { ...opened.ground, random: () => 0 }
  await expect(openEvents(ground, { isChaotic: true, way }).send(0)).rejects.toThrow(
    'a forged event (secret) was answered with 200',
  )
  config.stripe.webhookSecret = right
})

test('more or fewer refusals than forged events are a fault', () => {
  const counts = { sent: 9, unanswered: 2, forged: 4, refused: 4, late: 0, lost: 0 }
  expect([4, 5, 6].map((counted) => checkRefusals(counts, counted))).toEqual([[], [], []])
  expect(checkRefusals(counts, 3)).toHaveLength(1)
  expect(checkRefusals(counts, 7)).toHaveLength(1)
})

test('of any events each goes out so often, in its order or in none, and forged ones besides', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.uuid(), { maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      fc.nat(),
      (events, times, seed) => {
        const way = { ...messy, times }
        const sent = inWay(events, way, randomOf(seed))
        for (const event of events)
          expect(sent.filter((each) => each.event === event && !each.forged)).toHaveLength(times)
        expect(sent.length - events.length * times).toBeLessThanOrEqual(events.length)
        const inOrder = inWay(events, { ...way, times: 1, isShuffled: false, forged: 0 }, randomOf(seed))
        expect(inOrder.map(({ event }) => event)).toEqual(events)
      },
    ),
  )
})
