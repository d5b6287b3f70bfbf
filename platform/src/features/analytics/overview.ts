import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { listRestingReleases } from '../executions/index.ts'
import { listOwnReleases, listOwnServices, requireOwnService } from '../releases/index.ts'
import * as store from './figure-store.ts'
import { releaseUuid } from './own-releases.ts'
import type { ServiceOverview } from './schemas.ts'
import { countActive } from './subscriber-store.ts'
import { sumOf } from './subscribers.ts'
import { decisionFigures, executionFigures } from './summary.ts'
import { leastSubscribers, toldParts } from './told.ts'

type Overview = z.infer<typeof ServiceOverview>
type Releases = Awaited<ReturnType<typeof listOwnReleases>>

const days = 30
/** Below this share of executions that end well, a service is shown as failing. */
const leastSuccess = 0.99

/** All services of a provider: how they do, and what of them needs attention. */
export async function listOverview(unit: UnitOfWork): Promise<Overview[]> {
  requireOrganisationKind(unit.actor, 'provider')
  const shown: Overview[] = []
  for (const { service } of await listOwnServices(unit)) shown.push(await overviewOf(unit, service))
  return shown
}

async function overviewOf(unit: UnitOfWork, service: string): Promise<Overview> {
  const { id } = await requireOwnService(unit, service)
  const releases = await listOwnReleases(unit, service)
  const period = await store.findPeriod(unit.tx, days)
  const rows = await store.listFigures(unit.tx, id, period.from, period.to)
  const active = await countActive(unit.tx, id)
  const current = releases.find(({ state }) => state === 'published') ?? releases[0]
  const executions = executionFigures(rows)
  const rate = executions?.successRate ?? null
  return {
    service,
    name: nameOf(current) ?? service,
    version: current?.version ?? null,
    state: current?.state ?? null,
    subscribers: sumOf(active) >= leastSubscribers ? sumOf(active) : null,
    behind: behind(active, current),
    executions,
    decisions: decisionFigures(rows),
    isFailing: rate !== null && rate < leastSuccess,
    resting: await restingOf(unit, releases),
    handedBack: releases.flatMap(({ id: release, version, state, checks }) => {
      const failed = checks.filter(({ outcome }) => outcome === 'failed').length
      return state === 'draft' && failed > 0 ? { release, version, failed } : []
    }),
  }
}

function nameOf(release: Releases[number] | undefined): string | undefined {
  const name = release?.manifest['name']
  return typeof name === 'string' ? name : undefined
}

/** How many subscribers are not on the release that is current: most of them wait for their consent. */
function behind(active: ReadonlyMap<string, number>, current: Releases[number] | undefined): number | null {
  if (!current) return null
  const parts = new Map([
    ['current', active.get(releaseUuid(current.id)) ?? 0],
    ['behind', sumOf(active) - (active.get(releaseUuid(current.id)) ?? 0)],
  ])
  const told = toldParts(parts)
  if (parts.get('behind') === 0 && told.has('current')) return 0
  return told.has('behind') ? (parts.get('behind') ?? null) : null
}

async function restingOf(unit: UnitOfWork, releases: Releases): Promise<Overview['resting']> {
  const resting = await listRestingReleases(
    unit,
    releases.map(({ id }) => releaseUuid(id)),
  )
  return releases.flatMap(({ id: release, version }) => {
    const until = resting.get(releaseUuid(release))
    return until ? { release, version, until: until.toISOString() } : []
  })
}
