import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { Actor, UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { decodeCursor, pageOf } from '../../http/pagination.ts'
import { enqueue } from '../../jobs/define.ts'
import { ProblemError } from '../../problems.ts'
import { countDecidedActions } from '../actions/index.ts'
import { audit } from '../audit/index.ts'
import { requireBusinessRow } from '../businesses/index.ts'
import { redactForOthers } from '../masking/index.ts'
import { requireListed } from '../releases/index.ts'
import { requireSubscription, type SubscriptionRow } from '../subscriptions/index.ts'
import { decidedActions, subscribedFor } from './facts.ts'
import { tellReviewJob } from './jobs.ts'
import { toReview } from './present.ts'
import type { OwnReview, ReviewPreview, ReviewQuery, ReviewWords } from './schemas.ts'
import * as store from './store.ts'

const place = z.tuple([z.number(), z.iso.date(), z.uuid()])

/** The reviews of a service, by its id or name, as everybody reads them. */
export async function listReviews(
  deps: Pick<Deps, 'directory'>,
  viewer: Actor,
  service: string,
  query: ReviewQuery,
) {
  const { service: id } = await requireListed(deps, service, viewer)
  const after = decodeCursor(query.cursor, place)
  const rows = await store.listShown(deps.directory, id, { ...query, after })
  const rank = { newest: 0, highest: 1, lowest: -1 }[query.sort]
  const page = pageOf(rows, query.limit, (row) => [rank * row.stars, row.day, row.id])
  return { items: page.items.map(toReview), next: page.next }
}

function requireSubscriber(unit: UnitOfWork): void {
  requireOrganisationKind(unit.actor, 'operator')
  requireRole(unit.actor, 'manager')
}

/** Why a subscription may not be reviewed, in words; undefined if it may. */
async function objectionTo(unit: UnitOfWork, subscription: SubscriptionRow, decided: number) {
  if (decided === 0)
    return 'A service is reviewed after the first decision on one of its actions. Decide on one, then come back.'
  if (await store.sharesMember(unit.tx, subscription.provider_id))
    return 'Somebody of your organisation belongs to the provider of this service too, and nobody reviews their own.'
  return undefined
}

/** What others would read of a review: its words redacted, and facts that the platform knows. */
async function draft(unit: UnitOfWork, subscription: SubscriptionRow, given: ReviewWords) {
  const decided = await countDecidedActions(unit, subscription.id)
  const objection = await objectionTo(unit, subscription, decided)
  if (objection) throw new ProblemError('review-not-open', { detail: objection })
  const { country } = await requireBusinessRow(unit, subscription.business_id)
  return {
    stars: given.stars,
    words: await redactForOthers(unit, subscription.business_id, given.words),
    country: given.showsCountry ? country : null,
    subscribed: subscribedFor(subscription.created_at, subscription.cancelled_at ?? new Date()),
    decided: decidedActions(decided),
  } satisfies ReviewPreview
}

const find = (unit: UnitOfWork, id: string, lock = false) =>
  requireSubscription(unit, decodeId(idPrefixes.subscription, id), lock)

/** What others would read, before it is sent. Nothing is kept. */
export async function previewReview(
  unit: UnitOfWork,
  id: string,
  given: ReviewWords,
): Promise<ReviewPreview> {
  requireSubscriber(unit)
  return draft(unit, await find(unit, id), given)
}

/** The one review of a subscription, or whether it may be written. */
export async function getOwnReview(unit: UnitOfWork, id: string): Promise<OwnReview> {
  requireOrganisationKind(unit.actor, 'operator')
  const subscription = await find(unit, id)
  const row = await store.findOwn(unit.tx, subscription.id)
  const objection = await objectionTo(unit, subscription, await countDecidedActions(unit, subscription.id))
  return {
    subscription: id,
    mayReview: objection === undefined,
    whyNot: objection ?? null,
    review: row && row.taken_back_at === null ? toOwn(row) : null,
  }
}

function toOwn(row: store.ReviewRow): NonNullable<OwnReview['review']> {
  const day = (at: Date) => at.toISOString().slice(0, 10)
  return {
    ...toReview({
      ...row,
      words: row.shown_words,
      day: day(row.created_at),
      edited_day: row.edited_at && day(row.edited_at),
      answer: null,
      answered_day: null,
    }),
    ownWords: row.words,
    showsCountry: row.country !== null,
    hiddenReason: row.hidden_reason,
  }
}

/** Writes the review of a subscription, or changes it. What others read is what `previewReview` shows. */
export async function saveReview(unit: UnitOfWork, id: string, given: ReviewWords): Promise<OwnReview> {
  requireSubscriber(unit)
  const subscription = await find(unit, id, true)
  const shown = await draft(unit, subscription, given)
  const row = await store.saveReview(unit.tx, {
    ...shown,
    organisation: unit.actor.organisation,
    subscription: subscription.id,
    business: subscription.business_id,
    provider: subscription.provider_id,
    service: subscription.service_id,
    words: given.words,
    shownWords: shown.words,
    user: unit.actor.user,
  })
  await store.keepVersion(unit.tx, unit.actor.organisation, row)
  await store.tellReview(unit.tx, row.id)
  await audit(unit, 'review.save', { ...idsOf(row), stars: row.stars })
  unit.emit('review.saved', idsOf(row))
  if (row.hidden_at === null) await tellOfChange(unit, row, row.stars)
  return getOwnReview(unit, id)
}

/** Takes the review back: nobody reads it any more, and it counts for nothing. It may be written anew. */
export async function withdrawReview(unit: UnitOfWork, id: string): Promise<OwnReview> {
  requireSubscriber(unit)
  const row = await store.takeBack(unit.tx, (await find(unit, id, true)).id)
  if (!row) throw new ProblemError('not-found', { detail: 'There is no review of this subscription.' })
  await store.tellReview(unit.tx, row.id)
  await audit(unit, 'review.withdraw', idsOf(row))
  unit.emit('review.withdrawn', idsOf(row))
  await tellOfChange(unit, row, null)
  return getOwnReview(unit, id)
}

function idsOf(row: store.ReviewRow) {
  return {
    review: encodeId(idPrefixes.review, row.id),
    subscription: encodeId(idPrefixes.subscription, row.subscription_id),
    service: encodeId(idPrefixes.service, row.service_id),
  }
}

function tellOfChange(unit: UnitOfWork, row: store.ReviewRow, stars: number | null): Promise<void> {
  const { review, service } = idsOf(row)
  return enqueue(unit, tellReviewJob, {
    organisation: row.provider_id,
    kind: 'provider',
    event: { type: 'review.received', payload: { review, service, stars } },
  })
}
