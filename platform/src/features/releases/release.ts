import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { basisOf, changesOf } from './changes.ts'
import type { Release } from './schemas.ts'
import * as services from './service-store.ts'
import * as store from './store.ts'

function refOf(service: string): { id: string } | { slug: string } {
  return service.includes('_') ? { id: decodeId(idPrefixes.service, service) } : { slug: service }
}

export function requireProvider(unit: UnitOfWork): void {
  requireOrganisationKind(unit.actor, 'provider')
  requireRole(unit.actor, 'manager')
}

/** A service of the provider's own, by its id on the wire or its name. */
export async function requireService(unit: UnitOfWork, service: string) {
  const row = await services.findService(unit.tx, refOf(service))
  if (!row) throw new ProblemError('not-found', { detail: 'Your organisation has no such service.' })
  return row
}

/** A release of a service of the provider's own, by their ids on the wire. */
export async function requireRelease(unit: UnitOfWork, service: string, id: string, lock = false) {
  const { id: serviceId } = await requireService(unit, service)
  const uuid = decodeId(idPrefixes.release, id)
  const row = await (lock ? store.lockRelease(unit.tx, uuid) : store.findRelease(unit.tx, uuid))
  if (row?.service_id !== serviceId)
    throw new ProblemError('not-found', { detail: 'The service has no such release.' })
  return row
}

function reviewOf(row: store.ReleaseRow): z.infer<typeof Release>['review'] {
  if (row.state !== 'submitted' || !row.review_since) return null
  return {
    since: row.review_since.toISOString(),
    certifiers: row.reviewers_needed,
    reasons: row.review_reasons,
    askedAt: row.asked_at?.toISOString() ?? null,
  }
}

/** A release as its provider sees it; `all` are those of its service, newest first. */
export function toRelease(row: store.ReleaseRow, all: readonly store.ReleaseRow[]): z.infer<typeof Release> {
  return {
    id: encodeId(idPrefixes.release, row.id),
    service: encodeId(idPrefixes.service, row.service_id),
    version: row.version,
    digest: row.digest,
    state: row.state,
    notice: row.notice,
    suspendedBy: row.state === 'suspended' ? row.suspended_by : null,
    endsAt: row.ends_at?.toISOString() ?? null,
    publication: row.publication,
    ...changesOf(basisOf(all, row), row.manifest),
    checks: row.checks,
    review: reviewOf(row),
    recertifyBy: row.recertify_by?.toISOString() ?? null,
    manifest: row.manifest as unknown as z.infer<typeof Release>['manifest'],
    createdAt: row.created_at.toISOString(),
    publishedAt: row.published_at?.toISOString() ?? null,
  }
}

/** The same, beside the others of its service. */
export async function showRelease(unit: UnitOfWork, row: store.ReleaseRow): Promise<z.infer<typeof Release>> {
  return toRelease(row, await store.listReleases(unit.tx, row.service_id))
}
