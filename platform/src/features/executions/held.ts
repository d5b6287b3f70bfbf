import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { listHeldBack } from './held-store.ts'

/** Said of an execution that waits: nothing is lost, and it runs when its reason is gone. */
export const heldReasons: Record<string, string> = {
  'no-plan': 'The organisation is on no plan.',
  unpaid: 'An invoice is not paid: services are paused until it is.',
  resting: 'The business rests under the organisation’s plan.',
  'usage-cap': 'Its usage has reached the cap of this period.',
}

/** How long an execution that is held back waits before it is looked at again; a payment or a plan wakes it at once. */
export const heldMs = 3_600_000

/** Of these subscriptions, why nothing of them runs although nobody paused them, in words. */
export async function findHeldBack(
  unit: UnitOfWork,
  subscriptions: readonly { id: string; business_id: string }[],
): Promise<Map<string, string>> {
  const held = await listHeldBack(unit.tx, unit.actor.organisation, subscriptions)
  return new Map([...held].map(([id, code]) => [id, heldReasons[code] ?? code]))
}
