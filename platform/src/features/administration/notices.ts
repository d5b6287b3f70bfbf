import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireRole, requireScope } from '../../http/authorise.ts'
import { decodeCursor, pageOf } from '../../http/pagination.ts'
import { enqueue } from '../../jobs/define.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { toObjection } from './acts.ts'
import * as directory from './directory-store.ts'
import { tellObjectionJob } from './jobs.ts'
import type { NoticeQuery, PlatformNotice } from './schemas.ts'
import * as store from './store.ts'

function toNotice(row: store.NoticeRow): PlatformNotice {
  const stands = row.lifted_at === null
  return {
    id: encodeId(idPrefixes.platformNotice, row.id),
    kind: row.kind,
    service: row.service_id
      ? {
          id: encodeId(idPrefixes.service, row.service_id),
          service: row.service_slug ?? '',
          name: row.service_name ?? '',
        }
      : null,
    code: row.code,
    words: row.words,
    at: row.at.toISOString(),
    liftedAt: row.lifted_at?.toISOString() ?? null,
    mayObject: row.may_object && stands && row.objection === null,
    ...toObjection(row),
  }
}

/** What the platform told the organisation, newest first. */
export async function listNotices(unit: UnitOfWork, query: NoticeQuery) {
  if (unit.actor.organisationKind !== 'provider') requireScope(unit.actor, 'services:read')
  else requireScope(unit.actor, 'releases:write')
  const rows = await store.listNotices(unit.tx, {
    service: query.service && decodeId(idPrefixes.service, query.service),
    isStanding: query.standing && query.standing === 'true',
    after: decodeCursor(query.cursor, z.tuple([z.uuid()]))?.[0],
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, (row) => [row.id])
  return { items: page.items.map(toNotice), next: page.next }
}

/** Objects to what the platform did to the organisation or a service of its own, once. */
export async function object(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  words: string,
): Promise<PlatformNotice> {
  requireRole(unit.actor, 'manager')
  const row = await store.findNotice(unit.tx, decodeId(idPrefixes.platformNotice, id))
  if (!row) throw new ProblemError('not-found', { detail: 'You were told no such thing.' })
  const platform = await directory.findPlatform(deps.directory)
  const isBrought =
    row.may_object &&
    platform !== undefined &&
    (await store.bringObjection(unit.tx, platform.organisation_id, row.act, words))
  if (!isBrought)
    throw new ProblemError('conflict', {
      detail: 'It was taken back, does not concern your own organisation, or you objected to it before.',
    })
  const kept = await store.keepObjection(unit.tx, row.id, words)
  await audit(unit, 'platform.object', { notice: id })
  await enqueue(unit, tellObjectionJob, { organisation: platform.organisation_id, act: row.act })
  return toNotice(kept)
}
