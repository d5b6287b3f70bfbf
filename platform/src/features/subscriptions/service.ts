import { randomUUIDv7 } from 'node:crypto'
import { checkConsent, datasetNames, decodeId, encodeId, idPrefixes, namedFields } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { decodeCursor, pageOf } from '../../http/pagination.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requireBusinessRow } from '../businesses/index.ts'
import { redactWords } from '../masking/index.ts'
import {
  requireOffered,
  requirePublished,
  requireTakesSubscribers,
  type PublishedRelease,
} from '../releases/index.ts'
import * as fenceRows from './fence-store.ts'
import * as grants from './grant-store.ts'
import { recordGiven, recordWithdrawn, requireComplete, requireGiven } from './personal.ts'
import { uuidPlace } from './place.ts'
import type {
  Cancellation,
  ConsentToRelease,
  NewSubscription,
  Subscription,
  SubscriptionChange,
  SubscriptionQuery,
} from './schemas.ts'
import { requireSettings } from './settings.ts'
import * as store from './store.ts'
import * as trials from './trial-store.ts'
import { idsOf, requireSubscription, toSubscriptions } from './subscription.ts'

type Answer = z.infer<typeof Subscription>

type Agreed = Pick<z.infer<typeof NewSubscription>, 'preview' | 'personal'>

function requireOperator(unit: UnitOfWork): void {
  requireOrganisationKind(unit.actor, 'operator')
  requireRole(unit.actor, 'manager')
}

async function answer(deps: Deps, row: store.SubscriptionRow): Promise<Answer> {
  const [subscription] = await toSubscriptions(deps, [row])
  if (!subscription) throw new ProblemError('not-found')
  return subscription
}

/** The draft grant of a preview that still holds, its release, and who gives its consent to personal data. */
async function lockDraft(unit: UnitOfWork, deps: Deps, { preview, personal }: Agreed) {
  const row = await grants.lockGrant(unit.tx, decodeId(idPrefixes.preview, preview))
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such preview in your organisation.' })
  if (row.state !== 'draft' || !row.expires_at || row.expires_at <= new Date()) {
    throw new ProblemError('preview-expired', { detail: 'A preview holds for an hour and is used once.' })
  }
  const release = await requirePublished(deps, row.release_id)
  await requireOffered(deps, release, unit.actor)
  const problems = checkConsent(release.manifest, row.consent)
  if (problems.length)
    throw new ProblemError('consent-invalid', {
      detail: problems.map(({ detail }) => detail).join('; '),
      errors: problems.map(({ pointer, detail }) => ({ pointer: `/consent${pointer}`, detail })),
    })
  await requireOpen(unit, row.business_id, release)
  return { draft: row, release, given: requireGiven(unit, row.consent, personal) }
}

/** Refuses when a fence would keep the service from what it cannot work without. */
async function requireOpen(
  unit: UnitOfWork,
  business: string,
  { manifest }: PublishedRelease,
): Promise<void> {
  const { fenced_at: isFenced } = await requireBusinessRow(unit, business)
  if (isFenced)
    throw new ProblemError('consent-invalid', { detail: 'The business is fenced off from every provider.' })
  const fenced = new Set((await fenceRows.listFences(unit.tx, business)).map(({ dataset }) => dataset))
  const blocked = datasetNames.filter(
    (name) => manifest.data[name] && !manifest.data[name].optional && fenced.has(name),
  )
  if (blocked.length === 0) return
  throw new ProblemError('consent-invalid', {
    detail: `The service cannot work without ${blocked.join(', ')}, which you fenced off. Take the fence away first.`,
  })
}

