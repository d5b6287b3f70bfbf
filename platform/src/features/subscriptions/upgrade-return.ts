import { checkConsent, encodeId, idPrefixes, keepPersonal, type Consent } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { audit } from '../audit/index.ts'
import { requirePublished } from '../releases/index.ts'
import * as grants from './grant-store.ts'
import { endSubscription, rhythmOf } from './service.ts'
import { findSettings } from './settings.ts'
import * as store from './store.ts'
import { idsOf, requireSubscription } from './subscription.ts'
import { replaceGrant } from './upgrade.ts'

/** Where a subscription was before a release took it. UUIDs. */
export interface FormerPlace {
  release: string
  grant: string
  settings: Record<string, unknown>
}

/**
 * Takes a subscription back to the release that it had before, under the consent, the price and the key that it
 * had there; settings that were changed meanwhile are kept where they fit. False when it is not on that release
 * any more: then it stays where it is. May be run again.
 */
export async function returnSubscription(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  { from, to, reason }: { from: string; to: FormerPlace; reason: string },
): Promise<boolean> {
  const row = await requireSubscription(unit, id, true)
  if (row.state === 'cancelled' || row.release_id !== from) return false
  const [left, back] = [await requirePublished(deps, from), await requirePublished(deps, to.release)]
  const [present, former] = [
    await grants.findGrant(unit.tx, row.grant_id),
    await grants.findGrant(unit.tx, to.grant),
  ]
  if (!present || !former) return false
  const consent = standingConsent(row, present, former)
  const isComplete = checkConsent(back.manifest, consent).length === 0
  const active = await replaceGrant(unit, deps, present, back, consent, {
    price: former.price,
    given: former,
  })
  const changed = await store.updateSubscription(unit.tx, row.id, {
    release_id: back.id,
    grant_id: active,
    price: former.price,
    schedule: rhythmOf(back),
    settings: findSettings(back.manifest, row.settings) ?? to.settings,
    returned: { version: left.version, at: new Date().toISOString(), reason },
    ...(isComplete ? {} : { state: 'paused', paused_at: row.paused_at ?? new Date() }),
  })
  await store.tellProvider(unit.tx, changed)
  const ids = {
    ...idsOf(row),
    release: encodeId(idPrefixes.release, back.id),
    from: encodeId(idPrefixes.release, left.id),
  }
  await audit(unit, 'subscription.return', { ...ids, reason })
  unit.emit('subscription.returned', { ...ids, reason })
  return true
}

/** What was agreed to there. What of personal data was taken back since stays taken back. */
function standingConsent(
  { personal_withdrawn_at: withdrawnAt }: store.SubscriptionRow,
  present: grants.GrantRow,
  former: grants.GrantRow,
): Consent {
  const { personal_given_at: givenAt, consent } = former
  if (!givenAt || !withdrawnAt || withdrawnAt < givenAt) return consent
  return keepPersonal(
    consent,
    (dataset, field) => present.consent.personal?.[dataset]?.includes(field) ?? false,
  )
}

/** Cancels a subscription that is on a release which stops, and says why. May be run again. */
export async function endWithRelease(
  unit: UnitOfWork,
  id: string,
  { release, reason }: { release: string; reason: string },
): Promise<boolean> {
  const row = await requireSubscription(unit, id, true)
  if (row.state === 'cancelled' || row.release_id !== release) return false
  await endSubscription(unit, row, undefined, reason)
  unit.emit('subscription.ended', {
    ...idsOf(row),
    release: encodeId(idPrefixes.release, release),
    reason,
  })
  return true
}
