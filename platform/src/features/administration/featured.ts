import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requireService } from './acts.ts'
import * as directory from './directory-store.ts'
import * as store from './featured-store.ts'
import type { AdminFeatured, Featured, NewFeatured } from './schemas.ts'

const mostDays = 31
const today = () => new Date().toISOString().slice(0, 10)

function requireRange({ fromDay, untilDay }: NewFeatured): void {
  const days = (Date.parse(untilDay) - Date.parse(fromDay)) / 86_400_000 + 1
  if (days >= 1 && days <= mostDays && untilDay >= today()) return
  throw new ProblemError('invalid-request', {
    detail: 'The days are not right.',
    errors: [
      {
        pointer: '/untilDay',
        detail: `must be today or later, not before the first day, and at most ${mostDays} days in all`,
      },
    ],
  })
}

/** Features a service on the catalogue page for some days. It ends by itself. */
export async function feature(unit: UnitOfWork, deps: Deps, body: NewFeatured): Promise<AdminFeatured> {
  requireAdmin(unit.actor)
  requireRange(body)
  const { id: service } = await requireService(deps, body.service)
  if ((await store.listFindable(deps.directory, [service])).length === 0)
    throw new ProblemError('conflict', {
      detail: 'Only a service that everybody finds in the catalogue can be featured.',
    })
  const row = await store.insertFeatured(unit.tx, {
    organisation: unit.actor.organisation,
    service,
    words: body.words,
    fromDay: body.fromDay,
    untilDay: body.untilDay,
    user: unit.actor.user,
  })
  const featured = encodeId(idPrefixes.featured, row.id)
  await audit(unit, 'featured.create', {
    featured,
    service: body.service,
    fromDay: row.from_day,
    untilDay: row.until_day,
    reason: body.words,
  })
  return presentOne(deps, row)
}

/** Takes it from the page before its last day. */
export async function endFeature(unit: UnitOfWork, deps: Deps, id: string): Promise<AdminFeatured> {
  requireAdmin(unit.actor)
  const row = await store.endFeatured(unit.tx, decodeId(idPrefixes.featured, id))
  if (!row) throw new ProblemError('conflict', { detail: 'It is over, was taken back, or never was.' })
  await audit(unit, 'featured.end', { featured: id })
  return presentOne(deps, row)
}

export async function listFeatured(unit: UnitOfWork, deps: Deps): Promise<AdminFeatured[]> {
  requireAdmin(unit.actor)
  return present(deps, await store.listFeatured(unit.tx))
}

async function presentOne(deps: Deps, row: store.FeaturedRow): Promise<AdminFeatured> {
  const [featured] = await present(deps, [row])
  if (!featured) throw new ProblemError('not-found')
  return featured
}

async function present(deps: Deps, rows: readonly store.FeaturedRow[]): Promise<AdminFeatured[]> {
  return Promise.all(
    rows.map(async (row) => {
      const service = await directory.findService(deps.directory, row.service_id)
      return {
        id: encodeId(idPrefixes.featured, row.id),
        service: {
          id: encodeId(idPrefixes.service, row.service_id),
          service: service?.slug ?? '',
          name: service?.name ?? service?.slug ?? '',
          summary: '',
          publisher: service?.publisher ?? '',
          category: (service?.category ?? null) as AdminFeatured['service']['category'],
        },
        words: row.words,
        fromDay: row.from_day,
        untilDay: row.until_day,
        state: stateOf(row),
      }
    }),
  )
}

function stateOf(row: store.FeaturedRow): AdminFeatured['state'] {
  if (row.ended_at) return 'taken-back'
  if (row.from_day > today()) return 'coming'
  return row.until_day < today() ? 'over' : 'shown'
}

/** What the catalogue page features today: only what everybody may find there. */
export async function listShown(deps: Pick<Deps, 'directory'>): Promise<Featured[]> {
  const rows = await store.listShown(deps.directory)
  const services = await store.listFindable(deps.directory, [...new Set(rows.map((row) => row.service_id))])
  const byId = new Map(services.map((each) => [each.id, each]))
  return rows.flatMap((row) => {
    const service = byId.get(row.service_id)
    if (!service) return []
    return [
      {
        id: encodeId(idPrefixes.featured, row.id),
        service: {
          id: encodeId(idPrefixes.service, row.service_id),
          service: service.slug,
          name: service.manifest.name,
          summary: service.manifest.summary,
          publisher: service.publisher,
          category: service.category as Featured['service']['category'],
        },
        words: row.words,
        fromDay: row.from_day,
        untilDay: row.until_day,
      },
    ]
  })
}