/** Subscribes a business: binds the release, the fields, the price and the key of the preview. */
export async function createSubscription(
  unit: UnitOfWork,
  deps: Deps,
  body: z.infer<typeof NewSubscription>,
): Promise<Answer> {
  requireOperator(unit)
  const { draft, release, given } = await lockDraft(unit, deps, body)
  await requireTakesSubscribers(deps, release.id)
  const trialDays = draft.price.trialDays
  const row = await store.insertSubscription(unit.tx, {
    organisation: unit.actor.organisation,
    business: draft.business_id,
    provider: draft.provider_id,
    service: draft.service_id,
    release: draft.release_id,
    grant: draft.id,
    settings: requireSettings(release.manifest, body.settings),
    price: draft.price,
    rhythm: rhythmOf(release),
    trialEndsAt: await trials.beginTrial(unit.tx, draft, trialDays, unit.clock()),
    subscriber: randomUUIDv7(),
  })
  if (!row) {
    throw new ProblemError('already-subscribed', {
      detail: 'Change its settings, or consent to a release of it, instead.',
    })
  }
  await grants.activateGrant(unit.tx, draft.id, row.id, given)
  await store.tellProvider(unit.tx, row)
  const subscription = encodeId(idPrefixes.subscription, row.id)
  const ids = {
    subscription,
    business: encodeId(idPrefixes.business, row.business_id),
    service: encodeId(idPrefixes.service, row.service_id),
    release: encodeId(idPrefixes.release, row.release_id),
  }
  await audit(unit, 'subscription.create', {
    ...ids,
    grant: encodeId(idPrefixes.grant, draft.id),
    consent: draft.consent,
    price: draft.price,
  })
  await recordGiven(unit, row, { id: draft.id, consent: draft.consent, release })
  unit.emit('subscription.created', ids)
  return answer(deps, row)
}

export function rhythmOf({ manifest }: PublishedRelease): store.Rhythm {
  return {
    ...(manifest.schedule ? { schedule: manifest.schedule } : {}),
    ...(manifest.on ? { on: manifest.on } : {}),
  }
}

export async function getSubscription(unit: UnitOfWork, deps: Deps, id: string): Promise<Answer> {
  return answer(deps, await requireSubscription(unit, decodeId(idPrefixes.subscription, id)))
}

