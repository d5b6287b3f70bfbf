import { randomUUIDv7 } from 'node:crypto'
import {
  checkConsent,
  compareConsent,
  datasetNames,
  encodeId,
  historyDays,
  idPrefixes,
  keepPersonal,
  type Consent,
  type Manifest,
} from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { audit } from '../audit/index.ts'
import { priceOf } from '../catalogue/index.ts'
import { requirePublished, type PublishedRelease } from '../releases/index.ts'
import * as grants from './grant-store.ts'
import { openKey, sealKey } from './grants.ts'
import type { PriceValue } from './schemas.ts'
import { rhythmOf } from './service.ts'
import { findSettings } from './settings.ts'
import * as store from './store.ts'
import { idsOf, requireSubscription } from './subscription.ts'

/** Takes every subscription of a release's service to it, or lets it wait for consent. Each in a unit of its own; may be run again. */
export async function upgradeSubscriptions(deps: Deps, release: string): Promise<void> {
  const next = await requirePublished(deps, release)
  if (next.state !== 'published' || next.version.includes('-')) return
  for (const row of await store.listOtherReleases(deps.directory, next.service, next.id)) {
    const actor = systemActor(row.organisation_id)
    await withUnitOfWork(deps, actor, (unit) => upgradeSubscription(unit, deps, row.id, next))
  }
}

function isNewer(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('-')[0]?.split('.').map(Number) ?? [])
  for (const i of [0, 1, 2]) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return than.includes('-')
}

/** What taking a subscription to a release came to, and the row as it was before. */
export type Upgrade =
  | { outcome: 'upgraded'; before: store.SubscriptionRow }
  | { outcome: 'waits' | 'unchanged' }

const unchanged: Upgrade = { outcome: 'unchanged' }

/** A minor release upgrades by itself; one that asks for more waits where it may, and the subscription stays on its release meanwhile. */
export async function upgradeSubscription(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  next: PublishedRelease,
  { mayWait = true } = {},
): Promise<Upgrade> {
  const row = await requireSubscription(unit, id, true)
  if (row.state === 'cancelled' || row.release_id === next.id) return unchanged
  const present = await requirePublished(deps, row.release_id)
  if (!isNewer(next.version, present.version)) return unchanged
  const grant = await grants.findGrant(unit.tx, row.grant_id)
  if (!grant) return unchanged
  const consent = narrowConsent(grant.consent, next.manifest)
  const settings = findSettings(next.manifest, row.settings)
  const { major, reasons } = compareConsent(present.manifest, next.manifest)
  const why = reasons.map(({ detail }) => detail)
  if (settings === undefined) why.push('it takes other settings')
  if (major || settings === undefined || checkConsent(next.manifest, consent).length > 0)
    return mayWait ? wait(unit, row, next, why) : unchanged

  const active = await replaceGrant(unit, deps, grant, next, consent)
  const changed = await store.updateSubscription(unit.tx, row.id, {
    release_id: next.id,
    grant_id: active,
    price: priceOf(next.manifest),
    schedule: rhythmOf(next),
    settings,
    waiting_release_id: null,
    returned: null,
  })
  await store.tellProvider(unit.tx, changed)
  const ids = {
    ...idsOf(row),
    release: encodeId(idPrefixes.release, next.id),
    from: encodeId(idPrefixes.release, present.id),
  }
  await audit(unit, 'subscription.upgrade', ids)
  unit.emit('subscription.upgraded', ids)
  return { outcome: 'upgraded', before: row }
}

async function wait(
  unit: UnitOfWork,
  row: store.SubscriptionRow,
  next: PublishedRelease,
  reasons: string[],
): Promise<Upgrade> {
  const waits: Upgrade = { outcome: 'waits' }
  if (row.waiting_release_id === next.id) return waits
  await store.updateSubscription(unit.tx, row.id, { waiting_release_id: next.id })
  const release = encodeId(idPrefixes.release, next.id)
  await audit(unit, 'subscription.wait-for-consent', { ...idsOf(row), release })
  unit.emit('subscription.waits-for-consent', { ...idsOf(row), release, reasons })
  return waits
}

/**
 * A grant names one release for ever: the new one has the old one's key, so that pseudonyms stay what they are. Its
 * consent to personal data is the one that was `given` before: nobody gives it anew here.
 */
export async function replaceGrant(
  unit: UnitOfWork,
  deps: Deps,
  old: grants.GrantRow,
  next: PublishedRelease,
  consent: Consent,
  { price = priceOf(next.manifest), given = old }: { price?: PriceValue; given?: grants.GrantRow } = {},
): Promise<string> {
  const id = randomUUIDv7()
  const row = {
    organisation: unit.actor.organisation,
    id,
    business: old.business_id,
    provider: old.provider_id,
    service: old.service_id,
    release: next.id,
    consent,
    price,
    secret: sealKey(deps, id, openKey(deps, old)),
  }
  await grants.endGrant(unit.tx, old.id)
  await grants.insertActive(unit.tx, row, old.subscription_id ?? '', consent.personal ? givenOf(given) : null)
  return id
}

function givenOf({ personal_given_by: user, personal_given_at: at }: grants.GrantRow): grants.GivenBy | null {
  return user && at ? { user, at } : null
}

/** What was agreed to, as far as a release still asks for it. */
function narrowConsent(agreed: Consent, manifest: Manifest): Consent {
  const fields: Consent['fields'] = {}
  const history: Consent['history'] = {}
  for (const dataset of datasetNames) {
    const asked = manifest.data[dataset]
    const kept = agreed.fields[dataset]?.filter((field) =>
      (asked?.fields as readonly string[] | undefined)?.includes(field),
    )
    if (!asked || !kept?.length) continue
    fields[dataset] = kept
    const before = agreed.history[dataset]
    if (asked.history && before) {
      history[dataset] = historyDays(before) < historyDays(asked.history) ? before : asked.history
    }
  }
  const money = manifest.money === 'scaled' ? 'scaled' : agreed.money
  const narrowed: Consent = {
    fields,
    history,
    money,
    ...(agreed.personal ? { personal: agreed.personal } : {}),
  }
  return keepPersonal(narrowed, (dataset, field) => fields[dataset]?.includes(field) ?? false)
}
