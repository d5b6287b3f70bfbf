import { idAt, type Call, type Route } from './call.ts'
import { answerList } from './lists.ts'
import { boundary } from './periods.ts'
import { invalid } from './refusal.ts'
import { change } from './world.ts'
import type { TestClock } from './wire.ts'

const kept = 30 * 86_400

function create({ world, params }: Call): TestClock {
  const clock = world.put('test_helpers.test_clock', {
    id: world.newId('clock'),
    object: 'test_helpers.test_clock',
    created: world.now(),
    deletes_after: world.now() + kept,
    frozen_time: params.needWhole('frozen_time'),
    livemode: false,
    name: params.orNull('name') ?? null,
    status: 'ready',
    status_details: {},
  })
  world.emit('test_helpers.test_clock.created', clock)
  return clock
}

/** Two intervals of the shortest subscription on the clock, or two years. */
function farthestOf({ world }: Call, clock: TestClock): { at: number; words: string } {
  const open = world
    .under('customer', clock.id)
    .flatMap((customer) => world.under('subscription', customer.id))
    .filter(({ status }) => status !== 'canceled' && status !== 'incomplete_expired')
    .flatMap(({ items }) => items.data.flatMap(({ price }) => price.recurring ?? []))
    .map((recurring) => boundary(clock.frozen_time, recurring, 2))
  return open.length > 0
    ? { at: Math.min(...open), words: 'two intervals of its shortest subscription' }
    : { at: boundary(clock.frozen_time, { interval: 'year', interval_count: 1 }, 2), words: 'two years' }
}

/** Answers at once with `advancing`; what lies between happens after that. */
function advance(call: Call): TestClock {
  const { world, params } = call
  const clock = world.need('test_helpers.test_clock', idAt(call))
  const target = params.needWhole('frozen_time')
  if (clock.status === 'advancing')
    throw invalid('The test clock is already advancing: wait until it is ready.', {
      code: 'test_clock_advancing',
    })
  if (target <= clock.frozen_time)
    throw invalid('Test clock can only be advanced to a time after its current frozen_time.', {
      param: 'frozen_time',
    })
  const farthest = farthestOf(call, clock)
  if (target > farthest.at)
    throw invalid(`Test clock cannot be advanced more than ${farthest.words} into the future.`, {
      param: 'frozen_time',
    })
  const patch = {
    status: 'advancing',
    status_details: { advancing: { target_frozen_time: target } },
  } as const
  return change(world, 'test_helpers.test_clock', clock, patch, 'test_helpers.test_clock.advancing')
}

/** With a clock go its customers and all that is theirs. */
function remove(call: Call): object {
  const { world } = call
  const clock = world.need('test_helpers.test_clock', idAt(call))
  for (const customer of world.under('customer', clock.id)) {
    for (const each of world.under('invoice', customer.id)) world.drop('invoice', each.id)
    for (const each of world.under('invoiceitem', customer.id)) world.drop('invoiceitem', each.id)
    for (const each of world.under('subscription', customer.id)) world.drop('subscription', each.id)
    world.drop('customer', customer.id)
  }
  for (const { object } of world.store.everywhere('task'))
    if (object.clock === clock.id) world.drop('task', object.id)
  world.drop('test_helpers.test_clock', clock.id)
  world.emit('test_helpers.test_clock.deleted', clock)
  return { id: clock.id, object: 'test_helpers.test_clock', deleted: true }
}

export const testClockRoutes: Route[] = [
  ['POST', '/v1/test_helpers/test_clocks', create],
  [
    'GET',
    '/v1/test_helpers/test_clocks',
    (call) => answerList(call, '/v1/test_helpers/test_clocks', call.world.all('test_helpers.test_clock')),
  ],
  ['GET', '/v1/test_helpers/test_clocks/:', (call) => call.world.need('test_helpers.test_clock', idAt(call))],
  ['DELETE', '/v1/test_helpers/test_clocks/:', remove],
  ['POST', '/v1/test_helpers/test_clocks/:/advance', advance],
]