export async function listSubscriptions(unit: UnitOfWork, deps: Deps, query: SubscriptionQuery) {
  const rows = await store.listSubscriptions(unit.tx, {
    business: query.business && decodeId(idPrefixes.business, query.business),
    service: query.service && decodeId(idPrefixes.service, query.service),
    state: query.state,
    after: decodeCursor(query.cursor, uuidPlace)?.[0],
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, (row) => [row.id])
  return { items: await toSubscriptions(deps, page.items), next: page.next }
}

/** Locks a subscription that somebody may change. */
async function lockForChange(unit: UnitOfWork, id: string): Promise<store.SubscriptionRow> {
  requireOperator(unit)
  const row = await requireSubscription(unit, decodeId(idPrefixes.subscription, id), true)
  if (row.state === 'cancelled')
    throw new ProblemError('subscription-not-active', { detail: 'It is cancelled.' })
  return row
}

/** Changes settings or the read allowance. */
export async function changeSubscription(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  change: z.infer<typeof SubscriptionChange>,
): Promise<Answer> {
  const row = await lockForChange(unit, id)
  const { manifest } = await requirePublished(deps, row.release_id)
  const changed = await store.updateSubscription(unit.tx, row.id, {
    ...(change.settings ? { settings: requireSettings(manifest, change.settings) } : {}),
    ...(change.readAllowanceRows === undefined ? {} : { read_allowance_rows: change.readAllowanceRows }),
  })
  await audit(unit, 'subscription.change', { ...idsOf(row), changed: Object.keys(change) })
  unit.emit('subscription.changed', { ...idsOf(row), changed: Object.keys(change) })
  return answer(deps, changed)
}

/** Pauses: nothing is read or run until it is resumed. */
export async function pauseSubscription(unit: UnitOfWork, deps: Deps, id: string): Promise<Answer> {
  const row = await lockForChange(unit, id)
  if (row.state === 'paused') return answer(deps, row)
  const changed = await store.updateSubscription(unit.tx, row.id, { state: 'paused', paused_at: new Date() })
  await store.tellProvider(unit.tx, changed)
  await audit(unit, 'subscription.pause', idsOf(row))
  unit.emit('subscription.paused', idsOf(row))
  return answer(deps, changed)
}

export async function resumeSubscription(unit: UnitOfWork, deps: Deps, id: string): Promise<Answer> {
  const row = await lockForChange(unit, id)
  if (row.state === 'active') return answer(deps, row)
  await requireComplete(unit, deps, row)
  const changed = await store.updateSubscription(unit.tx, row.id, { state: 'active', paused_at: null })
  await store.tellProvider(unit.tx, changed)
  await audit(unit, 'subscription.resume', idsOf(row))
  unit.emit('subscription.resumed', idsOf(row))
  return answer(deps, changed)
}

/** Cancels: the grant ends at once, and who keeps inputs deletes them on hearing of it. Cancelling again changes nothing. */
export async function cancelSubscription(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  reason?: z.infer<typeof Cancellation>['reason'],
): Promise<Answer> {
  requireOperator(unit)
  const row = await requireSubscription(unit, decodeId(idPrefixes.subscription, id), true)
  if (row.state === 'cancelled') return answer(deps, row)
  return answer(deps, await endSubscription(unit, row, reason))
}

/** Ends a locked subscription that stands. `because` is for the operator, when nobody of theirs cancelled it. */
export async function endSubscription(
  unit: UnitOfWork,
  row: store.SubscriptionRow,
  reason?: z.infer<typeof Cancellation>['reason'],
  because?: string,
): Promise<store.SubscriptionRow> {
  await grants.endGrant(unit.tx, row.grant_id)
  const changed = await store.updateSubscription(unit.tx, row.id, {
    state: 'cancelled',
    cancelled_at: new Date(),
    waiting_release_id: null,
    ...(because === undefined ? {} : { ended_because: because }),
  })
  await store.tellProvider(unit.tx, changed)
  const words = reason?.text && (await redactWords(unit, row.business_id, reason.text))
  await store.tellEnding(unit.tx, row, { code: reason?.code ?? null, words: words ?? null })
  await audit(unit, 'subscription.cancel', {
    ...idsOf(row),
    ...(reason ? { reason: reason.code } : {}),
    ...(because === undefined ? {} : { because }),
  })
  unit.emit('subscription.cancelled', {
    ...idsOf(row),
    service: encodeId(idPrefixes.service, row.service_id),
  })
  return changed
}

/** Consents to a release, or anew to the present one: the preview's grant takes the place of the old, under the same key. */
export async function consentToRelease(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  body: z.infer<typeof ConsentToRelease>,
): Promise<Answer> {
  const row = await lockForChange(unit, id)
  const { draft, release, given } = await lockDraft(unit, deps, body)
  if (draft.business_id !== row.business_id || draft.service_id !== row.service_id) {
    throw new ProblemError('consent-invalid', {
      detail: 'The preview is of another service or another business.',
    })
  }
  const before = await grants.findGrant(unit.tx, row.grant_id)
  await grants.endGrant(unit.tx, row.grant_id)
  await grants.activateGrant(unit.tx, draft.id, row.id, given)
  const dropped = namedFields(before?.consent.personal).filter(
    ({ dataset, field }) => !draft.consent.personal?.[dataset]?.includes(field),
  )
  const changed = await store.updateSubscription(unit.tx, row.id, {
    ...(dropped.length > 0 ? { personal_withdrawn_at: new Date() } : {}),
    release_id: draft.release_id,
    grant_id: draft.id,
    price: draft.price,
    schedule: rhythmOf(release),
    settings: requireSettings(release.manifest, body.settings ?? row.settings),
    waiting_release_id: null,
  })
  await store.tellProvider(unit.tx, changed)
  await audit(unit, 'subscription.consent', {
    ...idsOf(row),
    release: encodeId(idPrefixes.release, draft.release_id),
    grant: encodeId(idPrefixes.grant, draft.id),
    consent: draft.consent,
    price: draft.price,
  })
  await recordGiven(unit, row, { id: draft.id, consent: draft.consent, release })
  if (dropped.length > 0) await recordWithdrawn(unit, row, dropped)
  unit.emit('subscription.upgraded', {
    ...idsOf(row),
    release: encodeId(idPrefixes.release, draft.release_id),
    from: encodeId(idPrefixes.release, row.release_id),
  })
  return answer(deps, changed)
}
