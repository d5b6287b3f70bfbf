import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { Actor } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin } from '../../http/authorise.ts'
import { decodeCursor, pageOf } from '../../http/pagination.ts'
import { requireOrganisation, requireService } from './acts.ts'
import * as directory from './directory-store.ts'
import type { AdminOrganisation, AdminOrganisationQuery, AdminService, AdminServiceQuery } from './schemas.ts'

const offered: ReadonlySet<string> = new Set(['published', 'deprecated', 'staged'])

function stateOf(row: directory.ServiceRow): AdminService['state'] {
  if (row.is_suspended) return 'suspended'
  if (row.is_hidden) return 'hidden'
  return row.state !== null && offered.has(row.state) ? 'live' : 'not-published'
}

function toService(
  row: directory.ServiceRow,
  levels: ReadonlyMap<string, AdminService['level']>,
): AdminService {
  return {
    id: encodeId(idPrefixes.service, row.id),
    service: row.slug,
    name: row.name ?? row.slug,
    state: stateOf(row),
    releaseState: row.state,
    version: row.version,
    category: row.category as AdminService['category'],
    level: levels.get(row.id) ?? 'bronze',
    provider: { id: encodeId(idPrefixes.organisation, row.provider_id), name: row.publisher },
    subscribers: row.subscribers,
    complaints: row.complaints,
    openDisputes: row.open_disputes,
    createdAt: row.created_at.toISOString(),
    publishedAt: row.published_at?.toISOString() ?? null,
  }
}

async function levelsOf(deps: Pick<Deps, 'directory'>, rows: readonly directory.ServiceRow[]) {
  const found = await directory.listLevels(
    deps.directory,
    rows.map(({ id }) => id),
  )
  return new Map(found.map(({ service_id: id, level }) => [id, level]))
}

/** Every service that was ever named, whoever's it is, by name. */
export async function listServices(deps: Deps, actor: Actor, query: AdminServiceQuery) {
  requireAdmin(actor)
  const rows = await directory.listServices(deps.directory, {
    search: query.search,
    state: query.state,
    provider: query.provider && decodeId(idPrefixes.organisation, query.provider),
    after: decodeCursor(query.cursor, z.tuple([z.string()])),
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, (row) => [row.slug])
  const levels = await levelsOf(deps, page.items)
  return { items: page.items.map((row) => toService(row, levels)), next: page.next }
}

export async function getService(deps: Deps, actor: Actor, id: string): Promise<AdminService> {
  requireAdmin(actor)
  const row = await requireService(deps, id)
  return toService(row, await levelsOf(deps, [row]))
}

function toOrganisation(row: directory.OrganisationRow): AdminOrganisation {
  return {
    id: encodeId(idPrefixes.organisation, row.id),
    kind: row.kind,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    stoppedAt: row.stopped_at?.toISOString() ?? null,
    stoppedByPlatform: row.stopped_by_platform,
    members: row.members,
    businesses: row.businesses,
    services: row.services,
    subscriptions: row.subscriptions,
    openDisputes: row.open_disputes,
  }
}

/** Operators and providers with counts alone, by name. */
export async function listOrganisations(deps: Deps, actor: Actor, query: AdminOrganisationQuery) {
  requireAdmin(actor)
  const rows = await directory.listOrganisations(deps.directory, {
    search: query.search,
    kind: query.kind,
    after: decodeCursor(query.cursor, z.tuple([z.string(), z.uuid()])),
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, (row) => [row.name, row.id])
  return { items: page.items.map(toOrganisation), next: page.next }
}

export async function getOrganisation(deps: Deps, actor: Actor, id: string): Promise<AdminOrganisation> {
  requireAdmin(actor)
  return toOrganisation(await requireOrganisation(deps, id))
}
