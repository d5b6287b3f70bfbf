import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { SubscriptionRow } from '../subscriptions/index.ts'
import * as store from './charge-store.ts'
import type { Account } from './account-store.ts'
import { isPausing } from './plans.ts'
import { takeBackEnded } from './take-backs.ts'

type Chargeable = Pick<
  SubscriptionRow,
  'id' | 'business_id' | 'service_id' | 'provider_id' | 'price' | 'trial_ends_at'
>

/** Charges a subscription from now on, or from the end of its business's trial of that service. */
export async function openCharge(unit: UnitOfWork, subscription: Chargeable, now: Date): Promise<void> {
  const known = await store.findTrialEnd(unit.tx, subscription.business_id, subscription.service_id)
  const trialEnd = known ?? subscription.trial_ends_at
  await store.insertCharge(unit.tx, {
    organisation_id: unit.actor.organisation,
    subscription_id: subscription.id,
    business_id: subscription.business_id,
    service_id: subscription.service_id,
    provider_id: subscription.provider_id,
    price: subscription.price,
    from_at: trialEnd && trialEnd > now ? trialEnd : now,
  })
}

/** Charges whatever stands, does not rest, and is not charged yet. */
export async function openMissingCharges(unit: UnitOfWork, now: Date): Promise<void> {
  await store.insertMissing(unit.tx, now)
}

/** Nothing of its release may run any more, by no wish of the operator's: what was paid ahead is given back from now on. */
export async function suspendCharge(unit: UnitOfWork, subscription: string, now: Date): Promise<void> {
  await store.insertSuspended(unit.tx, unit.actor.organisation, subscription, now)
  await store.endCharges(unit.tx, [subscription], now, 'suspended')
  await takeBackEnded(unit, [subscription], now, 'suspended')
}

/** It may run again, on that release or on another: it is charged from now on. */
export async function reopenCharge(
  unit: UnitOfWork,
  { state }: Pick<Account, 'state'>,
  subscription: string,
  now: Date,
): Promise<void> {
  const wasSuspended = await store.deleteSuspended(unit.tx, subscription)
  if (wasSuspended && !isPausing(state)) await openMissingCharges(unit, now)
}

/** A release at another price: the old charge ends where the new one begins. */
export async function followPrice(unit: UnitOfWork, subscription: SubscriptionRow, now: Date): Promise<void> {
  const [open] = await store.findOpenCharges(unit.tx, [subscription.id])
  if (!open || samePrice(open.price, subscription.price)) return
  await store.endCharges(unit.tx, [subscription.id], now, 'changed')
  await takeBackEnded(unit, [subscription.id], now, 'changed')
  await openCharge(unit, subscription, now)
}

/** Whether two prices come to the same, whatever trial each speaks of. */
function samePrice(one: store.PriceValue, other: store.PriceValue): boolean {
  const told = ({ monthly, usage }: store.PriceValue) =>
    JSON.stringify([
      monthly && [monthly.amount, monthly.currency],
      usage.map(({ unit, price, included, per }) => [
        unit,
        price.amount,
        price.currency,
        included,
        per ?? 'execution',
      ]),
    ])
  return told(one) === told(other)
}
