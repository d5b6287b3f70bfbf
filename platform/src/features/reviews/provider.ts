import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { enqueue } from '../../jobs/define.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { redactByForm } from '../masking/index.ts'
import { requireOwnService } from '../releases/index.ts'
import { tellReviewJob } from './jobs.ts'
import { toReview } from './present.ts'
import * as store from './store.ts'

/** The reviews of a service of the provider's own, those that the marketplace hid among them. */
export async function listProviderReviews(unit: UnitOfWork, service: string, query: PageQuery) {
  requireOrganisationKind(unit.actor, 'provider')
  const { id } = await requireOwnService(unit, service)
  const after = decodeCursor(query.cursor, z.tuple([z.iso.date(), z.uuid()]))
  const rows = await store.listOfService(unit.tx, id, after, query.limit)
  const page = pageOf(rows, query.limit, (row) => [row.day, row.id])
  return {
    items: page.items.map((row) => ({
      ...toReview(row),
      hiddenReason: row.hidden_reason,
      isReported: Boolean(row.is_reported),
    })),
    next: page.next,
  }
}

/** Writes the provider's one answer to a review, or changes it; null takes it back. Names, addresses and numbers are taken out. */
export async function answerReview(
  unit: UnitOfWork,
  deps: Pick<Deps, 'directory'>,
  review: string,
  words: string | null,
): Promise<{ words: string } | null> {
  requireOrganisationKind(unit.actor, 'provider')
  requireRole(unit.actor, 'manager')
  const id = decodeId(idPrefixes.review, review)
  const shown = words === null ? null : redactByForm(words)
  const saved = await store.saveAnswer(unit.tx, id, shown)
  const author = await store.findAuthor(deps.directory, id)
  if (!saved || !author)
    throw new ProblemError('not-found', {
      detail: 'Your services have no such review; it may have been taken back.',
    })
  await audit(unit, shown === null ? 'review.answer-withdraw' : 'review.answer', {
    review,
    service: encodeId(idPrefixes.service, saved.service_id),
  })
  await enqueue(unit, tellReviewJob, {
    organisation: author.organisation_id,
    kind: 'operator',
    event: {
      type: 'review.answered',
      payload: {
        review,
        subscription: encodeId(idPrefixes.subscription, author.subscription_id),
        isAnswered: shown !== null,
      },
    },
  })
  return shown === null ? null : { words: shown }
}
