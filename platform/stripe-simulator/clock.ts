import { settle, settleOne } from './balance.ts'
import { openDispute, closeDispute } from './disputes.ts'
import { collect, finalize } from './invoice-life.ts'
import { arrive, payOutAll } from './payouts.ts'
import { Refusal } from './refusal.ts'
import { endRefund } from './refunds.ts'
import { expireSession } from './setup.ts'
import { expireIncomplete, remindOfTrial, renew } from './subscription-cycle.ts'
import { change, createWorld, type Ground, type World } from './world.ts'
import type { Invoice, Task, TestClock } from './wire.ts'

const nobody = { id: null, idempotency_key: null }

const performed: Record<string, (world: World, about: string) => void> = {
  settle: (world) => settle(world),
  'settle one': (world, about) => settleOne(world, about),
  finalize(world, about) {
    const invoice = world.find('invoice', about)
    if (invoice?.status === 'draft') finalize(world, invoice)
  },
  collect(world, about) {
    const invoice = world.find('invoice', about)
    if (invoice?.status === 'open') collect(world, invoice, null)
  },
  dispute: (world, about) => void openDispute(world, about),
  'dispute won': (world, about) => void closeDispute(world, about, true),
  'dispute lost': (world, about) => void closeDispute(world, about, false),
  'refund pending': (world, about) => void endRefund(world, about, true),
  'refund fails': (world, about) => void endRefund(world, about, false),
  'pay out': (world) => payOutAll(world),
  'checkout expires': (world, about) => void expireSession(world, about),
  arrive: (world, about) => void arrive(world, about),
  renew: (world, about) => renew(world, about),
  'trial will end': (world, about) => remindOfTrial(world, about),
  'incomplete expires': (world, about) => expireIncomplete(world, about),
}

/** An invoice that cannot be finalised stays a draft, says why, and is told of. */
function keepRefusal(world: World, task: Task, refusal: Refusal): void {
  const invoice = task.what === 'finalize' ? world.find('invoice', task.about) : undefined
  if (!invoice) return
  const error = { type: refusal.body.type, message: refusal.message, code: refusal.body.code } as NonNullable<
    Invoice['last_finalization_error']
  >
  change(
    world,
    'invoice',
    invoice,
    { last_finalization_error: error, auto_advance: false },
    'invoice.finalization_failed',
  )
}

function perform(ground: Ground, scope: string, task: Task): void {
  const act = performed[task.what]
  if (!act) throw new Error(`Nothing is known of the task ${task.what}`)
  const world = createWorld(ground, scope, nobody)
  try {
    ground.store.transact(
      () => {
        world.drop('task', task.id)
        act(world, task.about)
      },
      (error) => error instanceof Refusal && error.isKept,
    )
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    ground.store.transact(() => {
      world.drop('task', task.id)
      keepRefusal(world, task, error)
    })
  }
}

function nextTask({ store }: Ground, clock: string | null, until: number) {
  let next: { scope: string; object: Task } | undefined
  for (const row of store.everywhere('task'))
    if (row.object.clock === clock && row.object.at <= until && (!next || row.object.at < next.object.at))
      next = row
  return next
}

/** What is due on the simulator's own clock. `at` is told of each moment before it comes. */
export function runDue(ground: Ground, until: number, at: (seconds: number) => void = () => {}): number {
  let count = 0
  for (let next = nextTask(ground, null, until); next; next = nextTask(ground, null, until)) {
    at(next.object.at)
    perform(ground, next.scope, next.object)
    count += 1
  }
  return count
}

function moveTo(ground: Ground, clock: TestClock, frozenTime: number, isDone: boolean): TestClock {
  const world = createWorld(ground, '', nobody)
  return ground.store.transact(() => {
    const moved = world.put('test_helpers.test_clock', {
      ...clock,
      frozen_time: frozenTime,
      ...(isDone && { status: 'ready', status_details: {} }),
    })
    if (isDone) world.emit('test_helpers.test_clock.ready', moved)
    return moved
  })
}

/** Brings every test clock that is advancing to where it was sent: all that lies between happens in order, each at its time. */
export function advanceClocks(ground: Ground): number {
  let count = 0
  for (const { object } of ground.store.everywhere('test_helpers.test_clock')) {
    const target = object.status_details.advancing?.target_frozen_time
    if (object.status !== 'advancing' || target === undefined) continue
    let clock = object
    for (let next = nextTask(ground, clock.id, target); next; next = nextTask(ground, clock.id, target)) {
      if (next.object.at > clock.frozen_time) clock = moveTo(ground, clock, next.object.at, false)
      perform(ground, next.scope, next.object)
      count += 1
    }
    moveTo(ground, clock, target, true)
  }
  return count
}
