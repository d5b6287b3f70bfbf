import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import { withinTenant, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import * as store from './moderation-store.ts'
import { toReview } from './present.ts'
import type { ModeratedReview, Moderation, ReviewHistory } from './schemas.ts'
import { findAuthor } from './store.ts'

type Directory = Pick<Deps, 'directory'>
type ReportRow = Awaited<ReturnType<typeof store.listReports>>[number]

function toModerated(row: store.ModeratedRow, reports: readonly ReportRow[]): ModeratedReview {
  return {
    ...toReview({ ...row, answered_day: row.answer === null ? null : (row.edited_day ?? row.day) }),
    service: {
      id: encodeId(idPrefixes.service, row.service_id),
      service: row.slug,
      publisher: row.publisher,
    },
    state: row.taken_back_at ? 'taken-back' : row.hidden_at ? 'hidden' : 'shown',
    hiddenReason: row.hidden_reason,
    waits: row.is_reported ? 'reported' : row.is_edited_since ? 'edited-since-hidden' : null,
    reports: reports.map((report) => ({
      id: encodeId(idPrefixes.report, report.id),
      review: encodeId(idPrefixes.review, report.review_id),
      reporter: report.reporter,
      reason: report.reason,
      words: report.words,
      state: report.state,
      decisionReason: report.decision_reason,
      at: report.at.toISOString(),
      decidedAt: report.decided_at?.toISOString() ?? null,
    })),
  }
}

/** Reviews that wait for a moderator, or those that are hidden. */
export async function listModeratedReviews(
  unit: UnitOfWork,
  deps: Directory,
  query: PageQuery & { show: 'waiting' | 'hidden' },
) {
  requireAdmin(unit.actor)
  const after = decodeCursor(query.cursor, z.tuple([z.iso.date(), z.uuid()]))
  const rows = await store.listModerated(deps.directory, { ...query, after })
  const page = pageOf(rows, query.limit, (row) => [row.day, row.id])
  const reports = Map.groupBy(
    await store.listReports(
      deps.directory,
      page.items.map(({ id }) => id),
    ),
    (report) => report.review_id,
  )
  return { items: page.items.map((row) => toModerated(row, reports.get(row.id) ?? [])), next: page.next }
}

async function requireModerated(deps: Directory, review: string): Promise<store.ModeratedRow> {
  const row = await store.findModerated(deps.directory, decodeId(idPrefixes.review, review))
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such review.' })
  return row
}

/** A review with everything that it ever said in public and every report of it. */
export async function getModeratedReview(
  unit: UnitOfWork,
  deps: Directory,
  review: string,
): Promise<z.infer<typeof ReviewHistory>> {
  requireAdmin(unit.actor)
  const row = await requireModerated(deps, review)
  const versions = await store.listVersions(deps.directory, row.id)
  return {
    ...toModerated(row, await store.listReports(deps.directory, [row.id])),
    versions: versions.map(({ stars, shown_words: words, at }) => ({ stars, words, at: at.toISOString() })),
  }
}

/**
 * Hides a review, or keeps (restores) it, with a reason: for its author, for the provider and for whoever reported
 * it, in one transaction. What is hidden is read by nobody and counts for nothing.
 */
export async function moderateReview(
  unit: UnitOfWork,
  deps: Directory,
  review: string,
  { decision, reason }: Moderation,
): Promise<void> {
  requireAdmin(unit.actor)
  const row = await requireModerated(deps, review)
  const author = await findAuthor(deps.directory, row.id)
  if (!author) throw new ProblemError('not-found', { detail: 'There is no such review.' })
  const hidden = decision === 'hide' ? reason : null
  const subject = { review, service: encodeId(idPrefixes.service, row.service_id), reason }
  const tell = async (part: UnitOfWork) => {
    await audit(part, `review.${decision}`, subject)
    part.emit(decision === 'hide' ? 'review.hidden' : 'review.kept', subject)
  }
  await withinTenant(unit, { organisation: author.organisation_id, kind: 'operator' }, async (part) => {
    await store.setHidden(part.tx, row.id, hidden)
    await tell(part)
  })
  await withinTenant(unit, { organisation: row.provider_id, kind: 'provider' }, async (part) => {
    await store.setPublicHidden(part.tx, row.id, hidden)
    await tell(part)
  })
  const reports = await store.listReports(deps.directory, [row.id])
  for (const report of reports.filter(({ state }) => state === 'open'))
    await decideReport(unit, report, decision === 'hide' ? 'hidden' : 'kept', reason)
  await audit(unit, `review.${decision}`, subject)
}

function decideReport(unit: UnitOfWork, row: ReportRow, decision: 'hidden' | 'kept', reason: string) {
  return withinTenant(unit, { organisation: row.organisation_id, kind: row.reporter }, async (part) => {
    if (!(await store.decideReport(part.tx, row.id, decision, reason))) return
    const report = encodeId(idPrefixes.report, row.id)
    await audit(part, 'report.decide', { report, decision, reason })
    part.emit('report.decided', { report, decision, reason })
  })
}
