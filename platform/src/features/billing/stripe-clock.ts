import { setTimeout as sleep } from 'node:timers/promises'
import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { isMissing, keyOf, stripeErrorOf, type Stripe } from '../../stripe/client.ts'
import { accountNow, lockAccount } from './account.ts'
import { findAccount, listClocks, updateAccount, type Account } from './account-store.ts'
import { forgetCustomer } from './lost-customer.ts'

/** Stripe moves a clock at most two years at once where it has no subscriptions, and ours has none. */
const farthest = 365 * 86_400
/** Seconds that a clock may lag behind before it is moved: every move is several calls. */
const tolerated = 3_600
const mostMoves = 40
const mostPolls = 60

/** Where money is not real, customers are on a test clock of Stripe's, which goes with the account's own time. */
export const hasClocks = ({ stripe }: Pick<Deps, 'stripe'>): boolean =>
  stripe.mode === 'test' || stripe.mode === 'simulator'

const seconds = (at: Date): number => Math.floor(at.getTime() / 1_000)

/**
 * The test clock for an account that has no customer yet: kept before the customer is made, so that a process that
 * dies in between goes on with the same. It begins where the account did, and is brought to its present when it is used.
 */
export async function ensureClock(deps: Deps, account: Account): Promise<string> {
  if (account.stripe_clock) return account.stripe_clock
  const { organisation_id: organisation, clocks_lost: lost } = account
  const id = encodeId(idPrefixes.organisation, organisation)
  const made = await deps.stripe.testHelpers.testClocks.create(
    { frozen_time: seconds(account.created_at), name: `BizQ ${id}` },
    { idempotencyKey: keyOf('clock', id, lost || undefined) },
  )
  return withUnitOfWork(deps, systemActor(organisation), async (unit) => {
    const { stripe_clock: known } = await lockAccount(unit)
    if (!known) await updateAccount(unit.tx, { stripe_clock: made.id })
    return known ?? made.id
  })
}

/**
 * Brings the clock that an account's customer is on to the account's present. Asked of Stripe until it is there, and
 * nothing is kept here: a process that dies in between looks where the clock stands and goes on.
 */
export async function bringClock(deps: Deps, organisation: string): Promise<void> {
  const actor = systemActor(organisation)
  const account = await withUnitOfWork(deps, actor, (unit) => findAccount(unit.tx))
  if (!account?.stripe_clock) return
  try {
    await moveTo(deps, account.stripe_clock, seconds(accountNow(deps, account)))
  } catch (error) {
    if (!isMissing(error)) throw error
    // Stripe removes a test clock after thirty days, and with it the customer, its card and its invoices.
    await forgetCustomer(deps, account, 'the test clock was removed at Stripe')
  }
}

async function moveTo(deps: Deps, id: string, target: number): Promise<void> {
  let refused: unknown
  for (let move = 0; move < mostMoves; move++) {
    const clock = await whenReady(deps, id)
    if (clock.status === 'internal_failure')
      return deps.log.warn({ clock: id }, 'Stripe cannot move a test clock any more')
    if (target - clock.frozen_time < tolerated) return
    const to = Math.min(target, clock.frozen_time + farthest)
    try {
      await deps.stripe.testHelpers.testClocks.advance(
        id,
        { frozen_time: to },
        { idempotencyKey: keyOf('clock-advance', `${id}:${clock.frozen_time}`, to) },
      )
    } catch (error) {
      // Somebody else moves it at this moment: it is looked at again.
      if (stripeErrorOf(error)?.type !== 'StripeInvalidRequestError' || isMissing(error)) throw error
      refused = error
    }
  }
  throw refused ?? new Error(`Stripe’s test clock ${id} does not come to where it is sent`)
}

/** Stripe answers at once and moves the clock after that. */
async function whenReady(deps: Deps, id: string): Promise<Stripe.TestHelpers.TestClock> {
  for (let poll = 0; poll < mostPolls; poll++) {
    const clock = await deps.stripe.testHelpers.testClocks.retrieve(id)
    if (clock.status !== 'advancing') return clock
    await sleep(Math.min(2_000, 10 * 2 ** poll))
  }
  throw new Error(`Stripe’s test clock ${id} is still moving`)
}

/** Brings every clock along with its account: the money of a payment is let go by it. One that fails waits for the next time. */
export async function bringClocks(deps: Deps): Promise<void> {
  if (!hasClocks(deps)) return
  for (const organisation of await listClocks(deps.directory))
    await bringClock(deps, organisation).catch((error: unknown) =>
      deps.log.warn({ err: error, organisation }, 'a test clock was not moved'),
    )
}
