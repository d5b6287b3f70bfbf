import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireRole } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import type { NewReport, Report } from './schemas.ts'
import * as store from './store.ts'

/** Reports a review that is shown to the marketplace: by an operator, or by the provider whose service it is about. */
export async function reportReview(
  unit: UnitOfWork,
  deps: Pick<Deps, 'directory'>,
  review: string,
  given: NewReport,
): Promise<z.infer<typeof Report>> {
  requireRole(unit.actor, 'manager')
  const { organisation, organisationKind: reporter } = unit.actor
  const shown = await store.findShown(deps.directory, decodeId(idPrefixes.review, review))
  if (!shown) throw new ProblemError('not-found', { detail: 'There is no such review.' })
  if (reporter === 'platform' || (reporter === 'provider' && shown.provider_id !== organisation))
    throw new ProblemError('forbidden', {
      detail: 'Reviews are reported by operators, and by the provider of the service.',
    })
  const row = await store.insertReport(unit.tx, organisation, {
    review: shown.id,
    provider: shown.provider_id,
    reporter,
    reason: given.reason,
    words: given.words ?? null,
  })
  if (!row)
    throw new ProblemError('already-exists', {
      detail: 'You reported it already; the marketplace will look at it.',
    })
  await audit(unit, 'review.report', { review, reason: given.reason })
  unit.emit('review.reported', { review, reason: given.reason })
  return {
    id: encodeId(idPrefixes.report, row.id),
    review,
    reason: row.reason,
    words: row.words,
    state: row.state,
    decisionReason: row.decision_reason,
    at: row.at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
  }
}
